import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { parseRequest, plainFromSlack } from "../requests.ts";
import { renderNotice } from "../views/notices.ts";
import { answerRequest } from "./answering.ts";

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
}

/** Registers mentions, which are answered in a thread, and direct messages. */
export function registerMessages(app: App, context: SlackContext): void {
  app.event("app_mention", async ({ event, body }) => {
    if (event.user === undefined || event.bot_id !== undefined) return;
    await answer(context, {
      channel: event.channel,
      user: event.user,
      text: event.text,
      ts: event.ts,
      ...(event.thread_ts === undefined ? {} : { threadTs: event.thread_ts }),
      isDirect: false,
      isExternallyShared: body.is_ext_shared_channel === true,
    });
  });
  app.message(async ({ message, body }) => {
    if (message.channel_type !== "im") return;
    // edits, deletions and joins have a subtype; what bots say is nobody's question
    const isPlain = message.subtype === undefined || message.subtype === "file_share";
    if (!isPlain || "bot_id" in message) return;
    await answer(context, {
      channel: message.channel,
      user: message.user,
      text: message.text ?? "",
      ts: message.ts,
      ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
      isDirect: true,
      isExternallyShared: body.is_ext_shared_channel === true,
    });
  });
}

async function answer(context: SlackContext, incoming: IncomingMessage): Promise<void> {
  const thread = incoming.threadTs ?? (incoming.isDirect ? undefined : incoming.ts);
  const where = {
    channel: incoming.channel,
    ...(thread === undefined ? {} : { threadTs: thread }),
  };
  if (incoming.isExternallyShared) {
    await context.outbox.post({ ...where, ...renderNotice("external-channel") });
    return;
  }
  const person = await context.people.find(incoming.user);
  if (person.limit === "external" || person.limit === "bot") {
    context.logger.warn({ limit: person.limit }, "slack question from outside refused");
    await context.outbox.post({ ...where, ...renderNotice("external-person") });
    return;
  }
  const question = plainFromSlack(incoming.text, context.identity().botUserId);
  const content = await answerRequest(context, parseRequest(question), {
    slackUserId: incoming.user,
    canShare: false,
  });
  await context.outbox.post({ ...where, ...content });
}
