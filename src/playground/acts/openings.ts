import { InputError } from "../../base/errors.ts";
import { shortcutPayload } from "../payloads.ts";
import {
  type ActContext,
  type Outcome,
  channelOf,
  personOf,
  responseUrlFor,
  toOutcome,
} from "./context.ts";

/** Opens the app's Home or Messages tab. */
export async function openAppTab(
  input: { user: string; tab: "home" | "messages" },
  context: ActContext,
): Promise<Outcome> {
  const { workspace, views, dispatcher } = context;
  const user = personOf(context, input.user);
  const view = input.tab === "home" ? views.home(user.id) : undefined;
  const result = await dispatcher.emitEvent({
    type: "app_home_opened",
    user: user.id,
    channel: workspace.dmOf(user.id).id,
    tab: input.tab,
    event_ts: workspace.ids.ts(),
    ...(view === undefined ? {} : { view }),
  });
  return result === undefined ? {} : toOutcome(result);
}

/** Runs a global shortcut, or with `channel` and `ts` a message shortcut. */
export async function runShortcut(
  input: { user: string; callbackId: string; channel?: string; ts?: string },
  context: ActContext,
): Promise<Outcome> {
  const { workspace, tickets, dispatcher } = context;
  const user = personOf(context, input.user);
  const on = input.channel === undefined ? undefined : messageFor(input, input.channel, context);
  const payload = shortcutPayload(workspace, {
    user,
    callbackId: input.callbackId,
    triggerId: tickets.issueTrigger({
      userId: user.id,
      ...(on === undefined ? {} : { channelId: on.channelId }),
    }),
    ...(on === undefined ? {} : { on }),
  });
  const result = await dispatcher.deliver(`shortcut ${input.callbackId}`, {
    kind: "interactive",
    payload,
    acceptsResponse: false,
  });
  return toOutcome(result);
}

function messageFor(
  input: { user: string; ts?: string },
  channelName: string,
  context: ActContext,
) {
  const channel = channelOf(context, input.user, channelName);
  const message = context.workspace.find(channel.id, input.ts ?? "");
  if (message === undefined) {
    throw new InputError("playground-message-unknown", `There is no message ${input.ts} there.`);
  }
  const responseUrl = responseUrlFor(context, {
    userId: input.user,
    channelId: channel.id,
    source: { ts: message.ts, isEphemeral: false },
  });
  return { channelId: channel.id, message, responseUrl };
}

/** Puts the bot into a channel, as `/invite @Callboard` does. */
export async function inviteBot(
  input: { user: string; channel: string },
  context: ActContext,
): Promise<Outcome> {
  const { workspace, dispatcher } = context;
  const channel = channelOf(context, personOf(context, input.user).id, input.channel);
  workspace.join(channel.id, workspace.identity.botUserId);
  const result = await dispatcher.emitEvent({
    type: "member_joined_channel",
    user: workspace.identity.botUserId,
    channel: channel.id,
    channel_type: "C",
    team: workspace.identity.teamId,
    inviter: input.user,
    event_ts: workspace.ids.ts(),
  });
  return result === undefined ? {} : toOutcome(result);
}
