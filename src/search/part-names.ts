import { createAccumulator } from "./accumulator.ts";
import type { NameData } from "./index-data.ts";
import type { QueryWord } from "./match-name.ts";
import { countOf } from "./string-table.ts";

/** Names looked at for one question, whatever it says: the bound on its cost. */
const maxVisits = 7_000;
/** What each word that was not asked for costs a name, so that the shorter of two comes first. */
const unaskedCost = 0.01;
/** Keeps a gain above nothing. */
const leastGain = 0.001;

/** Finds at most `count` names that share words with the query, best first as far as one can tell without comparing word by word. */
export type PartFinder = (
  words: readonly QueryWord[],
  accepts: (item: number) => boolean,
  count: number,
) => number[];

/**
 * Creates the finder. The query word with the fewest names chooses first, because a name that lacks it is hardly meant;
 * each name is then weighed by all words at once. Not re-entrant: its working memory is kept between questions.
 */
export function createPartFinder(names: NameData): PartFinder {
  const gains = createAccumulator(countOf(names.joined));
  // what each word of a name is worth for the present query; all 0 in between
  const worth: Worth = {
    gain: new Float32Array(countOf(names.vocabulary)),
    typed: new Uint32Array(countOf(names.vocabulary)),
  };
  const { offsets, values } = names.byWord;
  /** Notes what the words that one typed word stands for are worth; gives the largest. */
  const weigh = ({ expansion }: QueryWord, at: number): number => {
    let most = 0;
    for (const [id, quality] of expansion.fits) {
      const own = quality * (names.rarity[id] ?? 0);
      if (own > (worth.gain[id] ?? 0)) {
        worth.gain[id] = own;
        worth.typed[id] = 1 << at;
      }
      if (own > most) most = own;
    }
    return most;
  };
  /** Weighs the holders of a word of names that nobody weighed before, at most `room` of them; gives how many it has. */
  const visit = (id: number, room: number, accepts: (item: number) => boolean): number => {
    const start = offsets[id] ?? 0;
    const end = Math.min(offsets[id + 1] ?? 0, start + room);
    for (let at = start; at < end; at += 1) {
      const name = values[at] ?? 0;
      if (!gains.has(name) && accepts(names.item[name] ?? 0))
        gains.add(name, gainOf(names, name, worth));
    }
    return end - start;
  };
  return (words, accepts, count) => {
    const rarestFirst = words
      .map((word, at) => ({ expansion: word.expansion, most: weigh(word, at) }))
      .toSorted((a, b) => a.expansion.holders - b.expansion.holders);
    // what a name can gain that holds none of the words looked at so far
    let open = 0;
    for (const { most } of rarestFirst) open += most;
    let room = maxVisits;
    for (const { expansion, most } of rarestFirst) {
      if (room <= 0 || gains.hasAbove(open, count)) break;
      for (const id of expansion.bestFirst) room -= visit(id, room, accepts);
      open -= most;
    }
    for (const { expansion } of words) for (const id of expansion.bestFirst) worth.gain[id] = 0;
    return gains.takeTop(count);
  };
}

/** What each word of a name is worth for the present query, and the typed word that it stands for, as a bit. */
interface Worth {
  gain: Float32Array;
  typed: Uint32Array;
}

/** What a name gains by its words; two that stand for the same typed word count once, as one of them was not asked for. */
function gainOf(names: NameData, name: number, { gain, typed }: Worth): number {
  let sum = leastGain;
  let counted = 0;
  const { offsets, values } = names.words;
  const end = offsets[name + 1] ?? 0;
  // read in place: this runs for thousands of names
  for (let at = offsets[name] ?? 0; at < end; at += 1) {
    const id = values[at] ?? 0;
    const own = gain[id] ?? 0;
    const word = typed[id] ?? 0;
    if (own === 0 || (counted & word) !== 0) sum -= unaskedCost;
    else {
      sum += own;
      counted |= word;
    }
  }
  return Math.max(leastGain, sum);
}
