import type { Accumulator } from "./accumulator.ts";
import { allowedEdits, slipsBetween } from "./edit-distance.ts";
import type { NameData } from "./index-data.ts";
import { listLength } from "./postings.ts";
import { stringAt } from "./string-table.ts";
import { trigrams } from "./trigrams.ts";

/** Postings looked at for one run of words, and names compared letter by letter. */
const maxVisits = 6_000;
const maxCompared = 14;
/** A run outside these lengths has no slips to forgive, or is no name. */
const minLength = 4;
const maxLength = 64;

/** Groups of three letters that one slip can change at most: swapping two letters touches four. */
const groupsPerSlip = 4;

/** A name that is spelled nearly as what was typed. */
export interface SimilarName {
  name: number;
  slips: number;
}

/** Names that are `joined` but for one or two slips, found through its rarest groups of three letters. */
export function similarNames(names: NameData, joined: string, counter: Accumulator): SimilarName[] {
  if (joined.length < minLength || joined.length > maxLength) return [];
  // whatever the slips, a name that is meant holds one of these
  const needed = groupsPerSlip * allowedEdits(joined.length) + 1;
  const grams = [...new Set(trigrams(joined))]
    .map((gram) => ({ gram, size: listLength(names.byTrigram, gram) }))
    .toSorted((a, b) => a.size - b.size)
    .slice(0, needed);
  let visits = 0;
  for (const { gram, size } of grams) {
    visits += size;
    if (visits > maxVisits) break;
    count(names, gram, joined.length, counter);
  }
  return counter.takeTop(maxCompared).flatMap((number) => {
    const slips = slipsBetween(joined, stringAt(names.joined, number));
    return slips === undefined || slips === 0 ? [] : [{ name: number, slips }];
  });
}

/** Counts the names of about this length that hold a group of letters. */
function count(names: NameData, gram: number, length: number, counter: Accumulator): void {
  const { offsets, values } = names.byTrigram;
  const ends = names.joined.offsets;
  const last = offsets[gram + 1] ?? 0;
  // read in place: this runs for thousands of names
  for (let at = offsets[gram] ?? 0; at < last; at += 1) {
    const name = values[at] ?? 0;
    const difference = (ends[name + 1] ?? 0) - (ends[name] ?? 0) - length;
    if (difference >= -2 && difference <= 2) counter.add(name, 1);
  }
}
