import type { RunOutput, StepError, StepState } from "../../scaffold/model.ts";
import type { RunRecord } from "./run-record.ts";

/** How the steps of a run ended. */
export type StepsResult =
  | { status: "completed"; steps: StepState[]; output: RunOutput }
  | { status: "failed"; steps: StepState[]; error: StepError & { stepId?: string } }
  | { status: "cancelled"; steps: StepState[] }
  /** Nobody allowed it to begin. */
  | { status: "rejected" | "expired"; steps: StepState[]; error: StepError }
  /** It goes on later, by another job. */
  | { status: "parked"; steps: StepState[]; wait: RunWait };

/** Until when a run waits at the latest, and for what. */
export interface RunWait {
  untilMs: number;
  /** The number of the approval that it waits for. */
  approval?: number;
  /** What else it waits for, for the parent message. */
  reason?: string;
  /** As in `RunParking`. */
  topic?: string;
}

/** A run that this worker holds: as last written, and the way to write it. */
export interface HeldRun {
  run(): RunRecord;
  change(change: (run: RunRecord) => RunRecord): Promise<RunRecord>;
  /** @throws StaleClaimError when another worker has the run. */
  assertCurrent: () => Promise<void>;
}
