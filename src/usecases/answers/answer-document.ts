import { splitWords } from "../../base/words.ts";
import { displayName, relationTargets, type CatalogEntity } from "../../catalog/model.ts";
import { checklistSteps } from "../../docs/checklist-steps.ts";
import { cutSection } from "../../docs/cut-section.ts";
import type { Section } from "../../docs/document.ts";
import { type Filled, fillPlaceholders } from "../../docs/fill-placeholders.ts";
import { quoteSection } from "../../docs/quote-section.ts";
import { kindWords, stopWords, symptomPhrases, symptomWords } from "../../search/common-words.ts";
import { confidentScore, type Hit } from "../../search/search-item.ts";
import { sectionId } from "../documents/document-library.ts";
import type { Document } from "../documents/documents.ts";
import { knownValues } from "../documents/known-values.ts";
import { frame, ranked, rounded, type Asked } from "./answer-frame.ts";
import { briefOf, contactOf, ownerOf } from "./answer-parts.ts";
import type { Answer, Evidence } from "./answer.ts";
import type { Subject } from "./resolve-subject.ts";

/** A section of a document that fits, and how well. */
export interface SectionHit {
  document: Document;
  section: Section;
  score: number;
}

const maxOthers = 8;
const otherDocumentWeight = 0.75;
/** Headings under which a runbook says what to do, the most useful first. */
const actionHeadings = [
  "mitigat",
  "what to do",
  "remediat",
  "resol",
  "fix",
  "steps",
  "diagnosis",
  "procedure",
];

/** The words of a question that are neither the thing's name nor about asking for a runbook. */
export function symptomOf(asked: Asked, matched: readonly string[]): string {
  const used = new Set([...matched, ...matched.flatMap((word) => splitWords(word))]);
  // words first: in lower case those of `LedgerConsumerLag` are one
  let text = splitWords(asked.query.text, 60).join(" ");
  for (const [phrase, words] of symptomPhrases) text = text.replaceAll(phrase, words);
  const rest = splitWords(text, 60).filter((word) => !used.has(word) && !askingWords.has(word));
  // a stop word at the end of a few words would be looked for, and no text holds it
  const telling = rest.filter((word) => !isSilent(word));
  return (telling.length === 0 ? rest.filter((word) => symptomWords.has(word)) : telling).join(" ");
}

/** Words that say nothing of a trouble: stop words, and those for teams and people. */
function isSilent(word: string): boolean {
  const kinds = kindWords.get(word) ?? [];
  const isForPeople = kinds.includes("group") || kinds.includes("user");
  return isForPeople || stopWords.has(word);
}

const askingWords: ReadonlySet<string> = new Set(
  "runbook runbooks run book playbook playbooks sop list show docs doc documentation documents readme handbook wiki guide manual troubleshooting incident service fix debug troubleshoot handle has have gets getting see sees seeing keeps cant cannot users customers people lots many help".split(
    " ",
  ),
);

/** The document that answers for the entity: its own; else those of its system; else none. */
export function answerFromDocuments(
  asked: Asked,
  subject: Subject,
  hits: Hit[],
): Answer | undefined {
  const { entity } = subject;
  const found = toSectionHits(asked, hits);
  const best = found[0];
  if (best === undefined) return undefined;
  return sectionAnswer(asked, found, { entity, score: subject.score, others: subject.others });
}

/** A section whose title the question spells out, as in `payment provider down`, is meant, whosever it is. */
const namedScore = 0.9;

/**
 * Sections of an entity's documents that say the symptom.
 * @param mayBeTitle Whether a title may account for all words of the question.
 */
export function sectionsSaying(
  asked: Asked,
  entity: CatalogEntity,
  symptom: string,
  mayBeTitle = false,
): Hit[] {
  if (symptom === "") return [];
  const named = mayBeTitle ? namedSections(asked) : [];
  return [...named, ...withinDocuments(asked, entity.ref, symptom)];
}

/** Where no document of an entity says the symptom: the first section of each, or what is written about its system and parts. */
export function sectionsAround(asked: Asked, entity: CatalogEntity, symptom: string): Hit[] {
  const wanted = asked.query.intent === "docs" ? "docs" : "runbook";
  const opening = firstSections(asked, entity.ref, wanted);
  if (opening.length > 0) return opening;
  const neighbours = [
    ...relationTargets(entity, "partOf"),
    ...relationTargets(entity, "hasPart").slice(0, 20),
  ];
  for (const ref of symptom === "" ? [] : neighbours) {
    // what belongs to the entity's system answers only a symptom that it really names
    const sure = asked.snapshot.index
      .searchWithin(ref, symptom, 20)
      .filter((hit) => hit.score >= confidentScore / 2);
    if (sure.length > 0) return sure;
  }
  return firstSections(asked, neighbours[0] ?? "", wanted);
}

function namedSections(asked: Asked): Hit[] {
  return asked
    .search({ text: asked.query.subject, kinds: ["section"], namesOnly: true, limit: 3 })
    .filter((hit) => hit.score >= namedScore);
}

/** Sections of all documents that belong to an entity, best first; a document of several is indexed under its first one. */
function withinDocuments(asked: Asked, ref: string, symptom: string): Hit[] {
  const { index, library } = asked.snapshot;
  const holders = new Set([ref, ...library.ofEntity(ref).map(({ refs }) => refs[0] ?? ref)]);
  return [...holders]
    .flatMap((holder) => index.searchWithin(holder, symptom, 20))
    .filter((hit) => library.section(hit.id)?.document.refs.includes(ref) === true)
    .map((hit) => ({ ...hit, score: hit.score * weightOf(asked, hit) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 20);
}

/** Whoever asks for a runbook gets another document only where it fits much better. */
function weightOf({ query, snapshot }: Asked, { id }: Hit): number {
  const isRunbook = snapshot.library.section(id)?.document.isRunbook === true;
  return query.intent === "runbook" && !isRunbook ? otherDocumentWeight : 1;
}

function firstSections(asked: Asked, ref: string, wanted: "docs" | "runbook"): Hit[] {
  const own = asked.snapshot.library.ofEntity(ref);
  const fitting = own.filter((document) => document.isRunbook === (wanted === "runbook"));
  return openingSections(fitting.length > 0 ? fitting : own).map(
    ({ document, section, score }) => ({
      id: sectionId(document.path, section.anchor),
      kind: "section",
      score,
      way: "text" as const,
      matched: [],
      name: "",
      isWished: false,
    }),
  );
}

/** The beginning of each document. */
export function openingSections(documents: readonly Document[]): SectionHit[] {
  return documents.flatMap((document) => {
    const section = openingOf(document);
    return section === undefined ? [] : [{ document, section, score: 0.5 }];
  });
}

/** The first section with something in it. */
function openingOf(document: Document): Section | undefined {
  return document.sections.find((section) => section.markdown !== "") ?? document.sections[0];
}

/** Hits as sections, with the most useful section of the best document first. */
export function toSectionHits(asked: Asked, hits: readonly Hit[]): SectionHit[] {
  const found = hits.flatMap((hit) => {
    const known = asked.snapshot.library.section(hit.id);
    return known === undefined ? [] : [{ ...known, score: hit.score }];
  });
  const best = found[0];
  if (best === undefined) return found;
  const close = found.filter(
    (hit) => hit.document.path === best.document.path && hit.score >= best.score * 0.85,
  );
  const useful = mostUseful(close) ?? mostUseful(sectionsOf(best.document, best.score)) ?? best;
  return [useful, ...found.filter((hit) => hit !== useful && hit.section !== useful.section)];
}

/** Of sections that fit about as well: the first that says what to do, else the first that says anything. */
function mostUseful(close: readonly SectionHit[]): SectionHit | undefined {
  const inOrder = close.toSorted((a, b) => a.section.line - b.section.line);
  return (
    inOrder.find(({ document, section }) => isAction(section) && says(document, section)) ??
    inOrder.find(({ document, section }) => says(document, section))
  );
}

function says(document: Document, section: Section): boolean {
  return quoteSection(document.sections, section.anchor).markdown !== "";
}

/** All sections of a document that was named as a whole, the most useful first, the rest in their order. */
export function documentSections(document: Document, score: number): SectionHit[] {
  const all = sectionsOf(document, score);
  const first = mostUseful(all);
  if (first === undefined) return all;
  return [first, ...all.filter((hit) => hit !== first && says(document, hit.section))];
}

function sectionsOf(document: Document, score: number): SectionHit[] {
  return document.sections.map((section) => ({ document, section, score }));
}

function isAction(section: Section): boolean {
  const headings = [section.heading, ...section.parents].map((heading) => heading.toLowerCase());
  return actionHeadings.some((action) => headings.some((heading) => heading.includes(action)));
}

/** An answer that quotes the first section and names the next best. */
export function sectionAnswer(
  asked: Asked,
  found: readonly SectionHit[],
  about?: { entity: CatalogEntity; score: number; others: readonly Hit[] },
): Answer | undefined {
  const best = found[0];
  if (best === undefined) return undefined;
  const { document, section } = best;
  const subject = about?.entity ?? asked.catalog.entities.get(document.refs[0] ?? "");
  const owner = subject === undefined ? undefined : ownerOf(asked.catalog, subject);
  const others = found.slice(1, maxOthers + 1).map((other) => ({
    id: sectionId(other.document.path, other.section.anchor),
    path: other.document.path,
    title: other.document.title,
    heading: other.section.heading,
  }));
  return frame(asked, {
    card: {
      type: "section",
      ...(subject === undefined ? {} : { subject: briefOf(subject) }),
      ...(owner === undefined ? {} : { owner: owner.brief }),
      contact: contactOf(asked, [subject, owner?.entity]),
      path: document.path,
      title: document.title,
      heading: section.heading,
      ...quoteFilled(asked, document, section, subject),
      ...pageOf(document, section),
      ...checklistOf(asked, document, section),
      others,
    },
    evidence: documentEvidence(document, section),
    entities:
      about === undefined
        ? subject === undefined
          ? []
          : [{ ref: subject.ref, score: rounded(best.score) }]
        : ranked(about.entity, about.score, about.others),
    documents: found.slice(0, 10).map((hit) => documentRef(hit)),
  });
}

/** What is quoted, with the placeholders that are known filled in. */
function quoteFilled(
  asked: Asked,
  document: Document,
  section: Section,
  subject: CatalogEntity | undefined,
): { markdown: string; isCut: boolean; filled?: Filled[] } {
  const quoted = quoteSection(document.sections, section.anchor);
  const known = knownValues(subject, asked.question);
  const { markdown: whole, filled } = fillPlaceholders(quoted.markdown, known);
  // a value may be longer than its placeholder
  const { markdown, isCut } = cutSection(whole);
  return {
    markdown,
    isCut: isCut || quoted.isCut,
    ...(filled.length === 0 ? {} : { filled }),
  };
}

/** The page that shows the section, and when the document changed. */
function pageOf(
  { url, changedAtMs }: Document,
  { anchor }: Section,
): { url?: string; changedAtMs?: number } {
  return {
    ...(url === undefined
      ? {}
      : { url: anchor === "" ? url : `${url}#${encodeURIComponent(anchor)}` }),
    ...(changedAtMs === undefined ? {} : { changedAtMs }),
  };
}

/** What a checklist started from a section covers: the whole runbook, or the section where that is a long collection. */
function checklistOf(
  { snapshot }: Asked,
  document: Document,
  section: Section,
): { checklist?: { anchor?: string; steps: number } } {
  const { steps, isTooLong } = snapshot.library.checklist(document);
  if (steps === 0) return {};
  if (!isTooLong) return { checklist: { steps } };
  const { anchor } = section;
  return { checklist: { anchor, steps: checklistSteps(document.sections, anchor).length } };
}

/** A section in the list of what was found. */
export function documentRef(hit: SectionHit): Answer["documents"][number] {
  const ref = hit.document.refs[0];
  return {
    path: hit.document.path,
    heading: hit.section.heading,
    ...(ref === undefined ? {} : { ref }),
    score: rounded(hit.score),
  };
}

/** Where the section stands, and what in the same file ties it to its thing. */
export function documentEvidence(document: Document, section: Section): Evidence[] {
  const heading = section.heading === "" ? document.title : section.heading;
  const { tie, readAtMs } = document;
  const why = tie === undefined ? "" : ` (${tie.statement}, line ${tie.line})`;
  return [{ source: `${document.path}:${section.line}`, statement: `${heading}${why}`, readAtMs }];
}

/** What to say when a thing has no documents. */
export function noDocumentHeadline(asked: Asked, entity: CatalogEntity): string {
  const what = asked.query.intent === "docs" ? "documents" : "runbook";
  const owner = ownerOf(asked.catalog, entity)?.brief.title;
  const whom = owner === undefined ? "" : `; ${owner} own it`;
  return `No ${what} found for ${displayName(entity)}${whom}`;
}
