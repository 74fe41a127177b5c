import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Approval } from "../usecases/approvals/approval.ts";
import type { Reporting } from "../usecases/runs/notifier.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { StaleClaimError } from "../usecases/runs/run-store.ts";
import type { SlackClients } from "./clients.ts";
import { isClosedChannel } from "./errors.ts";
import type { OutgoingMessage, Outbox } from "./outbox.ts";
import {
  findOwnMessage,
  findOwnReply,
  type MessageMarker,
  type SentMessage,
} from "./own-messages.ts";
import { postUnlessSent } from "./post-once.ts";
import { renderApproval, renderReminder } from "./views/approval-view.ts";

export interface ApprovalMessageOptions {
  clients: SlackClients;
  outbox: Outbox;
  logger: Logger;
  /** Before a message whose fate is unknown is looked for; doubled each time. */
  lookupPauseMs?: number;
}

/** Where a question is put. */
interface Place {
  channel: string;
  threadTs?: string;
}

/**
 * Asks for an approval, once: in the channel of the approvers or, where there is none or the bot may not write there, in the
 * thread of the run.
 */
export async function askForApproval(
  run: RunRecord,
  approval: Approval,
  reporting: Reporting,
  options: ApprovalMessageOptions,
): Promise<SentMessage> {
  const thread = threadOf(run);
  const { channel } = approval;
  if (channel === undefined) return await ensureAsked(run, approval, thread, reporting, options);
  try {
    return await ensureAsked(run, approval, { channel }, reporting, options);
  } catch (thrown) {
    if (!isClosedChannel(thrown)) throw thrown;
    options.logger.warn(
      { runId: run.id, channel },
      "an approval is asked in the run's thread: I cannot write in the channel of the approvers",
    );
    return await ensureAsked(run, approval, thread, reporting, options);
  }
}

function threadOf({ id, message }: RunRecord): Place {
  if (message?.ts === undefined) throw new Error(`run ${id} has no message to ask under`);
  return { channel: message.channel, threadTs: message.ts };
}

async function ensureAsked(
  run: RunRecord,
  approval: Approval,
  place: Place,
  reporting: Reporting,
  options: ApprovalMessageOptions,
): Promise<SentMessage> {
  const { clients, outbox, logger } = options;
  const { channel, threadTs } = place;
  const marker: MessageMarker = {
    event_type: "callboard_approval",
    event_payload: { run_id: run.id, number: String(approval.number) },
  };
  const find = async () =>
    threadTs === undefined
      ? await findOwnMessage(clients.safe, { channel, marker, sinceMs: approval.askedAtMs }, logger)
      : await findOwnReply(clients.safe, { channel, threadTs, marker }, logger);
  if (approval.message?.isIntended === true) {
    const found = await find();
    if (found !== undefined) return found;
  }
  const outgoing: OutgoingMessage = {
    channel,
    ...(threadTs === undefined ? {} : { threadTs }),
    ...renderApproval(run, approval),
    metadata: marker,
  };
  return await postUnlessSent(
    async () => await outbox.post(outgoing, reporting),
    find,
    reporting.signal,
    options,
  );
}

/** Shows how a question stands; that Slack does not answer is no reason to stop the run. */
export async function showApproval(
  run: RunRecord,
  approval: Approval,
  { clients, logger }: ApprovalMessageOptions,
): Promise<void> {
  const { channel, ts } = approval.message ?? {};
  if (channel === undefined || ts === undefined) return;
  try {
    await clients.safe.chat.update({ channel, ts, ...renderApproval(run, approval) });
  } catch (thrown) {
    logger.warn({ runId: run.id, error: toError(thrown).message }, "approval message not updated");
  }
}

/** Reminds in the thread of the question. */
export async function remindOfApproval(
  run: RunRecord,
  approval: Approval,
  reporting: Reporting,
  { outbox, logger }: ApprovalMessageOptions,
): Promise<void> {
  const { channel, ts } = approval.message ?? {};
  if (channel === undefined || ts === undefined) return;
  try {
    await outbox.post({ channel, threadTs: ts, ...renderReminder(run, approval) }, reporting);
  } catch (thrown) {
    if (thrown instanceof StaleClaimError) throw thrown;
    logger.warn({ runId: run.id, error: toError(thrown).message }, "reminder not sent");
  }
}
