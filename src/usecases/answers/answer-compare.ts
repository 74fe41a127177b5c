import { displayName, type CatalogEntity } from "../../catalog/model.ts";
import { describe, directDependencies, directDependents } from "./answer-cards.ts";
import { frame, rounded, type Asked } from "./answer-frame.ts";
import { answerChoice, answerNothing } from "./answer-none.ts";
import { briefOf, briefsOf, evidenceOf, ownerOf } from "./answer-parts.ts";
import type { Answer, EntityBrief } from "./answer.ts";
import { resolveSubject, type Resolution } from "./resolve-subject.ts";

/** Two things side by side: what each is and whose, what both need, and what only one does. */
export function answerComparison(asked: Asked, second: string): Answer {
  const [left, right] = [asked.query.subject, second].map((text) => resolve(asked, text));
  for (const [found, text] of [
    [left, asked.query.subject],
    [right, second],
  ] as const) {
    const about = { ...asked, query: { ...asked.query, subject: text } };
    if (found?.outcome === "several") return answerChoice(about, found.hits);
    if (found?.outcome === "none") return answerNothing(about, found.near);
  }
  if (left?.outcome !== "one" || right?.outcome !== "one") return answerNothing(asked, []);
  return compare(asked, left.entity, right.entity);
}

function resolve(asked: Asked, text: string): Resolution {
  return resolveSubject({
    search: asked.search,
    entities: asked.catalog.entities,
    intent: "describe",
    text,
  });
}

function compare(asked: Asked, left: CatalogEntity, right: CatalogEntity): Answer {
  const needs = split(directDependencies(asked, left), directDependencies(asked, right));
  const owns = split(ownedBy(asked, left), ownedBy(asked, right));
  const neededBy = split(directDependents(asked, left), directDependents(asked, right));
  const [leftName, rightName] = [displayName(left), displayName(right)];
  const groups = [
    { heading: "Compared", items: [briefOf(left), briefOf(right)] },
    { heading: "Both own", items: owns.both },
    { heading: `Only ${leftName} owns`, items: owns.left },
    { heading: `Only ${rightName} owns`, items: owns.right },
    { heading: "Both need", items: needs.both },
    { heading: `Only ${leftName} needs`, items: needs.left },
    { heading: `Only ${rightName} needs`, items: needs.right },
    { heading: "Need both", items: neededBy.both },
    { heading: `Need only ${leftName}`, items: neededBy.left },
    { heading: `Need only ${rightName}`, items: neededBy.right },
  ].filter(({ items }) => items.length > 0);
  return frame(asked, {
    card: {
      type: "list",
      title: `${summary(asked, left)}; ${summary(asked, right)}`,
      groups,
      total: groups.reduce((sum, { items }) => sum + items.length, 0),
    },
    evidence: [evidenceOf(left), evidenceOf(right)],
    entities: [left, right].map(({ ref }) => ({ ref, score: rounded(1) })),
  });
}

/** What a team or person owns; nothing of other things. */
function ownedBy({ catalog }: Asked, entity: CatalogEntity): EntityBrief[] {
  return briefsOf(catalog, entity, "ownerOf");
}

function summary(asked: Asked, entity: CatalogEntity): string {
  if (["Group", "User"].includes(entity.entity.kind)) {
    const count = ownedBy(asked, entity).length;
    return `${displayName(entity)}: ${describe(entity).toLowerCase()}, owns ${count} ${count === 1 ? "thing" : "things"}`;
  }
  const owner = ownerOf(asked.catalog, entity)?.brief.title;
  const whose = owner === undefined ? "nobody's" : `owned by ${owner}`;
  return `${displayName(entity)}: ${describe(entity).toLowerCase()}, ${whose}`;
}

function split(
  left: readonly EntityBrief[],
  right: readonly EntityBrief[],
): { left: EntityBrief[]; right: EntityBrief[]; both: EntityBrief[] } {
  const inLeft = new Set(left.map(({ ref }) => ref));
  const inRight = new Set(right.map(({ ref }) => ref));
  return {
    left: left.filter(({ ref }) => !inRight.has(ref)),
    right: right.filter(({ ref }) => !inLeft.has(ref)),
    both: left.filter(({ ref }) => inRight.has(ref)),
  };
}
