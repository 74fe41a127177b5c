import { splitWords } from "../base/words.ts";
import { stopWords } from "./common-words.ts";
import { deletionHashes, mayHaveSlip } from "./deletions.ts";
import { nameForms, type NameData } from "./index-data.ts";
import { invert, listLength, pack, type Postings } from "./postings.ts";
import type { SearchItem } from "./search-item.ts";
import { packSorted } from "./string-table.ts";
import { trigramCount, trigrams } from "./trigrams.ts";

/** Names longer than this are no names; their beginning is enough to find them. */
const maxNameLength = 120;
const maxNameWords = 12;
/** With fewer words left, a name without its stop words may be the name of something else. */
const minTellingWords = 3;

interface RawName {
  joined: string;
  words: string[];
  item: number;
  form: number;
}

/** Collects the names of items, one item after the other, and then builds what finds them. */
export interface NameBuilder {
  add(item: SearchItem, number: number): void;
  finish(): NameData;
}

/** Creates an empty builder. */
export function createNameBuilder(): NameBuilder {
  const names: RawName[] = [];
  return {
    add: (item, number) => addNames(names, item, number),
    finish: () => buildNames(names),
  };
}

function addNames(names: RawName[], item: SearchItem, number: number): void {
  const seen = new Set<string>();
  for (const { text, form } of item.names) {
    const words = splitWords(text, maxNameWords, maxNameLength);
    const telling = words.filter((word) => !stopWords.has(word));
    // questions lose their stop words before names are looked up, so a name is kept without its own too
    const fewest = item.kind === "section" ? 2 : minTellingWords;
    const isSame = telling.length === words.length || telling.length < fewest;
    for (const kept of isSame ? [words] : [words, telling]) {
      const joined = kept.join("");
      if (joined === "" || seen.has(joined)) continue;
      seen.add(joined);
      names.push({ joined, words: kept, item: number, form: nameForms.indexOf(form) });
    }
  }
}

function buildNames(names: RawName[]): NameData {
  names.sort((a, b) => (a.joined < b.joined ? -1 : a.joined > b.joined ? 1 : a.item - b.item));
  const vocabulary = [...new Set(names.flatMap((name) => name.words))].toSorted();
  const ids = new Map(vocabulary.map((word, id) => [word, id]));
  const words = pack(names.map((name) => name.words.map((word) => ids.get(word) ?? 0)));
  const byWord = invert(words, vocabulary.length);
  const initials = nameForms.indexOf("initials");
  const grams = pack(names.map(({ joined, form }) => (form === initials ? [] : trigrams(joined))));
  return {
    joined: packSorted(names.map((name) => name.joined)),
    item: Uint32Array.from(names, (name) => name.item),
    form: Uint8Array.from(names, (name) => name.form),
    vocabulary: packSorted(vocabulary),
    words,
    byWord,
    byTrigram: invert(grams, trigramCount),
    rarity: rarities(byWord, names.length),
    ...buildDeletions(vocabulary),
  };
}

function rarities(byWord: Postings, total: number): Float32Array {
  const count = byWord.offsets.length - 1;
  return Float32Array.from({ length: count }, (_, id) => rarityOf(listLength(byWord, id), total));
}

/** 1 for a word that only one name holds, near 0 for one that most hold. */
function rarityOf(count: number, total: number): number {
  return total <= 1 ? 1 : Math.max(0.08, Math.log((total + 1) / count) / Math.log(total + 1));
}

function buildDeletions(
  vocabulary: readonly string[],
): Pick<NameData, "deletionHash" | "deletionWord"> {
  const pairs: number[] = [];
  vocabulary.forEach((word, id) => {
    if (!mayHaveSlip(word)) return;
    // hash and word in one number below 2^53, so that sorting needs no objects
    for (const hash of new Set(deletionHashes(word))) pairs.push(hash * 2 ** 21 + id);
  });
  const sorted = Float64Array.from(pairs).toSorted();
  const deletionHash = new Uint32Array(sorted.length);
  const deletionWord = new Uint32Array(sorted.length);
  sorted.forEach((pair, at) => {
    deletionHash[at] = Math.floor(pair / 2 ** 21);
    deletionWord[at] = pair % 2 ** 21;
  });
  return { deletionHash, deletionWord };
}
