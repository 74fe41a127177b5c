import type { App } from "@slack/bolt";

import type { Answer } from "../../usecases/answers/answer.ts";
import type { SlackContext } from "../context.ts";
import { answerMarker, findEarlierAnswer } from "../earlier-answer.ts";
import { createLookingStatus, type LookingStatus } from "../looking-status.ts";
import { findOwnMessage, findOwnReply } from "../own-messages.ts";
import { parseRequest, plainFromSlack } from "../requests.ts";
import { builtinSubcommands } from "../subcommands/builtin-subcommands.ts";
import type { MessageContent } from "../views/blocks.ts";
import { renderNotice } from "../views/notices.ts";
import { answerRequest } from "./answer-request.ts";

/** A message to us, whichever way it came. */
interface IncomingMessage {
  channel: string;
  user: string;
  text: string;
  ts: string;
  threadTs?: string;
  isDirect: boolean;
  /** True when people of another company read along. */
  isExternallyShared: boolean;
  eventId: string;
  /** Set when a process that died may have answered already. */
  isReplay: boolean;
}

/** Registers mentions, which are answered in a thread, and direct messages. */
export function registerMessages(app: App, context: SlackContext): void {
  const status = createLookingStatus(context);
  app.event("app_mention", async ({ event, body, context: bolt }) => {
    if (event.user === undefined || event.bot_id !== undefined) return;
    await answer(context, status, {
      channel: event.channel,
      user: event.user,
      text: event.text,
      ts: event.ts,
      ...(event.thread_ts === undefined ? {} : { threadTs: event.thread_ts }),
      isDirect: false,
      isExternallyShared: body.is_ext_shared_channel === true,
      eventId: body.event_id,
      isReplay: bolt["isReplay"] === true,
    });
  });
  app.message(async ({ message, body, context: bolt }) => {
    if (message.channel_type !== "im") return;
    // edits, deletions and joins have a subtype; what bots say is nobody's question
    const isPlain = message.subtype === undefined || message.subtype === "file_share";
    if (!isPlain || "bot_id" in message) return;
    await answer(context, status, {
      channel: message.channel,
      user: message.user,
      text: message.text ?? "",
      ts: message.ts,
      ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
      isDirect: true,
      isExternallyShared: body.is_ext_shared_channel === true,
      eventId: body.event_id,
      isReplay: bolt["isReplay"] === true,
    });
  });
}

async function answer(
  context: SlackContext,
  status: LookingStatus,
  incoming: IncomingMessage,
): Promise<void> {
  const place = placeOf(incoming);
  if (incoming.isReplay && (await isAnswered(context, incoming, place))) return;
  const { channel, threadTs = incoming.ts, isDirect } = incoming;
  const finding = contentFor(context, incoming);
  const { content, answer: given } = isDirect
    ? await status.during({ channel, threadTs }, finding)
    : await finding;
  const metadata = answerMarker(incoming.eventId, given);
  await context.outbox.post({ ...place, ...content, metadata });
}

/** A mention is answered in its thread, a direct message where it was written. */
function placeOf(incoming: IncomingMessage): { channel: string; threadTs?: string } {
  const thread = incoming.threadTs ?? (incoming.isDirect ? undefined : incoming.ts);
  return { channel: incoming.channel, ...(thread === undefined ? {} : { threadTs: thread }) };
}

async function isAnswered(
  { web, logger }: SlackContext,
  incoming: IncomingMessage,
  { channel, threadTs }: { channel: string; threadTs?: string },
): Promise<boolean> {
  const marker = answerMarker(incoming.eventId);
  const found =
    threadTs === undefined
      ? await findOwnMessage(web, { channel, marker, sinceMs: Number(incoming.ts) * 1000 }, logger)
      : await findOwnReply(web, { channel, threadTs, marker }, logger);
  return found !== undefined;
}

async function contentFor(
  context: SlackContext,
  incoming: IncomingMessage,
): Promise<{ content: MessageContent; answer?: Answer }> {
  if (incoming.isExternallyShared) return { content: renderNotice("external-channel") };
  const person = await context.people.find(incoming.user);
  if (person.limit === "external" || person.limit === "bot") {
    context.logger.warn({ limit: person.limit }, "slack question from outside refused");
    return { content: renderNotice("external-person") };
  }
  const question = plainFromSlack(incoming.text, context.identity().botUserId);
  const { user: slackUserId, channel, threadTs } = incoming;
  let given: Answer | undefined;
  const content = await answerRequest(context, parseRequest(question, builtinSubcommands), {
    slackUserId,
    channel,
    canShare: false,
    ...(threadTs === undefined ? {} : { threadTs }),
    findPrevious: async () => await findEarlierAnswer(context, incoming),
    onAnswer(found) {
      given = found;
    },
  });
  return given === undefined ? { content } : { content, answer: given };
}
