import { InputError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { shortcutPayload } from "../payloads.ts";
import type { StepExecution } from "../work-in-progress.ts";
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

/** A workflow step to run, as Workflow Builder would. */
export interface StepInput {
  user: string;
  callbackId: string;
  inputs: Record<string, unknown>;
}

/** Runs a workflow step: the bot gets `function_executed` and says later how it ended. */
export async function runStep(
  input: StepInput,
  context: ActContext,
): Promise<Outcome & { execution: StepExecution }> {
  const { workspace, dispatcher, settings } = context;
  personOf(context, input.user);
  const id = workspace.ids.next("Fx");
  const execution: StepExecution = { id, callbackId: input.callbackId, status: "running" };
  workspace.executions.set(id, execution);
  const result = await dispatcher.emitEvent({
    type: "function_executed",
    function: {
      id: workspace.ids.next("Fn"),
      callback_id: input.callbackId,
      title: input.callbackId,
      description: "",
      type: "app",
      input_parameters: [],
      output_parameters: [],
      app_id: workspace.identity.appId,
      date_created: 0,
      date_updated: 0,
      date_deleted: 0,
    },
    inputs: input.inputs,
    function_execution_id: id,
    workflow_execution_id: workspace.ids.next("Wx"),
    event_ts: workspace.ids.ts(),
    bot_access_token: settings.botToken,
  });
  return { ...(result === undefined ? {} : toOutcome(result)), execution };
}

/** Opens the details of an unfurled link. */
export async function openDetails(
  input: { user: string; channel: string; ts: string; url: string },
  context: ActContext,
): Promise<Outcome> {
  const { workspace, tickets, dispatcher } = context;
  const user = personOf(context, input.user);
  const { channelId, message } = messageFor(input, input.channel, context);
  const attachment = message.attachments?.find((entry) => entry["from_url"] === input.url);
  const entity = isRecord(attachment?.["entity"]) ? attachment["entity"] : undefined;
  if (entity === undefined) {
    throw new InputError("playground-link-plain", `${input.url} has no details to open.`);
  }
  const entityUrl = String(entity["url"]);
  const result = await dispatcher.emitEvent({
    type: "entity_details_requested",
    user: user.id,
    trigger_id: tickets.issueTrigger({ userId: user.id, channelId, entityUrl }),
    link: { url: input.url, domain: new URL(input.url).hostname },
    entity_url: entityUrl,
    app_unfurl_url: input.url,
    external_ref: entity["external_ref"],
    user_locale: "en-US",
    channel: channelId,
    message_ts: message.ts,
    event_ts: workspace.ids.ts(),
  });
  return result === undefined ? {} : toOutcome(result);
}
