import { relationTargets, type CatalogEntity, type EntityLink } from "../../catalog/model.ts";
import type { DocumentLibrary } from "../documents/document-library.ts";
import {
  briefOf,
  briefOfRef,
  briefsOf,
  contactOf,
  ownerOf,
  sortBriefs,
  type AnswerSources,
} from "./answer-parts.ts";
import type { Card, EntityBrief } from "./answer.ts";

/** The card that shows a thing as a whole, by its kind. */
export function cardOf(
  sources: AnswerSources,
  entity: CatalogEntity,
  library: DocumentLibrary,
  headline?: string,
): Card {
  const kind = entity.entity.kind;
  if (kind === "Group") return teamCard(sources, entity);
  if (kind === "User") return personCard(sources, entity);
  return entityCard(sources, entity, library, headline);
}

function entityCard(
  sources: AnswerSources,
  entity: CatalogEntity,
  library: DocumentLibrary,
  headline: string | undefined,
): Card {
  const { catalog, wellKnown } = sources;
  const owner = ownerOf(catalog, entity);
  const onCall = [entity, owner?.entity]
    .flatMap((holder) => (holder === undefined ? [] : wellKnown.onCall(holder)))
    .at(0)?.text;
  const system = relationTargets(entity, "partOf")[0];
  return {
    type: "entity",
    subject: briefOf(entity),
    headline: headline ?? describe(entity),
    ...(owner === undefined ? {} : { owner: owner.brief }),
    contact: contactOf(sources, [entity, owner?.entity]),
    ...(onCall === undefined ? {} : { onCall }),
    ...(system === undefined ? {} : { system: briefOfRef(catalog, system) }),
    links: linksOf(sources, entity),
    runbooks: library
      .ofEntity(entity.ref)
      .filter((document) => document.isRunbook)
      .map(({ path, title }) => ({ path, title })),
    dependsOn: directDependencies(sources, entity),
    dependents: directDependents(sources, entity),
    tags: entity.entity.metadata.tags ?? [],
  };
}

/** `Production service`, `System`. */
export function describe(entity: CatalogEntity): string {
  const { type, lifecycle } = briefOf(entity);
  const words = [lifecycle, type ?? entity.entity.kind.toLowerCase()].filter(
    (word) => word !== undefined,
  );
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The entity's links, with its repository first where no link leads there, and what only annotations name after them. */
export function linksOf({ wellKnown }: AnswerSources, entity: CatalogEntity): EntityLink[] {
  const links = (entity.entity.metadata.links ?? []).filter(({ url }) =>
    /^(?:https?|mailto):/i.test(url),
  );
  const known = new Set(links.map(({ url }) => url));
  const named = [
    ...annotatedLinks(wellKnown.dashboards(entity), "Dashboard"),
    ...annotatedLinks(wellKnown.docs(entity), "Docs"),
    ...annotatedLinks(wellKnown.runbooks(entity), "Runbook"),
  ].filter(({ url }) => !known.has(url));
  const repository = wellKnown.repository(entity);
  const isLinked =
    repository === undefined || links.some(({ url }) => url.startsWith(repository.url));
  return [
    ...(isLinked ? [] : [{ url: repository.url, title: "Repository", type: "repository" }]),
    ...links,
    ...named,
  ];
}

/** Annotations that hold web addresses; paths inside the repository are documents, not links. */
function annotatedLinks(found: readonly { target: string }[], title: string): EntityLink[] {
  return found
    .map(({ target }) => target.replace(/^url:/, ""))
    .filter((target) => /^https?:\/\//i.test(target) && URL.canParse(target))
    .map((url) => ({ url, title, type: title.toLowerCase() }));
}

/** What it needs: its dependencies and, for consumed APIs, the API. */
export function directDependencies(sources: AnswerSources, entity: CatalogEntity): EntityBrief[] {
  return sortBriefs([
    ...briefsOf(sources.catalog, entity, "dependsOn"),
    ...briefsOf(sources.catalog, entity, "consumesApi"),
  ]);
}

/** What needs it: what depends on it, and who consumes it or an API that it provides. */
export function directDependents({ catalog }: AnswerSources, entity: CatalogEntity): EntityBrief[] {
  const consumers = relationTargets(entity, "providesApi").flatMap((ref) => {
    const api = catalog.entities.get(ref);
    return api === undefined ? [] : briefsOf(catalog, api, "apiConsumedBy");
  });
  return sortBriefs([
    ...briefsOf(catalog, entity, "dependencyOf"),
    ...briefsOf(catalog, entity, "apiConsumedBy"),
    ...consumers,
  ]).filter((brief) => brief.ref !== entity.ref);
}

function teamCard(sources: AnswerSources, entity: CatalogEntity): Card {
  const { catalog } = sources;
  const onCall = sources.wellKnown.onCall(entity)[0]?.text;
  return {
    type: "team",
    subject: briefOf(entity),
    contact: contactOf(sources, [entity]),
    ...(onCall === undefined ? {} : { onCall }),
    members: briefsOf(catalog, entity, "hasMember"),
    parents: briefsOf(catalog, entity, "childOf"),
    owns: briefsOf(catalog, entity, "ownerOf"),
    links: linksOf(sources, entity),
  };
}

function personCard(sources: AnswerSources, entity: CatalogEntity): Card {
  const { catalog } = sources;
  return {
    type: "person",
    subject: briefOf(entity),
    contact: contactOf(sources, [entity]),
    teams: briefsOf(catalog, entity, "memberOf"),
    owns: briefsOf(catalog, entity, "ownerOf"),
  };
}
