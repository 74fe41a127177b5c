/** What is known of how people use things, beside what the catalog says. Read only; decides between near equals. */
export interface RankingHints {
  /** How much a thing is asked for, 0 to 1, by its reference. */
  popularity: ReadonlyMap<string, number>;
  /** What people chose when they were asked back: what was looked for, as `wordsKey` writes it → reference. */
  choices: ReadonlyMap<string, string>;
}

/** Enough to order what fits about as well, whatever its kind; too little to come before an exact name. */
const popularityLift = 0.03;
const choiceLift = 0.1;

/** How much the hints lift a thing that was found with these words. */
export function liftOf(hints: RankingHints, id: string, key: string): number {
  const chosen = hints.choices.get(key) === id ? choiceLift : 0;
  const popularity = hints.popularity.get(id) ?? 0;
  return chosen + popularityLift * Math.min(1, Math.max(0, popularity));
}
