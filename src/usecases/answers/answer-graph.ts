import {
  displayName,
  relationTargets,
  type Catalog,
  type CatalogEntity,
} from "../../catalog/model.ts";
import { directDependencies, directDependents } from "./answer-cards.ts";
import { frame, ranked, type Asked } from "./answer-frame.ts";
import { briefOf, evidenceAt, evidenceOf, sortBriefs } from "./answer-parts.ts";
import type { Answer, EntityBrief, Evidence } from "./answer.ts";
import type { Subject } from "./resolve-subject.ts";

/** Things followed from one question; a catalog where more hang together is better read in a graph. */
const maxFollowed = 500;
const maxDepth = 6;

/** What it depends on, or what depends on it: directly, then through others. */
export function answerDependencies(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  const isUp = asked.query.intent === "dependencies";
  const step = (from: CatalogEntity): EntityBrief[] =>
    isUp ? directDependencies(asked, from) : directDependents(asked, from);
  const starts = isSystem(entity) ? [entity, ...partsOf(asked.catalog, entity)] : [entity];
  const inside = new Set(starts.map((start) => start.ref));
  const direct = sortBriefs(starts.flatMap(step)).filter((brief) => !inside.has(brief.ref));
  const indirect = follow(asked.catalog, direct, step, inside);
  const groups = [
    { heading: "Directly", items: direct },
    { heading: "Through others", items: indirect },
  ].filter(({ items }) => items.length > 0);
  const total = direct.length + indirect.length;
  return frame(asked, {
    card: {
      type: "list",
      title: titleOf(entity, isUp, direct.length, indirect.length),
      subject: briefOf(entity),
      groups,
      total,
    },
    evidence: graphEvidence(asked.catalog, entity, direct, isUp),
    entities: ranked(entity, subject.score, subject.others),
  });
}

function titleOf(entity: CatalogEntity, isUp: boolean, direct: number, indirect: number): string {
  const name = displayName(entity);
  const through = indirect === 0 ? "" : ` and ${indirect} more through others`;
  if (isUp)
    return direct === 0
      ? `The catalog names nothing that ${name} depends on`
      : `${name} depends on ${things(direct)}${through}`;
  return direct === 0
    ? `The catalog names nothing that depends on ${name}`
    : `${things(direct)} ${direct === 1 ? "depends" : "depend"} on ${name}${through}`;
}

function things(count: number): string {
  return count === 1 ? "1 thing" : `${count} things`;
}

function isSystem(entity: CatalogEntity): boolean {
  return entity.entity.kind === "System" || entity.entity.kind === "Domain";
}

/** Everything a system or domain consists of, however deep. */
export function partsOf(catalog: Catalog, whole: CatalogEntity): CatalogEntity[] {
  return walk(catalog, [whole], ["hasPart"]).filter((entity) => entity.ref !== whole.ref);
}

/** Follows relations from entity to entity, each visited once, so that cycles end. */
function walk(
  catalog: Catalog,
  starts: readonly CatalogEntity[],
  relations: readonly string[],
): CatalogEntity[] {
  const seen = new Map(starts.map((entity) => [entity.ref, entity]));
  const queue = [...starts];
  for (let entity = queue.shift(); entity !== undefined; entity = queue.shift())
    for (const ref of relations.flatMap((relation) =>
      relationTargets(entity ?? starts[0], relation),
    )) {
      const next = catalog.entities.get(ref);
      if (next === undefined || seen.has(ref) || seen.size >= maxFollowed) continue;
      seen.set(ref, next);
      queue.push(next);
    }
  return [...seen.values()];
}

function follow(
  catalog: Catalog,
  direct: readonly EntityBrief[],
  step: (from: CatalogEntity) => EntityBrief[],
  inside: ReadonlySet<string>,
): EntityBrief[] {
  const seen = new Set([...inside, ...direct.map((brief) => brief.ref)]);
  const found: EntityBrief[] = [];
  let level = direct;
  for (
    let depth = 1;
    depth < maxDepth && level.length > 0 && found.length < maxFollowed;
    depth += 1
  ) {
    const next: EntityBrief[] = [];
    for (const brief of level) {
      const entity = catalog.entities.get(brief.ref);
      for (const further of entity === undefined ? [] : step(entity)) {
        if (seen.has(further.ref)) continue;
        seen.add(further.ref);
        next.push(further);
      }
    }
    found.push(...next);
    level = next;
  }
  return found;
}

/** The lines that say so: the thing's own lists upwards, the dependents' lists downwards. */
function graphEvidence(
  catalog: Catalog,
  entity: CatalogEntity,
  direct: readonly EntityBrief[],
  isUp: boolean,
): Evidence[] {
  const holders = isUp
    ? [entity]
    : direct.slice(0, 3).flatMap((brief) => catalog.entities.get(brief.ref) ?? []);
  const evidence = holders.flatMap((holder) =>
    ["dependsOn", "consumesApis"]
      .filter((key) => holder.entity.spec?.[key] !== undefined)
      .map((key) => evidenceAt(holder, ["spec", key])),
  );
  return evidence.length === 0 ? [evidenceOf(entity)] : evidence.slice(0, 3);
}

/** What a team or person owns, through child teams and members; for a system, what it consists of. */
export function answerOwns(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  const isOwner = entity.entity.kind === "Group" || entity.entity.kind === "User";
  const owned = isOwner ? ownedBy(asked.catalog, entity) : partsOf(asked.catalog, entity);
  const groups = byKind(owned);
  const name = displayName(entity);
  const verb = isOwner ? "owns" : "consists of";
  const title =
    owned.length === 0
      ? `The catalog names nothing that ${name} ${verb}`
      : `${name} ${verb} ${things(owned.length)}`;
  const first = owned[0];
  return frame(asked, {
    card: { type: "list", title, subject: briefOf(entity), groups, total: owned.length },
    evidence:
      first === undefined
        ? [evidenceOf(entity)]
        : owned
            .slice(0, 3)
            .map((thing) => evidenceAt(thing, ["spec", isOwner ? "owner" : "system"])),
    entities: ranked(entity, subject.score, subject.others),
  });
}

/** A group's child groups and everybody in them. */
export function peopleOf(catalog: Catalog, group: CatalogEntity): CatalogEntity[] {
  return walk(catalog, [group], ["parentOf", "hasMember"]).filter(({ ref }) => ref !== group.ref);
}

/** What a group or person owns: its own first, then that of its child groups and of everybody's. */
export function ownedBy(catalog: Catalog, owner: CatalogEntity): CatalogEntity[] {
  const owners =
    owner.entity.kind === "Group" ? walk(catalog, [owner], ["parentOf", "hasMember"]) : [owner];
  const owned = new Map<string, CatalogEntity>();
  for (const each of owners)
    for (const ref of relationTargets(each, "ownerOf")) {
      const thing = catalog.entities.get(ref);
      if (thing !== undefined) owned.set(ref, thing);
    }
  return [...owned.values()];
}

const kindHeadings: readonly (readonly [string, string])[] = [
  ["Component", "Components"],
  ["System", "Systems"],
  ["API", "APIs"],
  ["Resource", "Resources"],
  ["Domain", "Domains"],
  ["Template", "Templates"],
  ["Group", "Teams"],
  ["User", "People"],
];

/** Things grouped by kind, the usual kinds first. */
export function byKind(
  entities: readonly CatalogEntity[],
): { heading: string; items: EntityBrief[] }[] {
  const groups = new Map<string, { heading: string; briefs: EntityBrief[] }>(
    kindHeadings.map(([kind, heading]) => [kind, { heading, briefs: [] }]),
  );
  for (const entity of entities) {
    const { kind } = entity.entity;
    const group = groups.get(kind) ?? { heading: kind, briefs: [] };
    groups.set(kind, group);
    group.briefs.push(briefOf(entity));
  }
  return [...groups.values()]
    .filter(({ briefs }) => briefs.length > 0)
    .map(({ heading, briefs }) => ({ heading, items: sortBriefs(briefs) }));
}
