import type { RecordStore } from "../storage/contract.ts";

/** Who is new here and is shown where to start. */
export interface Newcomers {
  /** True in somebody's first two weeks, unless they said that they know their way; the first question begins them. */
  isNew(personId: string): Promise<boolean>;
  /** They know their way. */
  settle(personId: string): Promise<void>;
}

const collection = "newcomers";
const newForMs = 14 * 24 * 3_600_000;

/** Remembers when people came and whether they have settled, by an id that names them everywhere. */
export function createNewcomers(records: RecordStore, clock: () => number): Newcomers {
  return {
    async isNew(personId) {
      const stored = await records.get<{ cameAtMs: number; isSettled: boolean }>(
        collection,
        personId,
      );
      if (stored !== undefined) {
        const { cameAtMs, isSettled } = stored.value;
        return !isSettled && clock() - cameAtMs < newForMs;
      }
      await records.put(
        collection,
        personId,
        { cameAtMs: clock(), isSettled: false },
        { ifVersion: 0 },
      );
      return true;
    },
    async settle(personId) {
      await records.put(collection, personId, { cameAtMs: clock(), isSettled: true });
    },
  };
}
