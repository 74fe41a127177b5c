import lunr from "lunr";

import { createAccumulator } from "./accumulator.ts";
import { idfOf } from "./build-texts.ts";
import type { TextData } from "./index-data.ts";
import { listLength } from "./postings.ts";
import { findString } from "./string-table.ts";

/** One text found. */
export interface TextHit {
  item: number;
  /** lunr's similarity of the question and the text: comparable within one search only. */
  rank: number;
  /** 0 to 1: how much of what was looked for the text holds, rare words counting most. */
  coverage: number;
}

/** A stem to look for. */
export interface WeightedTerm {
  stem: string;
  /** 1 for what was typed, less for a synonym. */
  boost: number;
  /** Terms that share a group stand for the same typed word: one of them is enough. */
  group: number;
}

/** Full-text index over the items' texts. */
export interface TextIndex {
  /** Best first. Common words are left out when rarer ones are there, so that the work stays bounded. */
  search(
    terms: readonly WeightedTerm[],
    limit: number,
    accepts?: (item: number) => boolean,
  ): TextHit[];
  /** Scores given items (ascending) only. */
  searchAmong(items: Uint32Array, terms: readonly WeightedTerm[]): TextHit[];
}

/** Postings looked at for one question, and texts that lunr's vectors then score: the bound on its cost. */
const maxPostings = 10_000;
const maxScored = 48;

/** A stem that the texts know. */
interface KnownTerm extends WeightedTerm {
  list: number;
  size: number;
}

/**
 * Opens the index. The postings choose a bounded set of texts, and vectors of lunr over just these, with the weights
 * that lunr would give them among all texts, score them: a lunr index over everything costs a hundred times as much for
 * a question with common words, and as much memory as everything else together.
 */
export function openTextIndex(texts: TextData, itemCount: number): TextIndex {
  const sums = createAccumulator(itemCount);
  const known = (terms: readonly WeightedTerm[]): KnownTerm[] =>
    terms.flatMap((term) => {
      const list = findString(texts.stems, term.stem);
      return list === undefined ? [] : [{ ...term, list, size: listLength(texts.byStem, list) }];
    });
  return {
    search(terms, limit, accepts = () => true) {
      const found = known(terms);
      const { offsets, values } = texts.byStem;
      for (const { list, boost } of affordable(found)) {
        const end = offsets[list + 1] ?? 0;
        for (let at = offsets[list] ?? 0; at < end; at += 1) {
          const item = values[at] ?? 0;
          if (accepts(item)) sums.add(item, boost * (texts.weight[at] ?? 0));
        }
      }
      const items = Uint32Array.from(sums.takeTop(maxScored)).toSorted();
      return score(texts, items, found, terms).slice(0, limit);
    },
    searchAmong: (items, terms) => score(texts, items, known(terms), terms),
  };
}

/** Rarest first, as many as the budget allows. */
function affordable(terms: readonly KnownTerm[]): KnownTerm[] {
  let postings = 0;
  return terms
    .toSorted((a, b) => a.size - b.size)
    .filter(({ size }) => {
      postings += size;
      return postings <= maxPostings;
    });
}

/** The items (ascending) that hold a term, best first. */
function score(
  texts: TextData,
  items: Uint32Array,
  terms: readonly KnownTerm[],
  asked: readonly WeightedTerm[],
): TextHit[] {
  const weights = items.length === 0 ? [] : groupWeights(texts, asked);
  let all = 0;
  for (const weight of weights) all += weight;
  const lists = byList(terms);
  const matrix = lists.map(([term]) => weightsIn(texts, term?.list ?? 0, items));
  const query = new lunr.Vector(lists.flatMap((same, at) => [at, sumOf(same)]));
  const hits: TextHit[] = [];
  items.forEach((item, at) => {
    const own: number[] = [];
    const covered: number[] = [];
    lists.forEach((same, list) => {
      const weight = matrix[list]?.[at] ?? 0;
      if (weight === 0) return;
      own.push(list, weight);
      for (const { group, boost } of same) covered[group] = Math.max(boost, covered[group] ?? 0);
    });
    if (own.length === 0) return;
    let sum = 0;
    covered.forEach((boost, group) => {
      sum += boost * (weights[group] ?? 0);
    });
    const rank = query.similarity(new lunr.Vector(own));
    hits.push({ item, rank, coverage: all === 0 ? 0 : sum / all });
  });
  return hits.toSorted((x, y) => y.rank - x.rank);
}

/** Terms with the same stem together: one word may be a synonym of several. */
function byList(terms: readonly KnownTerm[]): KnownTerm[][] {
  const lists = new Map<number, KnownTerm[]>();
  for (const term of terms) {
    const same = lists.get(term.list);
    if (same === undefined) lists.set(term.list, [term]);
    else same.push(term);
  }
  return [...lists.values()];
}

function sumOf(terms: readonly KnownTerm[]): number {
  let sum = 0;
  for (const { boost } of terms) sum += boost;
  return sum;
}

/** The weight of one stem in each of the items, 0 where it is absent; both lists are ascending. */
function weightsIn(texts: TextData, list: number, items: Uint32Array): Float32Array {
  const { offsets, values } = texts.byStem;
  const found = new Float32Array(items.length);
  const end = offsets[list + 1] ?? 0;
  let low = offsets[list] ?? 0;
  items.forEach((item, at) => {
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] ?? 0) < item) low = middle + 1;
      else high = middle;
    }
    if (low < end && values[low] === item) found[at] = texts.weight[low] ?? 0;
  });
  return found;
}

/** By group: every typed word counts by its rarity; one that no text holds counts fully. */
function groupWeights(texts: TextData, terms: readonly WeightedTerm[]): number[] {
  const weights: number[] = [];
  for (const { stem, boost, group } of terms) {
    if (boost !== 1) continue;
    const list = findString(texts.stems, stem);
    const size = list === undefined ? 0 : listLength(texts.byStem, list);
    weights[group] = Math.max(weights[group] ?? 0, idfOf(size, texts.count));
  }
  return weights;
}
