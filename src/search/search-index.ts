import { splitWords } from "../base/words.ts";
import { kindWords, stopWords } from "./common-words.ts";
import { findNames, type NameHit } from "./find-names.ts";
import { buildNameTable, type NameTable } from "./name-table.ts";
import type { Hit, SearchItem, SearchQuery } from "./search-item.ts";
import { termsOf } from "./symptom-terms.ts";
import { buildTextIndex, type TextIndex } from "./text-index.ts";

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

/** The words of a query that can name something. */
export function queryWords(text: string): string[] {
  const words = splitWords(text, maxQueryWords * 2, maxQueryLength);
  const telling = words.filter((word) => !stopWords.has(word));
  // a text of stop words only may still be a name, such as “About”
  return (telling.length === 0 ? words : telling).slice(0, maxQueryWords);
}

/** Builds the index over `items`. Takes CPU time in proportion to the texts: 14,000 entities take seconds. */
export function buildSearchIndex(items: readonly SearchItem[]): SearchIndex {
  const parts: Parts = {
    items,
    names: buildNameTable(items),
    texts: buildTextIndex(items.map((item) => item.text)),
  };
  const sections = groupByParent(items);
  return {
    size: items.length,
    hasName: (text) =>
      parts.names.first.has(splitWords(text, maxQueryWords * 2, maxQueryLength).join("")),
    search: (query) => searchAll(parts, query),
    searchWithin(parent, text, limit = defaultLimit) {
      const own = sections.get(parent) ?? [];
      const words = queryWords(text);
      if (words.length === 0)
        return own
          .slice(0, limit)
          .map((at) => textHit(items[at], 0))
          .filter((hit) => hit !== undefined);
      return parts.texts
        .score(own, termsOf(words, true))
        .slice(0, limit)
        .map((hit) => textHit(items[hit.item], textScore(hit.coverage, words.length)))
        .filter((hit) => hit !== undefined);
    },
  };
}

interface Parts {
  items: readonly SearchItem[];
  names: NameTable;
  texts: TextIndex;
}

function textHit(item: SearchItem | undefined, score: number): Hit | undefined {
  return item === undefined
    ? undefined
    : { id: item.id, kind: item.kind, score, way: "text", matched: [], name: "", isWished: false };
}

function searchAll(parts: Parts, query: SearchQuery): Hit[] {
  const { items } = parts;
  const words = queryWords(query.text);
  const best = new Map<number, Hit>();
  const kinds = query.kinds === undefined ? undefined : new Set(query.kinds);
  const keep = (at: number, hit: Hit | undefined): void => {
    if (hit === undefined || kinds?.has(hit.kind) === false) return;
    if (hit.score > (best.get(at)?.score ?? 0)) best.set(at, hit);
  };
  for (const hit of findNames(parts.names, words, query.hasExtraWords !== true))
    keep(hit.item, nameHit(parts, hit, words));
  if (query.namesOnly !== true && topScore(best) < settledScore)
    for (const found of parts.texts.search(termsOf(words, true), defaultLimit * 3))
      keep(found.item, textHit(items[found.item], textScore(found.coverage, words.length)));
  return rank(best, items, query.wish ?? [], words).slice(0, query.limit ?? defaultLimit);
}

function nameHit(parts: Parts, hit: NameHit, words: readonly string[]): Hit | undefined {
  const item = parts.items[hit.item];
  if (item === undefined) return undefined;
  return {
    id: item.id,
    kind: item.kind,
    score: hit.score,
    way: hit.way,
    matched: hit.used.map((at) => words[at] ?? ""),
    name: parts.names.joined[hit.name] ?? "",
    isWished: false,
  };
}

/** From here on a name is sure enough that descriptions need not be looked at. */
const settledScore = 0.9;

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
  items: readonly SearchItem[],
  wish: readonly string[],
  words: readonly string[],
): Hit[] {
  const asked = new Set(words.flatMap((word) => kindWords.get(word) ?? []));
  return [...hits]
    .map(([at, hit]) => {
      const isWished = asked.has(hit.kind);
      const lift =
        (isWished || (asked.size === 0 && wish.includes(hit.kind)) ? wishLift : 0) +
        popularityLift * (items[at]?.popularity ?? 0);
      return { hit: { ...hit, isWished }, at, order: hit.score + lift };
    })
    .toSorted((a, b) => b.order - a.order || a.at - b.at)
    .map(({ hit }) => hit);
}

function groupByParent(items: readonly SearchItem[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  items.forEach((item, at) => {
    if (item.parent === undefined) return;
    const group = groups.get(item.parent);
    if (group === undefined) groups.set(item.parent, [at]);
    else group.push(at);
  });
  return groups;
}
