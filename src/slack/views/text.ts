/** Text that Slack may parse as mrkdwn: made only by this file, so that no foreign text gets in unescaped. */
export interface Mrkdwn {
  readonly mrkdwn: string;
}

// control characters but tab and newline; bidirectional marks, embeddings, overrides and isolates; zero-width and soft-hyphen characters
const invisible =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** `text` without characters that nobody sees but that reorder or hide others, and without halves of surrogate pairs. */
export function tidy(text: string): string {
  // most text is plain: printable ASCII and line feeds
  if (!/[^\u0020-\u007e\n]/.test(text)) return text;
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n")
    .replace(invisible, "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
}

/** `text` on one line. */
export function oneLine(text: string): string {
  if (!/[^\u0020-\u007e]|^ | $| {2}/.test(text)) return text;
  return tidy(text).replace(/\s+/gu, " ").trim();
}

/** At most `max` UTF-16 units of `text`, never half a character; what was cut is shown by `…`. */
export function clamp(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  const cut = text.slice(0, max - 1);
  // a high surrogate without its partner
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** At most the last `max` UTF-16 units of `text`, never half a character; what was cut is shown by `…`. */
export function clampStart(text: string, max: number): string {
  if (text.length <= max) return text;
  // a low surrogate without its partner
  return `…${text.slice(text.length - max + 1).replace(/^[\udc00-\udfff]/, "")}`;
}

/** `text` in pieces of at most `max` characters, never cut inside a character, at line ends where there are any. */
export function chunks(text: string, max: number): string[] {
  const pieces: string[] = [];
  for (let rest = text; rest !== "";) {
    const end = rest.length <= max ? rest.length : chunkEnd(rest, max);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^\n/, "");
  }
  return pieces;
}

function chunkEnd(text: string, max: number): number {
  const lineEnd = text.lastIndexOf("\n", max);
  if (lineEnd > 0) return lineEnd;
  return /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
}

/** Slack's three control characters, as entities. @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Breaks what mrkdwn would take for formatting by a zero-width space; underscores inside words are left, they format nothing. */
function withoutFormatting(text: string): string {
  return text
    .replace(/[*~`]/gu, "\u200b$&\u200b")
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, "\u200b_\u200b");
}

/** `text` as it stands, at most `max` characters after escaping, on as many lines as it has. */
export function literal(text: string, max: number): Mrkdwn {
  if (text.length <= max && !/[&<>*_~`]|[^\u0020-\u007e\n]/.test(text)) return { mrkdwn: text };
  const whole = tidy(text);
  for (let length = Math.min(whole.length, max); length > 0;) {
    const escaped = escape(withoutFormatting(clamp(whole, length)));
    if (escaped.length <= max) return { mrkdwn: escaped };
    length -= Math.max(1, Math.ceil((escaped.length - max) / 8));
  }
  return { mrkdwn: "" };
}

/** Longest text that a placeholder of `mrk` takes over. */
const longestPlaceholder = 300;

/**
 * Mrkdwn from a template literal with placeholders. Strings put into it are put on one line, cut at 300 characters and
 * escaped, so that they can neither format, link nor mention; `Mrkdwn` values go in as they are.
 */
export function mrk(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Mrkdwn)[]
): Mrkdwn {
  let mrkdwn = strings[0] ?? "";
  for (const [index, value] of values.entries()) {
    mrkdwn += piece(value) + (strings[index + 1] ?? "");
  }
  return { mrkdwn };
}

// what mrkdwn or `oneLine` would change
const notPlain = /[&<>*_~`]|[^\u0020-\u007e]|^ | $| {2}/;

function piece(value: string | number | Mrkdwn): string {
  if (typeof value === "object") return value.mrkdwn;
  const text = String(value);
  // most names are plain, and an answer has many of them
  if (text.length <= longestPlaceholder && !notPlain.test(text)) return text;
  return literal(oneLine(text), longestPlaceholder).mrkdwn;
}

/** The parts that are there, with `separator` between them. */
export function join(parts: readonly (Mrkdwn | undefined)[], separator: string): Mrkdwn {
  const present = parts.flatMap((part) => (part === undefined ? [] : [part.mrkdwn]));
  return { mrkdwn: present.join(separator) };
}

/**
 * As many of `parts` as fit into `max` characters, whole; then `more(left)` says how many were left out.
 * Room for that is kept beforehand.
 */
export function joinWithin(
  parts: readonly Mrkdwn[],
  separator: string,
  max: number,
  more: (left: number) => Mrkdwn,
): Mrkdwn {
  const room = max - separator.length - more(parts.length).mrkdwn.length;
  let length = 0;
  let taken = 0;
  for (const part of parts) {
    length += part.mrkdwn.length + (taken === 0 ? 0 : separator.length);
    if (length > (taken === parts.length - 1 ? max : room)) break;
    taken += 1;
  }
  const shown = parts.slice(0, taken);
  return join(taken === parts.length ? shown : [...shown, more(parts.length - taken)], separator);
}

/** A URL that may be shown as a link, and the host it really leads to. */
export interface SafeLink {
  url: string;
  host: string;
}

const longestUrl = 2000;

/** `url` when it is http or https, without user name and not absurdly long; everything else must be shown as text or not at all. */
export function safeLink(url: string): SafeLink | undefined {
  if (url.length > longestUrl || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const isWeb = parsed.protocol === "http:" || parsed.protocol === "https:";
  if (!isWeb || parsed.username !== "" || parsed.password !== "" || parsed.host === "") {
    return undefined;
  }
  // what would end or split Slack's <url|label>
  const href = parsed.href.replace(/[<>|"`\\^{}\s]/gu, (character) =>
    encodeURIComponent(character),
  );
  return href.length > longestUrl ? undefined : { url: href, host: parsed.host };
}

/** A link with its label and, in brackets, the host it leads to; the label alone where the URL is not one we show. */
export function link(url: string, label: string): Mrkdwn {
  const safe = safeLink(url);
  const name = oneLine(label).replaceAll("|", "¦");
  if (safe === undefined) return mrk`${name}`;
  const shown = literal(clamp(name === "" ? safe.host : name, 80), 200).mrkdwn;
  const host = oneLine(label) === safe.host ? "" : ` (${escape(clamp(safe.host, 80))})`;
  return { mrkdwn: `<${escape(safe.url)}|${shown}>${host}` };
}

/** Names a person so that Slack shows their present name; only for ids that came from Slack itself. */
export function person(slackUserId: string): Mrkdwn {
  return /^[UW][A-Z0-9]{2,30}$/.test(slackUserId)
    ? { mrkdwn: `<@${slackUserId}>` }
    : mrk`${slackUserId}`;
}

/** A channel as a link by its id, or its name as text. Showing a channel notifies nobody. */
export function channel(idOrName: string, name = ""): Mrkdwn {
  if (/^[CG][A-Z0-9]{6,30}$/.test(idOrName)) {
    // the label stands where Slack cannot show the channel's present name; letters that names may have, nothing else
    const label = name.replaceAll(/[^\p{L}\p{N}_.-]/gu, "");
    return { mrkdwn: label === "" ? `<#${idOrName}>` : `<#${idOrName}|${label}>` };
  }
  return mrk`#${idOrName.replace(/^#+/, "")}`;
}

/** `mrkdwn` cut to `max` characters, never inside a link or an entity. */
export function cutMrkdwn(text: Mrkdwn, max: number): Mrkdwn {
  if (text.mrkdwn.length <= max) return text;
  let cut = clamp(text.mrkdwn, max).slice(0, -1);
  const open = cut.lastIndexOf("<");
  if (open > cut.lastIndexOf(">")) cut = cut.slice(0, open);
  cut = cut.replace(/&[a-z]{0,4}$/, "");
  return { mrkdwn: `${cut}…` };
}

export { ago } from "../../base/age.ts";

/** A moment for people of all time zones: `2026-12-05 09:30 UTC`. */
export function moment(atMs: number): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A moment in the reader's own time zone. @see https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export function localMoment(atMs: number): Mrkdwn {
  const fallback = moment(atMs);
  if (!Number.isSafeInteger(Math.floor(atMs / 1000))) return mrk`${fallback}`;
  return {
    mrkdwn: `<!date^${Math.floor(atMs / 1000)}^{date_short_pretty} {time}|${fallback}>`,
  };
}

/** How long something took: `0.8 s`, `14 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return "0 s";
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A message with a capital at its beginning, as it stands alone; names, paths and addresses stay as they are. */
export function sentence(text: string): string {
  // a word of plain small letters, and a blank or comma behind it
  return /^[a-z]+(?:'[a-z]+)?[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
