// Slack's own markup → plain data. Drawing it is the business of text.js, so that this part can be tested alone.

/**
 * Parses mrkdwn into blocks: `{type: "lines", lines: [inline…][]}`, `{type: "quote", lines}`, `{type: "pre", text}`.
 * Inline parts: text, bold, italic, strike (with `children`), code, link, user, channel, group, broadcast, date, emoji.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function parseMrkdwn(text) {
  const blocks = [];
  let at = 0;
  for (const match of text.matchAll(/```([\s\S]+?)```/g)) {
    pushLines(blocks, text.slice(at, match.index).replace(/\n$/, ""));
    blocks.push({ type: "pre", text: plainOf(match[1].replace(/^\n/, "")) });
    at = match.index + match[0].length;
    if (text[at] === "\n") at += 1;
  }
  pushLines(blocks, text.slice(at));
  return blocks;
}

function pushLines(blocks, text) {
  if (text === "") return;
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const type = quoted === null ? "lines" : "quote";
    let last = blocks.at(-1);
    if (last?.type !== type) {
      last = { type, lines: [] };
      blocks.push(last);
    }
    last.lines.push(parseInline(quoted === null ? line : quoted[1]));
  }
}

const styles = { "*": "bold", _: "italic", "~": "strike" };

/** Parses one line. */
export function parseInline(line) {
  const parts = [];
  const unclosed = new Set();
  let plain = "";
  const flush = () => {
    if (plain !== "") parts.push({ type: "text", text: unescapeText(plain) });
    plain = "";
  };
  let at = 0;
  while (at < line.length) {
    const found = partAt(line, at, unclosed);
    if (found === undefined) {
      plain += line[at];
      at += 1;
    } else {
      flush();
      parts.push(found.part);
      at = found.end;
    }
  }
  flush();
  return parts;
}

function partAt(line, at, unclosed) {
  const mark = line[at];
  if (mark === "<") return referenceAt(line, at);
  if (mark === "`") return codeAt(line, at);
  if (mark === ":") return emojiAt(line, at);
  return mark in styles ? styledAt(line, at, mark, unclosed) : undefined;
}

function codeAt(line, at) {
  const end = line.indexOf("`", at + 1);
  if (end <= at + 1) return undefined;
  return { part: { type: "code", text: plainOf(line.slice(at + 1, end)) }, end: end + 1 };
}

function emojiAt(line, at) {
  const match = /^:([a-z0-9_+'-]{1,60}):/.exec(line.slice(at, at + 64));
  return match === null
    ? undefined
    : { part: { type: "emoji", name: match[1] }, end: at + match[0].length };
}

/** Bold, italic or struck text: the marks stand at word boundaries and have no space inside. */
function styledAt(line, at, mark, unclosed) {
  if (unclosed.has(mark) || isWordAt(line, at - 1) || /^\s?$/.test(line[at + 1] ?? "")) {
    return undefined;
  }
  for (let end = line.indexOf(mark, at + 2); end > 0; end = line.indexOf(mark, end + 1)) {
    const isClosing = !/\s/.test(line[end - 1]) && !isWordAt(line, end + 1);
    if (!isClosing) continue;
    const children = parseInline(line.slice(at + 1, end));
    return { part: { type: styles[mark], children }, end: end + 1 };
  }
  unclosed.add(mark);
  return undefined;
}

function isWordAt(line, at) {
  return /[\p{L}\p{N}]/u.test(line[at] ?? "");
}

function referenceAt(line, at) {
  const end = line.indexOf(">", at);
  if (end < 0) return undefined;
  const [target, ...rest] = line.slice(at + 1, end).split("|");
  const label = rest.length === 0 ? undefined : unescapeText(rest.join("|"));
  const part = referenceOf(target, label);
  return part === undefined ? undefined : { part, end: end + 1 };
}

function referenceOf(target, label) {
  if (target.startsWith("@")) return { type: "user", id: target.slice(1), label };
  if (target.startsWith("#")) return { type: "channel", id: target.slice(1), label };
  if (target.startsWith("!subteam^")) return { type: "group", id: target.slice(9), label };
  if (target.startsWith("!date^")) return { type: "date", text: label ?? "" };
  if (target.startsWith("!")) return { type: "broadcast", range: target.slice(1) };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const url = unescapeText(target);
  return { type: "link", url, text: label ?? url };
}

/** A text inside of code: references are written out. */
function plainOf(text) {
  const shown = text.replace(
    /<([^|<>]+)(?:\|([^<>]*))?>/g,
    (_all, target, label) => label ?? target,
  );
  return unescapeText(shown);
}

/** `&lt;` → `<`; the only three escapes that Slack knows. */
export function unescapeText(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
