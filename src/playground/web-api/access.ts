import { SlackRefusal } from "../refusal.ts";
import type { Channel, SlackMessage } from "../slack-shapes.ts";
import type { ApiContext } from "./context.ts";

/**
 * The channel that a method names, if the bot may see it. A person's id means the direct message with them.
 * @throws SlackRefusal `channel_not_found`.
 */
export function findVisibleChannel(name: string, { workspace }: ApiContext): Channel {
  const person = workspace.people.get(name);
  if (person !== undefined && person.isBot !== true) return workspace.dmOf(person.id);
  const channel = workspace.findChannel(name);
  const isVisible =
    channel?.kind === "public" ||
    (channel !== undefined && channel.members.includes(workspace.identity.botUserId));
  if (channel === undefined || !isVisible) throw new SlackRefusal("channel_not_found");
  return channel;
}

/** A channel in which the bot may write. @throws SlackRefusal `channel_not_found`, `not_in_channel`, `is_archived`. */
export function findWritableChannel(name: string, context: ApiContext): Channel {
  const channel = findVisibleChannel(name, context);
  if (channel.isArchived === true) throw new SlackRefusal("is_archived");
  const { botUserId } = context.workspace.identity;
  const mayPostAnywhere =
    channel.kind === "public" && context.settings.scopes?.has("chat:write.public") === true;
  if (!channel.members.includes(botUserId) && !mayPostAnywhere) {
    throw new SlackRefusal("not_in_channel");
  }
  return channel;
}

/** The thread's parent. A reply's `ts` stands for the thread it is in. @throws SlackRefusal `thread_not_found`. */
export function findThread(channelId: string, ts: string, { workspace }: ApiContext): string {
  if (!/^\d{9,11}\.\d{6}$/.test(ts)) {
    throw new SlackRefusal("invalid_thread_ts", [`[ERROR] ${ts} is not a valid thread_ts`]);
  }
  const message = workspace.find(channelId, ts);
  if (message === undefined) throw new SlackRefusal("thread_not_found");
  return message.thread_ts ?? message.ts;
}

/** A message that the bot has written. @throws SlackRefusal `message_not_found`, or `refusal` for others' messages. */
export function findOwnMessage(
  channelId: string,
  ts: string,
  context: ApiContext,
  refusal: string,
): SlackMessage {
  const message = context.workspace.find(channelId, ts);
  if (message === undefined) throw new SlackRefusal("message_not_found");
  if (message.bot_id !== context.workspace.identity.botId) throw new SlackRefusal(refusal);
  return message;
}

/** Who the bot is, on each of its messages. */
export function botAuthor({ workspace }: ApiContext): {
  user: string;
  bot_id: string;
  app_id: string;
} {
  const { botUserId, botId, appId } = workspace.identity;
  return { user: botUserId, bot_id: botId, app_id: appId };
}
