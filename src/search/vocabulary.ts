import { kindWords, shortForms } from "./common-words.ts";
import { deletionHashes, mayHaveSlip } from "./deletions.ts";
import { slipsBetween } from "./edit-distance.ts";
import type { NameData } from "./index-data.ts";
import { listLength } from "./postings.ts";
import {
  countOf,
  findString,
  lengthAt,
  type LookupTable,
  lowerBound,
  startsWithAt,
  stringAt,
} from "./string-table.ts";

/** Most words of names that one typed word may stand for. */
const maxExpansions = 48;
/** Words looked at for one way of fitting, whatever was typed. */
const maxScanned = 3_000;

/** How well each way of fitting is believed. */
const fit = {
  exact: 1,
  plural: 0.97,
  twoSlips: 0.78,
  known: 0.9,
  abbreviation: 0.72,
};

/** One slip in four letters is much, so that a beginning that is typed rightly may be meant rather; in eight it is little. */
function oneSlip(length: number): number {
  return Math.min(0.9, 0.74 + 0.02 * length);
}

/** How much is believed that a word for a kind of thing, such as `app`, stands for another word, such as `approval`. */
const kindDoubt = 0.6;

/** How much a slip is believed in a word that is in some name as it was typed. */
const knownDoubt = 0.65;

/** Words of names that a typed word may stand for. */
export interface Expansion {
  /** Their numbers with the quality of the fit from 0 to 1. */
  fits: ReadonlyMap<number, number>;
  /** Their numbers, the best fit first. */
  bestFirst: readonly number[];
  /** How many names hold them. */
  holders: number;
}

/** Gives what a typed word may stand for. */
export type Expander = (typed: string) => Expansion;

/** Words of earlier questions that are remembered, as one question looks its words up more than once. */
const maxRemembered = 2_000;

/** Creates an expander over the words of an index's names. */
export function createExpander(names: NameData): Expander {
  const remembered = new Map<string, Expansion>();
  const letters = letterSets(names.vocabulary);
  return (typed) => {
    const known = remembered.get(typed);
    if (known !== undefined) return known;
    if (remembered.size >= maxRemembered) remembered.clear();
    const expansion = expandWord(names, letters, typed);
    remembered.set(typed, expansion);
    return expansion;
  };
}

function expandWord(names: NameData, letters: Uint32Array, typed: string): Expansion {
  const { vocabulary } = names;
  const found = new Map<number, number>();
  const add = (id: number | undefined, quality: number): void => {
    if (id !== undefined && quality > (found.get(id) ?? 0)) found.set(id, quality);
  };
  const own = findString(vocabulary, typed);
  add(own, fit.exact);
  for (const variant of plurals(typed)) add(findString(vocabulary, variant), fit.plural);
  for (const long of shortForms.get(typed) ?? []) add(findString(vocabulary, long), fit.known);
  const doubt = kindWords.has(typed) ? kindDoubt : 1;
  const addDoubted: Add = (id, quality) => add(id, quality * doubt);
  addPrefixes(names, typed, addDoubted);
  addAbbreviations(names, letters, typed, addDoubted);
  // a word that is spelled like one of a name was seldom meant to be another
  addSlips(names, typed, (id, quality) =>
    addDoubted(id, own === undefined ? quality : quality * knownDoubt),
  );
  const best = [...found].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, maxExpansions);
  let holders = 0;
  for (const [id] of best) holders += listLength(names.byWord, id);
  return { fits: new Map(best), bestFirst: best.map(([id]) => id), holders };
}

type Add = (id: number | undefined, quality: number) => void;

/** The word in the other number: `payments` for `payment`, `query` for `queries`. */
function plurals(typed: string): string[] {
  if (typed.length < 3) return [];
  const forms = [`${typed}s`, `${typed}es`];
  if (typed.endsWith("ies")) forms.push(`${typed.slice(0, -3)}y`);
  if (typed.endsWith("y")) forms.push(`${typed.slice(0, -1)}ies`);
  if (typed.endsWith("es")) forms.push(typed.slice(0, -2));
  if (typed.endsWith("s")) forms.push(typed.slice(0, -1));
  return forms;
}

function addPrefixes({ vocabulary }: NameData, typed: string, add: Add): void {
  if (typed.length < 2) return;
  const first = lowerBound(vocabulary, typed);
  const last = Math.min(countOf(vocabulary), first + maxScanned);
  for (let id = first; id < last && startsWithAt(vocabulary, id, typed); id += 1)
    // the more of the word was typed, the surer it is
    add(id, Math.min(0.95, 0.6 + 0.35 * (typed.length / lengthAt(vocabulary, id))));
}

/** `svc` for `service`: looked for among the words with the same first letter. */
function addAbbreviations(
  { vocabulary }: NameData,
  letters: Uint32Array,
  typed: string,
  add: Add,
): void {
  if (typed.length < 2 || typed.length > 6) return;
  const first = typed[0] ?? "";
  const start = lowerBound(vocabulary, first);
  const last = Math.min(countOf(vocabulary), start + maxScanned);
  let needed = 0;
  for (let at = 0; at < typed.length; at += 1) needed |= letterBit(typed.charCodeAt(at));
  for (let id = start; id < last; id += 1) {
    // most words lack one of the letters
    if (((letters[id] ?? 0) & needed) !== needed) continue;
    if (!startsWithAt(vocabulary, id, first)) break;
    if (isAbbreviation(typed, vocabulary, id)) add(id, fit.abbreviation);
  }
}

/** For each word the letters in it, as bits. */
function letterSets({ units, offsets }: LookupTable): Uint32Array {
  const sets = new Uint32Array(offsets.length - 1);
  for (let id = 0; id < sets.length; id += 1) {
    let set = 0;
    for (let at = offsets[id] ?? 0; at < (offsets[id + 1] ?? 0); at += 1)
      set |= letterBit(units[at] ?? 0);
    sets[id] = set;
  }
  return sets;
}

/** Small letters have a bit each, digits and everything else share the others. */
function letterBit(code: number): number {
  if (code >= 97 && code <= 122) return 1 << (code - 97);
  return code >= 48 && code <= 57 ? 1 << (26 + (code % 3)) : 1 << 29;
}

/** True when `short` keeps the first letter and then, in order, consonants of `long`, more than a third of its length. */
function isAbbreviation(short: string, { units, offsets }: LookupTable, long: number): boolean {
  const start = offsets[long] ?? 0;
  const end = offsets[long + 1] ?? 0;
  const length = end - start;
  if (length <= short.length + 1 || short.length * 3.5 < length) return false;
  // letters are compared in place: this runs for all words with the same first letter
  let at = start;
  for (let index = 1; index < short.length; index += 1) {
    const letter = short.charCodeAt(index);
    let next = at + 1;
    while (next < end && units[next] !== letter) next += 1;
    // a vowel may follow only directly: `acct` is for account, `pae` is not for payable
    if (next === end || (isVowel(letter) && next !== at + 1)) return false;
    at = next;
  }
  return true;
}

const vowels = "aeiou".split("").map((letter) => letter.charCodeAt(0));

function isVowel(letter: number): boolean {
  return vowels.includes(letter);
}

function addSlips(names: NameData, typed: string, add: Add): void {
  if (!mayHaveSlip(typed)) return;
  const { deletionHash, deletionWord, vocabulary } = names;
  const seen = new Set<number>();
  for (const hash of deletionHashes(typed)) {
    const first = firstHash(deletionHash, hash);
    for (let at = first; at < first + 64 && deletionHash[at] === hash; at += 1) {
      const id = deletionWord[at] ?? 0;
      if (seen.has(id)) continue;
      seen.add(id);
      const slips = slipsBetween(typed, stringAt(vocabulary, id));
      if (slips === 1) add(id, oneSlip(typed.length));
      else if (slips === 2) add(id, fit.twoSlips);
    }
  }
}

function firstHash(hashes: Uint32Array, hash: number): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hashes[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
