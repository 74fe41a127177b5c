import { InputError } from "../../base/errors.ts";
import { announceMessage } from "../announce.ts";
import { slashCommandPayload } from "../payloads.ts";
import { SlackRefusal } from "../refusal.ts";
import { applyResponse } from "../responses.ts";
import type { Channel, SlackMessage } from "../slack-shapes.ts";
import { buildRichText, encodeCommandText, encodeTyped, linksIn } from "../typed-text.ts";
import type { ApiContext } from "../web-api/context.ts";
import {
  type ActContext,
  channelOf,
  type Outcome,
  personOf,
  responseUrlFor,
  toOutcome,
} from "./context.ts";

/** A slash command typed in a channel. */
export interface SlashInput {
  user: string;
  /** A channel's id or name, or `bot` for the direct message. */
  channel: string;
  command: string;
  text?: string;
}

/** A message typed in a channel, a thread or a direct message. */
export interface SayInput {
  user: string;
  channel: string;
  /** As typed: `@Callboard who owns payments`. */
  text: string;
  threadTs?: string;
}

/** Runs a slash command. An answer in the acknowledgement is shown; an error is shown to the person as Slack does. */
export async function slash(
  input: SlashInput,
  context: ActContext,
  api: ApiContext,
): Promise<Outcome & { message?: SlackMessage }> {
  const { workspace, settings, tickets, dispatcher } = context;
  const user = personOf(context, input.user);
  const channel = channelOf(context, user.id, input.channel);
  const spec = settings.commands?.find((command) => command.command === input.command);
  if (settings.commands !== undefined && spec === undefined) {
    const text = `\`${input.command}\` is not a valid command.`;
    return {
      error: "unknown_command",
      detail: text,
      message: tell(context, channel, user.id, text),
    };
  }
  const target = { userId: user.id, channelId: channel.id };
  const payload = slashCommandPayload(workspace, {
    user,
    channelId: channel.id,
    command: input.command,
    text: encodeCommandText(input.text ?? "", workspace, spec?.shouldEscape ?? false).trim(),
    responseUrl: responseUrlFor(context, target),
    triggerId: tickets.issueTrigger(target),
  });
  const result = await dispatcher.deliver(input.command, {
    kind: "slash_commands",
    payload,
    acceptsResponse: true,
  });
  const outcome = toOutcome(result);
  if (outcome.error !== undefined) {
    const text = `\`${input.command}\` failed with the error “${outcome.error}”.`;
    return { ...outcome, message: tell(context, channel, user.id, text) };
  }
  return { ...outcome, ...showAck(outcome.ackBody, target, api) };
}

function showAck(
  body: unknown,
  target: { userId: string; channelId: string },
  api: ApiContext,
): { message?: SlackMessage; error?: string; detail?: string } {
  if (body === undefined || body === "") return {};
  try {
    const message = applyResponse(typeof body === "string" ? { text: body } : body, target, api);
    return message === undefined ? {} : { message };
  } catch (thrown) {
    if (thrown instanceof SlackRefusal) return { error: thrown.error, detail: thrown.message };
    throw thrown;
  }
}

/** Says something; the bot hears of it when it is in the channel and mentioned, or in a direct message. */
export async function say(
  input: SayInput,
  context: ActContext,
): Promise<Outcome & { message: SlackMessage }> {
  const { workspace, settings } = context;
  const user = personOf(context, input.user);
  const channel = channelOf(context, user.id, input.channel);
  if (input.text.trim() === "") {
    throw new InputError("playground-text-empty", "A message needs a text.");
  }
  const text = encodeTyped(input.text, workspace);
  const threadTs = threadTsOf(input, channel, context);
  const message = workspace.post(channel.id, {
    user: user.id,
    text,
    client_msg_id: crypto.randomUUID(),
    blocks: [buildRichText(text, workspace.ids.next("").slice(0, 5))],
    ...threadTs,
  });
  tellOfAbsentBot(text, channel, user.id, context);
  const outcomes = await Promise.all([
    ...messageEvents(message, channel, context),
    ...linkEvents(message, channel, settings.unfurlDomains, context),
  ]);
  const failed = outcomes.find((outcome) => outcome.error !== undefined);
  return { ...(failed ?? outcomes[0]), message };
}

/** Slack's word to whoever mentions an app where it cannot hear; else the silence looks like a fault of the app. */
function tellOfAbsentBot(
  text: string,
  channel: Channel,
  userId: string,
  context: ActContext,
): void {
  const { botUserId, botName } = context.workspace.identity;
  if (channel.members.includes(botUserId) || !text.includes(`<@${botUserId}>`)) return;
  const what = `<@${botUserId}> is not in this channel and did not hear you.`;
  tell(context, channel, userId, `${what} Press *Invite ${botName}* above, then ask again.`);
}

function threadTsOf(
  { threadTs }: SayInput,
  channel: Channel,
  { workspace }: ActContext,
): { thread_ts?: string; parent_user_id?: string } {
  if (threadTs === undefined) return {};
  const parent = workspace.find(channel.id, threadTs);
  if (parent === undefined) {
    throw new InputError("playground-thread-unknown", `There is no thread ${threadTs} here.`);
  }
  return {
    thread_ts: parent.thread_ts ?? parent.ts,
    ...(parent.user === undefined ? {} : { parent_user_id: parent.user }),
  };
}

function messageEvents(
  message: SlackMessage,
  channel: Channel,
  context: ActContext,
): Promise<Outcome>[] {
  const { workspace, dispatcher } = context;
  const emit = async (event: Record<string, unknown>): Promise<Outcome> => {
    const result = await dispatcher.emitEvent(event);
    return result === undefined ? {} : toOutcome(result);
  };
  const sent: Promise<Outcome>[] = [];
  const isMentioned = message.text.includes(`<@${workspace.identity.botUserId}`);
  if (isMentioned && channel.kind !== "im") {
    const mention = { ...message, type: "app_mention", channel: channel.id, event_ts: message.ts };
    sent.push(emit(mention));
  }
  announceMessage(
    { workspace, emitEvent: (event) => void sent.push(emit(event)) },
    channel,
    message,
  );
  return sent;
}

function linkEvents(
  message: SlackMessage,
  channel: Channel,
  domains: readonly string[],
  context: ActContext,
): Promise<Outcome>[] {
  const links = linksIn(message.text).flatMap((url) => {
    const { hostname } = new URL(url);
    const domain = domains.find((d) => hostname === d || hostname.endsWith(`.${d}`));
    return domain === undefined ? [] : [{ url, domain }];
  });
  if (links.length === 0) return [];
  const { workspace, dispatcher } = context;
  const event = {
    type: "link_shared",
    user: message.user,
    channel: channel.id,
    message_ts: message.ts,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    links,
    source: "conversations_history",
    unfurl_id: `${channel.id}-${message.ts}`,
    is_bot_user_member: channel.members.includes(workspace.identity.botUserId),
    event_ts: workspace.ids.ts(),
  };
  return [
    dispatcher.emitEvent(event).then((result) => (result === undefined ? {} : toOutcome(result))),
  ];
}

/** Slackbot's note to one person. */
function tell(
  { workspace }: ActContext,
  channel: Channel,
  userId: string,
  text: string,
): SlackMessage {
  return workspace.postEphemeral(channel.id, userId, { text, user: "USLACKBOT" });
}
