import { isRecord } from "../base/json.ts";
import {
  displayName,
  relationTargets,
  type Catalog,
  type CatalogEntity,
} from "../catalog/model.ts";
import { createWellKnown, type WellKnown } from "../catalog/well-known.ts";
import type { FormField } from "../scaffold/form-model.ts";
import type { EntityService } from "./services.ts";

/** What `catalogFilter` allows for one path. */
type FilterValue = string | string[] | { exists: boolean };

/** Looks entities up for forms, and people for permissions. `catalog` is asked each time, so answers are never stale. */
export function createEntityService(
  catalog: () => Catalog,
  wellKnown: WellKnown = createWellKnown(),
): EntityService {
  return {
    findForField(field, text, limit, userRef) {
      const wanted = text.trim().toLowerCase();
      const own = userRef === undefined ? new Set<string>() : ownGroups(catalog(), userRef);
      const found = [...catalog().entities.values()]
        .filter((entity) => matchesFilter(entity, field.entity?.filter ?? []))
        .filter((entity) => isTheirs(entity, field.entity?.only, own, userRef))
        .map((entity) => ({ entity, rank: rank(entity, wanted, own) }))
        .filter(({ rank: value }) => value < noMatch);
      found.sort((a, b) => a.rank - b.rank || (a.entity.ref < b.entity.ref ? -1 : 1));
      return found.slice(0, limit).map(({ entity }) => ({
        ref: entity.ref,
        title: displayName(entity),
        kind: entity.entity.kind,
      }));
    },
    tags(kinds) {
      const wanted = new Set(kinds.map((kind) => kind.toLowerCase()));
      const counts = new Map<string, number>();
      for (const { entity } of catalog().entities.values()) {
        if (wanted.size > 0 && !wanted.has(entity.kind.toLowerCase())) continue;
        for (const tag of entity.metadata.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      }
      return [...counts]
        .map(([tag, count]) => ({ tag, count }))
        .toSorted((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
    },
    userOf(person) {
      const email = person.email?.toLowerCase();
      let byEmail: string | undefined;
      for (const entity of catalog().entities.values()) {
        if (entity.entity.kind !== "User") continue;
        if (wellKnown.slackUserId(entity)?.id === person.slackUserId) return entity.ref;
        if (email !== undefined && wellKnown.email(entity)?.address.toLowerCase() === email)
          byEmail ??= entity.ref;
      }
      return byEmail;
    },
  };
}

const noMatch = 9;

/** 0 exact name, 1 one of the asker's own teams, 2 begins with, 3 contains; `noMatch` otherwise. */
function rank(entity: CatalogEntity, wanted: string, own: ReadonlySet<string>): number {
  const names = [entity.entity.metadata.name, displayName(entity), entity.ref].map((name) =>
    name.toLowerCase(),
  );
  if (wanted === "") return own.has(entity.ref) ? 1 : 2;
  if (names.includes(wanted)) return 0;
  if (!names.some((name) => name.includes(wanted))) return noMatch;
  if (own.has(entity.ref)) return 1;
  return names.some((name) => name.startsWith(wanted)) ? 2 : 3;
}

/**
 * What `OwnedEntityPicker` and `MyGroupsPicker` offer. Of somebody whom the catalog does not know nothing is known to be
 * theirs, so they may choose among all.
 */
function isTheirs(
  entity: CatalogEntity,
  only: "owned" | "my-groups" | undefined,
  own: ReadonlySet<string>,
  userRef: string | undefined,
): boolean {
  if (only === undefined || userRef === undefined) return true;
  if (only === "my-groups") return own.has(entity.ref);
  return relationTargets(entity, "ownedBy").some((ref) => ref === userRef || own.has(ref));
}

function ownGroups(catalog: Catalog, userRef: string): ReadonlySet<string> {
  const user = catalog.entities.get(userRef);
  return new Set(user === undefined ? [] : relationTargets(user, "memberOf"));
}

/** True when any of the filters holds; an empty list allows everything. */
function matchesFilter(
  entity: CatalogEntity,
  filters: NonNullable<FormField["entity"]>["filter"],
): boolean {
  return (
    filters.length === 0 ||
    filters.some((filter) =>
      Object.entries(filter).every(([path, wanted]) => fits(entity, path, wanted)),
    )
  );
}

function fits(entity: CatalogEntity, path: string, wanted: FilterValue): boolean {
  const values = valuesAt(entity, path);
  if (isRecord(wanted) && !Array.isArray(wanted)) return values.length > 0 === wanted.exists;
  const allowed = (typeof wanted === "string" ? [wanted] : wanted).map((value) =>
    value.toLowerCase(),
  );
  return values.some((value) => allowed.includes(value));
}

/** The texts at a path such as `spec.type` or `relations.ownedBy`, in lower case; keys may hold dots themselves. */
function valuesAt(entity: CatalogEntity, path: string): string[] {
  // relations.<type>
  const relation = /^relations\.(\w+)$/i.exec(path)?.[1];
  if (relation !== undefined) return relationTargets(entity, relation);
  return collect(entity.entity, path).map((value) => value.toLowerCase());
}

function collect(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, path));
  if (path === "")
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [String(value)]
      : [];
  if (!isRecord(value)) return [];
  // an annotation's key holds dots: try the whole rest first
  return Object.entries(value).flatMap(([key, item]) => {
    const lowerKey = key.toLowerCase();
    const lowerPath = path.toLowerCase();
    if (lowerPath === lowerKey) return item === null || item === undefined ? [] : leafOr(item);
    return lowerPath.startsWith(`${lowerKey}.`) ? collect(item, path.slice(key.length + 1)) : [];
  });
}

/** A leaf's text; an object at the end of a path only counts as existing. */
function leafOr(value: unknown): string[] {
  const leaves = collect(value, "");
  return leaves.length > 0 || !isRecord(value) ? leaves : [""];
}
