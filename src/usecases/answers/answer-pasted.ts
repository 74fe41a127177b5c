import type { Clue } from "../../ask/recognise.ts";
import { type Codeowners, ownersOfPath, type PathOwners } from "../../catalog/codeowners.ts";
import { displayName, type CatalogEntity } from "../../catalog/model.ts";
import { repositoryOfPath } from "../catalog/repository-owners.ts";
import { cardOf } from "./answer-cards.ts";
import {
  answerFromDocuments,
  documentSections,
  sectionAnswer,
  sectionsFor,
} from "./answer-document.ts";
import { answerAboutEntity } from "./answer-entity.ts";
import { frame, ranked, rounded, type Asked } from "./answer-frame.ts";
import { briefOf, contactOf, evidenceOf } from "./answer-parts.ts";
import type { Answer, Evidence } from "./answer.ts";
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

/** Answers from what a text holds beside words: labels, paths, images, addresses. Undefined when it holds nothing that is known. */
export function answerFromClues(asked: Asked): Answer | undefined {
  const found = resolveClues(asked, asked.question);
  const { intent } = asked.query;
  const wantsRunbook = intent === "runbook" || (intent === "search" && isAlert(found));
  if (wantsRunbook) return answerWithRunbook(asked, found);
  const subject = subjectOf(found);
  return subject === undefined ? undefined : answerAboutEntity(asked, subject);
}

function isAlert({ clues }: CluesFound): boolean {
  return clues.some(({ kind }) => kind === "alert");
}

function subjectOf({ entities }: CluesFound): Subject | undefined {
  const [best, ...others] = entities;
  if (best === undefined || best.weight < minWeight) return undefined;
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
  const hits = sectionsFor(asked, subject.entity, symptomIn(asked.question, found));
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

/**
 * The owners that CODEOWNERS names for the path that was asked about; undefined when no repository of ours holds it or
 * the file leaves it to nobody.
 */
export function answerFromPath(asked: Asked): Answer | undefined {
  const repositories = asked.snapshot.repositories ?? [];
  if (repositories.length === 0 || !asked.question.includes("/")) return undefined;
  const found = resolveClues(asked, asked.question);
  const paths = found.clues.filter(({ kind }) => kind === "path");
  // who names a repository asks about no other one
  const named = paths.filter(({ repository }) => repository !== undefined);
  for (const clue of named.length > 0 ? named : paths) {
    const place = repositoryOfPath(repositories, clue.value, clue.repository);
    // the first path that lies in a repository is the one that was asked about
    if (place !== undefined) return ownersAnswer(asked, found, clue, place);
  }
  return undefined;
}

function ownersAnswer(
  asked: Asked,
  found: CluesFound,
  clue: Clue,
  place: NonNullable<ReturnType<typeof repositoryOfPath>>,
): Answer | undefined {
  const findOwner = asked.snapshot.findCodeowner();
  const { codeowners, readAtMs } = place.repository;
  for (const { owners, line } of ownersOfPlace(codeowners, place.path)) {
    const known = owners.map((owner) => findOwner(owner)).filter((owner) => owner !== undefined);
    const evidence: Evidence = {
      source: `${codeowners.file}:${line}`,
      statement: `${place.path}: ${owners.join(" ")}`,
      readAtMs,
    };
    const [first] = known;
    if (first !== undefined) return pathAnswer(asked, { first, known, evidence, clue, found });
  }
  return undefined;
}

/** A name without an extension may be a folder, which `/src/` owns through all that is below it. */
function ownersOfPlace(codeowners: Codeowners, path: string): PathOwners[] {
  const owners = ownersOfPath(codeowners, path);
  if (/\.[^/]+$/.test(path)) return owners;
  const below = ownersOfPath(codeowners, `${path.replace(/\/+$/, "")}/…`);
  return lastLine(below) > lastLine(owners) ? below : owners;
}

function lastLine(found: readonly PathOwners[]): number {
  return Math.max(0, ...found.map(({ line }) => line));
}

function pathAnswer(
  asked: Asked,
  given: {
    first: CatalogEntity;
    known: CatalogEntity[];
    evidence: Evidence;
    clue: Clue;
    found: CluesFound;
  },
): Answer {
  const { first, known, evidence, clue } = given;
  const around = subjectOf(given.found);
  const headline = `${clue.value} is owned by ${known.map((owner) => displayName(owner)).join(", ")}`;
  const shown = cardOf(asked, around?.entity ?? first, asked.snapshot.library, headline);
  // whoever owns the path is to be reached, which need not be who owns the thing around it
  const card =
    shown.type === "entity"
      ? { ...shown, owner: briefOf(first), contact: contactOf(asked, known) }
      : shown;
  return frame(asked, {
    card,
    intent: "owner",
    evidence: [evidence, ...(around === undefined ? [] : [evidenceOf(around.entity)])],
    entities: [
      ...known.map(({ ref }) => ({ ref, score: 1 })),
      ...(around === undefined ? [] : ranked(around.entity, rounded(around.score), [])),
    ].slice(0, 10),
  });
}
