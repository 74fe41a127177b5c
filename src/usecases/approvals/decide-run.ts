import { NotFoundError } from "../../base/errors.ts";
import { wakeRun, type WakeDeps, woken } from "../runs/park-run.ts";
import type { RunRecord, RunRequester } from "../runs/run-record.ts";
import { isFinal } from "../runs/run-store.ts";
import { type ApprovalDecision, type Approver, decideApproval } from "./approval.ts";

export interface DecideDeps extends WakeDeps {
  /** Throws when a rule forbids somebody to approve this run. */
  assertMayApprove?(run: RunRecord, by: RunRequester): void;
  /** The groups somebody is in, directly or through groups below; canonical references. */
  groupsOf(userRef: string | undefined): ReadonlySet<string>;
  clock: () => number;
}

export interface DecideRequest {
  runId: string;
  /** Which of the run's questions. */
  number: number;
  verdict: ApprovalDecision["verdict"];
  reason?: string;
  by: RunRequester;
}

/**
 * Approves or rejects what a run asks; whoever clicks is checked now. Each decision is one compare-and-set on the stored run, so
 * that many clicks at once, also in several processes, count each person once and let the run go on once.
 * @throws NotFoundError `approval-unknown`, and as `decideApproval`
 */
export async function decideRun(request: DecideRequest, deps: DecideDeps): Promise<RunRecord> {
  const { runId, number, verdict, reason } = request;
  const by: Approver = { ...request.by, groups: deps.groupsOf(request.by.userRef) };
  const decision = { by, verdict, atMs: deps.clock(), ...(reason === undefined ? {} : { reason }) };
  const found = await deps.runs.get(runId);
  if (found?.approvals?.some((each) => each.number === number) !== true) throw unknownApproval();
  const decided = await deps.runs.update(runId, (run) => {
    const approval = run.approvals?.find((each) => each.number === number);
    if (approval === undefined) throw unknownApproval();
    deps.assertMayApprove?.(run, request.by);
    const after = decideApproval(approval, decision, run.requester);
    const approvals = run.approvals?.map((each) => (each.number === number ? after : each)) ?? [];
    const next = { ...run, approvals };
    return after.status === "pending" || isFinal(run.status) ? next : woken(next);
  });
  return await wakeRun(decided.id, deps);
}

function unknownApproval(): NotFoundError {
  return new NotFoundError("approval-unknown", "nobody is asked for this approval any more", {
    hint: "the run may have ended; its message says how",
  });
}
