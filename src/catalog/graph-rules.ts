import type { Diagnostic } from "../base/diagnostics.ts";
import { findCycles, shortestCycle } from "./cycles.ts";
import { type Finding, pathText, warningAt } from "./finding.ts";
import { kindRules, knownKinds } from "./kinds.ts";
import { type CatalogEntity, relationTargets } from "./model.ts";
import { toDiagnostic } from "./read-file.ts";
import { kindOfRef, type Reference, referencesOf } from "./references.ts";
import { nearest } from "./suggest.ts";

type Entities = ReadonlyMap<string, CatalogEntity>;

/** How many different unknown names get a suggestion; each is compared with all names of its kind. */
const maxSuggestions = 200;

/** Warnings that need the whole catalog. Yields now and then, so that the caller can let others work. */
export function* graphDiagnostics(entities: Entities): Generator<undefined, Diagnostic[]> {
  return [
    ...unknownKinds(entities),
    ...(yield* danglingReferences(entities)),
    ...(yield* cycles(entities)),
    ...unusedGroups(entities),
  ];
}

function place(entity: CatalogEntity, finding: Finding): Diagnostic {
  return toDiagnostic(finding, entity.origin.file, (path) => entity.locate(path), entity.ref);
}

function unknownKinds(entities: Entities): Diagnostic[] {
  const reported = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const entity of entities.values()) {
    const { kind } = entity.entity;
    if (kindRules.has(kind) || reported.has(kind)) continue;
    reported.add(kind);
    const meant = nearest(kind, knownKinds);
    const message = `the kind ${kind} is not known; its entities are kept and can be searched, but have no relations`;
    const fix = meant === undefined ? undefined : `did you mean ${meant}?`;
    diagnostics.push(place(entity, warningAt(["kind"], "entity-kind-unknown", message, fix)));
  }
  return diagnostics;
}

/** References to entities that do not exist. A kind that the catalog does not hold at all is reported once, not a thousand times. */
function* danglingReferences(entities: Entities): Generator<undefined, Diagnostic[]> {
  const names = namesByKind(entities);
  const suggest = createSuggestions(names);
  const absent = new Map<string, { entity: CatalogEntity; reference: Reference; count: number }>();
  const diagnostics: Diagnostic[] = [];
  let count = 0;
  for (const entity of entities.values()) {
    count += 1;
    if (count % 200 === 0) yield;
    for (const reference of referencesOf(entity.entity)) {
      const { targetRef } = reference;
      if (targetRef === undefined || entities.has(targetRef)) continue;
      const kind = kindOfRef(targetRef);
      if (names.has(kind)) {
        diagnostics.push(place(entity, unknownTarget(reference, targetRef, suggest(targetRef))));
      } else {
        const known = absent.get(kind) ?? { entity, reference, count: 0 };
        absent.set(kind, { ...known, count: known.count + 1 });
      }
    }
  }
  for (const [kind, { entity, reference, count: times }] of absent) {
    const finding = absentKind(kind, reference, times);
    diagnostics.push(place(entity, finding));
  }
  return diagnostics;
}

/** Names as authors write them, by kind in lower case: without the kind, and without the default namespace. */
function namesByKind(entities: Entities): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const ref of entities.keys()) {
    const kind = kindOfRef(ref);
    const known = names.get(kind);
    if (known === undefined) names.set(kind, [shortName(ref)]);
    else known.push(shortName(ref));
  }
  return names;
}

function shortName(ref: string): string {
  return ref.slice(ref.indexOf(":") + 1).replace(/^default\//, "");
}

function createSuggestions(
  names: ReadonlyMap<string, readonly string[]>,
): (ref: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (ref) => {
    if (!known.has(ref) && known.size < maxSuggestions) {
      known.set(ref, nearest(shortName(ref), names.get(kindOfRef(ref)) ?? []));
    }
    return known.get(ref);
  };
}

/** Some fields have a code of their own, so that a team can treat them apart. */
const unknownCodes: Record<string, string> = { owner: "owner-unknown", system: "system-unknown" };

function unknownTarget(reference: Reference, ref: string, meant: string | undefined): Finding {
  const { path, rule } = reference;
  const message = `${pathText(path)} names ${ref}, which is not in the catalog`;
  const fix = meant === undefined ? undefined : `did you mean ${meant}?`;
  return warningAt(path, unknownCodes[rule.field] ?? "ref-unknown", message, fix);
}

function absentKind(kind: string, { path, targetRef }: Reference, count: number): Finding {
  const times = count === 1 ? "1 such reference" : `${count} such references`;
  const message = `${pathText(path)} names ${targetRef}, but the catalog holds no ${kind} at all (${times})`;
  return warningAt(path, "ref-kind-absent", message);
}

/** Relations that must not lead back to where they began. */
const acyclic = [
  { type: "childOf", reverse: "parentOf", what: "groups are their own parents" },
  { type: "partOf", reverse: "hasPart", what: "entities are parts of themselves" },
  { type: "dependsOn", reverse: "dependencyOf", what: "entities depend on themselves" },
];

function* cycles(entities: Entities): Generator<undefined, Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const { type, reverse, what } of acyclic) {
    const targetsOf = (ref: string): string[] => {
      const entity = entities.get(ref);
      return entity === undefined ? [] : relationTargets(entity, type);
    };
    for (const members of yield* findCycles(entities.keys(), targetsOf)) {
      const [first] = members.toSorted();
      const entity = first === undefined ? undefined : entities.get(first);
      if (first === undefined || entity === undefined) continue;
      const way = shortestCycle(first, new Set(members), targetsOf);
      const shown = way.length > 8 ? [...way.slice(0, 6), "…", first] : way;
      const more = members.length - way.length + 1;
      const tail = more > 0 ? ` and ${more} more` : "";
      const message = `${what}: ${shown.join(" → ")}${tail}`;
      const path = cyclePath(entity, way[1], type, reverse);
      diagnostics.push(
        place(entity, warningAt(path, "relation-cycle", message, "remove one of them")),
      );
    }
  }
  return diagnostics;
}

/** The field that makes the first step of a cycle; it may stand in the other entity. */
function cyclePath(
  entity: CatalogEntity,
  next: string | undefined,
  type: string,
  reverse: string,
): Finding["path"] {
  for (const { rule, path, targetRef } of referencesOf(entity.entity)) {
    if ((rule.type === type || rule.type === reverse) && targetRef === next) return path;
  }
  return ["spec"];
}

/** Groups that own nothing, have no members and no groups below them: leftovers, mostly. */
function unusedGroups(entities: Entities): Diagnostic[] {
  const uses = new Set(["ownerOf", "hasMember", "parentOf"]);
  return [...entities.values()]
    .filter(
      ({ ref, relations }) =>
        kindOfRef(ref) === "group" && !relations.some(({ type }) => uses.has(type)),
    )
    .map((entity) => {
      const message = `${entity.ref} owns nothing, has no members and no groups below it`;
      const fix = "remove it, or name it where it is meant";
      return place(entity, warningAt(["metadata", "name"], "group-unused", message, fix));
    });
}
