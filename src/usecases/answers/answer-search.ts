import type { QueryIntent } from "../../ask/query.ts";
import { symptomWords, vagueTroubles } from "../../search/common-words.ts";
import { slipsBetween } from "../../search/edit-distance.ts";
import { confidentScore, type Hit } from "../../search/search-item.ts";
import { cardOf, describe } from "./answer-cards.ts";
import {
  answerFromDocuments,
  documentSections,
  noDocumentHeadline,
  sectionAnswer,
  sectionsAround,
  sectionsSaying,
  symptomOf,
  toSectionHits,
} from "./answer-document.ts";
import { frame, ranked, type Asked } from "./answer-frame.ts";
import { answerChoice, answerNothing } from "./answer-none.ts";
import { evidenceOf } from "./answer-parts.ts";
import { answerRunbooks } from "./answer-runbooks.ts";
import type { Answer } from "./answer.ts";
import type { Subject } from "./resolve-subject.ts";
import {
  decide,
  entityKinds,
  nearest,
  resolveReference,
  type Resolution,
  wishOf,
} from "./resolve-subject.ts";

/** Enough for the things and the sections of one search to be told apart afterwards. */
const bothKindsLimit = 40;

/** A runbook or document: of the thing that the words name, else whichever section fits the words. */
export function answerDocuments(asked: Asked): Answer {
  const named = resolveReference(asked.query.subject, asked.catalog.entities);
  return named?.outcome === "one" ? answerReferred(asked, named) : answerWorded(asked);
}

function answerWorded(asked: Asked): Answer {
  const { things, sections } = searchNames(asked, false);
  const found = decideBesideSymptom(asked, things, asked.query.intent);
  if (isOfOtherName(asked, things)) return answerNothing(asked, nearest(things));
  const answered =
    answerTitled(asked, sections, found) ??
    (isNamed(found) ? undefined : thingThatDoes(asked)) ??
    (found.outcome === "one"
      ? answerForThing(asked, found, mayBeTitle(asked, sections))
      : undefined) ??
    (found.outcome === "several" ? answerNamesakes(asked, found.hits) : undefined) ??
    answerFromAnySection(asked);
  if (answered !== undefined) return answered;
  if (found.outcome === "several") return answerChoice(asked, found.hits, symptomOf(asked, []));
  return answerNothing(asked, found.outcome === "none" ? found.near : nearest(things));
}

/** Whether the title of a document accounts for all that was asked, in other words perhaps. */
function mayBeTitle(asked: Asked, sections: readonly Hit[]): boolean {
  const count = asked.snapshot.index.words(asked.query.subject).length;
  return sections.some(({ matched }) => matched.length >= count);
}

/** A reference names one thing, and nothing else that is spelled like it is meant. */
function answerReferred(asked: Asked, subject: Subject): Answer {
  return answerForThing(asked, subject) ?? answerWithoutDocument(asked, subject);
}

/** “Runbook for zorbulator beacon” is about no beacon: a word in front that nobody ever wrote belongs to the name of something else. */
function isOfOtherName({ snapshot: { index }, query }: Asked, things: readonly Hit[]): boolean {
  const [best] = things;
  if (query.intent !== "runbook" || best === undefined) return false;
  const words = index.words(query.subject);
  const at = words.findIndex((word) => best.matched.includes(word));
  return at > 0 && words.slice(0, at).every((word) => isUnheardOf(index, word));
}

// what people say of a trouble often ends so: misbehaving, jammed
const onlyLetters = /^\p{L}{4,}(?<!ing|ed)$/u;

/** A word that is in no name and no text, nor is it one for a trouble with a slip. */
function isUnheardOf(index: Asked["snapshot"]["index"], word: string): boolean {
  if (!onlyLetters.test(word) || index.knows(word)) return false;
  for (const symptom of symptomWords) if (slipsBetween(word, symptom) !== undefined) return false;
  return true;
}

function isNamed(found: Resolution): boolean {
  return found.outcome === "one" && (found.way === "exact" || found.way === "alias");
}

/** “How do we mask card numbers”: where nobody wrote it down, the thing whose description says so. */
function thingThatDoes(asked: Asked): Answer | undefined {
  if (asked.query.intent !== "docs") return undefined;
  const { entities } = asked.catalog;
  const { subject } = asked.query;
  const hits = asked.search({ text: subject, kinds: entityKinds, wish: wishOf("search") });
  const found = decide(hits, { entities, intent: "search", text: subject });
  return found.outcome === "one" && found.way === "text"
    ? answerWithThing(asked, found)
    : undefined;
}

/** The document whose title or alert the words name, when that accounts for more of them than a thing's name does. */
function answerTitled(
  asked: Asked,
  sections: readonly Hit[],
  found: Resolution,
): Answer | undefined {
  const titled = sections.find((hit) => hit.way === "exact");
  const namedWords = found.outcome === "one" ? found.matched.length : 0;
  if (titled === undefined || titled.matched.length <= namedWords) return undefined;
  // one word out of several, such as the title of a folder's page, is no more than its subject
  const isWhole = titled.matched.length >= asked.snapshot.index.words(asked.query.subject).length;
  return titled.matched.length > 1 || isWhole ? answerWithDocument(asked, titled) : undefined;
}

function decideBesideSymptom(
  asked: Asked,
  things: readonly Hit[],
  intent: QueryIntent,
): Resolution {
  const { entities } = asked.catalog;
  return decide(things, { entities, intent, text: asked.query.subject, hasExtraWords: true });
}

/** Things of one name: the one whose document fits best is meant. */
function answerNamesakes(asked: Asked, hits: readonly Hit[]): Answer | undefined {
  if (hits.some((hit) => hit.way !== "exact" || hit.name !== hits[0]?.name)) return undefined;
  const sections = hits
    .flatMap((hit) =>
      asked.snapshot.index.searchWithin(hit.id, symptomOf(asked, hit.matched), bothKindsLimit),
    )
    .toSorted((a, b) => b.score - a.score);
  return sectionAnswer(asked, toSectionHits(asked, sections));
}

function answerWithDocument(asked: Asked, titled: Hit): Answer | undefined {
  const document = asked.snapshot.library.section(titled.id)?.document;
  return document === undefined
    ? undefined
    : sectionAnswer(asked, documentSections(document, titled.score));
}

/** Names in a text that may hold more than a name; `isExact` leaves out beginnings, parts and slips. */
function searchNames(asked: Asked, isExact: boolean): { things: Hit[]; sections: Hit[] } {
  const hits = asked.search({
    text: asked.query.subject,
    kinds: [...entityKinds, "section"],
    wish: wishOf(asked.query.intent),
    namesOnly: true,
    hasExtraWords: true,
    exactOnly: isExact,
    limit: bothKindsLimit,
  });
  return parted(hits);
}

function parted(hits: readonly Hit[]): { things: Hit[]; sections: Hit[] } {
  return {
    things: hits.filter((hit) => hit.kind !== "section"),
    sections: hits.filter((hit) => hit.kind === "section"),
  };
}

/** The best section of the thing; undefined when neither its name nor its documents fit the words well. */
function answerForThing(
  asked: Asked,
  subject: Subject,
  isPerhapsTitle = false,
): Answer | undefined {
  const { symptom, said, isVague, isUnsaid } = readSymptom(asked, subject, isPerhapsTitle);
  if (isUnsaid && (subject.way === "part" || subject.way === "text")) return undefined;
  if (isUnsaid || !isSaid(asked, isVague, said[0])) {
    const all = answerRunbooks(asked, subject, isVague ? "" : symptom);
    if (all !== undefined) return all;
  }
  const isBeside = isUnsaid || said.length === 0;
  const hits = isBeside ? sectionsAround(asked, subject.entity, symptom) : said;
  return answerFromDocuments(asked, subject, hits) ?? answerWithoutDocument(asked, subject);
}

/** What is wrong with the thing, the sections that say so, and whether that is anything telling, and really said. */
function readSymptom(
  asked: Asked,
  { entity, matched }: Subject,
  isPerhapsTitle: boolean,
): { symptom: string; said: Hit[]; isVague: boolean; isUnsaid: boolean } {
  const symptom = symptomOf(asked, matched);
  const said = sectionsSaying(asked, entity, symptom, isPerhapsTitle);
  const isVague = symptom === "" || symptom.split(" ").every((word) => vagueTroubles.has(word));
  const isUnsaid = symptom !== "" && (said[0]?.score ?? 0) < symptomScore;
  return { symptom, said, isVague, isUnsaid };
}

/** Whether the best section says what is wrong; documents beside the runbooks that hold no more than `down` help nobody. */
function isSaid({ snapshot }: Asked, isVague: boolean, best: Hit | undefined): boolean {
  if (best === undefined) return false;
  return !isVague || snapshot.library.section(best.id)?.document.isRunbook === true;
}

/** The thing is known but nobody wrote a document about it: its card with the links there are. */
function answerWithoutDocument(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  return frame(asked, {
    card: cardOf(asked, entity, asked.snapshot.library, noDocumentHeadline(asked, entity)),
    evidence: [evidenceOf(entity)],
    entities: ranked(entity, subject.score, subject.others),
  });
}

function answerFromAnySection(asked: Asked): Answer | undefined {
  const hits = asked.search({ text: asked.query.text, kinds: ["section"] });
  if ((hits[0]?.score ?? 0) < confidentScore) return undefined;
  return sectionAnswer(asked, toSectionHits(asked, hits));
}

/** Bare words: the thing they name, a section that says them, or a choice of what is near. */
export function answerSearch(asked: Asked): Answer {
  const { entities } = asked.catalog;
  const { subject } = asked.query;
  const { things, sections } = parted(
    asked.search({
      text: subject,
      kinds: [...entityKinds, "section"],
      wish: wishOf("search"),
      limit: bothKindsLimit,
    }),
  );
  const found =
    resolveReference(subject, entities) ??
    decide(things, { entities, intent: "search", text: subject });
  return (
    answerSymptom(asked, found) ??
    answerWithSection(asked, sections, things[0]?.score ?? 0) ??
    answerWithThing(asked, found)
  );
}

/** A section that fits the words better than any thing does. */
function answerWithSection(
  asked: Asked,
  sections: readonly Hit[],
  rival: number,
): Answer | undefined {
  const [best] = sections;
  if (best === undefined || best.score < confidentScore || best.score <= rival) return undefined;
  return best.way === "exact"
    ? answerWithDocument(asked, best)
    : sectionAnswer(asked, toSectionHits(asked, sections));
}

function answerWithThing(asked: Asked, found: Resolution): Answer {
  if (found.outcome === "several") return answerChoice(asked, found.hits);
  if (found.outcome === "none") return answerNothing(asked, found.near);
  const { entity } = found;
  return frame(asked, {
    card: cardOf(asked, entity, asked.snapshot.library, describe(entity)),
    evidence: [evidenceOf(entity)],
    entities: ranked(entity, found.score, found.others),
  });
}

/** How much of the words beside a name a section must say for them to be a symptom. */
const symptomScore = 0.12;
/** As much, of a document that is no runbook. */
const sureSymptomScore = 0.4;

/** “payments oom”: a name with a symptom beside it is a question for a runbook, when there is one that says so. */
function answerSymptom(asked: Asked, found: Resolution): Answer | undefined {
  const words = asked.snapshot.index.words(asked.query.subject);
  if (words.length < 2 || (found.outcome === "one" && found.matched.length === words.length))
    return undefined;
  const named = nameBesideSymptom(asked, found);
  if (named.outcome === "several")
    return named.hits[0]?.matched.length === words.length
      ? undefined
      : answerNamesakes(asked, named.hits);
  if (named.outcome !== "one" || named.matched.length === words.length) return undefined;
  return answerWithin(asked, named) ?? answerTroubled(asked, named);
}

/** “5xx on orders”: where nobody wrote down what to do, the thing itself is still what was asked about. */
function answerTroubled(asked: Asked, named: Subject): Answer | undefined {
  return isNamed(named) && isRestSymptom(asked, named) ? answerForThing(asked, named) : undefined;
}

/** The section of the thing's documents that says the words beside its name; undefined when none does. */
function answerWithin(asked: Asked, named: Subject): Answer | undefined {
  const symptom = symptomOf(asked, named.matched);
  const hits = asked.snapshot.index.searchWithin(named.entity.ref, symptom, bothKindsLimit);
  const [best] = hits;
  if (best === undefined) return undefined;
  const isRunbook = asked.snapshot.library.section(best.id)?.document.isRunbook === true;
  // words that were no symptom may still occur in other documents
  const needed = isRunbook ? symptomScore : sureSymptomScore;
  return best.score < needed ? undefined : answerFromDocuments(asked, named, hits);
}

/** The thing whose name stands among the words as it is, else the one that it surely means, as `scanners` a `scanner`. */
function nameBesideSymptom(asked: Asked, found: Resolution): Resolution {
  const exact = decideBesideSymptom(asked, searchNames(asked, true).things, "runbook");
  const isKnown = found.outcome === "one" && found.score >= knownScore;
  if (exact.outcome === "none" ? isKnown : isRestSymptom(asked, exact)) return exact;
  const { things } = searchNames(asked, false);
  const sure = decideBesideSymptom(
    asked,
    things.filter((hit) => hit.score >= sureName),
    "runbook",
  );
  // a longer name that is known but for a prefix, say, is meant rather than a shorter one inside it
  return exact.outcome === "none" || matchedBy(sure) > matchedBy(exact) ? sure : exact;
}

/** Whether the words beside a name are all about a trouble. */
function isRestSymptom(asked: Asked, found: Resolution): boolean {
  const matched = matchedBy(found);
  const rest = asked.snapshot.index
    .words(asked.query.subject)
    .filter((word) => !symptomWords.has(word));
  return rest.length <= matched;
}

/** How many words a name accounts for. */
function matchedBy(found: Resolution): number {
  if (found.outcome === "one") return found.matched.length;
  return found.outcome === "several" ? (found.hits[0]?.matched.length ?? 0) : 0;
}

/** From here on the words as a whole are known to mean something else. */
const knownScore = 0.7;
/** From here on a name that is not spelled as written is surely meant. */
const sureName = 0.77;
