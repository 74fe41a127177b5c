import { CallboardError, toError } from "../../base/errors.ts";
import type { StepError } from "../../scaffold/model.ts";
import { HandBack } from "../../storage/contract.ts";
import type { NameReservations } from "./name-reservations.ts";
import type { Notifier } from "./notifier.ts";
import { isRetryable, openMessageIfPossible, reportRun, type ReportDeps } from "./report-run.ts";
import { end, withoutWaiting } from "./run-changes.ts";
import { type Claim, type ClaimDeps, createClaim, type StepHooks } from "./run-claim.ts";
import type { RunRecord } from "./run-record.ts";
import { isFinal, StaleClaimError, type RunStore } from "./run-store.ts";
import type { HeldRun, StepsResult } from "./steps-result.ts";

/** What executing a run needs. */
export interface ExecuteRunDeps extends ClaimDeps, ReportDeps {
  runs: RunStore;
  names: Pick<NameReservations, "reserve" | "release">;
  notifier: Notifier;
  /**
   * Runs what is left of the run's steps.
   * @throws UpstreamError with `isRetryable` when a host should be asked again later.
   */
  runSteps(run: RunRecord, hooks: StepHooks): Promise<StepsResult>;
  /** Decides whether a run may begin; undefined: it may. Absent: every run may. */
  admit?(held: HeldRun, signal: AbortSignal): Promise<StepsResult | undefined>;
  onEnded?: (run: RunRecord) => void;
  /** Called when a run goes on whose worker had stopped in the middle of it. */
  onResumed?: (run: RunRecord) => void;
}

/** A host that does not answer is asked again this often before the run fails; with the queue's backoff that is a day. */
const maxUpstreamWaits = 300;

/**
 * Works on one run until it has ended and its end was reported. May be called again at any time, by any process, after any
 * crash: it continues after the last completed step.
 * @throws UpstreamError to be called again later; HandBack on shutdown.
 */
export async function executeRun(
  runId: string,
  signal: AbortSignal,
  deps: ExecuteRunDeps,
): Promise<void> {
  try {
    const run = await deps.runs.claim(runId);
    if (run.status === "running" && run.waitingFor === undefined) deps.onResumed?.(run);
    const claim = createClaim(run, signal, deps);
    if (!isFinal(claim.run().status)) await workOn(claim, signal, deps);
    if (isFinal(claim.run().status)) await reportRun(claim, signal, deps);
  } catch (thrown) {
    // whoever took the run over goes on with it; there is nothing left to do or say here
    if (thrown instanceof StaleClaimError) return;
    throw thrown;
  }
}

/**
 * Ends a run whose job the queue has given up, because its workers died too often or a host stayed away too long: it counts as
 * failed, and that is told.
 */
export async function giveUpRun(
  runId: string,
  error: CallboardError,
  signal: AbortSignal,
  deps: ExecuteRunDeps,
): Promise<void> {
  const claim = createClaim(await deps.runs.claim(runId), signal, deps);
  if (!isFinal(claim.run().status)) {
    const endedAtMs = deps.clock();
    const ended = await claim.change((run) => end(run, failureOf(error, claim), endedAtMs));
    deps.onEnded?.(ended);
  }
  await reportRun(claim, signal, deps);
}

/** Executes the steps and stores the end, or that the run waits without a job. */
async function workOn(claim: Claim, signal: AbortSignal, deps: ExecuteRunDeps): Promise<void> {
  await openMessageIfPossible(claim, signal, deps);
  let result = await steps(claim, signal, deps);
  while (result.status === "parked") {
    const { wait } = result;
    // whoever approved in between has found nothing to wake: go on at once
    const run = await claim.park(wait);
    if (run.parked !== undefined) return;
    result = await steps(claim, signal, deps);
  }
  const ending = result;
  const endedAtMs = deps.clock();
  const ended = await claim.change((run) => end(run, ending, endedAtMs));
  deps.onEnded?.(ended);
  await deps.gotFurther?.();
}

async function steps(
  claim: Claim,
  signal: AbortSignal,
  deps: ExecuteRunDeps,
): Promise<StepsResult> {
  if (claim.run().isCancelRequested === true) {
    return { status: "cancelled", steps: claim.run().steps };
  }
  let result: StepsResult;
  try {
    const refused = await deps.admit?.(claim, signal);
    if (refused !== undefined) return refused;
    await claim.change((run) => ({ ...withoutWaiting(run), status: "running" }));
    result = await deps.runSteps(claim.run(), claim.hooks);
  } catch (thrown) {
    await claim.flushLog();
    result = await afterThrow(thrown, claim, signal);
  }
  if (result.status !== "completed" && result.status !== "parked" && signal.aborted) {
    await claim.flushLog();
    throw new HandBack("stopped before the run ended");
  }
  return result;
}

/** Waits for a host that may come back, gives the job back on shutdown, and makes a failure of everything else. */
async function afterThrow(
  thrown: unknown,
  claim: Claim,
  signal: AbortSignal,
): Promise<Extract<StepsResult, { status: "failed" }>> {
  if (thrown instanceof StaleClaimError) throw thrown;
  if (signal.aborted) throw new HandBack("stopped before the run ended");
  if (isRetryable(thrown) && claim.run().upstreamWaits < maxUpstreamWaits) {
    await claim.change((current) => ({
      ...current,
      upstreamWaits: current.upstreamWaits + 1,
      waitingFor: thrown.message,
    }));
    throw thrown;
  }
  return failureOf(thrown, claim);
}

function failureOf(thrown: unknown, claim: Claim): Extract<StepsResult, { status: "failed" }> {
  const failing = claim
    .run()
    .steps.find((step) => step.status === "running" || step.status === "failed");
  claim.logger.error(
    { runId: claim.run().id, stepId: failing?.id, error: toError(thrown).message },
    "a run failed",
  );
  return {
    status: "failed",
    steps: claim
      .run()
      .steps.map((step) => (step.status === "running" ? { ...step, status: "failed" } : step)),
    error: { ...describe(thrown), ...(failing === undefined ? {} : { stepId: failing.id }) },
  };
}

function describe(thrown: unknown): StepError {
  if (thrown instanceof CallboardError) {
    return {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    };
  }
  return {
    code: "internal",
    message: "an error inside Callboard; its log has the details",
    hint: "Retry, or tell whoever runs Callboard",
  };
}
