import type { RemoteSource } from "./remote-source.ts";

export interface ScheduleOptions {
  remote: readonly RemoteSource[];
  /** How often each source is read. */
  everyMs: number;
  clock: () => number;
  /** A source was read, or failed again. */
  onRead: () => void;
}

/** When to read which source. */
export interface RemoteSchedule {
  /** Starts reading what is due; returns at once. */
  readDue(): void;
  /** Makes sources due; absent: all. */
  hasten(sourceIds?: readonly string[]): void;
}

/** A source that fails is tried again after this, doubled each time, but at most as often as others are read. */
const firstRetryMs = 15_000;

/** Creates a schedule on which everything is due. */
export function createRemoteSchedule(options: ScheduleOptions): RemoteSchedule {
  const { remote, everyMs, clock } = options;
  const dueAtMs = new Map<string, number>();
  const failures = new Map<string, number>();
  const reading = new Set<string>();
  const hastened = new Set<string>();

  async function read(source: RemoteSource): Promise<void> {
    const { id } = source;
    reading.add(id);
    hastened.delete(id);
    await source.readAnew();
    reading.delete(id);
    const count = source.failure() === undefined ? 0 : (failures.get(id) ?? 0) + 1;
    failures.set(id, count);
    const waitMs =
      count === 0
        ? Math.min(everyMs, source.againInMs() ?? everyMs)
        : Math.min(everyMs, firstRetryMs * 2 ** (count - 1));
    // what was asked for during a reading may be missing from it
    const isAskedAgain = hastened.has(id) && count === 0;
    const dueMs = isAskedAgain ? 0 : clock() + waitMs;
    dueAtMs.set(id, Math.max(dueMs, source.notBeforeMs()));
    options.onRead();
  }

  return {
    readDue() {
      for (const source of remote) {
        // whatever hastens it, a source that asked for patience gets it, and is read at once afterwards
        const dueMs = Math.max(dueAtMs.get(source.id) ?? 0, source.notBeforeMs());
        const isDue = clock() >= dueMs;
        if (isDue && !reading.has(source.id)) void read(source);
      }
    },
    hasten(sourceIds) {
      for (const { id } of remote) {
        if (sourceIds !== undefined && !sourceIds.includes(id)) continue;
        hastened.add(id);
        dueAtMs.set(id, 0);
      }
    },
  };
}
