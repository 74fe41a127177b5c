/** Ways to ask for a list that other intents would take for theirs. */
export const certainListPatterns: readonly string[] = [
  "(what|which)? {t:<listed>} (that|which|who)? (have|has|are|is|do not have|does not have|with)? (no|without|missing|lacking|lack|lacks) (a|an|any|known)? (slack)? {x:<lack>}",
  "(what|which)? {t:<listed>} (that|which|who)? (do not have|does not have) (a|an|any|known)? (slack)? {x:<lack>}",
  "how many {t:<listed>} <be> {x:<trait>}",
  "how many {t:<person>} (does|do|are|work) (there)? {x}",
  "(what|who|everything|anything|things) (that)? (has no|have no|lacks|misses|is missing|are missing|does not have|do not have|without) (a|an|any)? {x:<lack>}",
  "^(what|which|list|<show> (me)?) (all|the|our)? {x:runbooks|playbooks|documents} (do (we|you) have|are there|exist)?",
  "^(all|our)? {x:runbooks|playbooks}",
  "^(all|all the|all our) {t:<listed>}",
];

/** Lists of a kind of thing. */
export const kindListPatterns: readonly string[] = [
  "(what|which) {t:<thing>} <be> {x:<trait>}",
  "(what|which) {t:<thing>} (do (we|you) have|are there|exist|have we got)",
  "(what|which) {t:<thing>} (do (we|you) have|are there|have we got) {x}",
  "^{t:<thing>} {x:of|in|under|within|belonging|tagged|labelled|labeled|using}",
];

/** How people ask in English for a list or a number, where no other intent fits better. */
export const listPatterns: readonly string[] = [
  "how many {x}",
  "(number|count) of {x}",
  "^count {x}",
  "^list (all)? (of)? (the|our)? {x}",
  "^<show> (me)? (all|every) (of)? (the|our)? {x}",
  "(what|which) {t:<team>} (do (we|you) have|are there|exist)",
  "(what|which) {t:<person>} (do (we|you) have|are there|exist)",
  "^all (the|our)? {t:<thing>}",
];
