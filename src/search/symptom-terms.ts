import { symptomGroups } from "./common-words.ts";
import { stemOf } from "./stem.ts";
import type { WeightedTerm } from "./text-index.ts";

/** What a synonym counts beside the word that was typed. */
const synonymBoost = 0.65;
const maxTerms = 60;

/** Terms for words as typed (stop words already gone), with the words people use for the same trouble. */
export type TermMaker = (words: readonly string[]) => WeightedTerm[];

/** Creates the maker; stems the synonyms once. */
export function createTermMaker(): TermMaker {
  const groups = symptomGroups.map((words) => [...new Set(words.map(stemOf))]);
  const groupsOf = new Map<string, string[][]>();
  for (const group of groups)
    for (const stem of group) {
      const known = groupsOf.get(stem);
      if (known === undefined) groupsOf.set(stem, [group]);
      else known.push(group);
    }
  return (words) => {
    const typed = [...new Set(words.map(stemOf))];
    const terms: WeightedTerm[] = typed.map((stem, group) => ({ stem, boost: 1, group }));
    typed.forEach((stem, group) => {
      for (const synonym of new Set((groupsOf.get(stem) ?? []).flat()))
        if (synonym !== stem && terms.length < maxTerms)
          terms.push({ stem: synonym, boost: synonymBoost, group });
    });
    return terms;
  };
}
