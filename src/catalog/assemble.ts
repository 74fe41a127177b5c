import type { Diagnostic } from "../base/diagnostics.ts";
import { annotated } from "./annotations.ts";
import { withoutReplaced } from "./derived.ts";
import { createGraphMemory, graphDiagnostics, type GraphMemory } from "./graph-rules.ts";
import type { Catalog, CatalogEntity, Relation } from "./model.ts";
import type { CheckedDocument, FileReading } from "./read-file.ts";
import { type KnownReference, knownReferences } from "./references.ts";

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

/** One entity on the way into a catalog. */
export interface CatalogNode {
  document: CheckedDocument;
  source: string;
  /** Its place in the catalog's order. */
  ordinal: number;
  entity: CatalogEntity;
  /** What it refers to, whether that exists or not. */
  references: readonly KnownReference[];
}

/**
 * What an assembly leaves for the next one, which then makes only what has changed anew. It belongs to one line of catalogs
 * and is never shown to anybody.
 */
export interface AssemblyMemory {
  nodes: ReadonlyMap<string, CatalogNode>;
  /** Who refers to a reference, each once. */
  referrers: Map<string, string[]>;
  graph: GraphMemory;
  /** True while an assembly is at work, or after one that was given up. */
  isOpen: boolean;
}

/** Creates a memory of nothing. */
export function createAssemblyMemory(): AssemblyMemory {
  return { nodes: new Map(), referrers: new Map(), graph: createGraphMemory(), isOpen: false };
}

/**
 * Puts checked files together: one entity for each reference (the first keeps it), relations in both directions, and the
 * warnings that need all of it. Linear in entities, and with a memory in what has changed; entities that have not changed are
 * the same objects as before. Yields now and then, so that the caller can let others work.
 */
export function* assembleCatalog(
  given: readonly SourceReading[],
  memory: AssemblyMemory = createAssemblyMemory(),
): Generator<undefined, BuiltCatalog> {
  if (memory.isOpen) Object.assign(memory, createAssemblyMemory());
  memory.isOpen = true;
  const sources = withoutReplaced(given);
  const diagnostics: Diagnostic[] = [];
  const holders = yield* collect(sources, diagnostics);
  const { nodes, changed } = yield* toNodes(holders, memory);
  const dirty = yield* relate(nodes, changed, memory);
  const entities = new Map<string, CatalogEntity>();
  for (const [ref, { entity }] of nodes) entities.set(ref, entity);
  yield;
  const found = yield* graphDiagnostics({ nodes, entities, dirty }, memory.graph);
  for (const diagnostic of found) diagnostics.push(diagnostic);
  memory.nodes = nodes;
  memory.isOpen = false;
  return { catalog: { entities }, diagnostics: diagnostics.toSorted(byPlace) };
}

/** A document that holds its reference. */
type Holder = Pick<CatalogNode, "document" | "source">;

/** The document of each reference: the first, and what files said before they broke only where no other says it now. */
function* collect(
  sources: readonly SourceReading[],
  diagnostics: Diagnostic[],
): Generator<undefined, Map<string, Holder>> {
  const holders = new Map<string, Holder>();
  const kept: Holder[] = [];
  let count = 0;
  for (const { id: source, readings } of sources) {
    for (const reading of readings) {
      for (const diagnostic of reading.diagnostics) diagnostics.push(diagnostic);
      for (const document of reading.documents) {
        const holder = holders.get(document.ref);
        if (document.isKept === true) kept.push({ document, source });
        else if (holder === undefined) holders.set(document.ref, { document, source });
        else diagnostics.push(duplicate(document, holder.document));
      }
      count += 1;
      if (count % 50 === 0) yield;
    }
  }
  for (const holder of kept)
    if (!holders.has(holder.document.ref)) holders.set(holder.document.ref, holder);
  return holders;
}

/** Makes nodes for what is new, takes the others over, and brings `memory.referrers` up to date. */
function* toNodes(
  holders: ReadonlyMap<string, Holder>,
  memory: AssemblyMemory,
): Generator<undefined, { nodes: Map<string, CatalogNode>; changed: Set<string> }> {
  const nodes = new Map<string, CatalogNode>();
  const changed = new Set<string>();
  for (const [ref, { document, source }] of holders) {
    const ordinal = nodes.size;
    if (ordinal % 200 === 0) yield;
    const before = memory.nodes.get(ref);
    if (before?.document === document && before.source === source) {
      nodes.set(ref, before.ordinal === ordinal ? before : { ...before, ordinal });
      continue;
    }
    changed.add(ref);
    const entity = toCatalogEntity(document, source);
    const references = knownReferences(entity.entity);
    nodes.set(ref, { document, source, ordinal, entity, references });
  }
  let count = 0;
  for (const ref of memory.nodes.keys()) {
    count += 1;
    if (count % 2_000 === 0) yield;
    if (!nodes.has(ref)) changed.add(ref);
  }
  return { nodes, changed };
}

/** Gives every entity its relations; those that cannot have changed keep theirs. Returns the others. */
function* relate(
  nodes: Map<string, CatalogNode>,
  changed: ReadonlySet<string>,
  memory: AssemblyMemory,
): Generator<undefined, Set<string>> {
  const dirty = new Set(changed);
  let count = 0;
  for (const ref of changed) {
    count += 1;
    if (count % 200 === 0) yield;
    const gone = referencesIn(memory.nodes, ref);
    const given = referencesIn(nodes, ref);
    for (const { targetRef } of gone) forget(memory.referrers, targetRef, ref);
    for (const { targetRef } of given) note(memory.referrers, targetRef, ref);
    for (const { targetRef } of [...gone, ...given]) dirty.add(targetRef);
  }
  for (const ref of dirty) {
    count += 1;
    if (count % 200 === 0) yield;
    const node = nodes.get(ref);
    if (node !== undefined) nodes.set(ref, related(node, nodes, memory.referrers.get(ref) ?? []));
  }
  return dirty;
}

/** The node with its relations; the same entity when they are what they were. */
function related(
  node: CatalogNode,
  nodes: ReadonlyMap<string, CatalogNode>,
  referrers: readonly string[],
): CatalogNode {
  const { entity } = node;
  const relations = relationsOf(node, nodes, referrers);
  if (isSame(entity.relations, relations)) return node;
  return { ...node, entity: { ...entity, relations } };
}

function referencesIn(
  nodes: ReadonlyMap<string, CatalogNode>,
  ref: string,
): readonly KnownReference[] {
  return nodes.get(ref)?.references ?? [];
}

function note(referrers: Map<string, string[]>, targetRef: string, ref: string): void {
  const known = referrers.get(targetRef);
  if (known === undefined) referrers.set(targetRef, [ref]);
  // the references of one entity are noted one after the other
  else if (known.at(-1) !== ref) known.push(ref);
}

function forget(referrers: Map<string, string[]>, targetRef: string, ref: string): void {
  const left = (referrers.get(targetRef) ?? []).filter((each) => each !== ref);
  if (left.length === 0) referrers.delete(targetRef);
  else referrers.set(targetRef, left);
}

/** Own relations first, in the order of the fields, then the reverse ones in the order of the catalog; none twice. */
function relationsOf(
  { entity: { ref }, references }: CatalogNode,
  nodes: ReadonlyMap<string, CatalogNode>,
  referrers: readonly string[],
): Relation[] {
  const relations: Relation[] = [];
  const keys = new Set<string>();
  const add = (type: string, targetRef: string): void => {
    const key = `${type} ${targetRef}`;
    if (keys.has(key)) return;
    keys.add(key);
    relations.push({ type, targetRef });
  };
  for (const { rule, targetRef } of references) add(rule.type, targetRef);
  const others = referrers.flatMap((each) => nodes.get(each) ?? []);
  for (const other of others.toSorted((a, b) => a.ordinal - b.ordinal))
    for (const { rule, targetRef } of other.references)
      if (targetRef === ref) add(rule.reverse, other.entity.ref);
  return relations;
}

function isSame(before: readonly Relation[], now: readonly Relation[]): boolean {
  if (before.length !== now.length) return false;
  return now.every(({ type, targetRef }, at) => {
    const other = before[at];
    return other?.type === type && other.targetRef === targetRef;
  });
}

function toCatalogEntity(document: CheckedDocument, source: string): CatalogEntity {
  const { ref, entity, file, originBase, line, locate, readAt } = document;
  return {
    ref,
    entity: file.isResolved === true ? entity : annotated(entity, file.base, originBase),
    origin: {
      source,
      file: file.file,
      base: file.base,
      line,
      get readAtMs() {
        return readAt.ms;
      },
      ...(document.isKept === true ? { isKept: true } : {}),
    },
    relations: [],
    locate,
  };
}

/** Backstage refuses a name that another file holds; a name twice in one file it takes without a word. */
function duplicate(document: CheckedDocument, holder: CheckedDocument): Diagnostic {
  return {
    file: document.file.file,
    ...document.locate(["metadata", "name"]),
    severity: holder.file.base === document.file.base ? "warning" : "error",
    code: "entity-duplicate",
    message: `${document.ref} is already defined at ${holder.file.file}:${holder.line}, which keeps it`,
    ref: document.ref,
    fix: "rename one of the two, or remove it",
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
