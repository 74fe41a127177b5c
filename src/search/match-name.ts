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
  const { used, quality, isLoose } = align(names, name, words);
  let typed = 0;
  let typedFound = 0;
  words.forEach((word, at) => {
    const fitted = used.get(at);
    if (!mustUseAll && fitted === undefined) return;
    typed += word.weight;
    typedFound += word.weight * (fitted ?? 0);
  });
  let written = 0;
  let writtenFound = 0;
  listOf(names.words, name).forEach((id, at) => {
    const weight = weights[id] ?? 0;
    written += weight;
    writtenFound += weight * (quality[at] ?? 0);
  });
  if (typed === 0 || written === 0) return { score: 0, used: [], isLoose: false };
  const typedShare = typedFound / typed;
  const writtenShare = writtenFound / written;
  const positions = [...used.keys()];
  // the order of words means less than the words, but it tells twins apart
  const order = positions.every((at, index) => index === 0 || at > (positions[index - 1] ?? 0))
    ? 1
    : outOfOrder;
  return { score: typedShare * (0.5 + 0.5 * writtenShare) * order, used: positions, isLoose };
}

interface Alignment {
  /** Query word position → quality. */
  used: Map<number, number>;
  /** Quality by position in the name. */
  quality: number[];
  isLoose: boolean;
}

/** Gives each word of the name the query word that fits it best and is still free. */
function align(names: NameData, name: number, words: readonly QueryWord[]): Alignment {
  const used = new Map<number, number>();
  const quality: number[] = [];
  let isLoose = false;
  for (const id of listOf(names.words, name)) {
    let best = 0;
    let bestAt = -1;
    for (let at = 0; at < words.length; at += 1) {
      const fitted = words[at]?.expansion.fits.get(id) ?? 0;
      if (fitted > best && !used.has(at)) {
        best = fitted;
        bestAt = at;
      }
    }
    quality.push(best);
    if (bestAt < 0) continue;
    used.set(bestAt, best);
    if (best < 0.96) isLoose = true;
  }
  return { used, quality, isLoose };
}
