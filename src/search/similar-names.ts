import type { Accumulator } from "./accumulator.ts";
import { slipsBetween } from "./edit-distance.ts";
import type { NameData } from "./index-data.ts";
import { listLength, listOf } from "./postings.ts";
import { lengthAt, stringAt } from "./string-table.ts";
import { trigrams } from "./trigrams.ts";

/** Postings looked at for one run of words, and names compared letter by letter. */
const maxVisits = 6_000;
const maxCompared = 14;
/** A run outside these lengths has no slips to forgive, or is no name. */
const minLength = 4;
const maxLength = 64;

/** Names that are `joined` but for one or two slips, found through its rarest groups of three letters. */
export function similarNames(
  names: NameData,
  joined: string,
  counter: Accumulator,
): { name: number; slips: number }[] {
  if (joined.length < minLength || joined.length > maxLength) return [];
  const grams = [...new Set(trigrams(joined))]
    .map((gram) => ({ gram, size: listLength(names.byTrigram, gram) }))
    .filter(({ size }) => size > 0)
    .toSorted((a, b) => a.size - b.size);
  let visits = 0;
  for (const { gram, size } of grams) {
    visits += size;
    if (visits > maxVisits) break;
    for (const name of listOf(names.byTrigram, gram))
      if (Math.abs(lengthAt(names.joined, name) - joined.length) <= 2) counter.add(name, 1);
  }
  return counter.takeTop(maxCompared).flatMap((number) => {
    const slips = slipsBetween(joined, stringAt(names.joined, number));
    return slips === undefined || slips === 0 ? [] : [{ name: number, slips }];
  });
}
