import { toError, UpstreamError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { NameReservations } from "./name-reservations.ts";
import type { Notifier } from "./notifier.ts";
import type { Claim } from "./run-claim.ts";
import { StaleClaimError, type RunStore } from "./run-store.ts";

/** Whom a run tells. */
export interface ReportDeps {
  runs: Pick<RunStore, "markReported">;
  names: Pick<NameReservations, "release">;
  notifier: Notifier;
  logger: Logger;
}

/** Tells how the run ended. Slack not answering is no reason to lose that: the job comes back until it was told. */
export async function reportRun(
  claim: Claim,
  signal: AbortSignal,
  deps: ReportDeps,
): Promise<void> {
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

/** Work does not wait for Slack: without a message now, one is made at the end. */
export async function openMessageIfPossible(
  claim: Claim,
  signal: AbortSignal,
  deps: ReportDeps,
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

/** Makes the parent message exist: the intention is stored first, so that a crash in between is looked into, not repeated. */
async function openMessage(
  claim: Pick<Claim, "run" | "change" | "hooks">,
  signal: AbortSignal,
  deps: ReportDeps,
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

/** True for a host that should be asked again later. */
export function isRetryable(thrown: unknown): thrown is UpstreamError {
  return thrown instanceof UpstreamError && thrown.isRetryable;
}
