import type { RecordStore } from "../../storage/contract.ts";

const openRuns = "open-runs";
const pageSize = 200;

/** An entry for a run that has something to do or to report; what the sweeper looks at. */
export interface OpenRun {
  id: string;
  /** When it was accepted, or last opened again. */
  openedAtMs: number;
  /** For a parked run: nothing is to be done before. Absent for a moment after it was parked, and then looked at for nothing. */
  wakeAtMs?: number;
}

/**
 * The entries, beside the runs themselves. An entry may be there too early or for nothing, but never be missing or say a later time than
 * its run does: nobody would look at the run then, should its job be lost. So they are written before what makes them true, save a
 * parking, which is noted afterwards and only where nobody wrote in between.
 */
export interface OpenRuns {
  list(): Promise<OpenRun[]>;
  /** Something is to be done from now on. Resolves with the entry's version. */
  note(id: string): Promise<number>;
  /** 0 when there is none. */
  version(id: string): Promise<number>;
  /** Nothing is to be done before `wakeAtMs`; not written when the entry is not the one of `ifVersion` any more. */
  notePark(id: string, wakeAtMs: number, ifVersion: number): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Creates them over any backend's records. */
export function createOpenRuns(records: RecordStore, clock: () => number): OpenRuns {
  return {
    async list() {
      const open: OpenRun[] = [];
      for (;;) {
        const afterId = open.at(-1)?.id;
        const page = await records.list<{ openedAtMs: number; wakeAtMs?: number }>(openRuns, {
          limit: pageSize,
          ...(afterId === undefined ? {} : { afterId }),
        });
        open.push(...page.map((record) => ({ id: record.id, ...record.value })));
        if (page.length < pageSize) return open;
      }
    },
    note: async (id) => (await records.put(openRuns, id, { openedAtMs: clock() })) ?? 0,
    version: async (id) => (await records.get(openRuns, id))?.version ?? 0,
    async notePark(id, wakeAtMs, ifVersion) {
      await records.put(openRuns, id, { openedAtMs: clock(), wakeAtMs }, { ifVersion });
    },
    remove: async (id) => void (await records.delete(openRuns, id)),
  };
}
