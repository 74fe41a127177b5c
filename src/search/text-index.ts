import lunr from "lunr";

import { createAccumulator } from "./accumulator.ts";
import { idfOf } from "./build-texts.ts";
import type { TextData } from "./index-data.ts";
import { listLength, listOf } from "./postings.ts";
import { findString } from "./string-table.ts";

/** One text found. */
export interface TextHit {
  item: number;
  /** lunr's BM25 score: comparable within one search only. */
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
  search(terms: readonly WeightedTerm[], limit: number): TextHit[];
  /** Scores given items (ascending) only. */
  searchAmong(items: Uint32Array, terms: readonly WeightedTerm[]): TextHit[];
}

/** Postings looked at for one question, and texts that lunr then scores: the bound on its cost. */
const maxPostings = 20_000;
const maxScored = 64;

/** A stem that the texts know. */
interface KnownTerm extends WeightedTerm {
  list: number;
  size: number;
}

/**
 * Opens the index. The postings choose a bounded set of texts, and a lunr index over just these scores them, through
 * `query()` only: lunr over all texts costs a hundred times as much for a question with common words, and as much
 * memory as everything else together.
 */
export function openTextIndex(texts: TextData, itemCount: number): TextIndex {
  const sums = createAccumulator(itemCount);
  const known = (terms: readonly WeightedTerm[]): KnownTerm[] =>
    terms.flatMap((term) => {
      const list = findString(texts.stems, term.stem);
      return list === undefined ? [] : [{ ...term, list, size: listLength(texts.byStem, list) }];
    });
  return {
    search(terms, limit) {
      const chosen = affordable(known(terms));
      for (const { list, boost } of chosen) {
        const start = texts.byStem.offsets[list] ?? 0;
        const items = listOf(texts.byStem, list);
        for (let at = 0; at < items.length; at += 1)
          sums.add(items[at] ?? 0, boost * (texts.weight[start + at] ?? 0));
      }
      const items = Uint32Array.from(sums.takeTop(maxScored), ({ number }) => number).toSorted();
      return score(texts, items, known(terms), terms).slice(0, limit);
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

const field = "text";

function score(
  texts: TextData,
  items: Uint32Array,
  terms: readonly KnownTerm[],
  asked: readonly WeightedTerm[],
): TextHit[] {
  if (items.length === 0 || terms.length === 0) return [];
  const index = lunrOver(texts, items, terms);
  const results = index.query((query) => {
    for (const { stem, boost } of terms)
      query.term(stem, { boost, fields: [field], usePipeline: false });
  });
  const weights = groupWeights(texts, asked);
  const byStem = new Map<string, KnownTerm[]>();
  for (const term of terms) byStem.set(term.stem, [...(byStem.get(term.stem) ?? []), term]);
  let all = 0;
  for (const weight of weights.values()) all += weight;
  return results.map((result) => {
    const covered = new Map<number, number>();
    for (const stem of Object.keys(result.matchData.metadata)) {
      for (const { group, boost } of byStem.get(stem) ?? [])
        covered.set(group, Math.max(boost, covered.get(group) ?? 0));
    }
    let own = 0;
    for (const [group, boost] of covered) own += boost * (weights.get(group) ?? 0);
    return { item: Number(result.ref), rank: result.score, coverage: all === 0 ? 0 : own / all };
  });
}

/**
 * A lunr index that holds only these texts and these terms, with the weights that they have among all texts.
 * It is loaded from the form in which lunr itself stores an index.
 */
function lunrOver(texts: TextData, items: Uint32Array, terms: readonly KnownTerm[]): lunr.Index {
  // stems are numbered in alphabetical order, which lunr wants of terms as well as of the numbers in a vector
  const lists = new Map(
    terms.toSorted((x, y) => x.list - y.list).map(({ list, stem }) => [list, stem]),
  );
  const invertedIndex: [string, object][] = [];
  const vectors = new Map<number, number[]>();
  for (const [list, stem] of lists) {
    const holders: Record<string, object> = {};
    for (const { item, weight } of weightsIn(texts, list, items)) {
      holders[item] = {};
      const vector = vectors.get(item);
      if (vector === undefined) vectors.set(item, [list, weight]);
      else vector.push(list, weight);
    }
    invertedIndex.push([stem, { _index: list, [field]: holders }]);
  }
  return lunr.Index.load({
    version: lunr.version,
    fields: [field],
    fieldVectors: [...vectors].map(([item, vector]) => [`${field}/${item}`, vector]),
    invertedIndex,
    pipeline: [],
  });
}

/** The weights of one stem in those of the items that hold it; both lists are ascending. */
function weightsIn(
  texts: TextData,
  list: number,
  items: Uint32Array,
): { item: number; weight: number }[] {
  const start = texts.byStem.offsets[list] ?? 0;
  const holders = listOf(texts.byStem, list);
  const found: { item: number; weight: number }[] = [];
  let low = 0;
  for (const item of items) {
    let high = holders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((holders[middle] ?? 0) < item) low = middle + 1;
      else high = middle;
    }
    if (holders[low] === item) found.push({ item, weight: texts.weight[start + low] ?? 0 });
  }
  return found;
}

/** Every typed word counts by its rarity; one that no text holds counts fully. */
function groupWeights(texts: TextData, terms: readonly WeightedTerm[]): Map<number, number> {
  const weights = new Map<number, number>();
  for (const { stem, boost, group } of terms) {
    if (boost !== 1) continue;
    const list = findString(texts.stems, stem);
    const size = list === undefined ? 0 : listLength(texts.byStem, list);
    weights.set(group, Math.max(weights.get(group) ?? 0, idfOf(size, texts.count)));
  }
  return weights;
}
