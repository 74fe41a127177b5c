import type { ActContext } from "./acts/context.ts";
import type { Change, JournalEntry } from "./journal.ts";
import type { ServerParts } from "./server-parts.ts";
import type { Channel, SlackView } from "./slack-shapes.ts";

/** Everything the page shows to one person, as JSON. */
export function renderState(userId: string, parts: ServerParts): Record<string, unknown> {
  const { workspace, settings, views } = parts.acts;
  const channels = channelsOf(userId, parts.acts);
  return {
    identity: workspace.identity,
    userId,
    people: [...workspace.people.values()],
    userGroups: [...workspace.userGroups.values()],
    channels,
    commands: settings.commands ?? [],
    shortcuts: settings.shortcuts,
    hints: settings.hints,
    isConnected: parts.transport.isConnected(),
    messages: Object.fromEntries(channels.map(({ id }) => [id, workspace.all(id)])),
    ephemerals: workspace.ephemeralsOf(userId),
    modal: renderModal(userId, parts.acts),
    home: views.home(userId) ?? null,
    statuses: Object.fromEntries(workspace.statuses),
    journal: parts.journal.entries.slice(-200),
  };
}

type Shown = Record<string, unknown> | undefined;
type Renderer<C extends Change> = (change: C, userId: string, parts: ServerParts) => Shown;
type Renderers = { [T in Change["type"]]: Renderer<Extract<Change, { type: T }>> };

const renderers: Renderers = {
  message: ({ channel, ts }, userId, { acts: { workspace } }) => {
    const message = workspace.find(channel, ts);
    const isSeen = message !== undefined && workspace.isMember(channel, userId);
    return isSeen ? { type: "message", channel, message } : undefined;
  },
  message_removed: (change, userId, { acts: { workspace } }) =>
    workspace.isMember(change.channel, userId) ? change : undefined,
  ephemeral: (change, userId, { acts: { workspace } }) => {
    if (change.user !== userId) return undefined;
    const entry = workspace.findEphemeral(change.channel, userId, change.ts);
    return { ...change, message: entry?.message ?? null };
  },
  channels: (_change, userId, { acts }) => ({
    type: "channels",
    channels: channelsOf(userId, acts),
  }),
  modal: ({ user }, userId, { acts }) =>
    user === userId ? { type: "modal", modal: renderModal(userId, acts) } : undefined,
  home: ({ user }, userId, { acts: { views } }) =>
    user === userId ? { type: "home", home: views.home(userId) ?? null } : undefined,
  status: (change, _userId, { acts: { workspace } }) => ({
    ...change,
    status: workspace.statuses.get(change.channel) ?? null,
  }),
  connection: (_change, _userId, { transport }) => ({
    type: "connection",
    isConnected: transport.isConnected(),
  }),
  journal: ({ entry }) => ({ type: "journal", entry: summarize(entry) }),
};

/** What a change means for this person's screen; undefined when they see nothing of it. */
export function renderChange(change: Change, userId: string, parts: ServerParts): Shown {
  return rendererOf(change.type)(change, userId, parts);
}

/** The renderer of a type takes the changes of that type: the table above says so, TypeScript cannot follow it. */
function rendererOf(type: Change["type"]): Renderer<Change> {
  const render: unknown = renderers[type];
  return isRenderer(render) ? render : () => undefined;
}

function isRenderer(value: unknown): value is Renderer<Change> {
  return typeof value === "function";
}

function renderModal(
  userId: string,
  { views }: ActContext,
): { view: SlackView; depth: number } | null {
  const view = views.current(userId);
  return view === undefined ? null : { view, depth: views.stackOf(userId).length };
}

function channelsOf(userId: string, { workspace }: ActContext): (Channel & { hasBot: boolean })[] {
  return [...workspace.channels.values()]
    .filter((channel) => channel.members.includes(userId))
    .map((channel) => ({
      ...channel,
      hasBot: channel.members.includes(workspace.identity.botUserId),
    }));
}

/** The page asks for the bodies of an exchange only when somebody opens it. */
function summarize({ request: _request, response: _response, ...entry }: JournalEntry) {
  return entry;
}
