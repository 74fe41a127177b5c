import { isRecord } from "../base/json.ts";
import { announceChange, announceMessage } from "./announce.ts";
import { SlackRefusal } from "./refusal.ts";
import type { SlackMessage } from "./slack-shapes.ts";
import type { ResponseTarget } from "./tickets.ts";
import { botAuthor } from "./web-api/access.ts";
import { replaceContent } from "./web-api/chat.ts";
import type { ApiContext } from "./web-api/context.ts";
import { type MessageContent, readContent } from "./web-api/message-content.ts";

/**
 * Carries out what a response URL, or the acknowledgement of a slash command, was given: a new message for one person
 * or for the channel, or a change of the message whose button was pressed.
 * @throws SlackRefusal with the name of what is wrong in the message.
 * @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export function applyResponse(
  body: unknown,
  target: ResponseTarget,
  context: ApiContext,
): SlackMessage | undefined {
  if (!isRecord(body)) throw new SlackRefusal("invalid_payload");
  const { workspace } = context;
  if (body["delete_original"] === true) {
    removeOriginal(target, context);
    return undefined;
  }
  const content = readContent(
    {
      text: body["text"],
      blocks: body["blocks"],
      attachments: body["attachments"],
      markdown_text: body["markdown_text"],
      metadata: body["metadata"],
    },
    workspace.ids,
  );
  if (body["replace_original"] === true && target.source !== undefined) {
    return replaceOriginal(content, target, context);
  }
  return postAnswer(body, content, target, context);
}

function postAnswer(
  body: Record<string, unknown>,
  content: MessageContent,
  target: ResponseTarget,
  context: ApiContext,
): SlackMessage {
  const { workspace } = context;
  const threadTs = body["thread_ts"];
  const draft = {
    ...content,
    ...botAuthor(context),
    ...(typeof threadTs === "string" && threadTs !== "" ? { thread_ts: threadTs } : {}),
  };
  if (body["response_type"] !== "in_channel") {
    return workspace.postEphemeral(target.channelId, target.userId, draft);
  }
  const message = workspace.post(target.channelId, draft);
  const channel = workspace.channels.get(target.channelId);
  if (channel !== undefined) announceMessage(context, channel, message);
  return message;
}

function replaceOriginal(
  content: MessageContent,
  target: ResponseTarget,
  context: ApiContext,
): SlackMessage {
  const { workspace } = context;
  const { ts = "", isEphemeral = false } = target.source ?? {};
  if (isEphemeral) {
    const entry = workspace.findEphemeral(target.channelId, target.userId, ts);
    if (entry === undefined) throw new SlackRefusal("message_not_found");
    replaceContent(entry.message, content, true);
    const { channel, user } = entry;
    workspace.journal.emit({ type: "ephemeral", channel, user, ts });
    return entry.message;
  }
  const message = workspace.find(target.channelId, ts);
  if (message === undefined) throw new SlackRefusal("message_not_found");
  const previous = structuredClone(message);
  replaceContent(message, content, true);
  message.edited = { user: workspace.identity.botUserId, ts: workspace.ids.ts() };
  workspace.touched(target.channelId, ts);
  const channel = workspace.channels.get(target.channelId);
  if (channel !== undefined) announceChange(context, channel, message, previous);
  return message;
}

function removeOriginal(target: ResponseTarget, { workspace }: ApiContext): void {
  const { source, channelId, userId } = target;
  if (source === undefined) throw new SlackRefusal("message_not_found");
  if (!source.isEphemeral) {
    workspace.remove(channelId, source.ts);
    return;
  }
  const entry = workspace.findEphemeral(channelId, userId, source.ts);
  if (entry === undefined) throw new SlackRefusal("message_not_found");
  workspace.removeEphemeral(entry);
}
