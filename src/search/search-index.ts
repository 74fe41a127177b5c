import { splitWords } from "../base/words.ts";
import { createIndexBuilder } from "./build-index.ts";
import { kindWords, stopWords } from "./common-words.ts";
import { createNameFinder, type NameFinder, type NameHit } from "./find-names.ts";
import type { IndexData } from "./index-data.ts";
import { listOf } from "./postings.ts";
import type { Hit, SearchItem, SearchQuery } from "./search-item.ts";
import { countOf, findString, stringAt } from "./string-table.ts";
import { termsOf } from "./symptom-terms.ts";
import { openTextIndex, type TextIndex } from "./text-index.ts";

/** Finds items by what people type. Every search does bounded work, whatever the text. */
export interface SearchIndex {
  /** Best first. */
  search(query: SearchQuery): Hit[];
  /** Sections of one entity for a symptom, best first; without telling words all of them, in order of the document. */
  searchWithin(parent: string, text: string, limit?: number): Hit[];
  /** Whether the text as a whole is somebody's exact name, title or alias. */
  hasName(text: string): boolean;
  size: number;
}

const maxQueryLength = 200;
const maxQueryWords = 16;
const defaultLimit = 10;
/** Texts are looked at only when no name is as sure as this. */
const sureName = 0.8;
/** How much names of sections that fit only in part are believed, beside names of things. */
const sectionDoubt = 0.8;

/** The words of a query that can name something. */
export function queryWords(text: string): string[] {
  const words = splitWords(text, maxQueryWords * 2, maxQueryLength);
  const telling = words.filter((word) => !stopWords.has(word));
  // a text of stop words only may still be a name, such as “About”
  return (telling.length === 0 ? words : telling).slice(0, maxQueryWords);
}

/** Builds and opens an index over `items` at once. Takes CPU time in proportion to the texts. */
export function buildSearchIndex(items: readonly SearchItem[]): SearchIndex {
  const builder = createIndexBuilder();
  for (const item of items) builder.add(item);
  return openSearchIndex(builder.finish());
}

interface Parts {
  data: IndexData;
  findNames: NameFinder;
  texts: TextIndex;
}

/** Opens a finished index; takes no time to speak of. */
export function openSearchIndex(data: IndexData): SearchIndex {
  const size = countOf(data.items.ids);
  const parts: Parts = {
    data,
    findNames: createNameFinder(data.names),
    texts: openTextIndex(data.texts, size),
  };
  return {
    size,
    hasName: (text) => {
      const joined = splitWords(text, maxQueryWords * 2, maxQueryLength).join("");
      return findString(data.names.joined, joined) !== undefined;
    },
    search: (query) => searchAll(parts, query),
    searchWithin: (parent, text, limit = defaultLimit) => searchWithin(parts, parent, text, limit),
  };
}

function searchWithin({ data, texts }: Parts, parent: string, text: string, limit: number): Hit[] {
  const at = findString(data.items.parents, parent);
  if (at === undefined) return [];
  const own = listOf(data.items.sections, at);
  const words = queryWords(text);
  if (words.length === 0) return [...own.subarray(0, limit)].map((item) => textHit(data, item, 0));
  return texts
    .searchAmong(own, termsOf(words, true))
    .slice(0, limit)
    .map((hit) => textHit(data, hit.item, textScore(hit.coverage, words.length)));
}

function textHit(data: IndexData, item: number, score: number): Hit {
  return {
    id: stringAt(data.items.ids, item),
    kind: kindOf(data, item),
    score,
    way: "text",
    matched: [],
    name: "",
    isWished: false,
  };
}

function kindOf({ items }: IndexData, item: number): string {
  return items.kinds[items.kind[item] ?? 0] ?? "";
}

function searchAll(parts: Parts, query: SearchQuery): Hit[] {
  const { data } = parts;
  const words = queryWords(query.text);
  const best = new Map<number, Hit>();
  const kinds = query.kinds === undefined ? undefined : new Set(query.kinds);
  const keep = (item: number, hit: Hit): void => {
    if (kinds?.has(hit.kind) === false) return;
    if (hit.score > (best.get(item)?.score ?? 0)) best.set(item, hit);
  };
  const options = { mustUseAll: query.hasExtraWords !== true, exactOnly: query.exactOnly === true };
  for (const hit of parts.findNames(words, options)) keep(hit.item, nameHit(data, hit, words));
  const wantsTexts = query.namesOnly !== true && query.exactOnly !== true;
  if (wantsTexts && topScore(best) < sureName)
    for (const { item, coverage } of parts.texts.search(termsOf(words, true), defaultLimit * 3))
      keep(item, textHit(data, item, textScore(coverage, words.length)));
  return rank(best, data, query.wish ?? [], words).slice(0, query.limit ?? defaultLimit);
}

function nameHit(data: IndexData, hit: NameHit, words: readonly string[]): Hit {
  const kind = kindOf(data, hit.item);
  const isDoubtful = kind === "section" && hit.way !== "exact";
  return {
    id: stringAt(data.items.ids, hit.item),
    kind,
    score: isDoubtful ? hit.score * sectionDoubt : hit.score,
    way: hit.way,
    matched: hit.used.map((at) => words[at] ?? ""),
    name: stringAt(data.names.joined, hit.name),
    isWished: false,
  };
}

function topScore(hits: ReadonlyMap<number, Hit>): number {
  let top = 0;
  for (const hit of hits.values()) if (hit.score > top) top = hit.score;
  return top;
}

/** Words of a description that were all found are a good sign, but never as sure as a name; one word alone is weak. */
function textScore(coverage: number, words: number): number {
  return Math.min(0.85, coverage * (words === 1 ? 0.55 : 0.75));
}

/** How much a wished kind and popularity can lift an item: enough to decide between similar names only. */
const wishLift = 0.06;
const popularityLift = 0.03;

function rank(
  hits: ReadonlyMap<number, Hit>,
  data: IndexData,
  wish: readonly string[],
  words: readonly string[],
): Hit[] {
  const asked = new Set(words.flatMap((word) => kindWords.get(word) ?? []));
  return [...hits]
    .map(([item, hit]) => {
      const isWished = asked.has(hit.kind);
      const lift =
        (isWished || (asked.size === 0 && wish.includes(hit.kind)) ? wishLift : 0) +
        popularityLift * (data.items.popularity[item] ?? 0);
      return { hit: { ...hit, isWished }, item, order: hit.score + lift };
    })
    .toSorted((a, b) => b.order - a.order || a.item - b.item)
    .map(({ hit }) => hit);
}
