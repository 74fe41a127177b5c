import { kindWords } from "./common-words.ts";
import { listOf, type NameTable } from "./name-table.ts";

/** A word of the query with all it may stand for. */
export interface QueryWord {
  text: string;
  /** How much it says; a word for a kind of thing says little. */
  weight: number;
  /** Word ids of names with the quality of the fit. */
  fits: ReadonlyMap<number, number>;
}

/** How well a name fits the words. */
export interface NameFit {
  score: number;
  /** Positions of the words that the name accounts for. */
  used: number[];
  /** Whether a word fitted only with a slip. */
  hasSlip: boolean;
}

/** What a word for a kind of thing weighs beside the name proper. */
const kindWordShare = 0.25;

/** The weight of a query word. */
export function wordWeight(table: NameTable, word: string): number {
  const id = table.vocabulary.idOf(word);
  const rarity = id === undefined ? table.unknownRarity : (table.rarity[id] ?? 0);
  return kindWords.has(word) ? rarity * kindWordShare : rarity;
}

/**
 * Compares the words with one name. Both sides count: how much of what was typed the name accounts for, and how much
 * of the name was typed. `mustUseAll` is off when the text holds more than a name.
 */
export function matchName(
  table: NameTable,
  name: number,
  words: readonly QueryWord[],
  mustUseAll: boolean,
): NameFit {
  const { used, quality, hasSlip } = align(table, name, words);
  let typed = 0;
  let typedFound = 0;
  words.forEach((word, at) => {
    const fitted = used.get(at);
    if (!mustUseAll && fitted === undefined) return;
    typed += word.weight;
    typedFound += word.weight * (fitted ?? 0);
  });
  let written = 0;
  let writtenFound = 0;
  listOf(table.words, name).forEach((id, at) => {
    const weight = nameWordWeight(table, id);
    written += weight;
    writtenFound += weight * (quality[at] ?? 0);
  });
  if (typed === 0 || written === 0) return { score: 0, used: [], hasSlip: false };
  const typedShare = typedFound / typed;
  const writtenShare = writtenFound / written;
  return {
    score: typedShare * (0.5 + 0.5 * writtenShare),
    used: [...used.keys()],
    hasSlip,
  };
}

function nameWordWeight(table: NameTable, id: number): number {
  const rarity = table.rarity[id] ?? 0;
  return kindWords.has(table.vocabulary.word(id)) ? rarity * kindWordShare * 2 : rarity;
}

interface Alignment {
  /** Query word position → quality. */
  used: Map<number, number>;
  /** Quality by position in the name. */
  quality: number[];
  hasSlip: boolean;
}

/** Gives each word of the name the query word that fits it best and is still free. */
function align(table: NameTable, name: number, words: readonly QueryWord[]): Alignment {
  const used = new Map<number, number>();
  const quality: number[] = [];
  let hasSlip = false;
  for (const id of listOf(table.words, name)) {
    let best = 0;
    let bestAt = -1;
    words.forEach((word, at) => {
      const fitted = word.fits.get(id) ?? 0;
      if (fitted > best && !used.has(at)) {
        best = fitted;
        bestAt = at;
      }
    });
    quality.push(best);
    if (bestAt < 0) continue;
    used.set(bestAt, best);
    if (best < 0.95) hasSlip = true;
  }
  return { used, quality, hasSlip };
}
