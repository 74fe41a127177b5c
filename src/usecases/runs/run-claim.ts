import type { Logger } from "../../base/logger.ts";
import type { StepState } from "../../scaffold/model.ts";
import type { StepNotes } from "../../scaffold/publishers/contract.ts";
import type { NameReservations } from "./name-reservations.ts";
import type { Notifier } from "./notifier.ts";
import { park } from "./run-changes.ts";
import type { RunRecord } from "./run-record.ts";
import { isFinal, StaleClaimError, type RunStore } from "./run-store.ts";
import type { HeldRun, RunWait } from "./steps-result.ts";

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

/** What a claim writes to, and whom it tells. */
export interface ClaimDeps {
  runs: Pick<RunStore, "get" | "updateClaimed" | "parkClaimed">;
  names: Pick<NameReservations, "reserve">;
  notifier: Pick<Notifier, "update">;
  logger: Logger;
  clock: () => number;
  /** Called when a step has ended, or the run: what is stored now is not done again. */
  gotFurther?: () => Promise<void>;
}

const maxLogLines = 200;

/** One worker's hold on a run. */
export interface Claim extends HeldRun {
  /** As `park` in run-changes.ts says. */
  park(wait: RunWait): Promise<RunRecord>;
  flushLog(): Promise<void>;
  hooks: StepHooks;
  logger: Logger;
}

/** Creates it for a run that was claimed. */
export function createClaim(claimed: RunRecord, signal: AbortSignal, deps: ClaimDeps): Claim {
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

function withStep(run: RunRecord, state: StepState): RunRecord {
  return { ...run, steps: run.steps.map((step) => (step.id === state.id ? state : step)) };
}
