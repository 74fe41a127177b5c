// Drawing parsed texts and Slack's text objects.
import { h, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { parseMarkdown } from "./markdown.js";
import { parseInline, parseMrkdwn } from "./mrkdwn.js";
import { openChannel, personOf, state } from "./store.js";

/** Draws mrkdwn. */
export function renderMrkdwn(text) {
  return h("div", { class: "mrkdwn" }, renderBlocks(parseMrkdwn(text)));
}

/** Draws mrkdwn on one line, for labels. */
export function renderMrkdwnLine(text) {
  return renderParts(parseInline(text.replaceAll("\n", " ")));
}

/** Draws Markdown. */
export function renderMarkdown(text) {
  return h("div", { class: "mrkdwn" }, renderBlocks(parseMarkdown(text)));
}

/** Draws a text object of either kind. */
export function renderTextObject(object) {
  if (object?.type === "mrkdwn") return renderMrkdwn(object.text ?? "");
  return h("div", { class: "plain" }, plainParts(object?.text ?? ""));
}

/** A plain text with its emoji. */
export function plainParts(text) {
  return text.split(/(:[a-z0-9_+'-]{1,60}:)/g).map((piece) => {
    const isEmoji = /^:[^:]+:$/.test(piece);
    return isEmoji ? emojiOf(piece.slice(1, -1)) : piece;
  });
}

function renderBlocks(blocks) {
  return blocks.map((block) => drawBlock[block.type]?.(block));
}

const drawBlock = {
  lines: ({ lines }) => h("p", {}, joinLines(lines)),
  quote: ({ lines }) => h("blockquote", {}, joinLines(lines)),
  pre: ({ text }) => h("pre", { tabindex: "0" }, h("code", {}, text)),
  rule: () => h("hr"),
  heading: ({ level, children }) =>
    h("p", { class: `heading heading-${Math.min(level, 4)}` }, renderParts(children)),
  list: ({ items }) =>
    h(
      "ul",
      { class: "list" },
      items.map((item, i) => drawItem(item, i, items)),
    ),
  table: ({ head, rows }) =>
    h(
      "div",
      { class: "table-box", tabindex: "0", role: "group", "aria-label": "Table" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((cell) => h("th", { scope: "col" }, renderParts(cell))),
          ),
        ),
        h(
          "tbody",
          {},
          rows.map((row) =>
            h(
              "tr",
              {},
              row.map((cell) => h("td", {}, renderParts(cell))),
            ),
          ),
        ),
      ),
    ),
};

function drawItem({ depth, isOrdered, box, children }, index, items) {
  const position = items.slice(0, index).filter((i) => i.depth === depth && i.isOrdered).length + 1;
  const mark = box === undefined ? (isOrdered ? `${position}.` : "•") : box ? "☑" : "☐";
  return h(
    "li",
    { class: `item item-${Math.min(depth, 4)}` },
    h("span", { class: "item-mark" }, `${mark} `),
    h("span", {}, renderParts(children)),
  );
}

function joinLines(lines) {
  return lines.flatMap((parts, index) =>
    index === 0 ? renderParts(parts) : [h("br"), ...renderParts(parts)],
  );
}

/** Draws inline parts. */
export function renderParts(parts) {
  return parts.map((part) => drawPart[part.type]?.(part));
}

const drawPart = {
  text: ({ text }) => text,
  bold: ({ children }) => h("strong", {}, renderParts(children)),
  italic: ({ children }) => h("em", {}, renderParts(children)),
  strike: ({ children }) => h("s", {}, renderParts(children)),
  code: ({ text }) => h("code", {}, text),
  link: ({ url, text }) => link(url, text),
  emoji: ({ name }) => h("span", { class: "emoji", title: `:${name}:` }, emojiOf(name)),
  user: ({ id, label }) =>
    mention(`@${personOf(id)?.realName ?? label ?? id}`, id === state.userId),
  channel: ({ id, label }) => channelLink(id, label),
  group: ({ id, label }) => {
    const group = state.userGroups.find((g) => g.id === id);
    const isMine = group?.members.includes(state.userId) ?? false;
    return mention(`@${group?.handle ?? label ?? id}`, isMine);
  },
  broadcast: ({ range }) => mention(`@${range}`, true),
  date: ({ text }) => text,
};

function mention(text, isMine) {
  return h("span", { class: isMine ? "mention mention-me" : "mention" }, text);
}

function channelLink(id, label) {
  const channel = state.channels.find((c) => c.id === id);
  const text = `#${channel?.name ?? label ?? id}`;
  if (channel === undefined) return mention(text, false);
  return h(
    "button",
    { type: "button", class: "mention mention-link", on: { click: () => openChannel(id) } },
    text,
  );
}

/** Draws a `rich_text` block. */
export function renderRichText(block) {
  return h(
    "div",
    { class: "mrkdwn" },
    (block.elements ?? []).map((element) => drawRich(element)),
  );
}

function drawRich(element) {
  const inner = () => (element.elements ?? []).map((part) => drawRichPart(part));
  switch (element.type) {
    case "rich_text_list":
      return h(
        element.style === "ordered" ? "ol" : "ul",
        { class: `rich-list item-${element.indent ?? 0}` },
        (element.elements ?? []).map((item) =>
          h(
            "li",
            {},
            (item.elements ?? []).map((p) => drawRichPart(p)),
          ),
        ),
      );
    case "rich_text_quote":
      return h("blockquote", {}, inner());
    case "rich_text_preformatted":
      return h("pre", { tabindex: "0" }, h("code", {}, inner()));
    default:
      return h("p", {}, inner());
  }
}

const richParts = {
  text: ({ text = "" }) =>
    text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br"), line])),
  link: ({ url, text }) => [link(url, text ?? url)],
  emoji: ({ name }) => [emojiOf(name)],
  user: ({ user_id: id }) => [drawPart.user({ id })],
  channel: ({ channel_id: id }) => [channelLink(id)],
  usergroup: ({ usergroup_id: id }) => [drawPart.group({ id })],
  broadcast: ({ range }) => [mention(`@${range}`, true)],
  date: ({ fallback, timestamp }) => [fallback ?? new Date(timestamp * 1000).toLocaleString()],
  color: ({ value }) => [value],
};

function drawRichPart(part) {
  let nodes = richParts[part.type]?.(part) ?? [];
  const tags = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };
  for (const [style, tag] of Object.entries(tags)) {
    if (part.style?.[style] === true) nodes = [h(tag, {}, nodes)];
  }
  return nodes;
}
