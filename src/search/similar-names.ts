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

/** Groups that a name shares with what was typed to be worth comparing. */
const leastShared = 2;

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
  let visits = 0;
  let counted = 0;
  for (const gram of rarest(names, trigrams(joined), needed)) {
    visits += listLength(names.byTrigram, gram);
    if (visits > maxVisits) break;
    count(names, gram, joined.length, counter);
    counted += 1;
  }
  // slips seldom hit all groups but one
  const similar: SimilarName[] = [];
  for (const name of counter.takeTop(maxCompared, Math.min(leastShared, counted))) {
    const slips = slipsBetween(joined, stringAt(names.joined, name));
    if (slips !== undefined && slips > 0) similar.push({ name, slips });
  }
  return similar;
}

/** The groups of letters that the fewest names hold, the rarest first, each once. */
function rarest(names: NameData, grams: readonly number[], most: number): number[] {
  const kept: number[] = [];
  const sizes: number[] = [];
  for (const gram of grams) {
    const size = listLength(names.byTrigram, gram);
    if ((kept.length === most && size >= (sizes[most - 1] ?? 0)) || kept.includes(gram)) continue;
    let at = kept.length;
    while (at > 0 && (sizes[at - 1] ?? 0) > size) at -= 1;
    kept.splice(at, 0, gram);
    sizes.splice(at, 0, size);
    if (kept.length > most) {
      kept.pop();
      sizes.pop();
    }
  }
  return kept;
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
