import { symptomWords } from "./common-words.ts";
import { nameForms, type NameData } from "./index-data.ts";
import type { MatchWay, NameForm } from "./search-item.ts";

/** A name that fits a part of the words. */
export interface NameHit {
  item: number;
  /** The number of the name that fitted. */
  name: number;
  score: number;
  way: MatchWay;
  /** Positions of the words it accounts for. */
  used: number[];
}

/** What one search works with. */
export interface NameSearch {
  names: NameData;
  words: readonly string[];
  weights: readonly { weight: number; isKnown: boolean }[];
  mustUseAll: boolean;
  accepts: (item: number) => boolean;
  scope: string;
}

/** What kind of name a name is, by its number. */
export function formOf(names: NameData, name: number): NameForm {
  return nameForms[names.form[name] ?? 0] ?? "name";
}

/** The numbers from `from` up to, not including, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** What each word costs that a name does not account for. */
const leftOutCost = 0.1;

/** How sure a run of words is when others stand beside it. */
export function sureness(search: NameSearch, used: readonly number[]): number {
  const { words, weights, mustUseAll } = search;
  let total = 0;
  for (const { weight } of weights) total += weight;
  let own = 0;
  for (const at of used) own += weights[at]?.weight ?? 0;
  const share = total === 0 ? 1 : own / total;
  // leaving out even a common word is leaving out something
  if (mustUseAll)
    return Math.min(0.25 + 0.75 * share, 1 - leftOutCost * (words.length - used.length));
  // beside a symptom the name stands first more often than not, and is no word for a symptom itself
  const isSymptom = used.every((at) => symptomWords.has(words[at] ?? ""));
  return (
    (0.9 + 0.1 * share - 0.015 * (used[0] ?? 0)) *
    (isSymptom && used.length < words.length ? 0.7 : 1)
  );
}
