import type { Diagnostic } from "../base/diagnostics.ts";
import { type CatalogEntity, relationTargets } from "../catalog/model.ts";
import { createWellKnown, type WellKnown } from "../catalog/well-known.ts";
import { briefOf, briefOfRef, contactOf } from "./answers/answer-parts.ts";
import type { Contact, EntityBrief } from "./answers/answer.ts";
import type { Snapshot } from "./catalog/snapshot.ts";
import type { RecentSubjects } from "./recent-subjects.ts";

/** Something that a team owns, with what is missing about it. */
export interface OwnedThing {
  brief: EntityBrief;
  /** Only things that run can break, and need one. */
  isMissingRunbook: boolean;
  /** What is wrong with its entry in the catalog. */
  findings: Diagnostic[];
}

export interface HomeTeam {
  team: EntityBrief;
  contact: Contact;
  memberCount: number;
  owns: OwnedThing[];
  /** What is written about the team and its things, the team's own first. */
  documents: { path: string; title: string }[];
}

/** What concerns one person at first sight. */
export interface HomeFacts {
  /** Undefined for somebody whom the catalog does not know. */
  person: EntityBrief | undefined;
  teams: HomeTeam[];
  /** What they asked about lately, the last first. */
  recent?: EntityBrief[];
  /** What everybody asks about, most asked first. */
  popular?: EntityBrief[];
}

export interface HomeOptions {
  /** The present snapshot; asked once for each person. */
  snapshot: () => Snapshot;
  wellKnown?: WellKnown;
  recent?: Pick<RecentSubjects, "of">;
  /** How often things are asked about, by their reference. */
  popularity?: () => ReadonlyMap<string, number>;
}

const mostPopular = 5;

/** A team with more members or things than this is a company; the rest is counted elsewhere. */
const mostOwned = 200;
/** A first look at what is written; `docs of <team>` finds all. */
const mostDocuments = 10;

/** Creates the function that gathers what concerns a person, by their User in the catalog. */
export function createHome(options: HomeOptions): (userRef: string | undefined) => HomeFacts {
  const wellKnown = options.wellKnown ?? createWellKnown();
  return (userRef) => {
    const snapshot = options.snapshot();
    const user = userRef === undefined ? undefined : snapshot.catalog.entities.get(userRef);
    const popular = mostAsked(options.popularity?.() ?? new Map(), snapshot);
    if (user === undefined) return { person: undefined, teams: [], popular };
    const documented = new Set(snapshot.documents.flatMap((document) => document.refs));
    const teams = relationTargets(user, "memberOf").flatMap((ref) => {
      const team = snapshot.catalog.entities.get(ref);
      return team === undefined ? [] : [teamOf(team, { snapshot, wellKnown, documented })];
    });
    const recent = briefsOf(options.recent?.of(user.ref) ?? [], snapshot);
    return { person: briefOf(user), teams, recent, popular };
  };
}

/** What is still in the catalog of it. */
function briefsOf(refs: readonly string[], { catalog }: Snapshot): EntityBrief[] {
  return refs.flatMap((ref) => {
    const entity = catalog.entities.get(ref);
    return entity === undefined ? [] : [briefOf(entity)];
  });
}

function mostAsked(popularity: ReadonlyMap<string, number>, snapshot: Snapshot): EntityBrief[] {
  const refs = [...popularity]
    .toSorted(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .map(([ref]) => ref);
  return briefsOf(refs.slice(0, mostPopular * 4), snapshot).slice(0, mostPopular);
}

interface Surroundings {
  snapshot: Snapshot;
  wellKnown: WellKnown;
  /** References that a document belongs to. */
  documented: ReadonlySet<string>;
}

function teamOf(team: CatalogEntity, around: Surroundings): HomeTeam {
  const { catalog } = around.snapshot;
  const owned = ownedRefs(team);
  const documents = [team.ref, ...owned].flatMap((ref) => around.snapshot.library.ofEntity(ref));
  return {
    team: briefOf(team),
    contact: contactOf({ catalog, wellKnown: around.wellKnown }, [team]),
    memberCount: relationTargets(team, "hasMember").length,
    owns: ownedThings(team, around),
    documents: [...new Set(documents)]
      .slice(0, mostDocuments)
      .map(({ path, title }) => ({ path, title })),
  };
}

function ownedRefs(team: CatalogEntity): string[] {
  return relationTargets(team, "ownerOf").slice(0, mostOwned);
}

/** What a team owns, by title, with what is missing about each. */
export function ownedThings(
  team: CatalogEntity,
  around: Pick<Surroundings, "snapshot" | "documented">,
): OwnedThing[] {
  return ownedRefs(team)
    .map((ref) => thingOf(ref, around))
    .toSorted((a, b) => (a.brief.title.toLowerCase() < b.brief.title.toLowerCase() ? -1 : 1));
}

/** Types of components that are running somewhere at 3 a.m. */
const runningTypes = new Set(["service", "job", "worker", "website", "data-pipeline", "pipeline"]);

function thingOf(
  ref: string,
  { snapshot, documented }: Pick<Surroundings, "snapshot" | "documented">,
): OwnedThing {
  const brief = briefOfRef(snapshot.catalog, ref);
  const isRunning = brief.kind.toLowerCase() === "component" && runningTypes.has(brief.type ?? "");
  return {
    brief,
    isMissingRunbook: isRunning && brief.lifecycle === "production" && !documented.has(ref),
    findings: snapshot.diagnostics.filter((finding) => finding.ref === ref),
  };
}
