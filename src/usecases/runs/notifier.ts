import type { Approval } from "../approvals/approval.ts";
import type { RunRecord } from "./run-record.ts";

/** What a worker that reports a run brings along. */
export interface Reporting {
  signal: AbortSignal;
  /** Called right before each message and edit. @throws StaleClaimError when another worker has the run. */
  assertCurrent: () => Promise<void>;
}

/** Tells people how a run goes. The Slack implementation edits one parent message and replies in its thread. */
export interface Notifier {
  /**
   * Makes the run's parent message exist and show `run`; resolves with where it stands.
   * When `run.message.isIntended` is set without a `ts`, the message may already have been sent: look for it first.
   */
  open(
    run: RunRecord,
    reporting: Reporting,
  ): Promise<{ channel: string; ts: string; insteadOf?: string }>;
  /** Shows the present state in the parent message; calls may be coalesced, the last one is always shown. */
  update(run: RunRecord, assertCurrent: Reporting["assertCurrent"]): void;
  /**
   * Asks those who may approve; resolves with where it stands. When `approval.message.isIntended` is set without a `ts`, it may
   * already have been sent: look for it first.
   */
  ask?(
    run: RunRecord,
    approval: Approval,
    reporting: Reporting,
  ): Promise<{ channel: string; ts: string }>;
  /** Shows how a question stands where it was asked; never throws. */
  showApproval?(run: RunRecord, approval: Approval): Promise<void>;
  /** Reminds those who were asked; throws only what `assertCurrent` throws. */
  remind?(run: RunRecord, approval: Approval, reporting: Reporting): Promise<void>;
  /** Shows the final state and posts result or failure with its log in the thread, once. Resolves when both are sent. */
  finish(run: RunRecord, reporting: Reporting): Promise<void>;
  /** Tells what came of taking a run back, once for each time it was asked for. */
  reportUndo?(run: RunRecord, reporting: Reporting): Promise<void>;
}
