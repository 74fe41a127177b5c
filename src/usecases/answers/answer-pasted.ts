import {
  answerFromDocuments,
  documentSections,
  sectionAnswer,
  sectionsAround,
  sectionsSaying,
} from "./answer-document.ts";
import { answerAboutEntity } from "./answer-entity.ts";
import type { Asked } from "./answer-frame.ts";
import type { Answer } from "./answer.ts";
import { type CluesFound, resolveClues } from "./resolve-clues.ts";
import type { Subject } from "./resolve-subject.ts";

/** From so many words on, or over several lines, a text was pasted rather than asked. */
const pastedWords = 14;
/** Clues below this are too weak to answer from. */
const minWeight = 0.5;

/** True for a text that somebody pasted: an alert, a log, a stack trace. */
export function looksPasted(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.includes("\n") || trimmed.split(/\s+/, pastedWords + 1).length > pastedWords;
}

// a web address, a file in a folder or at a line, an image with its registry and tag or digest
const place =
  /https?:\/\/|git@|(?:^|[\s(])[\w.@/-]*\/[\w.@-]+\.[a-z]\w{0,9}(?::\d+)*(?=$|[\s),:;?])|\b[\w-]+\/[\w.-]+(?:@sha256)?:[\w.-]+/i;

/** True for a text with an address of code, the path of a file or an image in it. */
export function holdsPlace(text: string): boolean {
  return text.includes("/") && place.test(text.slice(0, 2_000));
}

/** Answers from what a text holds beside words: labels, paths, images, addresses. Undefined when it holds nothing that is known. */
export function answerFromClues(asked: Asked, leastWeight = minWeight): Answer | undefined {
  const found = resolveClues(asked, asked.question);
  const { intent } = asked.query;
  const isOpen = intent === "search" || intent === "describe";
  const wantsRunbook =
    intent === "runbook" || (isOpen && (isAlert(found) || firing.test(asked.question)));
  if (wantsRunbook) return answerWithRunbook(asked, found);
  const subject = subjectOf(found, leastWeight);
  return subject === undefined ? undefined : answerAboutEntity(asked, subject);
}

// how bots mark an alert whose name is no clue
const firing = /\[?\b(?:FIRING|TRIGGERED|ALERT|CRITICAL)\b\]?/;

function isAlert({ clues }: CluesFound): boolean {
  return clues.some(({ kind }) => kind === "alert");
}

/** The entity that its clues name best, if any is sure enough. */
export function subjectOf({ entities }: CluesFound, leastWeight = minWeight): Subject | undefined {
  const [best, ...others] = entities;
  if (best === undefined || best.weight < leastWeight) return undefined;
  return {
    outcome: "one",
    entity: best.entity,
    score: Math.min(1, best.weight),
    way: "exact",
    matched: [],
    others: others.map(({ entity, weight }) => ({
      id: entity.ref,
      kind: entity.entity.kind.toLowerCase(),
      score: Math.min(1, weight),
      way: "exact",
      matched: [],
      name: "",
      isWished: false,
    })),
  };
}

/** How much the thing's own documents must say of the alert to come before the document that is named for it. */
const ownScore = 0.35;

/** The document that names the alert; else the best section of the thing's documents for what the text says. */
function answerWithRunbook(asked: Asked, found: CluesFound): Answer | undefined {
  const subject = subjectOf(found);
  const named = (): Answer | undefined =>
    found.document === undefined
      ? undefined
      : sectionAnswer(asked, documentSections(found.document, 0.99));
  if (subject === undefined) return named();
  return fromOwnDocuments(asked, subject, found) ?? named() ?? answerAboutEntity(asked, subject);
}

/** An alert of the platform carries labels of the thing it is about, whose own documents may say more. */
function fromOwnDocuments(asked: Asked, subject: Subject, found: CluesFound): Answer | undefined {
  const { document } = found;
  if (document?.refs.includes(subject.entity.ref) === true) return undefined;
  const symptom = symptomIn(asked.question, found);
  const said = sectionsSaying(asked, subject.entity, symptom);
  const hits = said.length > 0 ? said : sectionsAround(asked, subject.entity, symptom);
  const isBetter = document === undefined || (hits[0]?.score ?? 0) >= ownScore;
  return isBetter ? answerFromDocuments(asked, subject, hits) : undefined;
}

/** Longest text that a symptom is looked for with. */
const maxSymptom = 160;

/** What the text says is wrong: the alert's name, and its summary or description where one is marked. */
function symptomIn(text: string, { clues }: CluesFound): string {
  const alerts = clues.filter(({ kind }) => kind === "alert").map(({ value }) => value);
  // summary: …, *Description:* …, message="…"
  const said =
    /(?:summary|description|message|reason|error)["'`*_]{0,3}\s?[:=]["'`*_]{0,3}\s?([^\n]{3,300})/i.exec(
      text,
    )?.[1];
  return `${alerts.slice(0, 2).join(" ")} ${said ?? text.slice(0, maxSymptom)}`.slice(
    0,
    maxSymptom,
  );
}
