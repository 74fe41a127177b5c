import { createAccumulator } from "./accumulator.ts";
import type { NameData } from "./index-data.ts";
import { matchName, nameWordWeights, type QueryWord, wordWeight } from "./match-name.ts";
import { formOf, type NameHit, type NameSearch, range, sureness } from "./name-search.ts";
import { createPartFinder } from "./part-names.ts";
import type { NameForm } from "./search-item.ts";
import { type SimilarName, similarNames } from "./similar-names.ts";
import { slipMatches } from "./slipped-names.ts";
import {
  compareAt,
  countOf,
  findString,
  lengthAt,
  lowerBound,
  startsWithAt,
} from "./string-table.ts";
import { createExpander, type Expander } from "./vocabulary.ts";

export interface FindOptions {
  /** As in `matchName`. */
  mustUseAll: boolean;
  /** Whole names as they are written only. */
  exactOnly: boolean;
  /** Whether an item may be found at all. */
  accepts: (item: number) => boolean;
  /** The same for searches that accept the same items. */
  scope: string;
}

/** Finds names for at most 16 words (stop words already gone), best first. */
export type NameFinder = (words: readonly string[], options: FindOptions) => readonly NameHit[];

/** Names that are compared word by word for one question. */
const maxCandidates = 64;
/** Words in a row that may be one name; names that share one joined form or beginning that are looked at. */
const maxWindow = 8;
const maxNamesakes = 40;
/** From here on a name is sure enough that nothing vaguer is looked for. */
const settledScore = 0.9;

/** What was found for the words that were looked for last: one question looks for the same words more than once. */
interface Recent {
  text: string;
  windows: readonly Window[];
  weights: NameSearch["weights"];
  /** Whole searches, parts of names and names with slips, by what they depend on beside the words. */
  results: Map<string, readonly NameHit[]>;
  parts: Map<string, readonly number[]>;
  slips: Map<string, readonly SimilarName[]>;
}

/** Creates the finder over an index's names. It is not re-entrant, as its working memory is kept between questions. */
export function createNameFinder(names: NameData): NameFinder {
  const weights = nameWordWeights(names);
  const expand = createExpander(names);
  const candidatesFor = createPartFinder(names);
  const counter = createAccumulator(countOf(names.joined));
  let recent: Recent | undefined;

  function recall(words: readonly string[]): Recent {
    const text = words.join(" ");
    if (recent?.text === text) return recent;
    recent = {
      text,
      windows: exactWindows(names, words),
      weights: words.map((word) => wordWeight(names, word)),
      results: new Map(),
      parts: new Map(),
      slips: new Map(),
    };
    return recent;
  }

  function findParts(search: NameSearch, { parts }: Recent): NameHit[] {
    const { accepts, scope } = search;
    const words = queryWordsOf(search, expand);
    const known = parts.get(scope) ?? candidatesFor(words, accepts, maxCandidates);
    parts.set(scope, known);
    return partMatches(search, known, words, weights);
  }

  function findSlips(search: NameSearch, { slips }: Recent): NameHit[] {
    return slipMatches(search, (joined) => {
      const known = slips.get(joined) ?? similarNames(names, joined, counter);
      slips.set(joined, known);
      return known;
    });
  }

  function find(known: Recent, search: NameSearch, exactOnly: boolean): readonly NameHit[] {
    const best = new Map<number, NameHit>();
    for (const window of known.windows) keep(best, exactHit(search, window), search);
    if (!exactOnly && !hasSettled(best, search)) {
      for (const hit of wholePrefixes(search)) keep(best, hit, search);
      for (const hit of findParts(search, known)) keep(best, hit, search);
      if (!hasScore(best, spelledScore))
        for (const hit of findSlips(search, known)) keep(best, hit, search);
    }
    return [...best.values()].toSorted((a, b) => b.score - a.score || a.item - b.item);
  }

  return (words, { mustUseAll, exactOnly, accepts, scope }) => {
    const known = recall(words);
    const key = `${mustUseAll ? 1 : 0}${exactOnly ? 1 : 0}${scope}`;
    const search = { names, words, weights: known.weights, mustUseAll, accepts, scope };
    const found = known.results.get(key) ?? find(known, search, exactOnly);
    known.results.set(key, found);
    return found;
  };
}

function keep(best: Map<number, NameHit>, hit: NameHit, { accepts }: NameSearch): void {
  if (hit.score > (best.get(hit.item)?.score ?? 0) && accepts(hit.item)) best.set(hit.item, hit);
}

/** From here on the words of a name were found, and its letters need not be compared. */
const spelledScore = 0.86;

function hasScore(best: ReadonlyMap<number, NameHit>, score: number): boolean {
  for (const hit of best.values()) if (hit.score >= score) return true;
  return false;
}

function hasSettled(best: ReadonlyMap<number, NameHit>, search: NameSearch): boolean {
  for (const hit of best.values()) if (isSettled(hit, search)) return true;
  return false;
}

function isSettled(hit: NameHit, search: NameSearch): boolean {
  return (
    hit.score >= settledScore && (search.mustUseAll || hit.used.length === search.words.length)
  );
}

/** How much a name found as a whole is believed, by its form. */
const formScores: Record<NameForm, number> = {
  name: 1,
  title: 0.99,
  alias: 0.98,
  slug: 0.9,
  initials: 0.8,
};

/** A run of words that is a name as it is written. */
interface Window {
  name: number;
  used: number[];
}

/** Every run of words, joined, that is a name: spaces, dashes and letter case do not matter. */
function exactWindows(names: NameData, words: readonly string[]): Window[] {
  const windows: Window[] = [];
  for (let from = 0; from < words.length; from += 1) {
    let joined = "";
    for (let to = from; to < Math.min(words.length, from + maxWindow); to += 1) {
      joined += words[to] ?? "";
      const first = findString(names.joined, joined);
      if (first === undefined) continue;
      const used = range(from, to + 1);
      const last = Math.min(countOf(names.joined), first + maxNamesakes);
      for (let name = first; name < last && compareAt(names.joined, name, joined) === 0; name += 1)
        windows.push({ name, used });
    }
  }
  return windows;
}

function exactHit(search: NameSearch, { name, used }: Window): NameHit {
  const form = formOf(search.names, name);
  const isPart = used.length < search.words.length;
  // initials of a part of the words are more often chance than meaning
  const doubt = form === "initials" && isPart ? 0.5 : 1;
  return {
    item: search.names.item[name] ?? 0,
    name,
    score: formScores[form] * doubt * sureness(search, used),
    way: form === "name" || form === "title" ? "exact" : "alias",
    used,
  };
}

/** How much a beginning is believed: a single word that is complete was hardly cut off, one of a single letter surely was. */
function prefixTrust({ words, weights }: NameSearch): number {
  const isComplete = weights.at(-1)?.isKnown === true;
  if (words.at(-1)?.length === 1 || (isComplete && words.length > 1)) return 0.8;
  return isComplete ? 0.58 : 0.74;
}

/** Names that begin with all the words: `exposure-f` for `exposure-feed`. */
function wholePrefixes(search: NameSearch): NameHit[] {
  const { names, words } = search;
  const joined = words.join("");
  const hits: NameHit[] = [];
  if (joined.length < 3 || !search.mustUseAll) return hits;
  const base = prefixTrust(search);
  const used = range(0, words.length);
  const first = lowerBound(names.joined, joined);
  const last = Math.min(countOf(names.joined), first + maxNamesakes);
  for (let name = first; name < last && startsWithAt(names.joined, name, joined); name += 1)
    if (formOf(names, name) !== "initials")
      hits.push({
        item: names.item[name] ?? 0,
        name,
        score: base + (0.96 - base) * (joined.length / lengthAt(names.joined, name)),
        way: "part",
        used,
      });
  return hits;
}

/** How much a part of a name is believed: initials are a guess already, and all repositories begin with one organisation. */
const partTrust: Record<NameForm, number> = {
  name: 1,
  title: 1,
  alias: 1,
  slug: 0.93,
  initials: 0.32,
};

function queryWordsOf({ words, weights }: NameSearch, expand: Expander): QueryWord[] {
  return words.map((text, at) => {
    const { weight = 0, isKnown = false } = weights[at] ?? {};
    return { text, weight, isKnown, expansion: expand(text) };
  });
}

/** Names that share words with the query, compared word by word. */
function partMatches(
  { names, mustUseAll }: NameSearch,
  candidates: readonly number[],
  words: readonly QueryWord[],
  weights: Float32Array,
): NameHit[] {
  const hits: NameHit[] = [];
  for (const name of candidates) {
    const fit = matchName(names, weights, name, words, mustUseAll);
    if (fit.score <= 0) continue;
    const trust = (mustUseAll ? 0.95 : 0.87) * partTrust[formOf(names, name)];
    const way = fit.isLoose && fit.score > 0.8 ? "typo" : "part";
    hits.push({
      item: names.item[name] ?? 0,
      name,
      score: fit.score * trust,
      way,
      used: fit.used,
    });
  }
  return hits;
}
