import type { Diagnostic } from "../base/diagnostics.ts";
import { annotated } from "./annotations.ts";
import { withoutReplaced } from "./derived.ts";
import { graphDiagnostics } from "./graph-rules.ts";
import type { Catalog, CatalogEntity, Relation } from "./model.ts";
import {
  checkFile,
  type CheckedDocument,
  type FileReading,
  parseCatalogFile,
} from "./read-file.ts";
import { referencesOf } from "./references.ts";
import { createEntityRules, type RuleOptions } from "./rules.ts";
import type { SourceFile } from "./sources/contract.ts";

/** What one source gave, checked file by file. */
export interface SourceReading {
  /** Id of the source. */
  id: string;
  readings: readonly FileReading[];
}

export interface BuiltCatalog {
  catalog: Catalog;
  /** All findings, by file, line and column. */
  diagnostics: Diagnostic[];
}

/**
 * Builds a catalog from files that were read already. Placeholders stay unread and Locations are not followed: for those
 * there is `loadCatalog`. A broken file never hides another one.
 */
export function buildCatalog(input: {
  sources: readonly { id: string; readAtMs: number; files: readonly SourceFile[] }[];
  options?: RuleOptions;
}): BuiltCatalog {
  const rules = createEntityRules(input.options);
  const sources = input.sources.map(({ id, readAtMs, files }) => ({
    id,
    readings: files.map((file) =>
      checkFile(parseCatalogFile(file), rules, { originBase: file.base, readAtMs }),
    ),
  }));
  const steps = assembleCatalog(sources);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Puts checked files together: one entity for each reference (the first keeps it), relations in both directions, and the
 * warnings that need all of it. Linear in entities and relations; yields now and then, so that the caller can let others work.
 */
export function* assembleCatalog(
  given: readonly SourceReading[],
): Generator<undefined, BuiltCatalog> {
  const sources = withoutReplaced(given);
  const entities = new Map<string, CatalogEntity>();
  const diagnostics: Diagnostic[] = [];
  for (const { id, readings } of sources) {
    for (const reading of readings) {
      for (const diagnostic of reading.diagnostics) diagnostics.push(diagnostic);
      for (const document of reading.documents) {
        const holder = entities.get(document.ref);
        if (document.isKept === true) continue;
        if (holder === undefined) entities.set(document.ref, toCatalogEntity(document, id));
        else diagnostics.push(duplicate(document, holder));
      }
      yield;
    }
  }
  addKept(sources, entities);
  yield* addRelations(entities);
  for (const diagnostic of yield* graphDiagnostics(entities)) diagnostics.push(diagnostic);
  return { catalog: { entities }, diagnostics: diagnostics.toSorted(byPlace) };
}

/** What files said before they broke, unless another file says it now. */
function addKept(sources: readonly SourceReading[], entities: Map<string, CatalogEntity>): void {
  for (const { id, readings } of sources) {
    for (const document of readings.flatMap((reading) => reading.documents)) {
      if (document.isKept !== true || entities.has(document.ref)) continue;
      entities.set(document.ref, toCatalogEntity(document, id));
    }
  }
}

function toCatalogEntity(document: CheckedDocument, source: string): CatalogEntity {
  const { ref, entity, file, originBase, line, locate, readAtMs } = document;
  return {
    ref,
    entity: file.isResolved === true ? entity : annotated(entity, file.base, originBase),
    origin: {
      source,
      file: file.file,
      base: file.base,
      line,
      readAtMs,
      ...(document.isKept === true ? { isKept: true } : {}),
    },
    relations: [],
    locate,
  };
}

/** Backstage refuses a name that another file holds; a name twice in one file it takes without a word. */
function duplicate(document: CheckedDocument, holder: CatalogEntity): Diagnostic {
  const { file, line, base } = holder.origin;
  return {
    file: document.file.file,
    ...document.locate(["metadata", "name"]),
    severity: base === document.file.base ? "warning" : "error",
    code: "entity-duplicate",
    message: `${document.ref} is already defined at ${file}:${line}, which keeps it`,
    ref: document.ref,
    fix: "rename one of the two, or remove it",
  };
}

/** Own relations first, in the order of the fields, then the reverse ones; none twice. */
function* addRelations(entities: ReadonlyMap<string, CatalogEntity>): Generator<undefined, void> {
  const known = new Map<string, Set<string>>();
  const add = (entity: CatalogEntity, relation: Relation): void => {
    let keys = known.get(entity.ref);
    if (keys === undefined) {
      keys = new Set();
      known.set(entity.ref, keys);
    }
    const key = `${relation.type} ${relation.targetRef}`;
    if (keys.has(key)) return;
    keys.add(key);
    entity.relations.push(relation);
  };
  const reversed: { target: CatalogEntity; relation: Relation }[] = [];
  let count = 0;
  for (const entity of entities.values()) {
    count += 1;
    if (count % 500 === 0) yield;
    for (const { rule, targetRef } of referencesOf(entity.entity)) {
      if (targetRef === undefined) continue;
      add(entity, { type: rule.type, targetRef });
      const target = entities.get(targetRef);
      if (target !== undefined) {
        reversed.push({ target, relation: { type: rule.reverse, targetRef: entity.ref } });
      }
    }
  }
  for (const [index, { target, relation }] of reversed.entries()) {
    if (index % 2000 === 0) yield;
    add(target, relation);
  }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
