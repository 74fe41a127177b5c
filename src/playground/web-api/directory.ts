import { SlackRefusal } from "../refusal.ts";
import type { Channel, Identity, Person, SlackMessage } from "../slack-shapes.ts";
import type { Workspace } from "../workspace.ts";
import { findVisibleChannel } from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

function renderUser(person: Person, { identity }: Workspace): Record<string, unknown> {
  const { id, name, realName, teamId = identity.teamId } = person;
  return {
    id,
    team_id: teamId,
    name,
    deleted: person.isDeleted === true,
    real_name: realName,
    tz: "Etc/UTC",
    tz_label: "Coordinated Universal Time",
    tz_offset: 0,
    profile: renderProfile(person, identity),
    is_admin: person.isAdmin === true,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isRestricted === true || person.isUltraRestricted === true,
    is_ultra_restricted: person.isUltraRestricted === true,
    is_bot: person.isBot === true,
    is_app_user: false,
    ...(person.isStranger === true ? { is_stranger: true } : {}),
    updated: 1_700_000_000,
  };
}

function renderProfile(person: Person, identity: Identity): Record<string, unknown> {
  const { realName, title = "", teamId = identity.teamId } = person;
  const [firstName = "", ...rest] = realName.split(" ");
  const displayName = person.isBot === true ? "" : realName;
  return {
    real_name: realName,
    real_name_normalized: realName,
    display_name: displayName,
    display_name_normalized: displayName,
    first_name: firstName,
    last_name: rest.join(" "),
    title,
    team: teamId,
    ...(person.email === undefined ? {} : { email: person.email }),
    ...(person.isBot === true ? { bot_id: identity.botId, api_app_id: identity.appId } : {}),
  };
}

function renderChannel(channel: Channel, { identity }: Workspace): Record<string, unknown> {
  const shared = {
    id: channel.id,
    created: 1_700_000_000,
    updated: 1_700_000_000_000,
    is_archived: channel.isArchived ?? false,
    is_im: channel.kind === "im",
    is_org_shared: false,
    context_team_id: identity.teamId,
  };
  if (channel.kind === "im") {
    return { ...shared, user: channel.name, is_user_deleted: false, priority: 0 };
  }
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === "public",
    is_group: channel.kind === "private",
    is_mpim: false,
    is_private: channel.kind === "private",
    is_general: channel.name === "general",
    is_shared: channel.isExternallyShared ?? false,
    is_ext_shared: channel.isExternallyShared ?? false,
    is_member: channel.members.includes(identity.botUserId),
    creator: channel.members[0] ?? "",
    topic: { value: channel.topic ?? "", creator: "", last_set: 0 },
    purpose: { value: channel.purpose ?? "", creator: "", last_set: 0 },
    num_members: channel.members.length,
  };
}

/** Slack's cursor paging over a list: at most `limit` items and where to go on. */
function page<T>(
  items: readonly T[],
  args: MethodArguments,
  fallback: number,
): { items: T[]; response_metadata: { next_cursor: string } } {
  const limit = Math.min(Math.max(args.integer("limit") ?? fallback, 1), 1000);
  const cursor = args.text("cursor");
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, "base64").toString("utf8"));
  if (!Number.isInteger(start) || start < 0) throw new SlackRefusal("invalid_cursor");
  const end = start + limit;
  const next = end < items.length ? Buffer.from(String(end)).toString("base64") : "";
  return { items: items.slice(start, end), response_metadata: { next_cursor: next } };
}

function listChannels(
  args: MethodArguments,
  context: ApiContext,
  isWanted: (channel: Channel) => boolean,
): Record<string, unknown> {
  const kinds = (args.text("types") ?? "public_channel").split(",").map((type) => type.trim());
  const names: Record<Channel["kind"], string> = {
    public: "public_channel",
    private: "private_channel",
    im: "im",
  };
  const { botUserId } = context.workspace.identity;
  const channels = [...context.workspace.channels.values()].filter(
    (channel) =>
      kinds.includes(names[channel.kind]) &&
      (channel.kind === "public" || channel.members.includes(botUserId)) &&
      !(args.flag("exclude_archived") === true && channel.isArchived === true) &&
      isWanted(channel),
  );
  const { items, response_metadata } = page(channels, args, 100);
  return {
    channels: items.map((channel) => renderChannel(channel, context.workspace)),
    response_metadata,
  };
}

function openDirect(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const users = args.text("users");
  const channelId = args.text("channel");
  if (users === undefined && channelId === undefined) {
    throw new SlackRefusal("users_list_not_supplied");
  }
  if (users === undefined) {
    const channel = findVisibleChannel(channelId ?? "", context);
    return { channel: { id: channel.id } };
  }
  const ids = users.split(",").map((id) => id.trim());
  const [id] = ids;
  const person = context.workspace.people.get(id ?? "");
  if (person === undefined) throw new SlackRefusal("user_not_found");
  if (person.isDeleted === true) throw new SlackRefusal("user_disabled");
  if (ids.length > 1 || person.isBot === true) throw new SlackRefusal("invalid_user_combination");
  const channel = context.workspace.dmOf(person.id);
  if (args.flag("return_im") !== true) return { channel: { id: channel.id } };
  const { is_user_deleted: _known, ...opened } = renderChannel(channel, context.workspace);
  return { channel: opened };
}

function readable(args: MethodArguments, context: ApiContext): Channel {
  const channel = findVisibleChannel(args.required("channel"), context);
  if (!channel.members.includes(context.workspace.identity.botUserId)) {
    throw new SlackRefusal("not_in_channel");
  }
  return channel;
}

function inSpan(messages: SlackMessage[], args: MethodArguments): SlackMessage[] {
  const oldest = Number(args.text("oldest") ?? 0);
  const latest = Number(args.text("latest") ?? Number.POSITIVE_INFINITY);
  const isInclusive = args.flag("inclusive") === true;
  return messages
    .filter(({ ts }) =>
      isInclusive
        ? Number(ts) >= oldest && Number(ts) <= latest
        : Number(ts) > oldest && Number(ts) < latest,
    )
    .map((message) => {
      if (args.flag("include_all_metadata") === true) return message;
      const { metadata: _metadata, ...visible } = message;
      return visible;
    });
}

function history(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = readable(args, context);
  const messages = inSpan(context.workspace.topLevel(channel.id), args).toReversed();
  const { items, response_metadata } = page(messages, args, 100);
  return { messages: items, has_more: response_metadata.next_cursor !== "", response_metadata };
}

function replies(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = readable(args, context);
  const message = context.workspace.find(channel.id, args.required("ts"));
  if (message === undefined) throw new SlackRefusal("thread_not_found");
  const [parent, ...rest] = context.workspace.thread(channel.id, message.thread_ts ?? message.ts);
  const messages = parent === undefined ? [] : [parent, ...inSpan(rest, args)];
  const { items, response_metadata } = page(messages, args, 1000);
  return { messages: items, has_more: response_metadata.next_cursor !== "", response_metadata };
}

function join(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel"), context);
  if (channel.isArchived === true) throw new SlackRefusal("is_archived");
  if (channel.kind !== "public") {
    throw new SlackRefusal("method_not_supported_for_channel_type");
  }
  context.workspace.join(channel.id, context.workspace.identity.botUserId);
  return { channel: renderChannel(channel, context.workspace) };
}

function userInfo(args: MethodArguments, { workspace }: ApiContext): Record<string, unknown> {
  const person = workspace.people.get(args.required("user"));
  if (person === undefined) throw new SlackRefusal("user_not_found");
  return { user: renderUser(person, workspace) };
}

function lookupByEmail(args: MethodArguments, { workspace }: ApiContext): Record<string, unknown> {
  const email = args.required("email").toLowerCase();
  const person = [...workspace.people.values()].find((p) => p.email?.toLowerCase() === email);
  if (person === undefined) throw new SlackRefusal("users_not_found");
  return { user: renderUser(person, workspace) };
}

/** Methods that tell who and where everybody is. */
export const directoryMethods: Record<string, Method> = {
  "conversations.open": openDirect,
  "conversations.join": join,
  "conversations.history": history,
  "conversations.replies": replies,
  "conversations.list": (args, context) => listChannels(args, context, () => true),
  "users.conversations": (args, context) => {
    const user = args.text("user") ?? context.workspace.identity.botUserId;
    return listChannels(args, context, (channel) => channel.members.includes(user));
  },
  "conversations.info": (args, context) => ({
    channel: renderChannel(
      findVisibleChannel(args.required("channel"), context),
      context.workspace,
    ),
  }),
  "conversations.members": (args, context) => {
    const channel = findVisibleChannel(args.required("channel"), context);
    const { items, response_metadata } = page(channel.members, args, 100);
    return { members: items, response_metadata };
  },
  "users.info": userInfo,
  "users.lookupByEmail": lookupByEmail,
  "users.list": (args, { workspace }) => {
    const { items, response_metadata } = page([...workspace.people.values()], args, 1000);
    return { members: items.map((person) => renderUser(person, workspace)), response_metadata };
  },
};
