import type { RunRecord } from "./run-record.ts";
import type { RunWait, StepsResult } from "./steps-result.ts";

/** The run as it waits without a job; as it is when what it waits for has come meanwhile. */
export function park(run: RunRecord, { untilMs, approval, reason, topic }: RunWait): RunRecord {
  const isAnswered =
    approval !== undefined &&
    run.approvals?.some((each) => each.number === approval && each.status !== "pending") === true;
  if (isAnswered || run.isCancelRequested === true) return run;
  return {
    ...run,
    ...(approval === undefined ? {} : { status: "waiting-for-approval" }),
    ...(reason === undefined ? {} : { waitingFor: reason }),
    parked: { untilMs, ...(topic === undefined ? {} : { topic }) },
  };
}

/** The run as it has ended. */
export function end(
  run: RunRecord,
  result: Exclude<StepsResult, { status: "parked" }>,
  endedAtMs: number,
): RunRecord {
  return {
    ...withoutWaiting(run),
    ...closedApprovals(run),
    status: result.status,
    steps: result.steps,
    endedAtMs,
    ...(result.status === "completed" ? { output: result.output } : {}),
    ...("error" in result ? { error: result.error } : {}),
  };
}

/** Nobody needs to answer for a run that has ended. */
function closedApprovals({ approvals }: RunRecord): Pick<RunRecord, "approvals"> {
  if (approvals === undefined) return {};
  return {
    approvals: approvals.map((each) =>
      each.status === "pending" ? { ...each, status: "cancelled" } : each,
    ),
  };
}

/** The run without the reason for which it waited. */
export function withoutWaiting(run: RunRecord): RunRecord {
  const { waitingFor: _waitingFor, ...rest } = run;
  return rest;
}
