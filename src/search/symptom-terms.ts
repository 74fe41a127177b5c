import { symptomGroups } from "./common-words.ts";
import { stemOf } from "./stem.ts";
import type { WeightedTerm } from "./text-index.ts";

/** What a synonym counts beside the word that was typed. */
const synonymBoost = 0.5;
const maxTerms = 60;

const groupsByStem: ReadonlyMap<string, readonly number[]> = buildGroups();

function buildGroups(): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  symptomGroups.forEach((words, at) => {
    for (const stem of new Set(words.map(stemOf)))
      groups.set(stem, [...(groups.get(stem) ?? []), at]);
  });
  return groups;
}

/** Terms for words as typed (stop words already gone), with the words people use for the same trouble. */
export function termsOf(words: readonly string[], withSynonyms: boolean): WeightedTerm[] {
  const terms: WeightedTerm[] = [];
  const typed = new Set(words.map(stemOf));
  [...typed].forEach((stem, group) => terms.push({ stem, boost: 1, group }));
  if (!withSynonyms) return terms;
  [...typed].forEach((stem, group) => {
    for (const at of groupsByStem.get(stem) ?? [])
      for (const synonym of new Set((symptomGroups[at] ?? []).map(stemOf)))
        if (!typed.has(synonym) && terms.length < maxTerms)
          terms.push({ stem: synonym, boost: synonymBoost, group });
  });
  return terms;
}
