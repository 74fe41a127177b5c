import { createHash } from "node:crypto";

import { isRecord, type JsonValue } from "../../base/json.ts";

/** Something that people ask for in vain, or an answer that somebody says is wrong. */
export interface Gap {
  kind: "unanswered" | "wrong";
  /** The normalised words of what was asked about; for a wrong answer its claim, such as `owner component:default/ledger`. */
  words: string;
  /** How often it was asked, or reported as wrong. */
  count: number;
  /** How many people reported it by hand. */
  reports: number;
  /** The nearest thing in the catalog, or the thing whose answer is wrong. */
  ref?: string;
  /** What people wrote for the owner or the platform team, newest first. */
  notes: GapNote[];
  firstAtMs: number;
  lastAtMs: number;
}

export interface GapNote {
  text: string;
  /** As shown in Slack. */
  by: string;
  atMs: number;
}

const mostNotes = 5;
const longestNote = 500;
const mostWords = 8;
/** Longer words, and words full of digits, are ids, numbers or keys, which name nothing and may be nobody's business. */
const longestWord = 24;
const mostDigits = 4;

/**
 * What is kept of a subject in normalised words (`wordsKey`): at most eight, without anything that may be an id, a number or
 * a key. Empty when nothing is left to keep.
 */
export function keptWords(words: string): string {
  return words
    .split(" ")
    .filter(
      (word) =>
        word !== "" &&
        word.length <= longestWord &&
        word.replaceAll(/\P{N}/gu, "").length <= mostDigits,
    )
    .slice(0, mostWords)
    .join(" ");
}

/** The record's id: the same gap is the same record, in whatever process. */
export function gapId(gap: Pick<Gap, "kind" | "words">): string {
  return createHash("sha256").update(`${gap.kind}\n${gap.words}`).digest("hex").slice(0, 32);
}

/** Both together. */
export function addGaps(a: Gap, b: Gap): Gap {
  const newer = b.lastAtMs >= a.lastAtMs ? b : a;
  const ref = newer.ref ?? a.ref ?? b.ref;
  return {
    kind: a.kind,
    words: a.words,
    count: a.count + b.count,
    reports: a.reports + b.reports,
    ...(ref === undefined ? {} : { ref }),
    notes: [...a.notes, ...b.notes].toSorted((x, y) => y.atMs - x.atMs).slice(0, mostNotes),
    firstAtMs: Math.min(a.firstAtMs, b.firstAtMs),
    lastAtMs: Math.max(a.lastAtMs, b.lastAtMs),
  };
}

/** A gap that one person reports by hand. */
export function reportedGap(
  { ref, ...gap }: Pick<Gap, "kind" | "words" | "notes"> & { ref: string | undefined },
  nowMs: number,
): Gap {
  return {
    ...gap,
    ...(ref === undefined ? {} : { ref }),
    count: 0,
    reports: 1,
    firstAtMs: nowMs,
    lastAtMs: nowMs,
  };
}

/** A note as it is kept: not endless, and not empty. */
export function noteOf(text: string, by: string, atMs: number): GapNote[] {
  const kept = text.trim().slice(0, longestNote);
  return kept === "" ? [] : [{ text: kept, by: by.slice(0, 80), atMs }];
}

/** As a record. */
export function encodeGap(gap: Gap): JsonValue {
  return { ...gap, notes: gap.notes.map(({ text, by, atMs }) => ({ text, by, atMs })) };
}

/** From a record; undefined for one that is none. */
export function decodeGap(value: JsonValue | undefined): Gap | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, words, count, reports, ref, notes, firstAtMs, lastAtMs } = value;
  if (kind !== "unanswered" && kind !== "wrong") return undefined;
  if (typeof words !== "string" || typeof count !== "number") return undefined;
  return {
    kind,
    words,
    count,
    reports: typeof reports === "number" ? reports : 0,
    ...(typeof ref === "string" ? { ref } : {}),
    notes: notesOf(notes),
    firstAtMs: typeof firstAtMs === "number" ? firstAtMs : 0,
    lastAtMs: typeof lastAtMs === "number" ? lastAtMs : 0,
  };
}

function notesOf(value: unknown): GapNote[] {
  return (Array.isArray(value) ? value : []).filter(
    (note): note is GapNote =>
      isRecord(note) &&
      typeof note["text"] === "string" &&
      typeof note["by"] === "string" &&
      typeof note["atMs"] === "number",
  );
}
