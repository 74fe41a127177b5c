import { isRecord } from "../base/json.ts";
import { errorAt, type Finding, pathText, shownValue, warningAt } from "./finding.ts";
import type { Entity } from "./model.ts";
import { canonicalRef } from "./ref.ts";

/** A field that holds references: what relation it makes, and what its reverse is called. */
export interface ReferenceField {
  field: string;
  type: string;
  reverse: string;
  /** Taken when the reference names no kind; absent means that it must. */
  defaultKind?: string;
  /** The field counts only where `spec.type` is this. */
  specType?: string;
  /** Kinds that make sense, in lower case; any when absent. */
  kinds?: readonly string[];
}

function field(
  name: string,
  type: string,
  reverse: string,
  defaultKind?: string,
  otherKinds: readonly string[] = [],
): ReferenceField {
  if (defaultKind === undefined) return { field: name, type, reverse };
  return {
    field: name,
    type,
    reverse,
    defaultKind,
    kinds: [defaultKind.toLowerCase(), ...otherKinds],
  };
}

const owner = field("owner", "ownedBy", "ownerOf", "Group", ["user"]);
const system = field("system", "partOf", "hasPart", "System");
const dependencies = [
  field("dependsOn", "dependsOn", "dependencyOf"),
  field("dependencyOf", "dependencyOf", "dependsOn"),
];

/**
 * Which fields of `spec` relate an entity to others, by kind.
 * @see https://backstage.io/docs/features/software-catalog/well-known-relations
 */
export const referenceFields: ReadonlyMap<string, readonly ReferenceField[]> = new Map([
  [
    "Component",
    [
      owner,
      system,
      field("subcomponentOf", "partOf", "hasPart", "Component"),
      field("providesApis", "providesApi", "apiProvidedBy", "API"),
      field("consumesApis", "consumesApi", "apiConsumedBy", "API"),
      ...dependencies,
    ],
  ],
  ["API", [owner, system]],
  ["Resource", [owner, system, ...dependencies]],
  ["System", [owner, field("domain", "partOf", "hasPart", "Domain")]],
  ["Domain", [owner, field("subdomainOf", "partOf", "hasPart", "Domain")]],
  ["Template", [owner]],
  [
    "AiResource",
    [
      owner,
      system,
      { ...field("dependsOn", "dependsOn", "dependencyOf", "AiResource"), specType: "skill" },
      { ...field("skills", "hasPart", "partOf", "AiResource"), specType: "plugin" },
      { ...field("plugins", "hasPart", "partOf", "AiResource"), specType: "marketplace" },
    ],
  ],
  [
    "Group",
    [
      field("parent", "childOf", "parentOf", "Group"),
      field("children", "parentOf", "childOf", "Group"),
      field("members", "hasMember", "memberOf", "User"),
    ],
  ],
  ["User", [field("memberOf", "memberOf", "hasMember", "Group")]],
]);

/** One reference as it stands in an entity. */
export interface Reference {
  rule: ReferenceField;
  path: readonly (string | number)[];
  /** As written. */
  value: unknown;
  /** Canonical; absent when malformed. */
  targetRef?: string;
}

/** A reference that can be followed. */
export type KnownReference = Required<Pick<Reference, "rule" | "path" | "targetRef">>;

/** As `referencesOf`, without those that are malformed. */
export function knownReferences(entity: Entity): KnownReference[] {
  const known: KnownReference[] = [];
  for (const { rule, path, targetRef } of referencesOf(entity))
    if (targetRef !== undefined) known.push({ rule, path, targetRef });
  return known;
}

/** All references of an entity in the order of its kind's fields; a missing namespace is the entity's own. */
export function* referencesOf(entity: Entity): Generator<Reference> {
  const defaultNamespace = entity.metadata.namespace ?? "default";
  for (const rule of referenceFields.get(entity.kind) ?? []) {
    for (const { value, path } of valuesOf(entity, rule)) {
      const targetRef = refOfValue(value, rule.defaultKind, defaultNamespace);
      yield { rule, path, value, ...(targetRef === undefined ? {} : { targetRef }) };
    }
  }
}

/** Backstage takes these for no reference at all, without a word. */
const nothing = new Set<unknown>([undefined, null, "", 0, false]);

/** The values of a field, whether it holds one or a list; nothing when it is absent or empty. */
function valuesOf(entity: Entity, rule: ReferenceField): Pick<Reference, "value" | "path">[] {
  const spec = entity.spec ?? {};
  if (rule.specType !== undefined && rule.specType !== spec["type"]) return [];
  const value = spec[rule.field];
  const path = ["spec", rule.field];
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => ({ value: item, path: [...path, index] }));
  }
  return nothing.has(value) ? [] : [{ value, path }];
}

/** A reference is a text, or `{kind, namespace, name}`. */
function refOfValue(
  value: unknown,
  defaultKind: string | undefined,
  defaultNamespace: string,
): string | undefined {
  if (typeof value === "string") return canonicalRef(value, { defaultKind, defaultNamespace });
  if (!isRecord(value)) return undefined;
  const { kind = defaultKind, namespace = defaultNamespace, name } = value;
  const isWhole = [kind, namespace, name].every((part) => typeof part === "string" && part !== "");
  return isWhole ? `${String(kind)}:${String(namespace)}/${String(name)}`.toLowerCase() : undefined;
}

/** Faults that can be seen without the rest of the catalog: malformed references and odd kinds. */
export function referenceFindings(entity: Entity): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, path, value, targetRef } of referencesOf(entity)) {
    const name = pathText(path);
    if (targetRef === undefined) {
      const hasNoKind = rule.defaultKind === undefined && isBareName(value);
      const problem = hasNoKind ? "has no kind" : "is no reference";
      const message = `${name} is ${shownValue(value)}, which ${problem}; expected kind:namespace/name`;
      const fix = hasNoKind ? `write component:${value} or resource:${value}` : undefined;
      findings.push(errorAt(path, "ref-malformed", message, fix));
    } else if (rule.kinds !== undefined && !rule.kinds.includes(kindOfRef(targetRef))) {
      const message = `${name} names ${targetRef}, expected a ${rule.kinds.join(" or ")}`;
      findings.push(warningAt(path, "ref-kind-unexpected", message));
    }
  }
  return findings;
}

function isBareName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value !== "" &&
    canonicalRef(value, { defaultKind: "x" }) !== undefined
  );
}

/** The kind of a canonical reference, in lower case. */
export function kindOfRef(ref: string): string {
  return ref.slice(0, ref.indexOf(":"));
}
