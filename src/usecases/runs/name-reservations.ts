import { ConflictError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { RecordStore, StoredRecord } from "../../storage/contract.ts";
import type { RunRecord } from "./run-record.ts";
import { isFinal, type RunStore } from "./run-store.ts";

/** Names that open runs are making things under, such as `github.com/acme/ledger`: each belongs to one run at a time. */
export interface NameReservations {
  /**
   * Holds a name, in whatever case, for a run until that has ended; again for the same run does nothing.
   * @throws ConflictError `name-reserved` while another open run holds it.
   */
  reserve(name: string, runId: string): Promise<void>;
  /** Gives the names back that this run holds. */
  release(names: readonly string[], runId: string): Promise<void>;
  /** Gives back what runs hold that have ended or were never stored; returns how many names. */
  sweep(): Promise<number>;
}

const collection = "names";
/** A younger holder that is not stored yet is just being accepted. */
const settleMs = 60_000;
const pageSize = 200;

type Holder = { runId: string; atMs: number } & Record<string, JsonValue>;

/** Creates them over any backend's records. */
export function createNameReservations(
  records: RecordStore,
  runs: Pick<RunStore, "get">,
  clock: () => number,
): NameReservations {
  /** The open run that holds the name; undefined when the hold is void; `young` while it may still be stored. */
  const holderOf = async ({
    value,
  }: StoredRecord<Holder>): Promise<RunRecord | "young" | undefined> => {
    const run = await runs.get(value.runId);
    if (run !== undefined) return isFinal(run.status) ? undefined : run;
    return clock() - value.atMs < settleMs ? "young" : undefined;
  };

  async function reserve(name: string, runId: string): Promise<void> {
    const id = name.toLowerCase();
    for (;;) {
      const stored = await records.get<Holder>(collection, id);
      if (stored?.value.runId === runId) return;
      const holder = stored === undefined ? undefined : await holderOf(stored);
      if (holder !== undefined) throw reserved(name, holder);
      const mine: Holder = { runId, atMs: clock() };
      const written = await records.put(collection, id, mine, { ifVersion: stored?.version ?? 0 });
      if (written !== undefined) return;
    }
  }

  return {
    reserve,
    async release(names, runId) {
      for (const name of names) {
        const id = name.toLowerCase();
        const stored = await records.get<Holder>(collection, id);
        if (stored?.value.runId === runId)
          await records.delete(collection, id, { ifVersion: stored.version });
      }
    },
    async sweep() {
      let released = 0;
      for (const stored of await listAll(records)) {
        if ((await holderOf(stored)) !== undefined) continue;
        const { id, version } = stored;
        if (await records.delete(collection, id, { ifVersion: version })) released += 1;
      }
      return released;
    },
  };
}

async function listAll(records: RecordStore): Promise<StoredRecord<Holder>[]> {
  const all: StoredRecord<Holder>[] = [];
  for (;;) {
    const afterId = all.at(-1)?.id;
    const page = await records.list<Holder>(collection, {
      limit: pageSize,
      ...(afterId === undefined ? {} : { afterId }),
    });
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}

function reserved(name: string, holder: RunRecord | "young"): ConflictError {
  const who =
    holder === "young"
      ? "another request"
      : `run ${holder.id} (${holder.templateTitle}, asked for by ${holder.requester.name})`;
  return new ConflictError("name-reserved", `${name} is being created by ${who}`, {
    hint: "wait until that has ended, or choose another name",
  });
}
