import { formOf, type NameHit, type NameSearch, range, sureness } from "./name-search.ts";
import type { SimilarName } from "./similar-names.ts";

/** Runs of words that are compared with whole names letter by letter. */
const maxSlipWindows = 7;
/** Names of more words than this are not typed with a slip and nothing else. */
const maxSlipWords = 7;
/** A run that says less than this of the whole is not worth its search. */
const leastSureness = 0.4;

/** Runs of words that are a whole name but for slips, wherever the spaces stand: `paymnetsapi`, `chek out`. */
export function slipMatches(
  search: NameSearch,
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
function slipWindows({ words, weights }: NameSearch): { used: number[]; isKnown: boolean }[] {
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
