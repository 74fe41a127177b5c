import { NotFoundError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { RecordStore, StoredRecord } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import type { RunTrail } from "../audit/run-trail.ts";
import { createOpenRuns, type OpenRun, type OpenRuns } from "./open-runs.ts";
import type { RunRecord, RunStatus } from "./run-record.ts";

const runs = "runs";
/** Finished runs are kept for Retry, for questions and against replayed requests. */
const finishedRunTtlMs = 90 * 24 * 3600_000;
const maxAttempts = 20;
/** Runs of which we remember what we wrote last; far more than are worked on at the same time. */
const mostClaimed = 500;

/** Thrown inside a worker whose run was claimed by another one: stop at once, write nothing. */
export class StaleClaimError extends Error {}

/** Runs as records, written by compare-and-set so that neither a second worker nor a click is ever overwritten. */
export interface RunStore {
  /** Stores a new run; when its id exists already, that one is returned and nothing is written. */
  create(run: RunRecord): Promise<{ run: RunRecord; isNew: boolean }>;
  get(id: string): Promise<RunRecord | undefined>;
  /** Takes the run over: every earlier claim becomes stale. */
  claim(id: string): Promise<RunRecord>;
  /** Writes if `fence` is still the newest claim. @throws StaleClaimError otherwise. */
  updateClaimed(
    id: string,
    fence: number,
    change: (run: RunRecord) => RunRecord,
  ): Promise<RunRecord>;
  /** The same for a change that may park the run: it has no job then, and nobody need look at it before its time. */
  parkClaimed(id: string, fence: number, change: (run: RunRecord) => RunRecord): Promise<RunRecord>;
  /** Writes from outside a worker (cancel, retry); `change` may throw to refuse. */
  update(id: string, change: (run: RunRecord) => RunRecord): Promise<RunRecord>;
  /** Runs that still have something to do or to report. */
  listOpen(): Promise<OpenRun[]>;
  /** Called when the end was reported: the run is kept for 90 days more. */
  markReported(id: string): Promise<void>;
  /** Drops an open entry whose run was never stored. */
  forgetOpen(id: string): Promise<void>;
}

const finalStatuses: ReadonlySet<RunStatus> = new Set<RunStatus>([
  "completed",
  "failed",
  "cancelled",
  "rejected",
  "expired",
]);

/** True when nothing more will happen to a run by itself. */
export function isFinal(status: RunStatus): boolean {
  return finalStatuses.has(status);
}

/** True while a run is being taken back, or that was not told yet. */
export function isUndoing({ undo }: Pick<RunRecord, "undo">): boolean {
  return undo !== undefined && undo.isReported !== true;
}

/** For runs that nobody audits. */
const noTrail: RunTrail = {
  note: (_before, after) => after,
  flushSoon: () => undefined,
  flush: async () => undefined,
};

/** Writing one run, by compare-and-set. */
interface RunWriter {
  /** Begins with `known`, where that is given. */
  write: (
    id: string,
    change: (run: RunRecord) => RunRecord,
    known?: StoredRecord,
  ) => Promise<StoredRecord>;
  /** Begins with what this process wrote last. */
  writeClaimed: (id: string, change: (run: RunRecord) => RunRecord) => Promise<RunRecord>;
  /** Drops what is remembered of a run. */
  forget: (id: string) => void;
}

function createRunWriter(records: RecordStore, clock: () => number, trail: RunTrail): RunWriter {
  /** Runs that are worked on here, as this process wrote them last. */
  const claimed = new Map<string, StoredRecord>();

  async function write(
    id: string,
    change: (run: RunRecord) => RunRecord,
    known?: StoredRecord,
  ): Promise<StoredRecord> {
    const written = await updateRecord<JsonValue>(
      records,
      runs,
      id,
      (value) => {
        if (value === undefined) throw unknownRun(id);
        const before = asRun(value);
        return toJson(trail.note(before, { ...change(before), updatedAtMs: clock() }));
      },
      { attempts: maxAttempts, ...(known === undefined ? {} : { known }) },
    );
    if (written === undefined) throw unknownRun(id);
    trail.flushSoon(asRun(written.value));
    return written;
  }

  /** The version decides whether what we know is still true: a click, or another worker, makes the write begin with reading. */
  async function writeClaimed(
    id: string,
    change: (run: RunRecord) => RunRecord,
  ): Promise<RunRecord> {
    const known = claimed.get(id);
    claimed.delete(id);
    const written = await write(id, change, known);
    if (claimed.size >= mostClaimed) claimed.clear();
    claimed.set(id, written);
    return fromJson(written.value);
  }
  return { write, writeClaimed, forget: (id) => void claimed.delete(id) };
}

/** Creates the store over any backend's records. */
export function createRunStore(
  records: RecordStore,
  clock: () => number,
  trail: RunTrail = noTrail,
): RunStore {
  const { write, writeClaimed, forget } = createRunWriter(records, clock, trail);
  const open = createOpenRuns(records, clock);
  return {
    async create(wanted) {
      const run = trail.note(undefined, wanted);
      // the open entry first: a crash in between leaves an entry that the sweeper removes, never a forgotten run
      await open.note(run.id);
      const written = await records.put(runs, run.id, toJson(run), { ifVersion: 0 });
      if (written !== undefined) {
        trail.flushSoon(run);
        return { run, isNew: true };
      }
      return { run: (await readRun(records, run.id)).run, isNew: false };
    },
    async get(id) {
      const stored = await records.get(runs, id);
      return stored === undefined ? undefined : asRun(stored.value);
    },
    claim: (id) => {
      forget(id);
      return writeClaimed(id, (run) => ({ ...run, fence: run.fence + 1 }));
    },
    updateClaimed: (id, fence, change) => writeClaimed(id, fenced(id, fence, change)),
    async parkClaimed(id, fence, change) {
      const version = await open.version(id);
      const run = await writeClaimed(id, fenced(id, fence, change));
      if (run.parked !== undefined) await open.notePark(id, run.parked.untilMs, version);
      return run;
    },
    async update(id, change) {
      const { run: present, version: known } = await readRun(records, id);
      // what is refused is refused before anything is written
      change(present);
      const version = await open.note(id);
      const run = asRun(
        (await write(id, change, { id, value: toJson(present), version: known })).value,
      );
      if (run.parked !== undefined) await open.notePark(id, run.parked.untilMs, version);
      // a worker that was just reporting the run's last end may have removed the entry
      else if (!isFinal(run.status) || isUndoing(run)) await open.note(id);
      return run;
    },
    listOpen: () => open.list(),
    markReported: (id) => {
      forget(id);
      return markReported(id, records, trail, open);
    },
    forgetOpen: (id) => open.remove(id),
  };
}

function fenced(
  id: string,
  fence: number,
  change: (run: RunRecord) => RunRecord,
): (run: RunRecord) => RunRecord {
  return (present) => {
    if (present.fence !== fence) throw new StaleClaimError(`run ${id} was taken over`);
    return change(present);
  };
}

async function markReported(
  id: string,
  records: RecordStore,
  trail: RunTrail,
  open: OpenRuns,
): Promise<void> {
  await trail.flush((await readRun(records, id)).run);
  await open.remove(id);
  const { run: stored, version } = await readRun(records, id);
  const run = trail.note(stored, stored);
  if (isFinal(run.status) && !isUndoing(run)) {
    // the same value again with a time of life; when somebody presses Retry meanwhile, their write wins
    await records.put(runs, id, toJson(run), { ifVersion: version, ttlMs: finishedRunTtlMs });
  } else {
    await open.note(id);
  }
}

async function readRun(
  records: RecordStore,
  id: string,
): Promise<{ run: RunRecord; version: number }> {
  const stored = await records.get(runs, id);
  if (stored === undefined) throw unknownRun(id);
  return { run: asRun(stored.value), version: stored.version };
}

function unknownRun(id: string): NotFoundError {
  return new NotFoundError("run-unknown", `there is no run ${id}`);
}

/** A run record is JSON by construction; going through text drops `undefined` and proves it. */
function toJson(run: RunRecord): JsonValue {
  const value: JsonValue = JSON.parse(JSON.stringify(run));
  return value;
}

/** A value that nobody else holds, or that is only looked at. */
function asRun(value: JsonValue): RunRecord {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `toJson` writes what is read here
  return value as unknown as RunRecord;
}

/** A copy, where the value itself is kept. */
function fromJson(value: JsonValue): RunRecord {
  const copy: RunRecord = JSON.parse(JSON.stringify(value));
  return copy;
}
