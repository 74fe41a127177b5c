import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import {
  addCounts,
  type CountedQuestion,
  type DayCounts,
  decodeCounts,
  emptyCounts,
  encodeCounts,
} from "./day-counts.ts";
import { createDayTally, type DayTally } from "./day-tally.ts";
import { addGaps, decodeGap, encodeGap, type Gap, gapId } from "./gap.ts";

/** Where days and gaps are kept. */
export const dayCollection = "question-days";
export const gapCollection = "question-gaps";
/** Days and gaps are gone after this. */
const keptMs = 90 * 24 * 3600_000;

const flushMs = 10_000;
/** Gaps that one process holds between two writes; the rest of a flood is not kept. */
const mostWaitingGaps = 500;

/** Counts in memory and writes now and then, so that no answer waits for the storage. */
export interface Counters {
  count(question: CountedQuestion): void;
  addGap(gap: Gap): void;
  /** Writes what was counted since; what cannot be written is tried again with the next. */
  flush(): Promise<void>;
  /** Writes the rest. */
  close(): Promise<void>;
}

export interface CountersOptions {
  records: RecordStore;
  logger: Logger;
  clock: () => number;
  /** Called after something was written. */
  onFlushed?: () => Promise<void>;
}

/** Creates the counters; with several processes on one storage their numbers add up. */
export function createCounters(options: CountersOptions): Counters {
  const { records, logger, clock } = options;
  let days = new Map<string, DayTally>();
  // what could not be written
  let left = new Map<string, DayCounts>();
  let gaps = new Map<string, Gap>();
  let writing: Promise<void> = Promise.resolve();
  const count = (question: CountedQuestion): void => {
    const day = dayOf(clock());
    const tally = days.get(day) ?? createDayTally();
    days.set(day, tally);
    tally.add(question);
  };
  const keepGap = (gap: Gap): void => {
    const id = gapId(gap);
    const known = gaps.get(id);
    if (known === undefined && gaps.size >= mostWaitingGaps) return;
    gaps.set(id, known === undefined ? gap : addGaps(known, gap));
  };
  const write = async (): Promise<void> => {
    for (const [day, tally] of days) {
      left.set(day, addCounts(left.get(day) ?? emptyCounts(), tally.counts()));
    }
    if (left.size === 0 && gaps.size === 0) return;
    const [waitingDays, waitingGaps] = [left, gaps];
    [days, left, gaps] = [new Map(), new Map(), new Map()];
    for (const [day, counts] of waitingDays) {
      await saveDay(records, day, counts).catch((thrown: unknown) => {
        logger.warn({ error: toError(thrown).message }, "question counts not written");
        left.set(day, counts);
      });
    }
    for (const gap of waitingGaps.values()) {
      await saveGap(records, gap).catch((thrown: unknown) => {
        logger.warn({ error: toError(thrown).message }, "question gap not written");
        keepGap(gap);
      });
    }
    await options.onFlushed?.();
  };
  const flush = (): Promise<void> => (writing = writing.then(write, write));
  const timer = setInterval(() => {
    flush().catch((thrown: unknown) => {
      logger.warn({ error: toError(thrown).message }, "question counts not told");
    });
  }, flushMs);
  timer.unref();
  return {
    count,
    addGap: keepGap,
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** `2026-11-28`, in UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

async function saveDay(records: RecordStore, day: string, counts: DayCounts): Promise<void> {
  await updateRecord(
    records,
    dayCollection,
    day,
    (value) => encodeCounts(addCounts(decodeCounts(value), counts)),
    { ttlMs: keptMs },
  );
}

/** Adds to a gap's record. */
export async function saveGap(records: RecordStore, gap: Gap): Promise<void> {
  await updateRecord(
    records,
    gapCollection,
    gapId(gap),
    (value) => {
      const known = decodeGap(value);
      return encodeGap(known === undefined ? gap : addGaps(known, gap));
    },
    { ttlMs: keptMs },
  );
}
