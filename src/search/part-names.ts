import type { Accumulator } from "./accumulator.ts";
import type { NameData } from "./index-data.ts";
import type { QueryWord } from "./match-name.ts";
import { listLength, listOf } from "./postings.ts";

/** Names looked at for one question, whatever it says: the bound on its cost. */
const maxVisits = 7_000;
/** What each word that was not asked for costs a name, so that the shorter of two comes first. */
const unaskedCost = 0.01;
/** Keeps a gain above nothing. */
const leastGain = 0.001;

/**
 * Names that share words with the query, best first as far as one can tell without comparing word by word. The query
 * word with the fewest names chooses first, because a name that lacks it is hardly meant; each name is then weighed by
 * all words at once.
 */
export function namesInPart(
  names: NameData,
  words: readonly QueryWord[],
  accepts: (item: number) => boolean,
  gains: Accumulator,
  count: number,
): number[] {
  const worth = worths(names, words);
  let visits = 0;
  for (const { fits } of words.toSorted((a, b) => sizeOf(names, a) - sizeOf(names, b)))
    for (const [id] of [...fits].toSorted((a, b) => b[1] - a[1])) {
      const room = maxVisits - visits;
      if (room <= 0) break;
      const holders = listOf(names.byWord, id).subarray(0, room);
      visits += holders.length;
      for (const name of holders)
        if (!gains.has(name) && accepts(names.item[name] ?? 0))
          gains.add(name, gainOf(names, name, worth));
    }
  return gains.takeTop(count).map(({ number }) => number);
}

/** How many names a query word may stand for in all. */
function sizeOf(names: NameData, { fits }: QueryWord): number {
  let size = 0;
  for (const id of fits.keys()) size += listLength(names.byWord, id);
  return size;
}

/** What each word of a name is worth for the query. */
function worths(names: NameData, words: readonly QueryWord[]): ReadonlyMap<number, number> {
  const worth = new Map<number, number>();
  for (const { fits } of words)
    for (const [id, quality] of fits) {
      const own = quality * (names.rarity[id] ?? 0);
      if (own > (worth.get(id) ?? 0)) worth.set(id, own);
    }
  return worth;
}

function gainOf(names: NameData, name: number, worth: ReadonlyMap<number, number>): number {
  let gain = leastGain;
  const { offsets, values } = names.words;
  const end = offsets[name + 1] ?? 0;
  // read in place: this runs for thousands of names
  for (let at = offsets[name] ?? 0; at < end; at += 1)
    gain += worth.get(values[at] ?? 0) ?? -unaskedCost;
  return Math.max(leastGain, gain);
}
