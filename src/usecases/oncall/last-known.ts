import { createHash } from "node:crypto";

import { isRecord, type JsonValue } from "../../base/json.ts";
import type { OnCallReading } from "../../oncall/contract.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { ScheduleTarget } from "./find-schedule.ts";

/** A reading with its time. */
export interface KnownReading {
  reading: OnCallReading;
  readAtMs: number;
}

/** Remembers the last reading of each schedule beyond the life of a process. */
export interface LastKnownStore {
  load(target: ScheduleTarget): Promise<KnownReading | undefined>;
  save(target: ScheduleTarget, known: KnownReading): Promise<void>;
}

const collection = "on-call";
/** Somebody who was on call longer ago is no help any more. */
const keptMs = 14 * 24 * 3_600_000;
/** The same people are written again no more often. */
const rewriteMs = 10 * 60_000;

/** For a process without storage, such as `callboard ask`. */
export const nothingKnown: LastKnownStore = {
  load: async () => undefined,
  save: async () => undefined,
};

/** Keeps readings as records. */
export function createLastKnownStore(records: RecordStore): LastKnownStore {
  const written = new Map<string, { text: string; atMs: number }>();
  return {
    async load(target) {
      const stored = await records.get(collection, idOf(target));
      return stored === undefined ? undefined : toKnown(stored.value);
    },
    async save(target, known) {
      const id = idOf(target);
      const text = JSON.stringify(known.reading);
      const last = written.get(id);
      if (last?.text === text && known.readAtMs - last.atMs < rewriteMs) return;
      const value: JsonValue = JSON.parse(JSON.stringify(known));
      await records.put(collection, id, value, { ttlMs: keptMs });
      written.set(id, { text, atMs: known.readAtMs });
    },
  };
}

/** Keys may hold an integration key: the id is not to be read back. */
function idOf({ source, key }: ScheduleTarget): string {
  return createHash("sha256")
    .update(JSON.stringify([source, key]))
    .digest("hex")
    .slice(0, 40);
}

function toKnown(value: unknown): KnownReading | undefined {
  if (!isRecord(value) || typeof value["readAtMs"] !== "number") return undefined;
  const { reading, readAtMs } = value;
  return isReading(reading) ? { reading, readAtMs } : undefined;
}

/** True for what has the shape of a reading: an older version may have written something else. */
export function isReading(value: unknown): value is OnCallReading {
  return (
    isRecord(value) &&
    typeof value["title"] === "string" &&
    typeof value["source"] === "string" &&
    Array.isArray(value["levels"]) &&
    value["levels"].every(
      (level) =>
        isRecord(level) &&
        typeof level["level"] === "number" &&
        Array.isArray(level["people"]) &&
        level["people"].every((person) => isRecord(person) && typeof person["name"] === "string"),
    )
  );
}
