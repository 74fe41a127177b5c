// What the page knows, and who wants to hear when it changes.
import { fetchState, followChanges } from "./api.js";

const listeners = new Set();
let stopFollowing = () => undefined;

/** The state of the screen of one person. Modules read it; only this one writes it. */
export const state = {
  identity: undefined,
  userId: undefined,
  people: [],
  userGroups: [],
  channels: [],
  commands: [],
  shortcuts: [],
  hints: [],
  isConnected: false,
  isOnline: true,
  messages: {},
  ephemerals: [],
  modal: null,
  home: null,
  statuses: {},
  journal: [],
  unread: new Map(),
  /** Where the person looks: a channel's id, or the app with one of its tabs. */
  view: { channel: undefined, tab: undefined },
  threadTs: undefined,
};

/** Calls `listener(change)` at every change; `{ type: "all" }` when everything may be different. */
export function subscribe(listener) {
  listeners.add(listener);
}

function emit(change) {
  for (const listener of listeners) listener(change);
}

/** Loads everything a person sees and follows it from then on. */
export async function become(userId) {
  stopFollowing();
  await load(userId);
  stopFollowing = followChanges(state.userId, {
    onChange: apply,
    onLost: () => setOnline(false),
    onBack: () => void load(state.userId).then(() => setOnline(true)),
  });
}

async function load(userId) {
  Object.assign(state, await fetchState(userId));
  rememberPerson(state.userId);
  const isKnown = state.channels.some(({ id }) => id === state.view.channel);
  if (state.view.tab === undefined && !isKnown) {
    const first = state.channels.find(({ kind }) => kind !== "im") ?? state.channels[0];
    state.view = { channel: first?.id, tab: undefined };
    state.threadTs = undefined;
  }
  if (state.view.tab !== undefined) state.view = { ...state.view, channel: appChannel()?.id };
  emit({ type: "all" });
}

function setOnline(isOnline) {
  state.isOnline = isOnline;
  emit({ type: "connection" });
}

const appliers = {
  message({ channel, message }) {
    const list = (state.messages[channel] ??= []);
    const at = list.findIndex(({ ts }) => ts === message.ts);
    if (at >= 0) {
      list[at] = message;
      return;
    }
    list.push(message);
    const isMine = message.user === state.userId;
    if (!isMine && channel !== state.view.channel) bumpUnread(channel);
  },
  message_removed({ channel, ts }) {
    state.messages[channel] = (state.messages[channel] ?? []).filter((m) => m.ts !== ts);
  },
  ephemeral({ channel, user, ts, message }) {
    const others = state.ephemerals.filter((e) => e.message.ts !== ts);
    const isNew = others.length === state.ephemerals.length;
    state.ephemerals = message === null ? others : [...others, { channel, user, message }];
    if (isNew && message !== null && channel !== state.view.channel) bumpUnread(channel);
  },
  channels({ channels }) {
    state.channels = channels;
  },
  modal({ modal }) {
    state.modal = modal;
  },
  home({ home }) {
    state.home = home;
  },
  status({ channel, status }) {
    state.statuses[channel] = status;
  },
  connection({ isConnected }) {
    state.isConnected = isConnected;
  },
  journal({ entry }) {
    const at = state.journal.findIndex(({ id }) => id === entry.id);
    if (at >= 0) state.journal[at] = entry;
    else state.journal.push(entry);
    if (state.journal.length > 300) state.journal.shift();
  },
};

function apply(change) {
  appliers[change.type]?.(change);
  emit(change);
}

function bumpUnread(channel) {
  state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
}

/** Looks at a channel. */
export function openChannel(id) {
  state.view = { channel: id, tab: undefined };
  state.threadTs = undefined;
  state.unread.delete(id);
  emit({ type: "view" });
}

/** Looks at the app: `home`, `messages` or `about`. */
export function openApp(tab) {
  const channel = appChannel()?.id;
  state.view = { channel, tab };
  state.threadTs = undefined;
  if (tab === "messages") state.unread.delete(channel);
  emit({ type: "view" });
}

/** Opens or closes the thread pane. */
export function openThread(ts) {
  state.threadTs = ts;
  emit({ type: "thread" });
}

/** The direct message between the person and the bot. */
export function appChannel() {
  return state.channels.find(({ kind, name }) => kind === "im" && name === state.userId);
}

/** A person by id. */
export function personOf(id) {
  return state.people.find((person) => person.id === id);
}

/** What of a message the page can offer: its author. */
export function authorOf(message) {
  if (message.user === "USLACKBOT") return { id: "USLACKBOT", realName: "Slackbot", isBot: true };
  const id = message.user ?? state.identity.botUserId;
  return personOf(id) ?? { id, realName: message.username ?? id, name: id };
}

function rememberPerson(id) {
  try {
    localStorage.setItem("playground-person", id);
  } catch {
    // Without storage the page begins with the first person again.
  }
}

/** The person who used the page last. */
export function lastPerson() {
  try {
    return localStorage.getItem("playground-person") ?? undefined;
  } catch {
    return undefined;
  }
}
