import { displayName, type CatalogEntity, type EntityLink } from "../../catalog/model.ts";
import { cardOf, describe, linksOf } from "./answer-cards.ts";
import { frame, ranked, type Asked } from "./answer-frame.ts";
import { partsOf } from "./answer-graph.ts";
import {
  briefOf,
  briefOfRef,
  briefsOf,
  evidenceAt,
  evidenceOf,
  ownerOf,
  sortBriefs,
} from "./answer-parts.ts";
import type { Answer, Card, EntityBrief, Evidence } from "./answer.ts";
import type { Subject } from "./resolve-subject.ts";

/** Answers that show the thing itself with one point first: owner, on-call, channel, links, status, description. */
export function answerAboutEntity(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  const { headline, evidence, first } = pointOf(asked, entity);
  const card = cardOf(asked, entity, asked.snapshot.library, headline);
  return frame(asked, {
    card: first === undefined ? card : withFirstLink(card, first),
    evidence: evidence.length === 0 ? [evidenceOf(entity)] : evidence,
    entities: ranked(entity, subject.score, subject.others),
  });
}

interface Point {
  headline: string;
  evidence: Evidence[];
  /** URL of the link that was asked for. */
  first?: string;
}

function withFirstLink(card: Card, first: string): Card {
  if (card.type !== "entity" && card.type !== "team") return card;
  const links = card.links.toSorted((a, b) => Number(b.url === first) - Number(a.url === first));
  return { ...card, links };
}

function pointOf(asked: Asked, entity: CatalogEntity): Point {
  const { intent } = asked.query;
  if (intent === "owner") return ownerPoint(asked, entity);
  if (intent === "on-call") return onCallPoint(asked, entity);
  if (intent === "channel") return channelPoint(asked, entity);
  if (intent === "links") return linksPoint(asked, entity);
  if (intent === "status") return statusPoint(entity);
  return { headline: describe(entity), evidence: describeEvidence(entity) };
}

function describeEvidence(entity: CatalogEntity): Evidence[] {
  return entity.entity.metadata.description === undefined
    ? [evidenceOf(entity)]
    : [evidenceAt(entity, ["metadata", "description"])];
}

function ownerPoint(asked: Asked, entity: CatalogEntity): Point {
  const owner = ownerOf(asked.catalog, entity);
  if (owner === undefined)
    return { headline: "Nobody is named as its owner", evidence: [evidenceOf(entity)] };
  const missing = owner.entity === undefined ? " (not in the catalog)" : "";
  if (owner.through === undefined)
    return {
      headline: `Owned by ${owner.brief.title}${missing}`,
      evidence: [evidenceAt(entity, ["spec", "owner"])],
    };
  return {
    headline: `No owner of its own; ${displayName(owner.through)}, which it is part of, is owned by ${owner.brief.title}${missing}`,
    evidence: [evidenceAt(owner.through, ["spec", "owner"])],
  };
}

function onCallPoint(asked: Asked, entity: CatalogEntity): Point {
  const owner = ownerOf(asked.catalog, entity)?.entity;
  for (const holder of [entity, owner]) {
    const found = holder === undefined ? undefined : asked.wellKnown.onCall(holder)[0];
    if (holder !== undefined && found !== undefined) {
      const whose = holder.ref === entity.ref ? "" : ` (of ${displayName(holder)}, who own it)`;
      return {
        headline: `On call: ${found.text}${whose}`,
        evidence: [evidenceAt(holder, found.path)],
      };
    }
  }
  const whom = owner === undefined ? "its owner" : displayName(owner);
  return {
    headline: `The catalog does not say who is on call; ask ${whom}`,
    evidence: ownerPoint(asked, entity).evidence,
  };
}

function channelPoint(asked: Asked, entity: CatalogEntity): Point {
  const owner = ownerOf(asked.catalog, entity)?.entity;
  for (const holder of [entity, owner]) {
    const found = holder === undefined ? undefined : asked.wellKnown.slackChannel(holder);
    if (holder !== undefined && found !== undefined) {
      const isOwn = holder.ref === entity.ref;
      const evidence = [evidenceAt(holder, found.path)];
      // an id says nothing to anybody; the card links to it
      if (found.name === undefined)
        return {
          headline: isOwn ? "Its own channel" : `The channel of ${displayName(holder)}`,
          evidence,
        };
      const whose = isOwn ? "" : `, the channel of ${displayName(holder)}`;
      return { headline: `#${found.name}${whose}`, evidence };
    }
  }
  return {
    headline: "The catalog names no Slack channel for it",
    evidence: ownerPoint(asked, entity).evidence,
  };
}

function linksPoint(asked: Asked, entity: CatalogEntity): Point {
  const links = linksOf(asked, entity);
  if (links.length === 0)
    return { headline: "The catalog holds no links for it", evidence: [evidenceOf(entity)] };
  const dashboard = dashboardPoint(asked, entity, links);
  if (dashboard !== undefined) return dashboard;
  const written = entity.entity.metadata.links ?? [];
  const repository = asked.wellKnown.repository(entity);
  if (repository !== undefined && /\b(?:repo|repository|code)\b/i.test(asked.question))
    return {
      headline: `Repository: ${repository.slug ?? repository.url}`,
      evidence: [evidenceAt(entity, repository.path)],
      first: links.find(({ url }) => url.startsWith(repository.url))?.url ?? repository.url,
    };
  return {
    headline: links.length === 1 ? "One link" : `${links.length} links`,
    evidence: [
      ...(written.length > 0 ? [evidenceAt(entity, ["metadata", "links", 0])] : []),
      ...(repository === undefined ? [] : [evidenceAt(entity, repository.path)]),
    ],
  };
}

/** Where dashboards were asked for and there is one: that one. */
function dashboardPoint(
  asked: Asked,
  entity: CatalogEntity,
  links: readonly EntityLink[],
): Point | undefined {
  if (!/\b(?:dashboards?|grafana|monitoring|metrics)\b/i.test(asked.question)) return undefined;
  for (const { target, title, path } of asked.wellKnown.dashboards(entity)) {
    if (!links.some(({ url }) => url === target)) continue;
    // many links are just called so
    const name = title === undefined || /^dashboards?$/i.test(title) ? undefined : title;
    const headline = `Dashboard: ${name ?? new URL(target).host}`;
    return { headline, evidence: [evidenceAt(entity, path)], first: target };
  }
  return undefined;
}

function statusPoint(entity: CatalogEntity): Point {
  const lifecycle = entity.entity.spec?.["lifecycle"];
  if (typeof lifecycle !== "string")
    return { headline: "The catalog gives it no lifecycle", evidence: [evidenceOf(entity)] };
  return {
    headline: `Lifecycle: ${lifecycle}`,
    evidence: [evidenceAt(entity, ["spec", "lifecycle"])],
  };
}

/** What a component, system or API has to do with APIs. */
export function answerApis(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  const groups = [
    { heading: "Provides", relation: "providesApi" },
    { heading: "Consumes", relation: "consumesApi" },
    { heading: "Provided by", relation: "apiProvidedBy" },
    { heading: "Consumed by", relation: "apiConsumedBy" },
  ]
    .map(({ heading, relation }) => ({ heading, items: briefsOf(asked.catalog, entity, relation) }))
    .filter(({ items }) => items.length > 0);
  const parts = partsOf(asked.catalog, entity).filter((part) => part.entity.kind === "API");
  const own: EntityBrief[] = sortBriefs(parts.map((part) => briefOf(part)));
  const all = own.length === 0 ? groups : [{ heading: "Holds", items: own }, ...groups];
  const total = all.reduce((sum, group) => sum + group.items.length, 0);
  const title =
    total === 0
      ? `The catalog names no APIs for ${displayName(entity)}`
      : `APIs of ${displayName(entity)}`;
  return frame(asked, {
    card: {
      type: "list",
      title,
      subject: briefOfRef(asked.catalog, entity.ref),
      groups: all,
      total,
    },
    evidence: [apiEvidence(entity)],
    entities: ranked(entity, subject.score, subject.others),
  });
}

function apiEvidence(entity: CatalogEntity): Evidence {
  for (const key of ["providesApis", "consumesApis"])
    if (entity.entity.spec?.[key] !== undefined) return evidenceAt(entity, ["spec", key]);
  return evidenceOf(entity);
}
