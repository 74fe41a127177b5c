import type { Person, SlackBlock, SlackMessage, SlackView, StateValue } from "./slack-shapes.ts";
import type { Workspace } from "./workspace.ts";

/** The fields that every interaction payload begins with. */
function base(workspace: Workspace, user: Person): Record<string, unknown> {
  const { identity } = workspace;
  return {
    team: { id: identity.teamId, domain: identity.teamDomain },
    user: {
      id: user.id,
      username: user.name,
      name: user.name,
      team_id: user.teamId ?? identity.teamId,
    },
    api_app_id: identity.appId,
    token: identity.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** @see https://docs.slack.dev/interactivity/implementing-slash-commands */
export function slashCommandPayload(
  workspace: Workspace,
  input: {
    user: Person;
    channelId: string;
    command: string;
    text: string;
    responseUrl: string;
    triggerId: string;
  },
): Record<string, unknown> {
  const { identity } = workspace;
  return {
    token: identity.verificationToken,
    team_id: input.user.teamId ?? identity.teamId,
    team_domain: identity.teamDomain,
    channel_id: input.channelId,
    channel_name: workspace.channelLabel(input.channelId),
    user_id: input.user.id,
    user_name: input.user.name,
    command: input.command,
    text: input.text,
    api_app_id: identity.appId,
    is_enterprise_install: "false",
    response_url: input.responseUrl,
    trigger_id: input.triggerId,
  };
}

/** Where an interactive element stands. */
export type ElementPlace =
  | { kind: "message"; channelId: string; message: SlackMessage }
  | { kind: "view"; view: SlackView };

function container(place: ElementPlace): Record<string, unknown> {
  if (place.kind === "view") return { type: "view", view_id: place.view.id };
  const { channelId, message } = place;
  return {
    type: "message",
    message_ts: message.ts,
    channel_id: channelId,
    is_ephemeral: message.is_ephemeral ?? false,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  };
}

function surroundings(workspace: Workspace, place: ElementPlace): Record<string, unknown> {
  if (place.kind === "view") return { view: place.view };
  const { channelId, message } = place;
  const channel = { id: channelId, name: workspace.channelLabel(channelId) };
  // Slack keeps no copy of an ephemeral message, so it cannot send one.
  return message.is_ephemeral === true ? { channel } : { channel, message };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function blockActionsPayload(
  workspace: Workspace,
  input: {
    user: Person;
    place: ElementPlace;
    actions: Record<string, unknown>[];
    state: Record<string, Record<string, StateValue>>;
    triggerId: string;
    responseUrl?: string;
  },
): Record<string, unknown> {
  return {
    type: "block_actions",
    ...base(workspace, input.user),
    container: container(input.place),
    trigger_id: input.triggerId,
    ...surroundings(workspace, input.place),
    ...(input.place.kind === "message" ? { state: { values: input.state } } : {}),
    ...(input.responseUrl === undefined ? {} : { response_url: input.responseUrl }),
    actions: input.actions,
  };
}

/** One entry of `actions`: the element as it stands, and what the person chose. */
export function renderAction(
  workspace: Workspace,
  input: { blockId: string; element: SlackBlock; chosen: Record<string, unknown> },
): Record<string, unknown> {
  const { element, blockId } = input;
  const { options: _options, option_groups: _groups, ...rest } = element;
  const kept = ["type", "action_id", "text", "value", "style", "placeholder", "confirm", "url"];
  const shown = Object.entries(rest).filter(
    ([name]) => kept.includes(name) || name.startsWith("initial_"),
  );
  return {
    ...Object.fromEntries(shown),
    block_id: blockId,
    ...input.chosen,
    action_ts: workspace.ids.ts(),
  };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload */
export function suggestionPayload(
  workspace: Workspace,
  input: { user: Person; place: ElementPlace; blockId: string; actionId: string; value: string },
): Record<string, unknown> {
  return {
    type: "block_suggestion",
    ...base(workspace, input.user),
    container: container(input.place),
    action_id: input.actionId,
    block_id: input.blockId,
    value: input.value,
    ...surroundings(workspace, input.place),
  };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export function viewSubmissionPayload(
  workspace: Workspace,
  input: { user: Person; view: SlackView; triggerId: string; responseUrls: unknown[] },
): Record<string, unknown> {
  return {
    type: "view_submission",
    ...base(workspace, input.user),
    trigger_id: input.triggerId,
    view: input.view,
    response_urls: input.responseUrls,
  };
}

/** Sent for a view with `notify_on_close`. */
export function viewClosedPayload(
  workspace: Workspace,
  input: { user: Person; view: SlackView; isCleared: boolean },
): Record<string, unknown> {
  return {
    type: "view_closed",
    ...base(workspace, input.user),
    view: input.view,
    is_cleared: input.isCleared,
  };
}

/** @see https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
export function shortcutPayload(
  workspace: Workspace,
  input: {
    user: Person;
    callbackId: string;
    triggerId: string;
    on?: { channelId: string; message: SlackMessage; responseUrl: string };
  },
): Record<string, unknown> {
  const shared = {
    ...base(workspace, input.user),
    callback_id: input.callbackId,
    trigger_id: input.triggerId,
    action_ts: workspace.ids.ts(),
  };
  if (input.on === undefined) {
    const { id, name, teamId = workspace.identity.teamId } = input.user;
    return { type: "shortcut", ...shared, user: { id, username: name, team_id: teamId } };
  }
  const { channelId, message, responseUrl } = input.on;
  return {
    type: "message_action",
    ...shared,
    response_url: responseUrl,
    message_ts: message.ts,
    channel: { id: channelId, name: workspace.channelLabel(channelId) },
    message,
  };
}
