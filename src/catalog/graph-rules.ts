import type { Diagnostic } from "../base/diagnostics.ts";
import { findCycles, shortestCycle } from "./cycles.ts";
import { type Finding, pathText, warningAt } from "./finding.ts";
import { kindRules, knownKinds } from "./kinds.ts";
import { type CatalogEntity, relationTargets } from "./model.ts";
import { toDiagnostic } from "./read-file.ts";
import { kindOfRef, type KnownReference, referencesOf } from "./references.ts";
import { nearest } from "./suggest.ts";

type Entities = ReadonlyMap<string, CatalogEntity>;

/** How many different unknown names get a suggestion; each is compared with all names of its kind. */
const maxSuggestions = 200;

/** What the warnings of one catalog leave for those of the next. */
export interface GraphMemory {
  /** What unknown references may have meant, by reference. */
  suggestions: Map<string, string | undefined>;
  /** What stands for the names of each kind that they were chosen from. */
  kinds: Map<string, string>;
  /** Relations that led back to where they began. */
  cyclic: Set<string>;
  /** True when every relation was followed already. */
  isWhole: boolean;
}

/** Creates a memory of nothing. */
export function createGraphMemory(): GraphMemory {
  return { suggestions: new Map(), kinds: new Map(), cyclic: new Set(), isWhole: false };
}

/** A whole catalog, and whose relations may be other than before. */
interface Graph {
  nodes: ReadonlyMap<string, { entity: CatalogEntity; references: readonly KnownReference[] }>;
  entities: Entities;
  dirty: ReadonlySet<string>;
}

/** Warnings that need the whole catalog. Yields now and then, so that the caller can let others work. */
export function* graphDiagnostics(
  graph: Graph,
  memory: GraphMemory,
): Generator<undefined, Diagnostic[]> {
  const { entities } = graph;
  return [
    ...unknownKinds(entities),
    ...(yield* danglingReferences(graph, memory)),
    ...(yield* cycles(graph, memory)),
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
function* danglingReferences(
  { nodes, entities }: Graph,
  memory: GraphMemory,
): Generator<undefined, Diagnostic[]> {
  const names = yield* namesByKind(entities);
  yield* forgetSuggestions(names, memory);
  const suggest = createSuggestions(names, memory);
  const absent = new Map<
    string,
    { entity: CatalogEntity; reference: KnownReference; count: number }
  >();
  const diagnostics: Diagnostic[] = [];
  let count = 0;
  for (const { entity, references } of nodes.values()) {
    count += 1;
    if (count % 200 === 0) yield;
    for (const reference of references) {
      const { targetRef } = reference;
      if (entities.has(targetRef)) continue;
      const kind = kindOfRef(targetRef);
      if (names.has(kind)) {
        yield;
        diagnostics.push(place(entity, unknownTarget(reference, suggest(targetRef))));
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
function* namesByKind(entities: Entities): Generator<undefined, Map<string, string[]>> {
  const names = new Map<string, string[]>();
  let count = 0;
  for (const ref of entities.keys()) {
    count += 1;
    if (count % 2_000 === 0) yield;
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

/** With other names to choose from another may be nearer. */
function* forgetSuggestions(
  names: ReadonlyMap<string, readonly string[]>,
  memory: GraphMemory,
): Generator<undefined, void> {
  for (const [kind, own] of names) {
    const stamp = `${own.length} ${yield* createStamp(own)}`;
    if (memory.kinds.get(kind) === stamp) continue;
    memory.kinds.set(kind, stamp);
    for (const ref of memory.suggestions.keys())
      if (kindOfRef(ref) === kind) memory.suggestions.delete(ref);
  }
}

function createSuggestions(
  names: ReadonlyMap<string, readonly string[]>,
  memory: GraphMemory,
): (ref: string) => string | undefined {
  let left = maxSuggestions;
  return (ref) => {
    if (!memory.suggestions.has(ref)) {
      if (left === 0) return undefined;
      left -= 1;
      memory.suggestions.set(ref, nearest(shortName(ref), names.get(kindOfRef(ref)) ?? []));
    }
    return memory.suggestions.get(ref);
  };
}

/** A number that changes with the names and their order. */
function* createStamp(names: readonly string[]): Generator<undefined, number> {
  let stamp = 0;
  for (const [count, name] of names.entries()) {
    if (count % 1_000 === 999) yield;
    let own = 0x811c9dc5;
    for (let at = 0; at < name.length; at += 1)
      own = Math.imul(own ^ name.charCodeAt(at), 0x01000193);
    stamp = (Math.imul(stamp, 31) + own) | 0;
  }
  return stamp;
}

/** Some fields have a code of their own, so that a team can treat them apart. */
const unknownCodes: Record<string, string> = { owner: "owner-unknown", system: "system-unknown" };

const addressFix =
  "write the name of the group, or user:name for a person, instead of the e-mail address";

function unknownTarget(
  { path, rule, targetRef }: KnownReference,
  meant: string | undefined,
): Finding {
  const message = `${pathText(path)} names ${targetRef}, which is not in the catalog`;
  // an address is no name of any group; Backstage looks for a group of that name all the same
  const usual = targetRef.includes("@") ? addressFix : undefined;
  const fix = meant === undefined ? usual : `did you mean ${meant}?`;
  return warningAt(path, unknownCodes[rule.field] ?? "ref-unknown", message, fix);
}

function absentKind(kind: string, { path, targetRef }: KnownReference, count: number): Finding {
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

function* cycles(
  { entities, dirty }: Graph,
  memory: GraphMemory,
): Generator<undefined, Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const { type, reverse, what } of acyclic) {
    const targetsOf = (ref: string): string[] => {
      const entity = entities.get(ref);
      return entity === undefined ? [] : relationTargets(entity, type);
    };
    // where nothing led back before, a circle that is new leads through what has changed
    const isNewOnly = memory.isWhole && !memory.cyclic.has(type);
    const starts = isNewOnly ? [...dirty].filter((ref) => entities.has(ref)) : entities.keys();
    const found = yield* findCycles(starts, targetsOf);
    if (found.length > 0) memory.cyclic.add(type);
    else memory.cyclic.delete(type);
    for (const members of found) {
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
  memory.isWhole = true;
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
      ({ entity, relations }) =>
        entity.kind === "Group" && !relations.some(({ type }) => uses.has(type)),
    )
    .map((entity) => {
      const message = `${entity.ref} owns nothing, has no members and no groups below it`;
      const fix = "remove it, or name it where it is meant";
      return place(entity, warningAt(["metadata", "name"], "group-unused", message, fix));
    });
}
