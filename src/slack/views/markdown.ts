import type {
  RichTextBlock,
  RichTextElement,
  RichTextLink,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
  RichTextText,
} from "@slack/types";
import { lexer, type MarkedToken, type Token, type Tokens } from "marked";

import { shownLength } from "./blocks.ts";
import { chunks, clamp, oneLine, safeLink, tidy } from "./text.ts";

/** A paragraph, list, quote or code block of rich text. */
export type RichPart = RichTextBlock["elements"][number];

interface Style {
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
}

/**
 * Markdown as rich text. Slack parses nothing in rich text, so no document can mention, link or format anything but
 * what is written here; relative links lead to `baseUrl` or stay text. What rich text lacks (tables, HTML) is shown as written.
 */
export function renderMarkdown(markdown: string, baseUrl?: string): RichPart[] {
  return splitMarkdown(tidy(markdown).slice(0, longestDocument)).flatMap((source) => {
    try {
      return lexer(source).flatMap((token) => blockParts(token, baseUrl, 0));
    } catch {
      // marked gives up on absurd nesting; the text itself is still worth showing
      return [preformatted(source)];
    }
  });
}

/** Longer documents are cut: nobody pages that far in a modal. */
const longestDocument = 300_000;
/** marked takes time by the square of some texts' length, so it never gets more than this at once. */
const longestSource = 12_000;

/** The document in pieces that mean the same for themselves: cut before headings outside of code, and where one gets too long. */
function splitMarkdown(markdown: string): string[] {
  const pieces: string[] = [];
  let open: string[] = [];
  let length = 0;
  let isCode = false;
  const close = () => {
    if (open.length > 0) pieces.push(open.join("\n"));
    open = [];
    length = 0;
  };
  for (const line of markdown
    .split("\n")
    .flatMap((whole) => (whole === "" ? [""] : chunks(whole, longestSource)))) {
    // a fence opens or closes code, a heading begins with up to six #
    if (/^ {0,3}(?:```|~~~)/.test(line)) isCode = !isCode;
    const isHeading = !isCode && /^ {0,3}#{1,6}\s/.test(line);
    if ((isHeading && length > longestSource / 4) || length + line.length > longestSource) close();
    open.push(line);
    length += line.length + 1;
  }
  close();
  return pieces;
}

/** Parts packed into blocks of at most `max` characters each; a longer part is cut into several. */
export function packRichText(parts: readonly RichPart[], max: number): RichTextBlock[] {
  const blocks: RichTextBlock[] = [];
  let open: RichPart[] = [];
  let length = 0;
  const close = () => {
    if (open.length > 0) blocks.push({ type: "rich_text", elements: open });
    open = [];
    length = 0;
  };
  for (const part of parts.flatMap((whole) => splitPart(whole, max))) {
    const partLength = shownLength(part);
    if (length + partLength > max) close();
    open.push(part);
    length += partLength;
  }
  close();
  return blocks;
}

/** Only code and paragraphs get so long that they must be cut; lists are cut between their items. */
function splitPart(part: RichPart, max: number): RichPart[] {
  if (shownLength(part) <= max && part.elements.length <= mostElements) return [part];
  if (part.type === "rich_text_list") {
    return part.elements.flatMap((item) =>
      splitPart({ ...part, elements: [clampInline(item, max)] }, max),
    );
  }
  if (part.type === "rich_text_preformatted") {
    const text = part.elements.map((element) => element.text ?? "").join("");
    return chunks(text, max - 100).map((chunk) => preformatted(chunk));
  }
  return [{ ...part, elements: clampElements(part.elements, max) }];
}

function clampInline(item: RichTextSection, max: number): RichTextSection {
  return { ...item, elements: clampElements(item.elements, max - 100) };
}

/** Nobody reads a paragraph of more pieces of formatting, and Slack draws each of them. */
const mostElements = 300;

/** The first elements that fit, the last of them cut. */
function clampElements(elements: readonly RichTextElement[], max: number): RichTextElement[] {
  const kept: RichTextElement[] = [];
  let room = max - 100;
  for (const element of elements.slice(0, mostElements)) {
    const length = shownLength(element);
    if (length > room) {
      if (element.type === "text" && room > 1)
        kept.push({ ...element, text: clamp(element.text, room) });
      break;
    }
    kept.push(element);
    room -= length;
  }
  return kept.length === 0 ? [{ type: "text", text: "…" }] : kept;
}

/** Deepest nesting of lists and quotes that is followed; beyond it the source is shown. */
const deepest = 6;

/** The token as marked's own type of that name; other names come from extensions, which we have none of. */
function isToken<T extends MarkedToken["type"]>(
  token: Token | undefined,
  type: T,
): token is Extract<MarkedToken, { type: T }> {
  return token?.type === type;
}

function blockParts(token: Token, baseUrl: string | undefined, depth: number): RichPart[] {
  if (depth > deepest) return paragraph([{ type: "text", text: token.raw }]);
  if (["space", "def", "hr"].includes(token.type)) return [];
  if (isToken(token, "heading")) return paragraph(inline(token.tokens, baseUrl, { bold: true }));
  if (isToken(token, "code")) return [preformatted(token.text)];
  if (isToken(token, "list")) return listParts(token, baseUrl, depth);
  if (isToken(token, "blockquote")) return quoteParts(token, baseUrl, depth);
  if (isToken(token, "table")) return [preformatted(tableText(token))];
  return isLine(token)
    ? paragraph(inline([token], baseUrl, {}), token.raw)
    : paragraph([], token.raw);
}

/** A section that ends its line; `instead` where there is no inline content (HTML and the like). */
function paragraph(elements: RichTextElement[], instead = ""): RichTextSection[] {
  const shown: RichTextElement[] =
    elements.length > 0 || instead.trim() === ""
      ? elements
      : [{ type: "text", text: instead.trim() }];
  return shown.length === 0
    ? []
    : [{ type: "rich_text_section", elements: [...shown, { type: "text", text: "\n" }] }];
}

function preformatted(text: string): RichTextPreformatted {
  return {
    type: "rich_text_preformatted",
    elements: [{ type: "text", text: text.trim() === "" ? " " : text }],
  };
}

function quoteParts(
  token: Tokens.Blockquote,
  baseUrl: string | undefined,
  depth: number,
): RichPart[] {
  return token.tokens
    .flatMap((child) => blockParts(child, baseUrl, depth + 1))
    .map((part) =>
      part.type === "rich_text_section"
        ? ({ type: "rich_text_quote", elements: part.elements } satisfies RichTextQuote)
        : part,
    );
}

/** A list of plain lines becomes Slack's own list; one with code or further blocks keeps its numbers as text, because Slack would begin again at 1 after each block. */
function listParts(list: Tokens.List, baseUrl: string | undefined, depth: number): RichPart[] {
  const isPlain = list.items.every(
    (item) =>
      !item.task &&
      item.tokens.filter((child) => child.type !== "space").length <= 1 &&
      isLine(item.tokens[0]),
  );
  if (isPlain && (!list.ordered || list.start === 1 || list.start === "")) {
    return [nativeList(list, baseUrl, depth)];
  }
  const first = typeof list.start === "number" ? list.start : 1;
  return list.items.flatMap((item, index) =>
    itemParts(item, list.ordered ? `${first + index}. ` : "• ", baseUrl, depth),
  );
}

function isLine(token: Token | undefined): boolean {
  return token === undefined || token.type === "text" || token.type === "paragraph";
}

function nativeList(list: Tokens.List, baseUrl: string | undefined, depth: number): RichTextList {
  return {
    type: "rich_text_list",
    style: list.ordered ? "ordered" : "bullet",
    ...(depth > 0 ? { indent: Math.min(depth, 8) } : {}),
    elements: list.items.map((item) => ({
      type: "rich_text_section",
      elements: orDash(inline(item.tokens, baseUrl, {})),
    })),
  };
}

function orDash(elements: RichTextElement[]): RichTextElement[] {
  return elements.length === 0 ? [{ type: "text", text: "–" }] : elements;
}

function itemParts(
  item: Tokens.ListItem,
  mark: string,
  baseUrl: string | undefined,
  depth: number,
): RichPart[] {
  const box = item.task ? (item.checked === true ? "☑ " : "☐ ") : "";
  const lead: RichTextText = {
    type: "text",
    text: `${"    ".repeat(depth)}${box === "" ? mark : box}`,
  };
  const children = item.tokens.filter((child) => child.type !== "checkbox");
  const [first, ...others] = children;
  const line = isLine(first) && first !== undefined ? inline([first], baseUrl, {}) : [];
  const rest = isLine(first) ? others : children;
  return [
    ...paragraph([lead, ...line]),
    ...rest.flatMap((child) => blockParts(child, baseUrl, depth + 1)),
  ];
}

function tableText(table: Tokens.Table): string {
  const rows = [table.header, ...table.rows].map((cells) =>
    cells.map((cell) => clamp(oneLine(cell.text), 60)),
  );
  const widths = table.header.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [lines[0] ?? "", rule, ...lines.slice(1)].join("\n");
}

/** Inline tokens as rich text elements; styles nest. */
function inline(
  tokens: readonly Token[] | undefined,
  baseUrl: string | undefined,
  style: Style,
  depth = 0,
): RichTextElement[] {
  return (tokens ?? []).flatMap((token) => inlineElements(token, baseUrl, style, depth));
}

const styles: Record<string, Style> = {
  strong: { bold: true },
  em: { italic: true },
  del: { strike: true },
};

function inlineElements(
  token: Token,
  baseUrl: string | undefined,
  style: Style,
  depth: number,
): RichTextElement[] {
  if (isToken(token, "br")) return [{ type: "text", text: "\n" }];
  if (isToken(token, "codespan")) return styledText(token.text, { ...style, code: true });
  if (isToken(token, "escape")) return styledText(token.text, style);
  if (isToken(token, "html")) return styledText(token.raw, style);
  if (isToken(token, "link") || isToken(token, "image")) return linkElements(token, baseUrl, style);
  const children = "tokens" in token ? token.tokens : undefined;
  if (children === undefined || depth > deepest) {
    return styledText("text" in token ? String(token.text) : token.raw, style);
  }
  return inline(children, baseUrl, { ...style, ...styles[token.type] }, depth + 1);
}

function styledText(shown: string, style: Style): RichTextText[] {
  if (shown === "") return [];
  const plainText = style.code === true ? shown : decodeEntities(shown);
  return [{ type: "text", text: plainText, ...(Object.keys(style).length === 0 ? {} : { style }) }];
}

/** The five entities that Markdown authors write; rich text shows text as it is. */
function decodeEntities(shown: string): string {
  return shown
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

function linkElements(
  token: Tokens.Link | Tokens.Image,
  baseUrl: string | undefined,
  style: Style,
): RichTextElement[] {
  const label = clamp(oneLine(token.text), 300);
  const target = absolute(token.href, baseUrl);
  if (target === undefined) {
    return styledText(
      label === "" || label === token.href ? token.href : `${label} (${token.href})`,
      style,
    );
  }
  const shown = label === "" ? target.host : label;
  const element: RichTextLink = {
    type: "link",
    url: target.url,
    text: shown,
    ...(Object.keys(style).length === 0 ? {} : { style }),
  };
  return shown === token.href || shown === target.host
    ? [element]
    : [element, ...styledText(` (${target.host})`, {})];
}

function absolute(href: string, baseUrl: string | undefined): ReturnType<typeof safeLink> {
  if (URL.canParse(href)) return safeLink(href);
  return baseUrl !== undefined && URL.canParse(href, baseUrl)
    ? safeLink(new URL(href, baseUrl).href)
    : undefined;
}
