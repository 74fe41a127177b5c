import { splitWords } from "../base/words.ts";
import { createIndexBuilder } from "./build-index.ts";
import { kindWords } from "./common-words.ts";
import { createNameFinder, type NameFinder } from "./find-names.ts";
import type { IndexData } from "./index-data.ts";
import type { NameHit } from "./name-search.ts";
import { listOf } from "./postings.ts";
import { maxQueryLength, maxQueryWords, queryWords } from "./query-words.ts";
import { liftOf } from "./ranking-hints.ts";
import {
  anyEntity,
  type Hit,
  type MatchWay,
  type SearchItem,
  type SearchQuery,
} from "./search-item.ts";
import { stemOf } from "./stem.ts";
import { compareAt, countOf, findString, stringAt } from "./string-table.ts";
import { createTermMaker, type TermMaker } from "./symptom-terms.ts";
import { openTextIndex, type TextIndex } from "./text-index.ts";

/** Finds items by what people type. Every search does bounded work, whatever the text. */
export interface SearchIndex {
  /** Best first. */
  search(query: SearchQuery): Hit[];
  /** Sections of one entity for a symptom, best first; without telling words all of them, in order of the document. */
  searchWithin(parent: string, text: string, limit?: number): Hit[];
  /** The words of a text that can name something: stop words are left out, at most 16 remain. */
  words(text: string): string[];
  /** Whether a word stands in some name or text, in whichever number or tense. */
  knows(word: string): boolean;
  /** Whether the text as a whole is somebody's exact name, title or alias. */
  hasName(text: string): boolean;
  size: number;
}

const defaultLimit = 10;
/** Texts are looked at only when no name is as sure as this. */
const sureName = 0.8;
/** How much sections that fit vaguely are believed beside things that do. */
const sectionDoubt = 0.88;

/** Builds and opens an index over `items` at once. Takes CPU time in proportion to the texts. */
export function buildSearchIndex(items: Iterable<SearchItem>): SearchIndex {
  const builder = createIndexBuilder();
  for (const item of items) builder.add(item);
  return openSearchIndex(builder.finish());
}

interface Parts {
  data: IndexData;
  findNames: NameFinder;
  texts: TextIndex;
  termsOf: TermMaker;
  isHidden: (item: number) => boolean;
  /** As `queryWords`; what was asked for last is known. */
  wordsOf: (text: string) => readonly string[];
  /** What a search for some kinds takes. */
  scopeOf: (kinds: SearchQuery["kinds"]) => Scope;
}

/** The items that a search is for. */
interface Scope {
  key: string;
  accepts: (item: number) => boolean;
  /** How much sections are believed beside things. */
  doubt: number;
}

/** A thing found, with what it is sorted by: comparable between indexes over parts of one catalog. */
export interface FoundHit {
  hit: Hit;
  order: number;
}

/** An index that can be searched beside another one. */
export interface OpenIndex extends Pick<
  SearchIndex,
  "searchWithin" | "hasName" | "knows" | "size"
> {
  /** Best first. */
  find(query: SearchQuery): FoundHit[];
}

/** Opens a finished index; takes no time to speak of. */
export function openSearchIndex(data: IndexData): SearchIndex {
  const index = openIndex(data);
  return {
    ...index,
    words: queryWords,
    search: (query) => index.find(query).map(({ hit }) => hit),
  };
}

/**
 * As `openSearchIndex`, for an index that is not searched alone.
 * @param isHidden True for items, by number, that are not found any more.
 */
export function openIndex(
  data: IndexData,
  isHidden: (item: number) => boolean = () => false,
): OpenIndex {
  const size = countOf(data.items.ids);
  const parts: Parts = {
    data,
    findNames: createNameFinder(data.names),
    texts: openTextIndex(data.texts, size),
    termsOf: createTermMaker(),
    isHidden,
    wordsOf: createWordReader(),
    scopeOf: createScopes(data, isHidden),
  };
  return {
    size,
    hasName: (text) => hasName(parts, text),
    knows: (word) =>
      findString(data.names.vocabulary, word) !== undefined ||
      findString(data.texts.stems, stemOf(word)) !== undefined,
    find: (query) => searchAll(parts, query),
    searchWithin: (parent, text, limit = defaultLimit) => searchWithin(parts, parent, text, limit),
  };
}

/** One question is looked for several times. */
function createWordReader(): Parts["wordsOf"] {
  let last = { text: "", words: queryWords("") };
  return (text) => {
    if (text !== last.text) last = { text, words: queryWords(text) };
    return last.words;
  };
}

/** Kinds are asked for in few combinations; whoever makes up more has them worked out anew. */
const maxScopes = 50;

function createScopes({ items }: IndexData, isHidden: Parts["isHidden"]): Parts["scopeOf"] {
  const scopes = new Map<string, Scope>();
  return (kinds) => {
    const key = kinds?.join(" ") ?? "";
    const known = scopes.get(key);
    if (known !== undefined) return known;
    const wanted = items.kinds.map((kind) => isWanted(kind, kinds));
    const scope: Scope = {
      key,
      accepts: (item) => wanted[items.kind[item] ?? 0] === true && !isHidden(item),
      // who asks for sections only believes them fully
      doubt: kinds?.length === 1 ? 1 : sectionDoubt,
    };
    if (scopes.size < maxScopes) scopes.set(key, scope);
    return scope;
  };
}

function hasName({ data, isHidden }: Parts, text: string): boolean {
  const joined = splitWords(text, maxQueryWords * 2, maxQueryLength).join("");
  const first = findString(data.names.joined, joined) ?? Infinity;
  for (let name = first; name < countOf(data.names.joined); name += 1) {
    if (compareAt(data.names.joined, name, joined) !== 0) return false;
    if (!isHidden(data.names.item[name] ?? 0)) return true;
  }
  return false;
}

function searchWithin(
  { data, texts, termsOf, isHidden, wordsOf }: Parts,
  parent: string,
  text: string,
  limit: number,
): Hit[] {
  const at = findString(data.items.parents, parent);
  if (at === undefined) return [];
  const own = listOf(data.items.sections, at).filter((item) => !isHidden(item));
  const words = wordsOf(text);
  const found: Candidate[] =
    words.length === 0
      ? [...own.subarray(0, limit)].map((item) => ({ item, score: 0, way: "text" }))
      : texts.searchAmong(own, termsOf(words)).map(({ item, coverage }) => ({
          item,
          score: textScore(coverage, words.length),
          way: "text",
        }));
  return found.slice(0, limit).map((candidate) => toHit(data, candidate, words, false));
}

/** A thing found, before it is spelled out. */
interface Candidate {
  item: number;
  score: number;
  way: MatchWay;
  /** The name that fitted and the words it accounts for; absent for texts. */
  named?: NameHit;
}

/** Whether a kind is among those that are looked for. */
function isWanted(kind: string, kinds: SearchQuery["kinds"]): boolean {
  if (kinds === undefined || kinds.includes(kind)) return true;
  return kind !== "section" && kinds.includes(anyEntity);
}

function searchAll(parts: Parts, query: SearchQuery): FoundHit[] {
  const { data } = parts;
  const words = parts.wordsOf(query.text);
  const scope = parts.scopeOf(query.kinds);
  const best = new Map<number, Candidate>();
  addNames(best, parts, { words, query, scope });
  const wantsTexts = query.namesOnly !== true && query.exactOnly !== true;
  if (wantsTexts && topScore(best) < sureName) addTexts(best, parts, words, scope);
  return rank([...best.values()], data, query, words);
}

function addNames(
  best: Map<number, Candidate>,
  { data, findNames }: Parts,
  { words, query, scope }: { words: readonly string[]; query: SearchQuery; scope: Scope },
): void {
  const { accepts, key } = scope;
  const section = data.items.kinds.indexOf("section");
  const isVague = vagueness(words);
  const found = findNames(words, {
    mustUseAll: query.hasExtraWords !== true,
    exactOnly: query.exactOnly === true,
    accepts,
    scope: key,
  });
  for (const named of found) {
    const { item, way } = named;
    const isDoubted = way !== "exact" && data.items.kind[item] === section;
    const doubt = isDoubted ? scope.doubt * (way === "part" ? scope.doubt : 1) : 1;
    const score = named.score * (isVague(named) ? vagueDoubt : 1) * doubt;
    // names come one for each item
    best.set(item, { item, score, way, named });
  }
}

function addTexts(
  best: Map<number, Candidate>,
  { data, texts, termsOf }: Parts,
  words: readonly string[],
  { accepts, doubt }: Scope,
): void {
  const section = data.items.kinds.indexOf("section");
  const count = new Set(words).size;
  for (const { item, coverage } of texts.search(termsOf(words), maxTexts, accepts)) {
    const score = textScore(coverage, count) * (data.items.kind[item] === section ? doubt : 1);
    if (score > (best.get(item)?.score ?? 0)) best.set(item, { item, score, way: "text" });
  }
}

/** How much a part of a name is believed that nobody would take for the whole. */
const vagueDoubt = 0.55;
/** From here on a few letters are more than half of a name. */
const tellingScore = 0.75;

/** Words for kinds, and a single word of very few letters, name nothing when they fit only a part of a name. */
function vagueness(words: readonly string[]): (named: NameHit) => boolean {
  const isKindOnly = words.every((word) => kindWords.has(word) || kindWords.has(word.slice(0, -1)));
  const isShort = words.length === 1 && (words[0]?.length ?? 0) <= 3;
  return ({ way, score }) => way === "part" && (isKindOnly || (isShort && score < tellingScore));
}

/** Texts that are ranked among the names. */
const maxTexts = 30;

function topScore(candidates: ReadonlyMap<number, Candidate>): number {
  let top = 0;
  for (const { score } of candidates.values()) if (score > top) top = score;
  return top;
}

/** How sure a text is that says one, two, three … of one, two, three … words. */
const textScores = [0.5, 0.68, 0.75, 0.78, 0.8, 0.82];

/** Words of a description that were all found are a good sign, but never as sure as a name; one word alone is weak. */
function textScore(coverage: number, words: number): number {
  return coverage * (textScores[Math.min(words, textScores.length) - 1] ?? 0);
}

/** How much a wished kind and popularity can lift an item: enough to decide between similar names only. */
const wishLift = 0.04;
const popularityLift = 0.02;

function rank(
  candidates: readonly Candidate[],
  data: IndexData,
  query: SearchQuery,
  words: readonly string[],
): FoundHit[] {
  const { kinds, kind, popularity } = data.items;
  const asked = new Set(words.flatMap((word) => kindWords.get(word) ?? []));
  const isAsked = kinds.map((name) => asked.has(name));
  const lifts = kinds.map((name, at) =>
    isAsked[at] === true || (asked.size === 0 && query.wish?.includes(name) === true)
      ? wishLift
      : 0,
  );
  const { hints } = query;
  const key = words.join(" ");
  return candidates
    .map((candidate) => {
      const hinted =
        hints === undefined ? 0 : liftOf(hints, stringAt(data.items.ids, candidate.item), key);
      const lift = hinted + (lifts[kind[candidate.item] ?? 0] ?? 0);
      const order = candidate.score + lift + popularityLift * (popularity[candidate.item] ?? 0);
      return { candidate, order };
    })
    .toSorted((a, b) => b.order - a.order || a.candidate.item - b.candidate.item)
    .slice(0, query.limit ?? defaultLimit)
    .map(({ candidate, order }) => ({
      hit: toHit(data, candidate, words, isAsked[kind[candidate.item] ?? 0] === true),
      order,
    }));
}

function toHit(
  data: IndexData,
  { item, score, way, named }: Candidate,
  words: readonly string[],
  isWished: boolean,
): Hit {
  return {
    id: stringAt(data.items.ids, item),
    kind: data.items.kinds[data.items.kind[item] ?? 0] ?? "",
    score,
    way,
    matched: named === undefined ? [] : named.used.map((at) => words[at] ?? ""),
    name: named === undefined ? "" : stringAt(data.names.joined, named.name),
    isWished,
  };
}
