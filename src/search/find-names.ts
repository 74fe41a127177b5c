import { slipsBetween } from "./edit-distance.ts";
import { matchName, type QueryWord, wordWeight } from "./match-name.ts";
import { listLength, listOf, type NameTable, trigrams } from "./name-table.ts";
import type { MatchWay } from "./search-item.ts";

/** A name that fits a part of the words. */
export interface NameHit {
  item: number;
  /** The name that fitted, in the table. */
  name: number;
  score: number;
  way: MatchWay;
  /** Positions of the words it accounts for. */
  used: number[];
}

/** Postings looked at for one question, whatever it says: the bound on its cost. */
const maxVisits = 12_000;
const maxCandidates = 80;
const maxWindow = 8;

/** Finds names for at most 16 words (stop words already gone), best first; `mustUseAll` as in `matchName`. */
export function findNames(
  table: NameTable,
  words: readonly string[],
  mustUseAll: boolean,
): NameHit[] {
  const weights = words.map((word) => wordWeight(table, word));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const best = new Map<number, NameHit>();
  const keep = (hit: NameHit): void => {
    const old = best.get(hit.item);
    if (old === undefined || hit.score > old.score) best.set(hit.item, hit);
  };
  const share = (used: readonly number[]): number =>
    !mustUseAll || total === 0 ? 1 : used.reduce((sum, at) => sum + (weights[at] ?? 0), 0) / total;
  for (const hit of exactWindows(table, words, share)) keep(hit);
  const isSettled = [...best.values()].some(
    (hit) => hit.score >= 0.9 && (mustUseAll || hit.used.length === words.length),
  );
  if (!isSettled) {
    const queryWords = words.map((text, at) => toQueryWord(table, text, weights[at] ?? 0));
    for (const hit of partMatches(table, queryWords, mustUseAll)) keep(hit);
    for (const hit of gluedMatches(table, words, share)) keep(hit);
  }
  return [...best.values()].toSorted((a, b) => b.score - a.score || a.item - b.item);
}

/** How much a name found as a whole is believed, by its form. */
const formScore = { name: 1, title: 0.99, alias: 0.98, slug: 0.9, initials: 0.8 };

/** Every run of words, joined, that is a name: spaces, dashes and letter case do not matter. */
function* exactWindows(
  table: NameTable,
  words: readonly string[],
  share: (used: readonly number[]) => number,
): Generator<NameHit> {
  for (let from = 0; from < words.length; from += 1) {
    let joined = "";
    for (let to = from; to < Math.min(words.length, from + maxWindow); to += 1) {
      joined += words[to] ?? "";
      const used = Array.from({ length: to - from + 1 }, (_, at) => from + at);
      for (const name of namesOf(table, joined)) {
        const form = table.form[name] ?? "name";
        // words left over make a name less sure, and a longer name of more words surer
        const sure = 0.35 + 0.65 * share(used);
        yield {
          item: table.item[name] ?? 0,
          name,
          score: formScore[form] * sure,
          way: form === "name" || form === "title" ? "exact" : "alias",
          used,
        };
      }
    }
  }
}

function* namesOf(table: NameTable, joined: string): Generator<number> {
  const first = table.first.get(joined);
  if (first === undefined) return;
  const last = Math.min(table.joined.length, first + 40);
  for (let name = first; name < last && table.joined[name] === joined; name += 1) yield name;
}

function toQueryWord(table: NameTable, text: string, weight: number): QueryWord {
  const fits = new Map<number, number>();
  for (const { wordId, quality } of table.vocabulary.expand(text)) fits.set(wordId, quality);
  return { text, weight, fits };
}

/** Names that share words with the query, the rarest words first until the budget is spent. */
function partMatches(
  table: NameTable,
  words: readonly QueryWord[],
  mustUseAll: boolean,
): NameHit[] {
  const gains = new Map<number, number>();
  let visits = 0;
  const lists = words
    .flatMap((word) =>
      [...word.fits].map(([id, quality]) => ({ id, gain: quality * (table.rarity[id] ?? 0) })),
    )
    .toSorted((a, b) => b.gain - a.gain);
  for (const { id, gain } of lists) {
    visits += listLength(table.byWord, id);
    // the rarest list is read in any case, cut at the budget
    if (visits > maxVisits && gains.size > 0) continue;
    for (const name of listOf(table.byWord, id).subarray(0, maxVisits))
      gains.set(name, (gains.get(name) ?? 0) + gain);
  }
  return [...gains]
    .toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, maxCandidates)
    .map(([name]) => ({ name, fit: matchName(table, name, words, mustUseAll) }))
    .filter(({ fit }) => fit.score > 0)
    .map(({ name, fit }) => ({
      item: table.item[name] ?? 0,
      name,
      // initials are a guess already: part of them is worth little
      score: fit.score * (table.form[name] === "initials" ? 0.3 : 0.95),
      way: fit.hasSlip && fit.score > 0.8 ? "typo" : "part",
      used: fit.used,
    }));
}

/** Runs of words that are a whole name but for slips, wherever the spaces stand: `paymnetsapi`, `check out`. */
function gluedMatches(
  table: NameTable,
  words: readonly string[],
  share: (used: readonly number[]) => number,
): NameHit[] {
  const hits: NameHit[] = [];
  for (const { from, to } of slipWindows(words.length)) {
    const joined = words.slice(from, to).join("");
    if (joined.length < 4 || joined.length > 64) continue;
    const used = Array.from({ length: to - from }, (_, at) => from + at);
    for (const name of similarNames(table, joined)) {
      const slips = slipsBetween(joined, table.joined[name] ?? "");
      if (slips === undefined || slips === 0) continue;
      hits.push({
        item: table.item[name] ?? 0,
        name,
        score: (0.93 - 0.06 * slips) * (0.35 + 0.65 * share(used)),
        way: "typo",
        used,
      });
    }
  }
  return hits;
}

/** The whole, then what is left without the first or last words; few, because each costs a search. */
function slipWindows(count: number): { from: number; to: number }[] {
  const windows = [{ from: 0, to: count }];
  for (let size = Math.min(4, count - 1); size >= 1 && windows.length < 10; size -= 1)
    for (let from = 0; from + size <= count && windows.length < 10; from += 1)
      windows.push({ from, to: from + size });
  return windows;
}

/** Names that share most groups of three letters with `joined`, found through its rarest groups. */
function similarNames(table: NameTable, joined: string): number[] {
  const grams = [...new Set(trigrams(joined))]
    .map((gram) => ({ gram, size: listLength(table.byTrigram, gram) }))
    .filter(({ size }) => size > 0)
    .toSorted((a, b) => a.size - b.size);
  const shared = new Map<number, number>();
  let visits = 0;
  for (const { gram, size } of grams) {
    visits += size;
    if (visits > maxVisits / 4) break;
    for (const name of listOf(table.byTrigram, gram)) {
      const length = table.joined[name]?.length ?? 0;
      if (Math.abs(length - joined.length) <= 2) shared.set(name, (shared.get(name) ?? 0) + 1);
    }
  }
  return [...shared]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 24)
    .map(([name]) => name);
}
