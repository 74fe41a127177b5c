import { kindWords } from "./common-words.ts";
import type { NameData } from "./index-data.ts";
import { listOf } from "./postings.ts";
import { countOf, findString, stringAt } from "./string-table.ts";
import type { Expansion } from "./vocabulary.ts";

/** A word of the query with all it may stand for. */
export interface QueryWord {
  text: string;
  /** How much it says; a word for a kind of thing says little. */
  weight: number;
  /** Whether some name holds it as it is. */
  isKnown: boolean;
  expansion: Expansion;
}

/** How well a name fits the words. */
export interface NameFit {
  score: number;
  /** Positions of the words that the name accounts for. */
  used: number[];
  /** Whether a word fitted only with a slip, as a beginning or as a short form. */
  isLoose: boolean;
}

/** How much a name with the same words in another order is believed. */
const outOfOrder = 0.95;

/** What a word for a kind of thing weighs beside the name proper. */
const kindWordShare = 0.25;

/** The weight of a query word, from 0 to 1. */
export function wordWeight(names: NameData, word: string): { weight: number; isKnown: boolean } {
  const id = findString(names.vocabulary, word);
  // a word that no name holds is as telling as one of a single name
  const rarity = Math.max(leastWeight(word), id === undefined ? 1 : (names.rarity[id] ?? 0));
  return {
    weight: kindWords.has(word) ? rarity * kindWordShare : rarity,
    isKnown: id !== undefined,
  };
}

// a version, shard or region is typed to tell one thing from another
const digit = /\d/;

function leastWeight(word: string): number {
  return digit.test(word) ? 0.5 : 0.2;
}

/** What even the commonest word of a name weighs: leaving it out is leaving something out. */
const minNameWeight = 0.18;

/** Weights of the words of names, where words for kinds count half. */
export function nameWordWeights(names: NameData): Float32Array {
  const weights = names.rarity.map((rarity) => Math.max(minNameWeight, rarity));
  for (let id = 0; id < countOf(names.vocabulary); id += 1)
    if (kindWords.has(stringAt(names.vocabulary, id))) weights[id] = (weights[id] ?? 0) * 0.5;
  return weights;
}

/**
 * Compares the words with one name. Both sides count: how much of what was typed the name accounts for, and how much
 * of the name was typed. `mustUseAll` is off when the text holds more than a name.
 */
export function matchName(
  names: NameData,
  weights: Float32Array,
  name: number,
  words: readonly QueryWord[],
  mustUseAll: boolean,
): NameFit {
  const fit: NameFit = { score: 0, used: [], isLoose: false };
  let taken = 0;
  let typedFound = 0;
  let written = 0;
  let writtenFound = 0;
  for (const id of listOf(names.words, name)) {
    const weight = weights[id] ?? 0;
    written += weight;
    const at = bestFor(id, words, taken);
    const word = words[at];
    if (word === undefined) continue;
    const quality = word.expansion.fits.get(id) ?? 0;
    taken |= 1 << at;
    fit.used.push(at);
    fit.isLoose ||= quality < 0.96;
    writtenFound += weight * quality;
    typedFound += word.weight * quality;
  }
  const typed = weightOf(words, mustUseAll ? -1 : taken);
  // the order of words means less than the words, but it tells twins apart
  const order = isAscending(fit.used) ? 1 : outOfOrder;
  if (typed > 0 && written > 0)
    fit.score = (typedFound / typed) * (0.5 + 0.5 * (writtenFound / written)) * order;
  return fit;
}

/** What the query words weigh whose bits are set. */
function weightOf(words: readonly QueryWord[], bits: number): number {
  let weight = 0;
  for (let at = 0; at < words.length; at += 1)
    if ((bits & (1 << at)) !== 0) weight += words[at]?.weight ?? 0;
  return weight;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((at, index) => index === 0 || at > (numbers[index - 1] ?? 0));
}

/** The position of the query word that fits a word of a name best and is not taken by another; -1 when none does. */
function bestFor(id: number, words: readonly QueryWord[], taken: number): number {
  let best = 0;
  let bestAt = -1;
  for (let at = 0; at < words.length; at += 1) {
    if ((taken & (1 << at)) !== 0) continue;
    const fitted = words[at]?.expansion.fits.get(id) ?? 0;
    if (fitted > best) {
      best = fitted;
      bestAt = at;
    }
  }
  return bestAt;
}
