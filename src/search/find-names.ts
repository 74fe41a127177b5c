import { createAccumulator } from "./accumulator.ts";
import { symptomWords } from "./common-words.ts";
import { createFindings } from "./findings.ts";
import { nameForms, type NameData } from "./index-data.ts";
import { matchName, nameWordWeights, type QueryWord, wordWeight } from "./match-name.ts";
import { createPartFinder } from "./part-names.ts";
import type { MatchWay, NameForm } from "./search-item.ts";
import { type SimilarName, similarNames } from "./similar-names.ts";
import {
  compareAt,
  countOf,
  findString,
  lengthAt,
  lowerBound,
  startsWithAt,
} from "./string-table.ts";
import { createExpander, type Expander } from "./vocabulary.ts";

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
/** Runs of words that are compared with whole names letter by letter. */
const maxSlipWindows = 7;
/** Names of more words than this are not typed with a slip and nothing else. */
const maxSlipWords = 7;
/** A run that says less than this of the whole is not worth its search. */
const leastSureness = 0.4;
/** From here on a name is sure enough that nothing vaguer is looked for. */
const settledScore = 0.9;

/** What one search works with. */
interface Search {
  names: NameData;
  words: readonly string[];
  weights: readonly { weight: number; isKnown: boolean }[];
  mustUseAll: boolean;
  accepts: (item: number) => boolean;
  scope: string;
}

/** Creates the finder over an index's names. It is not re-entrant, as its working memory is kept between questions. */
export function createNameFinder(names: NameData): NameFinder {
  const weights = nameWordWeights(names);
  const expand = createExpander(names);
  const candidatesFor = createPartFinder(names);
  const counter = createAccumulator(countOf(names.joined));
  // one question looks for the same words more than once: what was found for the last ones is kept
  let recent = "";
  const results = createFindings<readonly NameHit[]>();
  const parts = createFindings<readonly number[]>();
  const slips = createFindings<readonly SimilarName[]>();
  const findPart = (words: readonly QueryWord[], { accepts, scope }: Search): readonly number[] =>
    parts.take(scope, () => candidatesFor(words, accepts, maxCandidates));
  const similar = (joined: string): readonly SimilarName[] =>
    slips.take(joined, () => similarNames(names, joined, counter));
  const search = (words: readonly string[], options: FindOptions): NameHit[] => {
    const { mustUseAll, exactOnly, accepts, scope } = options;
    const asked: Search = {
      names,
      words,
      weights: words.map((word) => wordWeight(names, word)),
      mustUseAll,
      accepts,
      scope,
    };
    const best = new Map<number, NameHit>();
    const keepAll = (hits: Iterable<NameHit>): void => {
      for (const hit of hits)
        if (hit.score > (best.get(hit.item)?.score ?? 0) && accepts(hit.item))
          best.set(hit.item, hit);
    };
    keepAll(exactWindows(asked));
    if (!exactOnly && !hasSettled(best, asked)) {
      keepAll(wholePrefixes(asked));
      keepAll(partMatches(asked, { weights, expand, findPart }));
      if (!hasScore(best, spelledScore)) keepAll(slipMatches(asked, similar));
    }
    return [...best.values()].toSorted((a, b) => b.score - a.score || a.item - b.item);
  };
  return (words, options) => {
    const text = words.join(" ");
    if (text !== recent) for (const findings of [results, parts, slips]) findings.clear();
    recent = text;
    const key = `${options.mustUseAll ? 1 : 0}${options.exactOnly ? 1 : 0}${options.scope}`;
    return results.take(key, () => search(words, options));
  };
}

/** From here on the words of a name were found, and its letters need not be compared. */
const spelledScore = 0.86;

function hasScore(best: ReadonlyMap<number, NameHit>, score: number): boolean {
  for (const hit of best.values()) if (hit.score >= score) return true;
  return false;
}

function hasSettled(best: ReadonlyMap<number, NameHit>, search: Search): boolean {
  for (const hit of best.values()) if (isSettled(hit, search)) return true;
  return false;
}

function isSettled(hit: NameHit, search: Search): boolean {
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

/** Every run of words, joined, that is a name: spaces, dashes and letter case do not matter. */
function* exactWindows(search: Search): Generator<NameHit> {
  const { names, words } = search;
  for (let from = 0; from < words.length; from += 1) {
    let joined = "";
    for (let to = from; to < Math.min(words.length, from + maxWindow); to += 1) {
      joined += words[to] ?? "";
      const first = findString(names.joined, joined);
      if (first === undefined) continue;
      const used = range(from, to + 1);
      const last = Math.min(countOf(names.joined), first + maxNamesakes);
      for (let name = first; name < last && compareAt(names.joined, name, joined) === 0; name += 1)
        yield exactHit(search, name, used);
    }
  }
}

function exactHit(search: Search, name: number, used: number[]): NameHit {
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

function formOf(names: NameData, name: number): NameForm {
  return nameForms[names.form[name] ?? 0] ?? "name";
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** What each word costs that a name does not account for. */
const leftOutCost = 0.1;

/** How sure a run of words is when others stand beside it. */
function sureness(search: Search, used: readonly number[]): number {
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

/** How much a beginning is believed: a single word that is complete was hardly cut off, one of a single letter surely was. */
function prefixTrust({ words, weights }: Search): number {
  const isComplete = weights.at(-1)?.isKnown === true;
  if (words.at(-1)?.length === 1 || (isComplete && words.length > 1)) return 0.8;
  return isComplete ? 0.58 : 0.74;
}

/** Names that begin with all the words: `exposure-f` for `exposure-feed`. */
function* wholePrefixes(search: Search): Generator<NameHit> {
  const { names, words } = search;
  const joined = words.join("");
  if (joined.length < 3 || !search.mustUseAll) return;
  const base = prefixTrust(search);
  const first = lowerBound(names.joined, joined);
  const last = Math.min(countOf(names.joined), first + maxNamesakes);
  for (let name = first; name < last && startsWithAt(names.joined, name, joined); name += 1)
    if (formOf(names, name) !== "initials")
      yield {
        item: names.item[name] ?? 0,
        name,
        score: base + (0.96 - base) * (joined.length / lengthAt(names.joined, name)),
        way: "part",
        used: range(0, words.length),
      };
}

/** How much a part of a name is believed: initials are a guess already, and all repositories begin with one organisation. */
const partTrust: Record<NameForm, number> = {
  name: 1,
  title: 1,
  alias: 1,
  slug: 0.93,
  initials: 0.32,
};

/** As `PartFinder`, for one search. */
type FindPart = (words: readonly QueryWord[], search: Search) => readonly number[];

/** Names that share words with the query, compared word by word. */
function partMatches(
  search: Search,
  { weights, expand, findPart }: { weights: Float32Array; expand: Expander; findPart: FindPart },
): NameHit[] {
  const { names } = search;
  const words = search.words.map((text, at): QueryWord => {
    const { weight = 0, isKnown = false } = search.weights[at] ?? {};
    return { text, weight, isKnown, expansion: expand(text) };
  });
  return findPart(words, search).flatMap((name) => {
    const fit = matchName(names, weights, name, words, search.mustUseAll);
    if (fit.score <= 0) return [];
    const form = formOf(names, name);
    const trust = (search.mustUseAll ? 0.95 : 0.87) * partTrust[form];
    const way = fit.isLoose && fit.score > 0.8 ? "typo" : "part";
    return [{ item: names.item[name] ?? 0, name, score: fit.score * trust, way, used: fit.used }];
  });
}

/** Runs of words that are a whole name but for slips, wherever the spaces stand: `paymnetsapi`, `chek out`. */
function slipMatches(
  search: Search,
  similar: (joined: string) => readonly SimilarName[],
): NameHit[] {
  const { names, words } = search;
  return slipWindows(search).flatMap(({ used, isKnown }) => {
    const [from = 0] = used;
    const to = from + used.length;
    const sure = sureness(search, used) * (isKnown ? 0.8 : 1);
    // what could not even be a near name at best
    if (sure < leastSureness) return [];
    return similar(words.slice(from, to).join(""))
      .filter(({ name }) => formOf(names, name) !== "initials")
      .map(({ name, slips }) => ({
        item: names.item[name] ?? 0,
        name,
        // two slips and a space gone astray are a lot for one name
        score: (0.95 - (used.length > 1 && slips > 1 ? 0.1 : 0.06) * slips) * sure,
        way: "typo" as const,
        used,
      }));
  });
}

/**
 * The whole, then shorter runs; few, because each costs a search. Words that are all spelled like words of names were
 * hardly meant to be others, save in the whole when a space went astray.
 */
function slipWindows({ words, weights }: Search): { used: number[]; isKnown: boolean }[] {
  const count = words.length;
  const isKnown = (used: readonly number[]): boolean =>
    used.every((at) => weights[at]?.isKnown === true);
  const whole = range(0, count);
  const windows = count <= maxSlipWords ? [{ used: whole, isKnown: isKnown(whole) }] : [];
  for (let size = Math.min(3, count - 1); size >= 1; size -= 1)
    for (let from = 0; from + size <= count && windows.length < maxSlipWindows; from += 1) {
      const used = range(from, from + size);
      if (!isKnown(used)) windows.push({ used, isKnown: false });
    }
  return windows;
}
