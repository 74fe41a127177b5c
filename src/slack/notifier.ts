import type { WebClient } from "@slack/web-api";

import type { Logger } from "../base/logger.ts";
import type { Notifier, Reporting } from "../usecases/runs/notifier.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { askForApproval, remindOfApproval, showApproval } from "./approval-messages.ts";
import type { SlackClients } from "./clients.ts";
import { isClosedChannel, toExpected } from "./errors.ts";
import type { OutgoingMessage, Outbox } from "./outbox.ts";
import {
  findOwnMessage,
  findOwnReply,
  type MessageMarker,
  type SentMessage,
} from "./own-messages.ts";
import { postUnlessSent } from "./post-once.ts";
import { createRunDrawing, type RunDrawing } from "./run-drawing.ts";
import { createEdits, type ReportedRun, runMarker } from "./run-edits.ts";
import type { MessageContent } from "./views/blocks.ts";
import { renderRunResult } from "./views/run-view.ts";
import { renderUndoReport } from "./views/undo-view.ts";

export interface NotifierOptions {
  clients: SlackClients;
  outbox: Outbox;
  logger: Logger;
  now: () => number;
  /** Between two edits of the same message. */
  updateSpacingMs?: number;
  /** Before a message whose fate is unknown is looked for; doubled each time. */
  lookupPauseMs?: number;
}

/** Reports runs in Slack; `stop` drops edits that wait and leaves no timer behind. */
export interface SlackNotifier extends Required<Notifier> {
  stop(): Promise<void>;
}

/** Creates the notifier. Every error it throws is one of ours where more tries may help (`UpstreamError`). */
export function createNotifier(options: NotifierOptions): SlackNotifier {
  const { clients, logger, now, updateSpacingMs: spacingMs = 1000 } = options;
  const drawing = createRunDrawing(logger);
  const edits = createEdits({ client: clients.once, drawing, logger, now, spacingMs });
  return {
    async open(run, reporting) {
      return await expected(openMessage(run, reporting, { ...options, drawing }));
    },
    update(run, assertCurrent) {
      if (hasMessage(run)) edits.soon(run, assertCurrent);
    },
    async finish(run, reporting) {
      if (!hasMessage(run)) return;
      await expected(edits.final(run, reporting));
      await expected(postResult(run, reporting, options));
    },
    ask: async (run, approval, reporting) =>
      await expected(askForApproval(run, approval, reporting, options)),
    showApproval: async (run, approval) => await showApproval(run, approval, options),
    remind: async (run, approval, reporting) =>
      await remindOfApproval(run, approval, reporting, options),
    async reportUndo(run, reporting) {
      if (!hasMessage(run)) return;
      await expected(edits.final(run, reporting));
      await expected(postUndo(run, reporting, options));
    },
    stop: async () => await edits.stop(),
  };
}

function hasMessage(run: RunRecord): run is ReportedRun {
  return run.message?.ts !== undefined && run.message.ts !== "";
}

async function expected<T>(work: Promise<T>): Promise<T> {
  return await work.catch((thrown: unknown) => {
    throw toExpected(thrown);
  });
}

type OpenOptions = NotifierOptions & { drawing: RunDrawing };

/** Makes the parent message exist, in the wanted channel or else in a direct message to whoever asked. */
async function openMessage(
  run: RunRecord,
  reporting: Reporting,
  options: OpenOptions,
): Promise<{ channel: string; ts: string; insteadOf?: string }> {
  const wanted = run.channel ?? run.requester.slackUserId;
  if (wanted === undefined) throw new Error(`run ${run.id} reports nowhere`);
  const isDirect = isPerson(wanted);
  const channel = isDirect ? await directChannel(options.clients.safe, wanted) : wanted;
  try {
    return await ensureMessage(run, channel, reporting, options);
  } catch (thrown) {
    const { slackUserId } = run.requester;
    if (!isClosedChannel(thrown) || isDirect || slackUserId === undefined) throw thrown;
    options.logger.info(
      { runId: run.id },
      "run reports in a direct message instead of a closed channel",
    );
    const direct = await directChannel(options.clients.safe, slackUserId);
    const moved: RunRecord = {
      ...run,
      message: { ...run.message, channel: direct, insteadOf: wanted },
    };
    return { ...(await ensureMessage(moved, direct, reporting, options)), insteadOf: wanted };
  }
}

/** Ids of people begin with U or W; everything else is a conversation. */
function isPerson(id: string): boolean {
  return /^[UW]/.test(id);
}

async function directChannel(web: WebClient, slackUserId: string): Promise<string> {
  const { channel } = await web.conversations.open({ users: slackUserId });
  if (channel?.id === undefined) throw new Error("Slack opened a direct message without an id");
  return channel.id;
}

/** Sends the message once: what may have been sent before is looked for first, also after a reply that was lost just now. */
async function ensureMessage(
  run: RunRecord,
  channel: string,
  reporting: Reporting,
  options: OpenOptions,
): Promise<SentMessage> {
  const { clients, outbox, logger, now } = options;
  const marker = runMarker(run.id);
  const find = async () =>
    await findOwnMessage(clients.safe, { channel, marker, sinceMs: run.createdAtMs }, logger);
  if (run.message?.isIntended === true) {
    const found = await find();
    if (found !== undefined) return found;
  }
  const post = async () =>
    await options.drawing.draw(run, now(), async (content) => {
      const outgoing: OutgoingMessage = { channel, ...content, metadata: marker };
      return await outbox.post(outgoing, reporting);
    });
  return await postUnlessSent(post, find, reporting.signal, options);
}

/** Posts result and log in the thread, once for each attempt of the run. */
async function postResult(
  run: ReportedRun,
  reporting: Reporting,
  options: NotifierOptions,
): Promise<void> {
  const marker = {
    event_type: "callboard_run_result",
    event_payload: { run_id: run.id, attempt: String(run.retries) },
  };
  await replyOnce(run, { marker, content: renderRunResult(run) }, reporting, options);
}

/** Posts what came of taking the run back, once for each time it was asked for. */
async function postUndo(
  run: ReportedRun,
  reporting: Reporting,
  options: NotifierOptions,
): Promise<void> {
  const marker = {
    event_type: "callboard_run_undo",
    event_payload: { run_id: run.id, number: String(run.undo?.number ?? 0) },
  };
  await replyOnce(run, { marker, content: renderUndoReport(run) }, reporting, options);
}

async function replyOnce(
  run: ReportedRun,
  reply: { marker: MessageMarker; content: MessageContent },
  reporting: Reporting,
  options: NotifierOptions,
): Promise<void> {
  const { clients, outbox, logger } = options;
  const { channel, ts } = run.message;
  const { marker, content } = reply;
  const find = async () =>
    await findOwnReply(clients.safe, { channel, threadTs: ts, marker }, logger);
  if ((await find()) !== undefined) return;
  const outgoing: OutgoingMessage = { channel, threadTs: ts, ...content, metadata: marker };
  const post = async () => await outbox.post(outgoing, reporting);
  await postUnlessSent(post, find, reporting.signal, options);
}
