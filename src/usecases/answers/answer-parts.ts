import { isRecord } from "../../base/json.ts";
import {
  displayName,
  relationTargets,
  type Catalog,
  type CatalogEntity,
} from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { Contact, EntityBrief, Evidence } from "./answer.ts";

/** What every part of an answer is built from. */
export interface AnswerSources {
  catalog: Catalog;
  wellKnown: WellKnown;
}

/** An entity in a line. */
export function briefOf(entity: CatalogEntity): EntityBrief {
  const { metadata, kind, spec } = entity.entity;
  const type = spec?.["type"];
  const lifecycle = spec?.["lifecycle"];
  return {
    ref: entity.ref,
    kind,
    title: displayName(entity),
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof lifecycle === "string" ? { lifecycle } : {}),
  };
}

/** The brief of a reference; one that is not in the catalog is shown by its name. */
export function briefOfRef(catalog: Catalog, ref: string): EntityBrief {
  const entity = catalog.entities.get(ref);
  if (entity !== undefined) return briefOf(entity);
  const kind = ref.slice(0, Math.max(0, ref.indexOf(":")));
  return { ref, kind, title: ref.slice(ref.indexOf("/") + 1) };
}

/** Briefs of all targets of a relation, by title. */
export function briefsOf(catalog: Catalog, entity: CatalogEntity, relation: string): EntityBrief[] {
  return sortBriefs(relationTargets(entity, relation).map((ref) => briefOfRef(catalog, ref)));
}

/** Sorted by title, without repeats. */
export function sortBriefs(briefs: readonly EntityBrief[]): EntityBrief[] {
  if (briefs.length < 2) return [...briefs];
  const unique = new Map(
    briefs.map((brief) => [brief.ref, { brief, key: brief.title.toLowerCase() }]),
  );
  return [...unique.values()]
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ brief }) => brief);
}

/** The owner of an entity; of a part without owner, its system's. */
export function ownerOf(
  catalog: Catalog,
  entity: CatalogEntity,
): { brief: EntityBrief; entity: CatalogEntity | undefined; through?: CatalogEntity } | undefined {
  const own = relationTargets(entity, "ownedBy")[0];
  if (own !== undefined)
    return { brief: briefOfRef(catalog, own), entity: catalog.entities.get(own) };
  for (const whole of relationTargets(entity, "partOf")) {
    const through = catalog.entities.get(whole);
    const ref = through === undefined ? undefined : relationTargets(through, "ownedBy")[0];
    if (through !== undefined && ref !== undefined)
      return { brief: briefOfRef(catalog, ref), entity: catalog.entities.get(ref), through };
  }
  return undefined;
}

/** Where to reach whoever stands behind the entities, the first that says so winning for each way. */
export function contactOf(
  { wellKnown }: AnswerSources,
  entities: readonly (CatalogEntity | undefined)[],
): Contact {
  const holders = entities.filter((entity) => entity !== undefined);
  const channel = firstOf(holders, (entity) => wellKnown.slackChannel(entity));
  const group = firstOf(holders, (entity) => wellKnown.slackUserGroup(entity));
  const email = firstOf(holders, (entity) => wellKnown.email(entity));
  const handle = group?.handle === undefined ? group?.id : `@${group.handle.replace(/^@/, "")}`;
  const shownChannel = channel?.name === undefined ? channel?.id : `#${channel.name}`;
  return {
    ...(shownChannel === undefined ? {} : { slackChannel: shownChannel }),
    ...(channel?.id === undefined ? {} : { slackChannelId: channel.id }),
    ...(handle === undefined ? {} : { slackUserGroup: handle }),
    ...(email === undefined ? {} : { email: email.address }),
  };
}

function firstOf<T>(
  entities: readonly CatalogEntity[],
  read: (entity: CatalogEntity) => T | undefined,
): T | undefined {
  for (const entity of entities) {
    const value = read(entity);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What stands at a path of an entity's file. */
export function evidenceAt(entity: CatalogEntity, path: readonly (string | number)[]): Evidence {
  const { line } = entity.locate(path);
  const value = valueAt(entity.entity, path);
  const name = path.filter((part) => part !== "annotations" && part !== "metadata").join(".");
  return {
    source: `${entity.origin.file}:${line}`,
    statement:
      value === undefined
        ? `${entity.entity.kind} ${entity.entity.metadata.name}`
        : `${name}: ${shown(value)}`,
    readAtMs: entity.origin.readAtMs,
  };
}

/** That the entity exists, at the line where its name stands. */
export function evidenceOf(entity: CatalogEntity): Evidence {
  return {
    source: `${entity.origin.file}:${entity.locate(["metadata", "name"]).line}`,
    statement: `kind: ${entity.entity.kind}, name: ${entity.entity.metadata.name}`,
    readAtMs: entity.origin.readAtMs,
  };
}

function valueAt(entity: object, path: readonly (string | number)[]): unknown {
  let value: unknown = entity;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isRecord(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

const maxShown = 120;

function shown(value: unknown): string {
  if (isRecord(value) && typeof value["url"] === "string") return cut(value["url"]);
  if (Array.isArray(value)) return cut(value.map((item) => shown(item)).join(", "));
  return cut(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

function cut(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown - 1)}…`;
}
