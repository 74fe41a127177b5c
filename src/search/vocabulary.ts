import { shortForms } from "./common-words.ts";
import { slipsBetween } from "./edit-distance.ts";

/** A word of some name, and how well a typed word fits it (0 to 1). */
export interface Expansion {
  wordId: number;
  quality: number;
}

/** All words that names consist of. */
export interface Vocabulary {
  size: number;
  idOf(word: string): number | undefined;
  word(id: number): string;
  /** Words that `typed` may stand for, best first, at most `maxExpansions`. */
  expand(typed: string): Expansion[];
}

const maxExpansions = 48;
/** Words looked at for one way of fitting, whatever was typed. */
const maxScanned = 4_000;

/** How well each way of fitting is believed. */
export const fit = { exact: 1, plural: 0.97, oneSlip: 0.88, twoSlips: 0.78, abbreviation: 0.72 };

/** Builds the vocabulary over `words` (repetitions allowed). */
export function buildVocabulary(words: Iterable<string>): Vocabulary {
  const sorted = [...new Set(words)].toSorted();
  const ids = new Map(sorted.map((word, id) => [word, id]));
  const neighbours = buildDeletions(sorted);
  return {
    size: sorted.length,
    idOf: (word) => ids.get(word),
    word: (id) => sorted[id] ?? "",
    expand(typed) {
      const found = new Map<number, number>();
      const add = (id: number | undefined, quality: number): void => {
        if (id !== undefined && quality > (found.get(id) ?? 0)) found.set(id, quality);
      };
      add(ids.get(typed), fit.exact);
      for (const variant of plurals(typed)) add(ids.get(variant), fit.plural);
      for (const long of shortForms.get(typed) ?? []) add(ids.get(long), fit.abbreviation + 0.1);
      addPrefixes(typed, sorted, add);
      addAbbreviations(typed, sorted, add);
      addSlips(typed, sorted, neighbours, add);
      return [...found]
        .map(([wordId, quality]) => ({ wordId, quality }))
        .toSorted((a, b) => b.quality - a.quality || a.wordId - b.wordId)
        .slice(0, maxExpansions);
    },
  };
}

type Add = (id: number | undefined, quality: number) => void;

function plurals(typed: string): string[] {
  if (typed.length < 3) return [];
  const forms = [`${typed}s`, `${typed}es`];
  if (typed.endsWith("ies")) forms.push(`${typed.slice(0, -3)}y`);
  if (typed.endsWith("y")) forms.push(`${typed.slice(0, -1)}ies`);
  if (typed.endsWith("es")) forms.push(typed.slice(0, -2));
  if (typed.endsWith("s")) forms.push(typed.slice(0, -1));
  return forms;
}

/** Position of the first word that is not before `word`. */
function lowerBound(sorted: readonly string[], word: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addPrefixes(typed: string, sorted: readonly string[], add: Add): void {
  if (typed.length < 2) return;
  const first = lowerBound(sorted, typed);
  for (let id = first; id < Math.min(sorted.length, first + maxScanned); id += 1) {
    const word = sorted[id] ?? "";
    if (!word.startsWith(typed)) break;
    // the more of the word was typed, the surer it is
    if (word !== typed) add(id, 0.6 + 0.32 * (typed.length / word.length));
  }
}

/** `svc` for `service`: same first letter, the other letters in order, none of them a vowel that was skipped to. */
function addAbbreviations(typed: string, sorted: readonly string[], add: Add): void {
  if (typed.length < 2 || typed.length > 6) return;
  const first = typed[0] ?? "";
  const start = lowerBound(sorted, first);
  for (let id = start; id < Math.min(sorted.length, start + maxScanned); id += 1) {
    const word = sorted[id] ?? "";
    if (!word.startsWith(first)) break;
    if (isAbbreviation(typed, word)) add(id, fit.abbreviation);
  }
}

/** True when `short` keeps the first letter and then, in order, consonants of `long`, more than a third of its length. */
export function isAbbreviation(short: string, long: string): boolean {
  if (long.length <= short.length + 1 || short.length * 3.5 < long.length) return false;
  let at = 0;
  for (let index = 1; index < short.length; index += 1) {
    const letter = short[index] ?? "";
    const next = long.indexOf(letter, at + 1);
    // a vowel may follow only directly: `acct` is for account, `pae` is not for payable
    if (next < 0 || ("aeiou".includes(letter) && next !== at + 1)) return false;
    at = next;
  }
  return true;
}

/** Words of at least four letters, under themselves with one letter left out: two words one slip apart share a key. */
function buildDeletions(sorted: readonly string[]): Map<string, number[]> {
  const deletions = new Map<string, number[]>();
  sorted.forEach((word, id) => {
    if (word.length < 4 || word.length > 32) return;
    for (const key of deletionsOf(word)) {
      const there = deletions.get(key);
      if (there === undefined) deletions.set(key, [id]);
      else if (there.length < 64) there.push(id);
    }
  });
  return deletions;
}

function deletionsOf(word: string): Set<string> {
  const keys = new Set([word]);
  for (let at = 0; at < word.length; at += 1) keys.add(word.slice(0, at) + word.slice(at + 1));
  return keys;
}

function addSlips(
  typed: string,
  sorted: readonly string[],
  deletions: ReadonlyMap<string, readonly number[]>,
  add: Add,
): void {
  if (typed.length < 4 || typed.length > 32) return;
  for (const key of deletionsOf(typed)) {
    for (const id of deletions.get(key) ?? []) {
      const slips = slipsBetween(typed, sorted[id] ?? "");
      if (slips === 1) add(id, fit.oneSlip);
      else if (slips === 2) add(id, fit.twoSlips);
    }
  }
}
