import type { Entity } from "./model.ts";
import type { CheckedDocument, FileReading } from "./read-file.ts";
import { canonicalRef } from "./ref.ts";

/** Annotations by which a written entity says which team or person it stands for. */
const identities: Readonly<Record<string, string>> = {
  Group: "github.com/team-slug",
  User: "github.com/user-login",
};

/** Fields of Groups and Users that name others of them, with the kind that is meant. */
const peopleFields: Readonly<Record<string, string>> = {
  members: "user",
  children: "group",
  parent: "group",
  memberOf: "group",
};

/**
 * Lets entities that a source made of teams and members give way to those that people wrote for the same, by name or by
 * annotation; what is left refers to the written ones.
 */
export function withoutReplaced<T extends { readings: readonly FileReading[] }>(
  sources: readonly T[],
): readonly T[] {
  if (!sources.some(({ readings }) => readings.some(isDerived))) return sources;
  const all = sources.flatMap(({ readings }) => readings);
  const written = all.filter((reading) => !isDerived(reading)).flatMap(documentsOf);
  const refs = new Set(written.map(({ ref }) => ref));
  const byIdentity = new Map(written.flatMap((each) => entry(identityOf(each.entity), each.ref)));
  const replacedBy = new Map<string, string>();
  const taken = new Set<string>();
  const isKept = ({ ref, entity }: CheckedDocument): boolean => {
    const other = byIdentity.get(identityOf(entity) ?? "");
    if (other !== undefined) replacedBy.set(ref, other);
    const isFirst = !taken.has(ref);
    taken.add(ref);
    return other === undefined && !refs.has(ref) && isFirst;
  };
  const kept = new Map(
    all.filter(isDerived).map((reading) => [reading, reading.documents.filter(isKept)]),
  );
  return sources.map((source) => ({
    ...source,
    readings: source.readings.map((reading) => {
      const documents = kept.get(reading);
      if (documents === undefined) return reading;
      return { ...reading, documents: documents.map((each) => redirected(each, replacedBy)) };
    }),
  }));
}

function isDerived({ file }: FileReading): boolean {
  return file.isDerived === true;
}

function documentsOf({ documents }: FileReading): readonly CheckedDocument[] {
  return documents;
}

function entry(key: string | undefined, value: string): [string, string][] {
  return key === undefined ? [] : [[key, value]];
}

function identityOf({ kind, metadata }: Entity): string | undefined {
  const value = metadata.annotations?.[identities[kind] ?? ""];
  return typeof value === "string" ? `${kind} ${value.toLowerCase()}` : undefined;
}

function redirected(
  document: CheckedDocument,
  replacedBy: ReadonlyMap<string, string>,
): CheckedDocument {
  const { spec } = document.entity;
  if (spec === undefined || replacedBy.size === 0) return document;
  let isChanged = false;
  const point = (field: string, name: unknown): unknown => {
    if (typeof name !== "string") return name;
    const other = replacedBy.get(canonicalRef(`${peopleFields[field]}:default/${name}`) ?? "");
    isChanged ||= other !== undefined;
    return other ?? name;
  };
  const fields = Object.entries(spec).map(([field, value]: [string, unknown]) => {
    if (!Object.hasOwn(peopleFields, field)) return [field, value];
    if (!Array.isArray(value)) return [field, point(field, value)];
    return [field, value.map((name) => point(field, name))];
  });
  if (!isChanged) return document;
  return { ...document, entity: { ...document.entity, spec: Object.fromEntries(fields) } };
}
