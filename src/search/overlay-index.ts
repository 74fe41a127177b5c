import type { IndexData } from "./index-data.ts";
import { queryWords } from "./query-words.ts";
import { type FoundHit, openIndex, type OpenIndex, type SearchIndex } from "./search-index.ts";
import type { Hit, SearchQuery } from "./search-item.ts";
import { countOf, findString, stringAt } from "./string-table.ts";

/** From here on a whole name is so sure that nothing vaguer is shown beside it, as in one index. */
const settledScore = 0.9;
/** Texts are shown only when no name is as sure as this, as in one index. */
const sureName = 0.8;
const defaultLimit = 10;

/**
 * Opens two indexes as one: a large one, of which some items count no more, and a small one over what has changed since. The
 * first answer is the one that an index over all of it would give; how sure what follows is may differ a little, because each
 * index knows only its own words. It is meant to last for seconds, until such an index is built.
 * @param hidden Numbers of items of the large index that were changed or removed.
 */
export function openOverlayIndex(
  main: IndexData,
  changed: IndexData,
  hidden: ReadonlySet<number>,
): SearchIndex {
  const large = openIndex(main, (item) => hidden.has(item));
  const small = openIndex(withRarityOf(main, changed));
  return {
    size: large.size - hidden.size + small.size,
    words: queryWords,
    knows: (word) => small.knows(word) || large.knows(word),
    hasName: (text) => small.hasName(text) || large.hasName(text),
    search: (query) => merged(large, small, query),
    searchWithin: (parent, text, limit = defaultLimit) =>
      [...large.searchWithin(parent, text, limit), ...small.searchWithin(parent, text, limit)]
        .toSorted((a, b) => b.score - a.score)
        .slice(0, limit),
  };
}

/** A word says as much in the small index as in the large one. */
function withRarityOf(main: IndexData, changed: IndexData): IndexData {
  const { names } = changed;
  const rarity = names.rarity.map((own, id) => {
    const known = findString(main.names.vocabulary, stringAt(names.vocabulary, id));
    return known === undefined ? own : (main.names.rarity[known] ?? own);
  });
  return { ...changed, names: { ...names, rarity } };
}

function merged(large: OpenIndex, small: OpenIndex, query: SearchQuery): Hit[] {
  const found = [...large.find(query), ...small.find(query)];
  const words = queryWords(query.text).length;
  const isSettled = found.some(
    (each) =>
      isWhole(each) &&
      each.hit.score >= settledScore &&
      (query.hasExtraWords !== true || each.hit.matched.length === words),
  );
  const isSure = found.some(({ hit }) => hit.way !== "text" && hit.score >= sureName);
  return found
    .filter((each) => !isSettled || isWhole(each))
    .filter(({ hit }) => !isSure || hit.way !== "text")
    .toSorted((a, b) => b.order - a.order)
    .slice(0, query.limit ?? defaultLimit)
    .map(({ hit }) => hit);
}

function isWhole({ hit }: FoundHit): boolean {
  return hit.way === "exact" || hit.way === "alias";
}

/** The numbers of items by their ids, for `openOverlayIndex`; yields now and then, so that the caller can let others work. */
export function* numbersOf(
  { items }: IndexData,
  ids: ReadonlySet<string>,
): Generator<undefined, Set<number>> {
  const numbers = new Set<number>();
  const count = countOf(items.ids);
  for (let item = 0; item < count && numbers.size < ids.size; item += 1) {
    if (item % 2_000 === 0) yield;
    if (ids.has(stringAt(items.ids, item))) numbers.add(item);
  }
  return numbers;
}
