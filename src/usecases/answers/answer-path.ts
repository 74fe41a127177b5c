import type { QueryIntent } from "../../ask/query.ts";
import { type Codeowners, ownersOfPath, type PathOwners } from "../../catalog/codeowners.ts";
import { type CatalogEntity, displayName } from "../../catalog/model.ts";
import { repositoryOfPath } from "../catalog/repository-owners.ts";
import { cardOf } from "./answer-cards.ts";
import { frame, ranked, rounded, type Asked } from "./answer-frame.ts";
import { briefOf, contactOf, evidenceOf, ownerOf } from "./answer-parts.ts";
import { subjectOf } from "./answer-pasted.ts";
import type { Answer, Card, EntityBrief, Evidence } from "./answer.ts";
import { resolveClues } from "./resolve-clues.ts";
import type { Subject } from "./resolve-subject.ts";

/**
 * The owners that CODEOWNERS names for the path that was asked about, whether the catalog knows them or not; undefined when no
 * repository of ours holds it or the file leaves it to nobody.
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
    if (place !== undefined) return ownersAnswer(asked, clue.value, place, subjectOf(found));
  }
  return undefined;
}

function ownersAnswer(
  asked: Asked,
  shown: string,
  { repository, path }: NonNullable<ReturnType<typeof repositoryOfPath>>,
  around: Subject | undefined,
): Answer | undefined {
  const { codeowners, readAtMs } = repository;
  const found = ownersOfPlace(codeowners, path);
  if (found.length === 0) return undefined;
  const required = found.filter(({ isOptional }) => isOptional !== true);
  const rules = [...required, ...found.filter(({ isOptional }) => isOptional === true)];
  return pathAnswer(asked, {
    shown,
    owners: ownersIn(asked, rules),
    evidence: rules.map((rule) => ({
      source: `${codeowners.file}:${rule.line}`,
      statement: `${path}: ${rule.owners.join(" ")}${termsOf(rule)}`,
      readAtMs,
    })),
    around,
  });
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

/** An owner as CODEOWNERS writes it, and the Group or User that it stands for. */
interface PathOwner {
  written: string;
  entity: CatalogEntity | undefined;
}

function ownersIn(asked: Asked, rules: readonly PathOwners[]): PathOwner[] {
  const findOwner = asked.snapshot.findCodeowner();
  const written = new Set(rules.flatMap(({ owners }) => owners));
  return [...written].map((owner) => ({ written: owner, entity: findOwner(owner) }));
}

/** ` (section Security, 2 approvals)`; empty outside of GitLab's sections. */
function termsOf({ section, isOptional, approvals }: PathOwners): string {
  if (section === undefined) return "";
  const terms = [
    `section ${section}`,
    ...(isOptional === true ? ["optional"] : []),
    ...(approvals === undefined || approvals < 2 ? [] : [`${approvals} approvals`]),
  ];
  return ` (${terms.join(", ")})`;
}

interface FoundOwners {
  shown: string;
  owners: readonly PathOwner[];
  evidence: Evidence[];
  around: Subject | undefined;
}

function pathAnswer(asked: Asked, found: FoundOwners): Answer {
  const { owners, evidence, around } = found;
  const known = owners.flatMap(({ entity }) => (entity === undefined ? [] : [entity]));
  return frame(asked, {
    card: pathCard(asked, found, known),
    intent: asked.query.intent === "search" ? "owner" : asked.query.intent,
    evidence: [...evidence, ...(around === undefined ? [] : [evidenceOf(around.entity)])],
    entities: [
      ...known.map(({ ref }) => ({ ref, score: 1 })),
      ...(around === undefined ? [] : ranked(around.entity, rounded(around.score), [])),
    ].slice(0, 10),
  });
}

/** What whoever owns a path says of it, and not the thing around it. */
const ownersThings: ReadonlySet<QueryIntent> = new Set(["on-call", "channel"]);

/** The thing that the path belongs to; without one the only owner, else a list of all. */
function pathCard(
  asked: Asked,
  { shown, owners, around }: FoundOwners,
  known: readonly CatalogEntity[],
): Card {
  const briefs = owners.map(ownerBrief);
  const aroundOwner = around === undefined ? undefined : ownerOf(asked.catalog, around.entity);
  const headline = headlineOf({ shown, owners, around }, aroundOwner?.brief.title);
  const [only] = known;
  const single = owners.length === 1 ? only : undefined;
  const subject = subjectOfPath(asked, single, around?.entity);
  if (subject !== undefined) {
    const card = cardOf(asked, subject, asked.snapshot.library, headline);
    if (card.type !== "entity") return card;
    // whoever owns the path is to be reached, which need not be who owns the thing around it
    const owner = only === undefined ? briefs[0] : briefOf(only);
    // nobody can be reached whom the catalog does not know
    const reached = known.length > 0 ? known : [aroundOwner?.entity];
    return {
      ...card,
      contact: contactOf(asked, reached),
      ...(owner === undefined ? {} : { owner }),
    };
  }
  const groups = [{ heading: "Owners", items: briefs }];
  return { type: "list", title: headline, groups, total: briefs.length };
}

function subjectOfPath(
  asked: Asked,
  owner: CatalogEntity | undefined,
  around: CatalogEntity | undefined,
): CatalogEntity | undefined {
  return ownersThings.has(asked.query.intent) ? (owner ?? around) : (around ?? owner);
}

/** Says whom the catalog does not know, and then also whose the thing around the path is. */
function headlineOf(
  { shown, owners, around }: Omit<FoundOwners, "evidence">,
  aroundOwner: string | undefined,
): string {
  const all = owners.map((owner) => ownerBrief(owner).title).join(", ");
  const unknown = owners.filter(({ entity }) => entity === undefined);
  if (unknown.length === 0) return `${shown} is owned by ${all}`;
  if (unknown.length < owners.length) {
    const names = unknown.map(({ written }) => written).join(", ");
    return `${shown} is owned by ${all}; CODEOWNERS names ${names}, which the catalog does not know`;
  }
  const said = `For ${shown} CODEOWNERS names ${all}, which the catalog does not know`;
  if (around === undefined || aroundOwner === undefined) return said;
  return `${said}; ${displayName(around.entity)} belongs to ${aroundOwner}`;
}

/** Whom the catalog does not know is called as CODEOWNERS does. */
function ownerBrief({ written, entity }: PathOwner): EntityBrief {
  if (entity !== undefined) return briefOf(entity);
  const kind = written.includes("/") ? "Group" : "User";
  return { ref: written, kind, title: written, description: "not in the catalog" };
}
