import type { Channel, SlackMessage } from "./slack-shapes.ts";
import type { ApiContext } from "./web-api/context.ts";

/** `channel_type` of a message event. */
function channelType(channel: Channel): "channel" | "group" | "im" {
  if (channel.kind === "im") return "im";
  return channel.kind === "private" ? "group" : "channel";
}

type EventContext = Pick<ApiContext, "workspace" | "emitEvent">;

/** Sends a new message as an event: Slack echoes the bot's own messages, too. */
export function announceMessage(
  { emitEvent }: EventContext,
  channel: Channel,
  message: SlackMessage,
): void {
  emitEvent({
    ...message,
    channel: channel.id,
    channel_type: channelType(channel),
    event_ts: message.ts,
  });
}

/** Sends an edit as an event. */
export function announceChange(
  { emitEvent, workspace }: EventContext,
  channel: Channel,
  message: SlackMessage,
  previous: SlackMessage,
): void {
  const ts = workspace.ids.ts();
  emitEvent({
    type: "message",
    subtype: "message_changed",
    hidden: true,
    channel: channel.id,
    channel_type: channelType(channel),
    ts,
    event_ts: ts,
    message,
    previous_message: previous,
  });
}
