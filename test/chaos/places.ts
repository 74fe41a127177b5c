/** Places before a run is accepted belong to the form, which a person simply sends again. */
const ofForms = /^(?:drafts|seen|recent-runs|event-inbox|events)\b/;

/** True where a kill says something about runs. */
export function canBeKilledAt(place: string): boolean {
  return !ofForms.test(place);
}

/**
 * True where a frozen worker can be told from a dead one. Between the last look at the fence and the message on the wire nobody
 * can be stopped, so these moments are left out: what could come of them is a second message, never a second repository.
 */
export function canBeFrozenAt(place: string): boolean {
  return canBeKilledAt(place) && !/^slack .*:before$/.test(place) && !isOfIntake(place);
}

/** The form waits for these: a frozen worker would only make its sender press again. */
function isOfIntake(place: string): boolean {
  return /^(?:run\.accepted|job\.add|open-runs\.put|names\.put|last-drafts\.)/.test(place);
}
