// Drawing messages: of a channel, of a thread, for everybody or for one person.
import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, icon, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { createMenu } from "./menu.js";
import { messagePlace, reportOutcome } from "./places.js";
import { authorOf, openThread, personOf, state } from "./store.js";
import { renderMrkdwn } from "./text.js";

const groupingS = 300;

/**
 * A list of messages that keeps the nodes of those that did not change, so that focus, selection and scroll stay.
 * `hasThreads`: whether replies are shown as a link to the thread.
 */
export function createMessageList({ hasThreads }) {
  const node = h("ol", { class: "messages" });
  const drawn = new Map();
  return {
    node,
    update(channel, messages) {
      const wanted = messages.map((message, index) => {
        const previous = messages[index - 1];
        const isGrouped = isContinuation(message, previous);
        const day = dayOf(message) === dayOf(previous) ? undefined : dayOf(message);
        const signature = JSON.stringify([state.userId, channel, message, isGrouped, day]);
        const known = drawn.get(message.ts);
        if (known?.signature === signature) return known;
        return {
          signature,
          ts: message.ts,
          node: drawMessage(channel, message, { isGrouped, day, hasThreads }),
        };
      });
      const keep = new Set(wanted.map(({ ts }) => ts));
      for (const [ts, entry] of drawn) {
        if (keep.has(ts) && wanted.some((w) => w.node === entry.node)) continue;
        const isReplaced = keep.has(ts);
        if (!isReplaced) entry.node.remove();
        drawn.delete(ts);
        if (isReplaced) entry.node.replaceWith(wanted.find((w) => w.ts === ts).node);
      }
      for (const [index, entry] of wanted.entries()) {
        drawn.set(entry.ts, entry);
        if (node.children[index] !== entry.node)
          node.insertBefore(entry.node, node.children[index] ?? null);
      }
    },
  };
}

function isContinuation(message, previous) {
  if (previous === undefined || dayOf(message) !== dayOf(previous)) return false;
  const isSame = authorOf(message).id === authorOf(previous).id;
  const isNear = Number(message.ts) - Number(previous.ts) < groupingS;
  return (
    isSame &&
    isNear &&
    message.is_ephemeral === previous.is_ephemeral &&
    message.is_ephemeral !== true
  );
}

function dayOf(message) {
  if (message === undefined) return undefined;
  return new Date(Number(message.ts) * 1000).toLocaleDateString(undefined, {
    weekday: "long",
    day: "numeric",
    month: "long",
  });
}

/** A round picture with initials; the bot has its mark. */
export function avatar(person, size = "") {
  const initials = (person.realName ?? person.id)
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  const hue = [...(person.id ?? "")].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7);
  const isApp = person.isBot === true;
  const node = h(
    "span",
    {
      class: `avatar ${size} ${isApp ? "avatar-app" : `avatar-hue-${Math.floor(hue / 45)}`}`,
      "aria-hidden": "true",
    },
    isApp ? "" : initials,
  );
  return node;
}

function drawMessage(channel, message, { isGrouped, day, hasThreads }) {
  const author = authorOf(message);
  const isEphemeral = message.is_ephemeral === true;
  const time = new Date(Number(message.ts) * 1000);
  const shown = time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  return h(
    "li",
    {
      class: `message${isGrouped ? " message-grouped" : ""}${isEphemeral ? " message-ephemeral" : ""}`,
      data: { ts: message.ts },
    },
    day === undefined ? undefined : h("p", { class: "day" }, h("span", {}, day)),
    h(
      "div",
      { class: "message-row" },
      isGrouped ? h("span", { class: "message-time-side faint" }, shown) : avatar(author),
      h(
        "article",
        { class: "message-body", "aria-label": `${author.realName}, ${shown}` },
        isEphemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : undefined,
        isGrouped
          ? undefined
          : h(
              "p",
              { class: "message-head" },
              h("strong", {}, author.realName),
              author.isBot === true ? h("span", { class: "badge" }, "APP") : undefined,
              h("time", { class: "faint", datetime: time.toISOString() }, shown),
            ),
        drawContent(channel, message),
        drawReactions(message),
        hasThreads ? drawReplies(message) : undefined,
      ),
      isEphemeral ? undefined : drawTools(channel, message, hasThreads),
    ),
  );
}

function drawContent(channel, message) {
  const place = messagePlace(channel, message.ts);
  const isFromBot = message.bot_id !== undefined;
  const hasBlocks = isFromBot && (message.blocks?.length ?? 0) > 0;
  return [
    message.subtype === "thread_broadcast"
      ? h("p", { class: "faint small" }, "replied to a thread")
      : undefined,
    hasBlocks
      ? renderBlocks(message.blocks, place)
      : message.text === ""
        ? undefined
        : renderMrkdwn(message.text),
    message.edited !== undefined && !isFromBot
      ? h("span", { class: "faint small" }, "(edited)")
      : undefined,
    message.streaming_state === "in_progress" ? h("p", { class: "typing" }, "writing…") : undefined,
    (message.attachments ?? []).map((attachment) => drawAttachment(attachment, place)),
    (message.files ?? []).map((file) =>
      h(
        "p",
        { class: "file" },
        link(file.permalink, file.title ?? file.name),
        h("span", { class: "faint" }, ` ${file.size} bytes`),
      ),
    ),
  ];
}

function drawAttachment(attachment, place) {
  const { title, title_link: url, text, blocks, fields, from_url: from } = attachment;
  return h(
    "div",
    { class: "attachment" },
    from === undefined ? undefined : h("p", { class: "faint small" }, new URL(from).host),
    title === undefined
      ? undefined
      : h("p", { class: "card-title" }, url === undefined ? title : link(url, title)),
    text === undefined ? undefined : renderMrkdwn(text),
    blocks === undefined ? undefined : renderBlocks(blocks, place),
    fields === undefined
      ? undefined
      : h(
          "dl",
          { class: "attachment-fields" },
          fields.flatMap((field) => [h("dt", {}, field.title), h("dd", {}, field.value)]),
        ),
  );
}

function drawReactions({ reactions = [] }) {
  if (reactions.length === 0) return undefined;
  return h(
    "ul",
    { class: "reactions", "aria-label": "Reactions" },
    reactions.map(({ name, users }) => {
      const names = users.map((id) => personOf(id)?.realName ?? id).join(", ");
      return h(
        "li",
        { class: "reaction", title: `${names} reacted with :${name}:` },
        `${emojiOf(name)} ${users.length}`,
      );
    }),
  );
}

function drawReplies({ ts, reply_count: count = 0, latest_reply: latest }) {
  if (count === 0) return undefined;
  const last = new Date(Number(latest) * 1000).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
  });
  return h(
    "button",
    { type: "button", class: "replies", on: { click: () => openThread(ts) } },
    `${count} ${count === 1 ? "reply" : "replies"}`,
    h("span", { class: "faint" }, ` last at ${last}`),
  );
}

/** Reply in a thread, and the app's message shortcuts. */
function drawTools(channel, message, hasThreads) {
  const shortcuts = state.shortcuts.filter(({ type }) => type === "message");
  if (!hasThreads && shortcuts.length === 0) return undefined;
  const reply = () => openThread(message.thread_ts ?? message.ts);
  const { ts } = message;
  return h(
    "div",
    { class: "tools" },
    hasThreads
      ? h(
          "button",
          { type: "button", class: "tool", "aria-label": "Reply in thread", on: { click: reply } },
          icon("reply"),
        )
      : undefined,
    shortcuts.length === 0
      ? undefined
      : createMenu({
          label: "Message shortcuts",
          iconName: "bolt",
          toggleClass: "tool",
          entries: shortcuts.map(({ name, callbackId }) => ({
            content: name,
            run: async () =>
              reportOutcome(await act("shortcut", { user: state.userId, callbackId, channel, ts })),
          })),
        }),
  );
}

const isReply = (message) => message.thread_ts !== undefined && message.thread_ts !== message.ts;
const byTs = (a, b) => Number(a.ts) - Number(b.ts);

/** What stands in a channel for this person: messages with their counts of replies, and what only they see. */
export function channelMessages(channel) {
  const all = state.messages[channel] ?? [];
  const replies = new Map();
  for (const message of all) {
    if (!isReply(message)) continue;
    const list = replies.get(message.thread_ts) ?? [];
    list.push(message);
    replies.set(message.thread_ts, list);
  }
  const top = all
    .filter((message) => !isReply(message) || message.subtype === "thread_broadcast")
    .map((message) => {
      const own = replies.get(message.ts) ?? [];
      return own.length === 0
        ? message
        : { ...message, reply_count: own.length, latest_reply: own.at(-1).ts };
    });
  return [...top, ...ephemeralsIn(channel, undefined)].toSorted(byTs);
}

/** A thread's parent and replies, with what only this person sees. */
export function threadMessages(channel, threadTs) {
  const all = state.messages[channel] ?? [];
  const inThread = all.filter((m) => m.ts === threadTs || m.thread_ts === threadTs);
  return [...inThread, ...ephemeralsIn(channel, threadTs)].toSorted(byTs);
}

function ephemeralsIn(channel, threadTs) {
  return state.ephemerals
    .filter((entry) => entry.channel === channel && entry.message.thread_ts === threadTs)
    .map(({ message }) => message);
}
