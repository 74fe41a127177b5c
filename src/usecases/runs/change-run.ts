import { ConflictError, ForbiddenError } from "../../base/errors.ts";
import { statesForRetry } from "../../scaffold/run-steps.ts";
import type { JobQueue } from "../../storage/contract.ts";
import type { RunSecrets } from "../secrets/secret-fields.ts";
import { secretsNeeded } from "../secrets/secret-store.ts";
import { wakeRun } from "./park-run.ts";
import type { RunRecord, RunRequester } from "./run-record.ts";
import { isFinal, type RunStore } from "./run-store.ts";
import { runJobId, runJobName } from "./start-run.ts";

export interface ChangeRunDeps {
  /** Throws when they may not; absent: only whoever started a run may change it. */
  assertMayChange?(run: RunRecord, by: RunRequester, action: "retry" | "cancel"): void;
  runs: RunStore;
  jobs: Pick<JobQueue, "add">;
}

/**
 * Continues a failed or cancelled run after its last completed step. Its secrets were erased when it ended: they are needed again.
 * @throws NotFoundError `run-unknown`, ConflictError `run-not-failed`, `run-undone`, ForbiddenError `run-of-somebody-else`,
 *   InputError `run-secrets-needed`.
 */
export async function retryRun(
  runId: string,
  by: RunRequester,
  deps: ChangeRunDeps,
  secrets?: RunSecrets,
): Promise<RunRecord> {
  const run = await deps.runs.update(runId, (current) => {
    assertMayChange(deps, current, by, "retry");
    if (!["failed", "cancelled", "expired"].includes(current.status)) {
      throw new ConflictError(
        "run-not-failed",
        `this run is ${current.status}; only a failed, cancelled or expired run can be retried`,
      );
    }
    if (current.undo !== undefined) {
      throw new ConflictError("run-undone", "what this run made was taken back", {
        hint: "start a new one with `/newservice`",
      });
    }
    const again = { ...reopened(current), changedBy: by };
    if (current.secrets === undefined) return again;
    if (secrets === undefined) throw secretsNeeded();
    return { ...again, secrets };
  });
  await deps.jobs.add(runJobName, runJobId(run), { runId: run.id });
  return run;
}

/**
 * Asks a run to stop before its next step.
 * @throws NotFoundError `run-unknown`, ConflictError `run-finished`, ForbiddenError `run-of-somebody-else`.
 */
export async function cancelRun(
  runId: string,
  by: RunRequester,
  deps: ChangeRunDeps,
): Promise<RunRecord> {
  const run = await deps.runs.update(runId, (current) => {
    assertMayChange(deps, current, by, "cancel");
    if (isFinal(current.status))
      throw new ConflictError("run-finished", `this run is already ${current.status}`);
    return { ...current, isCancelRequested: true, changedBy: by };
  });
  return run.parked === undefined ? run : await wakeRun(runId, deps);
}

function reopened(run: RunRecord): RunRecord {
  const {
    error: _error,
    endedAtMs: _endedAtMs,
    isCancelRequested: _cancel,
    waitingFor: _waiting,
    ...rest
  } = run;
  return {
    ...rest,
    status: "waiting",
    retries: run.retries + 1,
    upstreamWaits: 0,
    steps: statesForRetry(run.steps),
    ...(run.message === undefined ? {} : { message: { ...run.message, isResultPosted: false } }),
  };
}

function assertMayChange(
  deps: ChangeRunDeps,
  run: RunRecord,
  by: RunRequester,
  action: "retry" | "cancel",
): void {
  if (deps.assertMayChange === undefined) assertOwn(run, by);
  else deps.assertMayChange(run, by, action);
}

/** @throws ForbiddenError `run-of-somebody-else` */
export function assertOwn(run: RunRecord, by: RunRequester): void {
  if (run.requester.slackUserId === undefined || run.requester.slackUserId === by.slackUserId)
    return;
  throw new ForbiddenError(
    "run-of-somebody-else",
    `this run was started by ${run.requester.name}; only they can change it`,
  );
}
