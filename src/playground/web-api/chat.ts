import { announceChange, announceMessage } from "../announce.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SlackMessage } from "../slack-shapes.ts";
import {
  botAuthor,
  findOwnMessage,
  findThread,
  findVisibleChannel,
  findWritableChannel,
} from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";
import { type MessageContent, readContent } from "./message-content.ts";

/** An update's text may be this long. */
const updateTextMax = 4_000;

function contentOf(args: MethodArguments, context: ApiContext): MessageContent {
  return readContent(
    {
      text: args.raw("text"),
      blocks: args.raw("blocks"),
      attachments: args.raw("attachments"),
      markdown_text: args.raw("markdown_text"),
      metadata: args.raw("metadata"),
    },
    context.workspace.ids,
  );
}

function threadOf(
  args: MethodArguments,
  channelId: string,
  context: ApiContext,
): { thread_ts?: string } {
  const ts = args.text("thread_ts");
  return ts === undefined ? {} : { thread_ts: findThread(channelId, ts, context) };
}

function postMessage(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findWritableChannel(args.required("channel"), context);
  const message = context.workspace.post(channel.id, {
    ...contentOf(args, context),
    ...threadOf(args, channel.id, context),
    ...botAuthor(context),
    ...(args.flag("reply_broadcast") === true ? { subtype: "thread_broadcast" } : {}),
  });
  clearStatus(channel.id, context);
  announceMessage(context, channel, message);
  return { channel: channel.id, ts: message.ts, message };
}

/** An answer ends “is thinking …”. */
function clearStatus(channelId: string, { workspace }: ApiContext): void {
  const status = workspace.statuses.get(channelId);
  if (status === undefined || status.status === "") return;
  workspace.statuses.set(channelId, { ...status, status: "" });
  workspace.journal.emit({ type: "status", channel: channelId });
}

function postEphemeral(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findWritableChannel(args.required("channel"), context);
  const user = args.required("user");
  if (!channel.members.includes(user)) throw new SlackRefusal("user_not_in_channel");
  const message = context.workspace.postEphemeral(channel.id, user, {
    ...contentOf(args, context),
    ...threadOf(args, channel.id, context),
    ...botAuthor(context),
  });
  return { message_ts: message.ts };
}

function update(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel"), context);
  const message = findOwnMessage(channel.id, args.required("ts"), context, "cant_update_message");
  if (message.streaming_state === "in_progress") {
    throw new SlackRefusal("streaming_state_conflict");
  }
  if ((args.text("text")?.length ?? 0) > updateTextMax) throw new SlackRefusal("msg_too_long");
  const content = contentOf(args, context);
  const previous = structuredClone(message);
  replaceContent(message, content, args.has("blocks") || args.has("text"));
  message.edited = { user: context.workspace.identity.botUserId, ts: context.workspace.ids.ts() };
  context.workspace.touched(channel.id, message.ts);
  announceChange(context, channel, message, previous);
  const { ts, ...shown } = message;
  return { channel: channel.id, ts, text: message.text, message: shown };
}

/** Puts new content into a message. Blocks that are not sent again are gone, as in Slack. */
export function replaceContent(
  message: SlackMessage,
  content: MessageContent,
  isWhole: boolean,
): void {
  message.text = content.text;
  if (isWhole) {
    delete message.blocks;
    delete message.attachments;
  }
  if (content.blocks !== undefined) message.blocks = content.blocks;
  if (content.attachments !== undefined) message.attachments = content.attachments;
  if (content.metadata !== undefined) message.metadata = content.metadata;
}

function deleteMessage(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel"), context);
  const ts = args.required("ts");
  findOwnMessage(channel.id, ts, context, "cant_delete_message");
  context.workspace.remove(channel.id, ts);
  return { channel: channel.id, ts };
}

function getPermalink(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel"), context);
  const message = context.workspace.find(channel.id, args.required("message_ts"));
  if (message === undefined) throw new SlackRefusal("message_not_found");
  const path = `/archives/${channel.id}/p${message.ts.replace(".", "")}`;
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  const query = isReply ? `?thread_ts=${message.thread_ts}&cid=${channel.id}` : "";
  return { channel: channel.id, permalink: `${context.settings.url}${path}${query}` };
}

/** Methods of the `chat` family that are about whole messages. */
export const chatMethods: Record<string, Method> = {
  "chat.postMessage": postMessage,
  "chat.postEphemeral": postEphemeral,
  "chat.update": update,
  "chat.delete": deleteMessage,
  "chat.getPermalink": getPermalink,
};
