import { CallboardError, toError, UpstreamError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { OnCallReading, OnCallSource } from "../../oncall/contract.ts";
import type { ScheduleTarget } from "./find-schedule.ts";
import { isReading, type LastKnownStore } from "./last-known.ts";

/** What is known about a schedule at the moment. */
export interface DeskAnswer {
  /** The newest reading that there is; absent when there never was one. */
  reading?: OnCallReading;
  /** When that was read; set with `reading`. */
  readAtMs?: number;
  /** True when the source could not be asked just now: the reading is from before. */
  isStale: boolean;
  /** Why, in words for people. */
  problem?: string;
}

/** Knows who is on call, as fresh as a minute, and remembers what it knew. */
export interface OnCallDesk {
  /** Never throws and never takes longer than `limitMs`: then it gives what was known last. */
  ask(target: ScheduleTarget, limitMs: number): Promise<DeskAnswer>;
  /** Waits for what is being read. */
  close(): Promise<void>;
}

export interface DeskOptions {
  sources: readonly OnCallSource[];
  lastKnown: LastKnownStore;
  logger: Logger;
  clock: () => number;
}

/** Nobody is shown anything older without a word. */
const freshMs = 60_000;
/** A source that failed is left alone for this long, unless it asks for more. */
const restMs = 10_000;
/** All requests of one reading together. */
const readingLimitMs = 6_000;
/** Bounds memory; a company has fewer schedules. */
const mostSchedules = 5_000;

interface Desk extends DeskOptions {
  byId: ReadonlyMap<string, OnCallSource>;
  schedules: Map<string, Schedule>;
  closing: AbortController;
}

interface Schedule {
  known: { reading: OnCallReading; readAtMs: number } | undefined;
  /** Whether storage was asked for what an earlier process knew. */
  isRecalled: boolean;
  problem: string | undefined;
  restUntilMs: number;
  working: Promise<void> | undefined;
}

/** Creates the desk; it keeps no timers, so that it costs nothing while nobody asks. */
export function createOnCallDesk(options: DeskOptions): OnCallDesk {
  const desk: Desk = {
    ...options,
    byId: new Map(options.sources.map((source) => [source.id, source])),
    schedules: new Map(),
    closing: new AbortController(),
  };
  return {
    async ask(target, limitMs) {
      const source = desk.byId.get(target.source);
      if (source === undefined)
        return { isStale: true, problem: `no on-call source is called “${target.source}”` };
      const schedule = scheduleOf(desk, target);
      if (isFresh(schedule, desk.clock())) return answerOf(schedule, desk.clock());
      if (schedule.working === undefined && schedule.restUntilMs <= desk.clock())
        schedule.working = refresh(desk, source, target, schedule);
      if (schedule.working !== undefined) await atMost(schedule.working, limitMs);
      const isLate = schedule.working !== undefined && !isFresh(schedule, desk.clock());
      const answer = answerOf(schedule, desk.clock());
      return isLate ? { ...answer, problem: `${source.label} is not answering` } : answer;
    },
    async close() {
      desk.closing.abort(new Error("closing"));
      const working = [...desk.schedules.values()].flatMap((each) => each.working ?? []);
      await Promise.allSettled(working);
    },
  };
}

function scheduleOf({ schedules }: Desk, { source, key }: ScheduleTarget): Schedule {
  const name = JSON.stringify([source, key]);
  const found = schedules.get(name);
  if (found !== undefined) return found;
  if (schedules.size >= mostSchedules) schedules.clear();
  const schedule: Schedule = {
    known: undefined,
    isRecalled: false,
    problem: undefined,
    restUntilMs: 0,
    working: undefined,
  };
  schedules.set(name, schedule);
  return schedule;
}

/** Young, and nobody has handed over since. */
function isFresh({ known, problem }: Schedule, nowMs: number): boolean {
  if (known === undefined || problem !== undefined) return false;
  const { reading, readAtMs } = known;
  const changes = [reading.nextAtMs, ...reading.levels.map(({ untilMs }) => untilMs)];
  const isSame = changes.every((change) => change === undefined || change > nowMs);
  return isSame && nowMs - readAtMs < freshMs && nowMs >= readAtMs;
}

function answerOf(schedule: Schedule, nowMs: number): DeskAnswer {
  const { known, problem } = schedule;
  return {
    ...known,
    isStale: !isFresh(schedule, nowMs),
    ...(problem === undefined ? {} : { problem }),
  };
}

async function refresh(
  desk: Desk,
  source: OnCallSource,
  target: ScheduleTarget,
  schedule: Schedule,
): Promise<void> {
  const { lastKnown, clock, logger } = desk;
  const recalling = recall(desk, target, schedule);
  try {
    const signal = AbortSignal.any([desk.closing.signal, AbortSignal.timeout(readingLimitMs)]);
    const readAtMs = clock();
    const reading = await source.read(target.key, readAtMs, signal);
    schedule.known = { reading, readAtMs };
    schedule.problem = undefined;
    await recalling;
    await lastKnown.save(target, schedule.known);
  } catch (thrown) {
    if (desk.closing.signal.aborted) return;
    await recalling;
    const error = toError(thrown);
    schedule.problem =
      error instanceof CallboardError ? error.message : `${source.label} is not answering`;
    const waitMs = error instanceof UpstreamError ? (error.retryAfterMs ?? restMs) : restMs;
    schedule.restUntilMs = clock() + waitMs;
    logger.warn(
      { source: source.id, code: error instanceof CallboardError ? error.code : error.name },
      "on-call source not readable",
    );
  } finally {
    schedule.working = undefined;
  }
}

/** What an earlier process knew, once. */
async function recall(
  { lastKnown, logger }: Desk,
  target: ScheduleTarget,
  schedule: Schedule,
): Promise<void> {
  if (schedule.isRecalled) return;
  schedule.isRecalled = true;
  try {
    const found = await lastKnown.load(target);
    if (found !== undefined && isReading(found.reading)) schedule.known ??= found;
  } catch (thrown) {
    schedule.isRecalled = false;
    logger.debug({ error: toError(thrown).message }, "last known on-call not readable");
  }
}

/** Resolves when the work is done or the time is up; the work goes on. */
async function atMost(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
