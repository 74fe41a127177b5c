import { CallboardError, ConflictError, toError, UpstreamError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { UndoItem } from "../../scaffold/undo.ts";
import { HandBack, type JobQueue } from "../../storage/contract.ts";
import { assertOwn } from "./change-run.ts";
import type { Notifier } from "./notifier.ts";
import type { RunRecord, RunRequester, RunUndo } from "./run-record.ts";
import { isFinal, isUndoing, StaleClaimError, type RunStore } from "./run-store.ts";

/** Name under which undoing is queued. */
export const undoJobName = "undo";

/** A completed run can be taken back this long. */
const completedMs = 24 * 3_600_000;

/** The job that takes a run back. */
export function undoJobId(run: Pick<RunRecord, "id" | "undo">): string {
  return `undo-${run.id}-${run.undo?.number ?? 0}`;
}

export interface RequestUndoDeps {
  /** Throws when they may not; absent: only whoever started a run may take it back. */
  assertMayChange?(run: RunRecord, by: RunRequester, action: "undo"): void;
  runs: RunStore;
  jobs: Pick<JobQueue, "add">;
  plan(run: RunRecord): UndoItem[];
  clock: () => number;
}

/**
 * Queues the undoing of everything that a run made. What was shown is what is done: the list is stored.
 * @throws NotFoundError `run-unknown`, ForbiddenError `policy-denied`, `run-of-somebody-else`, ConflictError `undo-not-now`, `undo-nothing`.
 */
export async function requestUndo(
  runId: string,
  by: RunRequester,
  deps: RequestUndoDeps,
): Promise<RunRecord> {
  const run = await deps.runs.update(runId, (current) => {
    if (deps.assertMayChange === undefined) assertOwn(current, by);
    else deps.assertMayChange(current, by, "undo");
    // pressed twice is pressed once
    if (isUndoing(current)) return current;
    assertMayUndo(current, deps.clock());
    const items = deps
      .plan(current)
      .map(({ scope, text }) => ({ scope, text, status: "waiting" as const }));
    if (items.length === 0)
      throw new ConflictError("undo-nothing", "this run has made nothing that can be undone");
    const number = (current.undo?.number ?? 0) + 1;
    return { ...current, undo: { number, by, requestedAtMs: deps.clock(), items } };
  });
  await deps.jobs.add(undoJobName, undoJobId(run), { runId });
  return run;
}

/** @throws ConflictError `undo-not-now` */
function assertMayUndo(run: RunRecord, nowMs: number): void {
  const isTold = run.channel === undefined || run.message?.isResultPosted === true;
  const isLate = run.status === "completed" && nowMs - (run.endedAtMs ?? 0) > completedMs;
  if (isFinal(run.status) && isTold && !isLate) return;
  throw new ConflictError(
    "undo-not-now",
    isLate ? "a run that completed can be undone within a day" : `this run is ${run.status}`,
    { hint: isLate ? "take back by hand what it made" : "wait until it has ended, or cancel it" },
  );
}

export interface ExecuteUndoDeps {
  runs: RunStore;
  notifier: Notifier;
  plan(run: RunRecord): UndoItem[];
  /** Takes one thing back; resolves with what was done. */
  undo(run: RunRecord, item: UndoItem, hooks: UndoHooks): Promise<string>;
  logger: Logger;
  clock: () => number;
}

/** What undoing may do to the run's record. */
export interface UndoHooks {
  setNote(key: string, value: string): Promise<void>;
  assertCurrent: () => Promise<void>;
  signal: AbortSignal;
}

/**
 * Takes back what a run made, the last thing first, and tells what came of it. May be called again after any crash: what is done stays
 * done, and undoing twice has the effect of once.
 * @throws UpstreamError to be called again later; HandBack on shutdown.
 */
export async function executeUndo(
  runId: string,
  signal: AbortSignal,
  deps: ExecuteUndoDeps,
): Promise<void> {
  try {
    const claim = createClaim(await deps.runs.claim(runId), signal, deps);
    if (!isUndoing(claim.run())) return;
    const items = new Map(deps.plan(claim.run()).map((item) => [item.scope, item]));
    for (const { scope, status } of claim.run().undo?.items ?? []) {
      const item = items.get(scope);
      if (status !== "waiting" || item === undefined) continue;
      if (signal.aborted) throw new HandBack("stopped before all was undone");
      const outcome = await undoOne(item, claim, deps);
      await claim.change((undo) => ({
        ...undo,
        items: undo.items.map((each) => (each.scope === scope ? { ...each, ...outcome } : each)),
      }));
    }
    await deps.notifier.reportUndo?.(claim.run(), claim.hooks);
    await claim.change((undo) => ({ ...undo, isReported: true, endedAtMs: deps.clock() }));
    await deps.runs.markReported(runId);
  } catch (thrown) {
    if (thrown instanceof StaleClaimError) return;
    throw thrown;
  }
}

async function undoOne(
  item: UndoItem,
  claim: UndoClaim,
  deps: ExecuteUndoDeps,
): Promise<Pick<RunUndo["items"][number], "status" | "said">> {
  try {
    return { status: "done", said: await deps.undo(claim.run(), item, claim.hooks) };
  } catch (thrown) {
    if (thrown instanceof StaleClaimError) throw thrown;
    if (claim.hooks.signal.aborted) throw new HandBack("stopped before all was undone");
    if (thrown instanceof UpstreamError && thrown.isRetryable) throw thrown;
    const error = toError(thrown);
    deps.logger.warn({ stepId: item.stepId, error: error.message }, "a step was not undone");
    const said =
      thrown instanceof CallboardError
        ? error.message
        : "an error inside Callboard; its log says which";
    return { status: "refused", said };
  }
}

interface UndoClaim {
  run(): RunRecord;
  change(change: (undo: RunUndo) => RunUndo): Promise<void>;
  hooks: UndoHooks;
}

function createClaim(claimed: RunRecord, signal: AbortSignal, deps: ExecuteUndoDeps): UndoClaim {
  const { id, fence } = claimed;
  let present = claimed;
  const write = async (change: (run: RunRecord) => RunRecord): Promise<void> => {
    present = await deps.runs.updateClaimed(id, fence, change);
  };
  return {
    run: () => present,
    change: (change) =>
      write((run) => (run.undo === undefined ? run : { ...run, undo: change(run.undo) })),
    hooks: {
      setNote: (key, value) => write((run) => ({ ...run, notes: { ...run.notes, [key]: value } })),
      async assertCurrent() {
        const stored = await deps.runs.get(id);
        if (stored?.fence !== fence) throw new StaleClaimError(`run ${id} was taken over`);
      },
      signal,
    },
  };
}
