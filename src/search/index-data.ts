import { isRecord } from "../base/json.ts";
import type { Postings } from "./postings.ts";
import type { NameForm } from "./search-item.ts";
import type { LookupTable, StringTable } from "./string-table.ts";

/** A finished index: flat arrays only, so that a thread can hand it over without a copy. */
export interface IndexData {
  items: ItemData;
  names: NameData;
  texts: TextData;
}

/** What is known of each item; an item's number is its position. */
export interface ItemData {
  ids: StringTable;
  /** Position in `kinds`. */
  kind: Uint8Array;
  kinds: string[];
  popularity: Float32Array;
  /** Entities that sections belong to, sorted, and the sections of each. */
  parents: LookupTable;
  sections: Postings;
}

/** The forms of names by their number in `NameData.form`. */
export const nameForms: readonly NameForm[] = ["name", "title", "alias", "slug", "initials"];

/** All names of all items, sorted by their joined form, with what finds them. */
export interface NameData {
  /** Joined forms in order; several names may share one. */
  joined: LookupTable;
  /** The item of each name. */
  item: Uint32Array;
  /** Position in `nameForms`. */
  form: Uint8Array;
  /** All words that names consist of, sorted. */
  vocabulary: LookupTable;
  /** The words of each name. */
  words: Postings;
  /** The names that hold each word. */
  byWord: Postings;
  /** The names whose joined form holds each group of three letters. */
  byTrigram: Postings;
  /** How telling each word is: 1 for a word of one name, near 0 for a word of most. */
  rarity: Float32Array;
  /** Hashes of vocabulary words and of those words with one letter left out, ascending, and the word of each. */
  deletionHash: Uint32Array;
  deletionWord: Uint32Array;
}

/** Which texts hold which stems. */
export interface TextData {
  /** Sorted. */
  stems: LookupTable;
  /** The items whose text holds each stem, ascending. */
  byStem: Postings;
  /** BM25 weight of each posting, beside `byStem.values`. */
  weight: Float32Array;
  /** How many items have a text. */
  count: number;
}

/** True for an index as another thread sends it. */
export function isIndexData(value: unknown): value is IndexData {
  return (
    isRecord(value) &&
    isRecord(value["items"]) &&
    isRecord(value["names"]) &&
    isRecord(value["texts"])
  );
}

/** The memory behind all arrays of an index, to be moved to another thread. */
export function buffersOf(data: IndexData): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const collect = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
    } else if (isRecord(value)) for (const part of Object.values(value)) collect(part);
  };
  collect(data);
  return [...buffers];
}
