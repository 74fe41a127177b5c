import { BoundedMap } from "./bounded-map.ts";
import type { Clock, IdSource } from "./ids.ts";
import type { Journal } from "./journal.ts";
import type { Channel, Identity, Person, SlackMessage, UserGroup } from "./slack-shapes.ts";
import type { StepExecution, Stream, ThreadStatus, UploadedFile } from "./work-in-progress.ts";

/** What a workspace starts with. */
export interface WorkspaceSeed {
  identity: Identity;
  people: readonly Person[];
  channels: readonly Channel[];
  userGroups: readonly UserGroup[];
}

/** Messages a channel keeps; the oldest go first. */
const messagesPerChannel = 5_000;
const ephemeralsKept = 500;
const filesKept = 40;
const thingsKept = 1000;

/** An ephemeral message and the one person who sees it. */
export interface EphemeralMessage {
  channel: string;
  user: string;
  message: SlackMessage;
}

/** People, channels and messages: everything that is in the workspace, and nothing about how the bot reaches it. */
export class Workspace {
  readonly identity: Identity;
  readonly people = new Map<string, Person>();
  readonly channels = new Map<string, Channel>();
  readonly userGroups = new Map<string, UserGroup>();
  /** Channel → what the bot says it is doing there (`assistant.threads.setStatus`). */
  readonly statuses = new Map<string, ThreadStatus>();
  /** Messages that are being streamed, by `ts`. */
  readonly streams = new BoundedMap<string, Stream>(thingsKept);
  readonly files = new BoundedMap<string, UploadedFile>(filesKept);
  /** Runs of workflow steps. */
  readonly executions = new BoundedMap<string, StepExecution>(thingsKept);
  /** Person → the Work Object whose details they look at. */
  readonly details = new Map<string, Record<string, unknown>>();
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly #messages = new Map<string, Map<string, SlackMessage>>();
  readonly #ephemerals: EphemeralMessage[] = [];

  constructor(seed: WorkspaceSeed, tools: { ids: IdSource; clock: Clock; journal: Journal }) {
    this.identity = seed.identity;
    this.ids = tools.ids;
    this.clock = tools.clock;
    this.journal = tools.journal;
    for (const person of seed.people) this.people.set(person.id, { ...person });
    this.people.set(seed.identity.botUserId, botPerson(seed.identity));
    for (const channel of seed.channels) {
      this.channels.set(channel.id, { ...channel, members: [...channel.members] });
    }
    for (const group of seed.userGroups) this.userGroups.set(group.id, { ...group });
  }

  /** The direct message between a person and the bot, made when it does not exist. */
  dmOf(userId: string): Channel {
    const known = [...this.channels.values()].find(
      (channel) => channel.kind === "im" && channel.name === userId,
    );
    if (known !== undefined) return known;
    const channel: Channel = {
      id: `D${userId.slice(1)}`,
      name: userId,
      kind: "im",
      members: [userId, this.identity.botUserId],
    };
    this.channels.set(channel.id, channel);
    this.journal.emit({ type: "channels" });
    return channel;
  }

  /** A channel by id, or by name with or without `#`. */
  findChannel(idOrName: string): Channel | undefined {
    const byId = this.channels.get(idOrName);
    if (byId !== undefined) return byId;
    const name = idOrName.replace(/^#/, "");
    return [...this.channels.values()].find(
      (channel) => channel.kind !== "im" && channel.name === name,
    );
  }

  /** What payloads call the channel: `directmessage` for a direct message. */
  channelLabel(channelId: string): string {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return "unknown";
    return channel.kind === "im" ? "directmessage" : channel.name;
  }

  isMember(channelId: string, userId: string): boolean {
    return this.channels.get(channelId)?.members.includes(userId) ?? false;
  }

  join(channelId: string, userId: string): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined || channel.members.includes(userId)) return;
    channel.members.push(userId);
    this.journal.emit({ type: "channels" });
  }

  /** Puts a message into a channel. */
  post(channelId: string, draft: Omit<SlackMessage, "type" | "ts" | "team">): SlackMessage {
    const message: SlackMessage = {
      ...draft,
      type: "message",
      ts: this.ids.ts(),
      team: this.identity.teamId,
    };
    this.#of(channelId).set(message.ts, message);
    this.journal.emit({ type: "message", channel: channelId, ts: message.ts });
    return message;
  }

  /** Says that a stored message was changed in place. */
  touched(channelId: string, ts: string): void {
    this.journal.emit({ type: "message", channel: channelId, ts });
  }

  remove(channelId: string, ts: string): void {
    this.#of(channelId).delete(ts);
    this.journal.emit({ type: "message_removed", channel: channelId, ts });
  }

  find(channelId: string, ts: string): SlackMessage | undefined {
    return this.#of(channelId).get(ts);
  }

  /** A channel's messages with its threads' replies, oldest first. */
  all(channelId: string): SlackMessage[] {
    return [...this.#of(channelId).values()];
  }

  /** Messages outside of threads, oldest first, each with its count of replies. */
  topLevel(channelId: string): SlackMessage[] {
    const all = this.all(channelId);
    const replies = groupReplies(all);
    return all
      .filter((message) => !isReply(message))
      .map((message) => withReplies(message, replies.get(message.ts) ?? []));
  }

  /** A thread's parent and replies, oldest first; empty when there is no such parent. */
  thread(channelId: string, threadTs: string): SlackMessage[] {
    const parent = this.find(channelId, threadTs);
    if (parent === undefined) return [];
    const replies = this.all(channelId).filter(
      (message) => message.thread_ts === threadTs && message.ts !== threadTs,
    );
    return [withReplies(parent, replies), ...replies];
  }

  /** Shows a message to one person only. */
  postEphemeral(
    channelId: string,
    userId: string,
    draft: Omit<SlackMessage, "type" | "ts" | "team">,
  ): SlackMessage {
    const message: SlackMessage = {
      ...draft,
      type: "message",
      ts: this.ids.ts(),
      team: this.identity.teamId,
      is_ephemeral: true,
    };
    this.#ephemerals.push({ channel: channelId, user: userId, message });
    if (this.#ephemerals.length > ephemeralsKept) this.#ephemerals.shift();
    this.journal.emit({ type: "ephemeral", channel: channelId, user: userId, ts: message.ts });
    return message;
  }

  /** What only this person sees, oldest first. */
  ephemeralsOf(userId: string): EphemeralMessage[] {
    return this.#ephemerals.filter((entry) => entry.user === userId);
  }

  findEphemeral(channelId: string, userId: string, ts: string): EphemeralMessage | undefined {
    return this.#ephemerals.find(
      (entry) => entry.channel === channelId && entry.user === userId && entry.message.ts === ts,
    );
  }

  removeEphemeral(entry: EphemeralMessage): void {
    const at = this.#ephemerals.indexOf(entry);
    if (at >= 0) this.#ephemerals.splice(at, 1);
    const { channel, user, message } = entry;
    this.journal.emit({ type: "ephemeral", channel, user, ts: message.ts });
  }

  #of(channelId: string): Map<string, SlackMessage> {
    let messages = this.#messages.get(channelId);
    if (messages === undefined) {
      messages = new BoundedMap(messagesPerChannel);
      this.#messages.set(channelId, messages);
    }
    return messages;
  }
}

function groupReplies(messages: readonly SlackMessage[]): Map<string, SlackMessage[]> {
  const groups = new Map<string, SlackMessage[]>();
  for (const message of messages) {
    if (message.thread_ts === undefined || message.thread_ts === message.ts) continue;
    const group = groups.get(message.thread_ts) ?? [];
    group.push(message);
    groups.set(message.thread_ts, group);
  }
  return groups;
}

/** The message with `reply_count` and its kin when it has replies. */
function withReplies(message: SlackMessage, replies: readonly SlackMessage[]): SlackMessage {
  const last = replies.at(-1);
  if (last === undefined) return message;
  const users = [...new Set(replies.map((reply) => reply.user ?? reply.bot_id ?? ""))];
  return {
    ...message,
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: last.ts,
  };
}

function isReply(message: SlackMessage): boolean {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts;
}

function botPerson(identity: Identity): Person {
  return {
    id: identity.botUserId,
    name: identity.botName.toLowerCase(),
    realName: identity.botName,
    isBot: true,
  };
}
