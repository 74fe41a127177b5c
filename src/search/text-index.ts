import lunr from "lunr";

import { splitWords } from "../base/words.ts";
import { stopWords } from "./common-words.ts";

/** One text found. */
export interface TextHit {
  item: number;
  /** lunr's BM25 score: comparable within one search only. */
  rank: number;
  /** 0 to 1: how much of what was looked for the text holds, rare words counting most. */
  coverage: number;
}

/** Full-text index over the items' texts. */
export interface TextIndex {
  /** Best first. Common words are left out when rarer ones are there, so that the work stays bounded. */
  search(terms: readonly WeightedTerm[], limit: number): TextHit[];
  /** Scores given items only. */
  score(items: readonly number[], terms: readonly WeightedTerm[]): TextHit[];
}

/** A stem to look for. */
export interface WeightedTerm {
  stem: string;
  /** 1 for what was typed, less for a synonym. */
  boost: number;
  /** Terms that share a group stand for the same typed word: one of them is enough. */
  group: number;
}

const field = "text";
/** Texts looked at for one question: the bound on its cost. */
const maxPostings = 4_000;

/** The parts of lunr's index that its types leave out: a vector of term numbers and BM25 scores for each text. */
type BuiltIndex = lunr.Index & {
  fieldVectors: Record<string, { elements: number[] } | undefined>;
  invertedIndex: Record<string, (Record<string, object> & { _index: number }) | undefined>;
};

function isBuiltIndex(index: lunr.Index): index is BuiltIndex {
  return "fieldVectors" in index && "invertedIndex" in index;
}

/** The stem lunr's English stemmer gives a word. */
export function stemOf(word: string): string {
  return lunr.stemmer(new lunr.Token(word, {})).toString();
}

/** The stems of a text, stop words left out. */
export function stemsOf(text: string, maxWords = 400): string[] {
  return splitWords(text, maxWords, maxWords * 12)
    .filter((word) => !stopWords.has(word))
    .map(stemOf);
}

/** Builds the index; an item's number is its position. Items without text are left out. */
export function buildTextIndex(texts: readonly string[]): TextIndex {
  const builder = new lunr.Builder();
  builder.ref("id");
  builder.field(field);
  const stems = new Map<string, string>();
  const stemmed = (word: string): string => {
    let stem = stems.get(word);
    if (stem === undefined) stems.set(word, (stem = stemOf(word)));
    return stem;
  };
  // texts are split and stemmed here: lunr's tokenizer knows neither camelCase nor our stop words
  builder.tokenizer = Object.assign(
    (text?: null | string | object | object[]) =>
      splitWords(typeof text === "string" ? text : "", 1_500, 20_000)
        .filter((word) => !stopWords.has(word))
        .map((word) => new lunr.Token(stemmed(word), {})),
    { separator: /\s/ },
  );
  texts.forEach((text, id) => {
    if (text !== "") builder.add({ id: String(id), [field]: text });
  });
  const index = builder.build();
  if (!isBuiltIndex(index)) throw new Error("this version of lunr keeps no vectors");
  const frequency = new Map<string, number>();
  for (const [stem, posting] of Object.entries(index.invertedIndex))
    frequency.set(stem, Object.keys(posting?.[field] ?? {}).length);
  return createTextIndex(index, frequency, texts.length);
}

function createTextIndex(
  index: BuiltIndex,
  frequency: ReadonlyMap<string, number>,
  total: number,
): TextIndex {
  const rarity = (stem: string): number => {
    const count = frequency.get(stem) ?? 0;
    return Math.log(1 + total / (1 + count));
  };
  const vectorOf = (item: number): readonly number[] =>
    index.fieldVectors[`${field}/${item}`]?.elements ?? [];
  const score = (items: readonly number[], terms: readonly WeightedTerm[]): TextHit[] => {
    const wanted = new Map<number, WeightedTerm>();
    for (const term of terms) {
      const at = index.invertedIndex[term.stem]?.["_index"];
      if (at !== undefined && !wanted.has(at)) wanted.set(at, term);
    }
    const weights = groupWeights(terms, rarity);
    return items
      .map((item) => scoreVector(item, vectorOf(item), wanted, weights))
      .filter((hit) => hit.rank > 0)
      .toSorted((a, b) => b.rank - a.rank || a.item - b.item);
  };
  return {
    score,
    search(terms, limit) {
      const chosen = affordable(terms, frequency);
      if (chosen.length === 0) return [];
      const found = index.query((query) => {
        for (const { stem, boost } of chosen)
          query.term(stem, {
            boost,
            fields: [field],
            usePipeline: false,
            wildcard: lunr.Query.wildcard.NONE,
          });
      });
      const items = found.slice(0, limit * 3).map((result) => Number(result.ref));
      return score(items, terms).slice(0, limit);
    },
  };
}

/** Every group counts as much as its rarest term that the texts know; an unknown word counts fully. */
function groupWeights(
  terms: readonly WeightedTerm[],
  rarity: (stem: string) => number,
): Map<number, number> {
  const weights = new Map<number, number>();
  for (const term of terms)
    if (term.boost === 1)
      weights.set(term.group, Math.max(weights.get(term.group) ?? 0, rarity(term.stem)));
  return weights;
}

function scoreVector(
  item: number,
  elements: readonly number[],
  wanted: ReadonlyMap<number, WeightedTerm>,
  weights: ReadonlyMap<number, number>,
): TextHit {
  const best = new Map<number, { rank: number; boost: number }>();
  // pairs of term number and score, as lunr.Vector keeps them
  for (let at = 0; at < elements.length; at += 2) {
    const term = wanted.get(elements[at] ?? -1);
    if (term === undefined) continue;
    const rank = (elements[at + 1] ?? 0) * term.boost;
    const old = best.get(term.group);
    if (old === undefined || rank > old.rank)
      best.set(term.group, { rank, boost: Math.max(term.boost, old?.boost ?? 0) });
  }
  let rank = 0;
  let covered = 0;
  for (const [group, hit] of best) {
    rank += hit.rank;
    covered += (weights.get(group) ?? 0) * hit.boost;
  }
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return { item, rank, coverage: all === 0 ? 0 : covered / all };
}

/** Terms the index knows, rarest first, as many as the budget allows; a term in more texts than that is no help. */
function affordable(
  terms: readonly WeightedTerm[],
  frequency: ReadonlyMap<string, number>,
): WeightedTerm[] {
  const known = terms
    .map((term) => ({ term, count: frequency.get(term.stem) ?? 0 }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => a.count - b.count);
  const chosen: WeightedTerm[] = [];
  let postings = 0;
  for (const { term, count } of known) {
    postings += count;
    if (postings > maxPostings) break;
    chosen.push(term);
  }
  return chosen;
}
