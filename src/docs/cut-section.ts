import type { Token } from "marked";

import { lexBlocks } from "./parse-document.ts";

/** What a person reads of a section in an answer. */
export interface Excerpt {
  markdown: string;
  /** True when something was left out. */
  isCut: boolean;
}

/** Less room than this is not worth the beginning of another block. */
const smallestPiece = 40;

/**
 * The beginning of a section in at most `maxLength` characters: whole blocks first, then whole list items, then whole
 * sentences. A code block is shown whole or not at all, because half a command is worse than none.
 */
export function cutSection(markdown: string, maxLength = 1_200): Excerpt {
  const text = markdown.trim();
  if (text.length <= maxLength) return { markdown: text, isCut: false };
  const parts: string[] = [];
  let room = maxLength;
  for (const token of lexBlocks(text)) {
    const raw = token.raw.trimEnd();
    if (raw === "") continue;
    // the empty line between two blocks
    const gap = parts.length === 0 ? 0 : 2;
    if (raw.length + gap <= room) {
      parts.push(raw);
      room -= raw.length + gap;
      continue;
    }
    // a few letters more say nothing
    const isWorthIt = parts.length === 0 || room - gap >= smallestPiece;
    const piece = isWorthIt ? cutBlock(token, raw, room - gap) : "";
    if (piece !== "") parts.push(piece);
    break;
  }
  return { markdown: parts.join("\n\n"), isCut: true };
}

function cutBlock(token: Token, raw: string, room: number): string {
  if (room <= 0) return "";
  if (token.type === "code" || token.type === "html" || token.type === "table")
    return replacement(token, raw, room);
  if (token.type === "list" && "items" in token && Array.isArray(token["items"]))
    return cutList(token["items"], room);
  return cutSentences(raw, room);
}

/** Says what was too long to show, so that nobody takes the excerpt for the whole. */
function replacement(token: Token, raw: string, room: number): string {
  const lines = raw.split("\n").length;
  const note = `_(${token.type === "code" ? "code" : token.type} of ${lines} lines, see the whole document)_`;
  return note.length <= room ? note : "";
}

function cutList(items: unknown[], room: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const item of items) {
    const raw = itemText(item);
    if (length + raw.length + 1 > room) {
      // a first step longer than all the room is cut at a sentence, so that something is shown
      return kept.length > 0 || raw.includes("```") ? kept.join("\n") : cutSentences(raw, room);
    }
    kept.push(raw);
    length += raw.length + 1;
  }
  return kept.join("\n");
}

function itemText(item: unknown): string {
  if (typeof item !== "object" || item === null || !("raw" in item)) return "";
  return String(item.raw).trimEnd();
}

/** Whole sentences that fit; else whole words with an ellipsis. */
function cutSentences(text: string, room: number): string {
  const head = text.slice(0, room);
  let end = -1;
  // a full stop, question or exclamation mark followed by white space
  for (const match of head.matchAll(/[.!?:](?=\s)/g)) end = match.index + 1;
  if (end > 0 && (end >= room / 3 || end >= 80)) return head.slice(0, end);
  const space = text.slice(0, room - 1).search(/\s\S*$/);
  const words = text.slice(0, space > 0 ? space : Math.max(0, room - 1));
  return words === "" ? "" : `${withoutHalfCharacter(words)}…`;
}

/** A cut between the two halves of an emoji would leave a broken character. */
function withoutHalfCharacter(text: string): string {
  // a high surrogate at the end
  return text.replace(/[\uD800-\uDBFF]$/, "");
}
