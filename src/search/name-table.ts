import { splitWords } from "../base/words.ts";
import { stopWords } from "./common-words.ts";
import type { NameForm, SearchItem } from "./search-item.ts";
import { buildVocabulary, type Vocabulary } from "./vocabulary.ts";

/** Lists of numbers side by side in one array: list `i` is `values[offsets[i]…offsets[i + 1]]`. */
export interface Postings {
  offsets: Uint32Array;
  values: Uint32Array;
}

/** All names of all items, sorted by their joined form, with what finds them. */
export interface NameTable {
  vocabulary: Vocabulary;
  /** Joined forms in order; several names may share one. */
  joined: string[];
  /** First name with a joined form. */
  first: ReadonlyMap<string, number>;
  /** The item of each name. */
  item: Uint32Array;
  form: NameForm[];
  /** The words of each name, as ids. */
  words: Postings;
  /** The names that hold each word. */
  byWord: Postings;
  /** The names whose joined form holds each group of three letters. */
  byTrigram: Postings;
  /** How telling each word is: high for rare ones. */
  rarity: Float32Array;
  /** Of a word that is in no name. */
  unknownRarity: number;
}

/** Names longer than this are no names; their beginning is enough to find them. */
const maxNameLength = 120;
const maxNameWords = 12;

interface RawName {
  joined: string;
  words: string[];
  item: number;
  form: NameForm;
}

/** Builds the table for the names of `items`; an item keeps its position in the list as its number. */
export function buildNameTable(items: readonly SearchItem[]): NameTable {
  const names = collectNames(items);
  const vocabulary = buildVocabulary(wordsOf(names));
  const wordIds = names.map((name) => name.words.map((word) => vocabulary.idOf(word) ?? 0));
  const byWord = invert(wordIds, vocabulary.size);
  const first = new Map<string, number>();
  names.forEach((name, at) => {
    if (!first.has(name.joined)) first.set(name.joined, at);
  });
  const rarity = Float32Array.from({ length: vocabulary.size }, (_, id) =>
    rarityOf(listLength(byWord, id), names.length),
  );
  return {
    vocabulary,
    joined: names.map((name) => name.joined),
    first,
    item: Uint32Array.from(names, (name) => name.item),
    form: names.map((name) => name.form),
    words: pack(wordIds),
    byWord,
    byTrigram: invert(
      names.map((name) => (name.form === "initials" ? [] : trigrams(name.joined))),
      trigramCount,
    ),
    rarity,
    unknownRarity: rarityOf(1, names.length),
  };
}

/** 1 for a word that only one name holds, near 0 for one that most hold. */
function rarityOf(count: number, total: number): number {
  return total <= 1 ? 1 : Math.max(0.08, Math.log((total + 1) / count) / Math.log(total + 1));
}

function* wordsOf(names: readonly RawName[]): Generator<string> {
  for (const name of names) yield* name.words;
}

function collectNames(items: readonly SearchItem[]): RawName[] {
  const names: RawName[] = [];
  items.forEach((item, at) => {
    const seen = new Set<string>();
    for (const { text, form } of item.names) {
      const words = splitWords(text, maxNameWords, maxNameLength);
      const telling = words.filter((word) => !stopWords.has(word));
      // questions lose their stop words before names are looked up, so a name is kept without its own too
      for (const kept of [words, telling]) {
        const joined = kept.join("");
        if (joined === "" || seen.has(joined)) continue;
        seen.add(joined);
        names.push({ joined, words: kept, item: at, form });
      }
    }
  });
  return names.toSorted((a, b) =>
    a.joined < b.joined ? -1 : a.joined > b.joined ? 1 : a.item - b.item,
  );
}

/** The numbers in one list of `postings`. */
export function listOf(postings: Postings, list: number): Uint32Array {
  return postings.values.subarray(postings.offsets[list] ?? 0, postings.offsets[list + 1] ?? 0);
}

/** How many numbers a list holds. */
export function listLength(postings: Postings, list: number): number {
  return (postings.offsets[list + 1] ?? 0) - (postings.offsets[list] ?? 0);
}

function pack(lists: readonly (readonly number[])[]): Postings {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, at) => {
    offsets[at + 1] = (offsets[at] ?? 0) + list.length;
  });
  const values = new Uint32Array(offsets[lists.length] ?? 0);
  lists.forEach((list, at) => values.set(list, offsets[at] ?? 0));
  return { offsets, values };
}

/** For each key below `keyCount`, the positions of the lists that hold it, ascending and without repeats. */
function invert(lists: readonly (readonly number[])[], keyCount: number): Postings {
  const offsets = new Uint32Array(keyCount + 1);
  const unique = lists.map((list) => (list.length < 2 ? list : [...new Set(list)]));
  for (const list of unique) for (const key of list) offsets[key + 1] = (offsets[key + 1] ?? 0) + 1;
  for (let key = 0; key < keyCount; key += 1)
    offsets[key + 1] = (offsets[key + 1] ?? 0) + (offsets[key] ?? 0);
  const next = offsets.slice();
  const values = new Uint32Array(offsets[keyCount] ?? 0);
  unique.forEach((list, at) => {
    for (const key of list) {
      const place = next[key] ?? 0;
      values[place] = at;
      next[key] = place + 1;
    }
  });
  return { offsets, values };
}

/** Letters and digits have codes 1–36, everything else shares the rest up to 39; 0 is the edge of a name. */
const alphabet = 40;
const trigramCount = alphabet ** 3;

/** Groups of three letters of a joined form, its beginning and end counted as letters of their own. */
export function trigrams(joined: string): number[] {
  const text = joined.slice(0, 64);
  const grams: number[] = [];
  let before = 0;
  let middle = letterCode(text.charCodeAt(0));
  for (let at = 1; at <= text.length; at += 1) {
    const after = at === text.length ? 0 : letterCode(text.charCodeAt(at));
    grams.push((before * alphabet + middle) * alphabet + after);
    before = middle;
    middle = after;
  }
  return grams;
}

function letterCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 48 && code <= 57) return code - 48 + 27;
  return 37 + (code % 3);
}
