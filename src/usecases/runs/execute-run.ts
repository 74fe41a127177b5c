import { CallboardError, toError, UpstreamError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { StepError, StepState } from "../../scaffold/model.ts";
import type { StepNotes } from "../../scaffold/publishers/contract.ts";
import { HandBack } from "../../storage/contract.ts";
import type { NameReservations } from "./name-reservations.ts";
import type { Notifier } from "./notifier.ts";
import { end, park, withoutWaiting } from "./run-changes.ts";
import type { RunRecord } from "./run-record.ts";
import { isFinal, StaleClaimError, type RunStore } from "./run-store.ts";
import type { HeldRun, RunWait, StepsResult } from "./steps-result.ts";

export type { HeldRun, StepsResult } from "./steps-result.ts";

/** What the steps may do to the run's record while they work; every write is refused once another worker took over. */
export interface StepHooks {
  /** Stores how a step stands; awaited before the next step begins. Aborts `signal` when cancelling was asked for. */
  onStep: (state: StepState) => Promise<void>;
  log: (stepId: string, line: string) => void;
  notes: (stepId: string) => StepNotes;
  /** Holds a name until the run has ended. @throws ConflictError `name-reserved` while another run holds it. */
  reserve: (name: string) => Promise<void>;
  /** @throws StaleClaimError when another worker has the run. */
  assertCurrent: () => Promise<void>;
  /** Aborted with the reason `cancelled`, `shutdown` or `lock lost`. */
  signal: AbortSignal;
  held: HeldRun;
}

export interface ExecuteRunDeps {
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
  logger: Logger;
  clock: () => number;
  onEnded?: (run: RunRecord) => void;
  /** Called when a step has ended, or the run: what is stored now is not done again. */
  gotFurther?: () => Promise<void>;
  /** Called when a run goes on whose worker had stopped in the middle of it. */
  onResumed?: (run: RunRecord) => void;
}

/** A host that does not answer is asked again this often before the run fails; with the queue's backoff that is a day. */
const maxUpstreamWaits = 300;
const maxLogLines = 200;

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
    if (isFinal(claim.run().status)) await report(claim, signal, deps);
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
  await report(claim, signal, deps);
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

/** Tells how the run ended. Slack not answering is no reason to lose that: the job comes back until it was told. */
async function report(claim: Claim, signal: AbortSignal, deps: ExecuteRunDeps): Promise<void> {
  await deps.names.release(claim.run().reservedNames ?? [], claim.run().id);
  const isTold = claim.run().message?.isResultPosted === true || claim.run().channel === undefined;
  if (!isTold) {
    try {
      await openMessage(claim, signal, deps);
      const asked = claim.run().approvals?.findLast((each) => each.message?.ts !== undefined);
      if (asked !== undefined) await deps.notifier.showApproval?.(claim.run(), asked);
      const { retries } = claim.run();
      await deps.notifier.finish(claim.run(), {
        signal,
        assertCurrent: claim.hooks.assertCurrent,
      });
      await claim.change((run) =>
        // a retry that was pressed meanwhile has an end of its own to tell
        run.message === undefined || run.retries !== retries
          ? run
          : { ...run, message: { ...run.message, isResultPosted: true } },
      );
    } catch (thrown) {
      if (thrown instanceof StaleClaimError || isRetryable(thrown)) throw thrown;
      // a channel that is gone stays gone; the run itself has ended well or not all the same
      deps.logger.error(
        { runId: claim.run().id, error: toError(thrown).message },
        "the end of a run could not be told",
      );
    }
  }
  await deps.runs.markReported(claim.run().id);
}

function isRetryable(thrown: unknown): thrown is UpstreamError {
  return thrown instanceof UpstreamError && thrown.isRetryable;
}

/** Work does not wait for Slack: without a message now, one is made at the end. */
async function openMessageIfPossible(
  claim: Claim,
  signal: AbortSignal,
  deps: ExecuteRunDeps,
): Promise<void> {
  try {
    await openMessage(claim, signal, deps);
  } catch (thrown) {
    if (thrown instanceof StaleClaimError) throw thrown;
    deps.logger.warn(
      { runId: claim.run().id, error: toError(thrown).message },
      "no parent message yet",
    );
  }
}

/** One worker's hold on a run. */
interface Claim extends HeldRun {
  /** As `park` in run-changes.ts says. */
  park(wait: RunWait): Promise<RunRecord>;
  flushLog(): Promise<void>;
  hooks: StepHooks;
  logger: Logger;
}

function createClaim(claimed: RunRecord, signal: AbortSignal, deps: ExecuteRunDeps): Claim {
  const { id, fence } = claimed;
  let present = claimed;
  let newLines: RunRecord["log"] = [];
  const cancel = new AbortController();

  async function assertCurrent(): Promise<void> {
    const stored = await deps.runs.get(id);
    if (stored?.fence !== fence) throw new StaleClaimError(`run ${id} was taken over`);
  }

  async function change(
    apply: (run: RunRecord) => RunRecord,
    method: "updateClaimed" | "parkClaimed" = "updateClaimed",
  ): Promise<RunRecord> {
    const lines = newLines;
    newLines = [];
    present = await deps.runs[method](id, fence, (run) => ({
      ...apply(run),
      log: [...run.log, ...lines].slice(-maxLogLines),
    }));
    if (present.isCancelRequested === true) cancel.abort("cancelled");
    if (!isFinal(present.status)) deps.notifier.update(present, assertCurrent);
    return present;
  }

  const hooks: StepHooks = {
    async onStep(state) {
      await change((run) => withStep(run, state));
      if (state.status !== "running") await deps.gotFurther?.();
    },
    log: (stepId, line) => void newLines.push({ atMs: deps.clock(), stepId, line }),
    notes: (stepId) => ({
      get: async (key) => present.notes[`${stepId}/${key}`],
      async set(key, value) {
        const noteKey = `${stepId}/${key}`;
        // another value may only say that the step was begun again
        const isNew = present.notes[noteKey] === undefined;
        await change((run) => ({ ...run, notes: { ...run.notes, [noteKey]: value } }));
        if (isNew) await deps.gotFurther?.();
      },
    }),
    async reserve(name) {
      await deps.names.reserve(name, id);
      if (present.reservedNames?.includes(name) === true) return;
      await change((run) => ({ ...run, reservedNames: [...(run.reservedNames ?? []), name] }));
    },
    assertCurrent,
    signal: AbortSignal.any([signal, cancel.signal]),
    held: { run: () => present, change: (apply) => change(apply), assertCurrent },
  };
  return {
    run: () => present,
    change,
    park: (wait) => change((run) => park(run, wait), "parkClaimed"),
    assertCurrent,
    flushLog: async () => void (newLines.length > 0 && (await change((run) => run))),
    hooks,
    logger: deps.logger,
  };
}

/** Makes the parent message exist: the intention is stored first, so that a crash in between is looked into, not repeated. */
async function openMessage(
  claim: Pick<Claim, "run" | "change" | "hooks">,
  signal: AbortSignal,
  deps: ExecuteRunDeps,
): Promise<void> {
  const { channel, message } = claim.run();
  if (channel === undefined || message?.ts !== undefined) return;
  const before = claim.run();
  if (message === undefined) {
    await claim.change((run) => ({ ...run, message: { channel, isIntended: true } }));
  }
  const opened = await deps.notifier.open(message === undefined ? before : claim.run(), {
    signal,
    assertCurrent: claim.hooks.assertCurrent,
  });
  await claim.change((run) => ({
    ...run,
    message: { ...run.message, isIntended: true, ...opened },
  }));
}

function withStep(run: RunRecord, state: StepState): RunRecord {
  return { ...run, steps: run.steps.map((step) => (step.id === state.id ? state : step)) };
}
