import type { Diagnostic } from "../../base/diagnostics.ts";
import { CallboardError } from "../../base/errors.ts";
import { createPause } from "../../base/pause.ts";
import { type AssemblyMemory, assembleCatalog, type BuiltCatalog } from "../../catalog/assemble.ts";
import type { CheckedDocument, FileReading, ReadTime } from "../../catalog/read-file.ts";
import { createEntityRules } from "../../catalog/rules.ts";
import type { CatalogSource, Companion, SourceResult } from "../../catalog/sources/contract.ts";
import { createPlainChecker, type FileChecker } from "./file-checker.ts";
import { findHeldBack, type HeldBack, heldBackFinding, type HoldBackOptions } from "./hold-back.ts";
import type { SoundReadings } from "./last-sound.ts";
import { messageOf, readCatalogSource, type SourceContext } from "./read-catalog-source.ts";

/** How a source stands after a load. */
export interface SourceState {
  id: string;
  /** False when this load could not read it and its last good files are used, if there are any. */
  isFresh: boolean;
  /** Milliseconds since the epoch: when it was last read well; absent when it never was. */
  readAtMs?: number;
  files: number;
  entities: number;
  error?: { code: string; message: string };
  /** Set while a reading waits to be accepted because too many entities are missing from it. */
  heldBack?: HeldBack;
  /** What came along with the catalog files. */
  companions?: readonly Companion[];
  /** Findings about the source itself and files that could not be read; part of the catalog's findings. */
  diagnostics: Diagnostic[];
}

/** A catalog with what is needed to load the next one: hand it back as `lastGood`. */
export interface LoadedCatalog extends BuiltCatalog {
  sources: SourceState[];
  /** Checked files by source id. */
  readings: ReadonlyMap<string, readonly FileReading[]>;
  /** When each source was last read well, shared by all that it gave. */
  readAt: ReadonlyMap<string, ReadTime>;
}

export interface LoadOptions {
  signal: AbortSignal;
  nowMs: number;
  /** The result of the load before: unchanged files are not parsed again, and what fails now keeps its last good state. */
  lastGood?: LoadedCatalog | undefined;
  /** What broken files said before, in another life of the process: counts until a source was read for the first time. */
  remembered?: SoundReadings | undefined;
  /** Kinds that may enter; absent means all. A checker that is given decides itself. */
  allow?: readonly string[] | undefined;
  /** Sources that watch may read only what they have been told of. */
  isQuick?: boolean;
  /** What this line of catalogs has been assembled of so far; absent: all is assembled anew. */
  assembly?: AssemblyMemory | undefined;
  /** Parses and checks files; absent: that is done at once. */
  checker?: FileChecker | undefined;
  /** What happens to entities that no file holds any more: dropped, or kept with `backstage.io/orphan: "true"`. */
  orphans?: "delete" | "keep";
  /** When to hold a reading back that lost entities; absent: never. */
  holdBack?: HoldBackOptions | undefined;
}

/**
 * Reads all sources, follows their Locations and placeholders and builds one catalog. A source that fails keeps what it
 * gave before and says how old that is; a broken document keeps the entity's last good state. Never throws for what
 * a source or file holds; rethrows the signal's reason when aborted.
 */
export async function loadCatalog(
  configured: readonly CatalogSource[],
  options: LoadOptions,
): Promise<LoadedCatalog> {
  // The same source twice is one.
  const sources = [...new Map(configured.map((source) => [source.id, source])).values()];
  const { signal, nowMs, lastGood } = options;
  const checker = checkerOf(options);
  const seen = new Set<string>();
  const pause = createPause();
  const states: SourceState[] = [];
  const readings = new Map<string, readonly FileReading[]>();
  const readTimes = new Map<string, ReadTime>();
  // All are asked at once, and then taken in their order, so that the first to claim a name is always the same.
  const how = { isQuick: options.isQuick === true };
  const reads = sources.map((source) => attempt(source, signal, how));
  for (const [index, source] of sources.entries()) {
    const read = await reads[index];
    signal.throwIfAborted();
    const before = lastGood?.readings.get(source.id) ?? [];
    const stateBefore = lastGood?.sources.find(({ id }) => id === source.id);
    const readAt = lastGood?.readAt.get(source.id) ?? { ms: nowMs };
    readTimes.set(source.id, readAt);
    const known = { before, state: stateBefore };
    const sound = soundBefore(source.id, known, options.remembered);
    const context = { checker, signal, readAt, seen, before: sound, pause };
    const taken =
      read === undefined || "error" in read
        ? keepBefore(source.id, known, read?.error ?? notRead, seen)
        : await takeReading(source, read, known, { ...options, context });
    states.push(taken.state);
    readings.set(source.id, taken.readings);
  }
  keepOrphans(readings, options);
  const built = await assemble(readings, options.assembly, pause);
  return {
    catalog: built.catalog,
    diagnostics: [...states.flatMap((state) => state.diagnostics), ...built.diagnostics],
    sources: states,
    readings,
    readAt: readTimes,
  };
}

/** What entities may fall back to: the last load's, or before the first one what an earlier process remembered. */
function soundBefore(
  id: string,
  { before, state }: Known,
  remembered: SoundReadings | undefined,
): readonly FileReading[] {
  return state?.readAtMs === undefined ? (remembered?.get(id) ?? before) : before;
}

function checkerOf(options: LoadOptions): FileChecker {
  return options.checker ?? createPlainChecker(createEntityRules(options));
}

const notRead = { code: "source-failed", message: "was not read" };

/** What a source gave at the last load. */
interface Known {
  before: readonly FileReading[];
  state: SourceState | undefined;
}

interface Taken {
  state: SourceState;
  readings: readonly FileReading[];
}

function keepBefore(
  id: string,
  { before, state: stateBefore }: Known,
  error: { code: string; message: string },
  seen: Set<string>,
): Taken {
  const state = { ...stateBefore, ...countsOf(id, before), isFresh: false, error };
  for (const { file } of before) seen.add(file.base);
  return { state: { ...state, diagnostics: [sourceFailure(state)] }, readings: before };
}

/** Checks what a source gave, and uses it unless too much is missing from it. */
async function takeReading(
  source: CatalogSource,
  read: SourceResult,
  { before, state: stateBefore }: Known,
  { holdBack, nowMs, context }: LoadOptions & { context: SourceContext },
): Promise<Taken> {
  const { diagnostics, failure, companions = [], readAtMs = nowMs } = read;
  const checked = await readCatalogSource(source, read, context);
  const missing = await findHeldBack(source.id, before, checked, holdBack);
  if (missing !== undefined) {
    const heldBack = { ...missing, sinceMs: stateBefore?.heldBack?.sinceMs ?? nowMs };
    const { error: _error, ...rest } = stateBefore ?? {};
    const state = { ...rest, ...countsOf(source.id, before), isFresh: false, heldBack };
    const found = [...diagnostics, heldBackFinding(source.id, heldBack)];
    return { state: { ...state, diagnostics: found }, readings: before };
  }
  context.readAt.ms = readAtMs;
  const counts = {
    ...countsOf(source.id, checked),
    readAtMs,
    ...(companions.length === 0 ? {} : { companions }),
  };
  if (failure === undefined) {
    return { state: { ...counts, isFresh: true, diagnostics }, readings: checked };
  }
  const state = { ...counts, isFresh: false, error: failure };
  const found = [...diagnostics, sourceFailure(state)];
  return { state: { ...state, diagnostics: found }, readings: checked };
}

async function attempt(
  source: CatalogSource,
  signal: AbortSignal,
  how: { isQuick: boolean },
): Promise<SourceResult | { error: { code: string; message: string } }> {
  try {
    return await source.read(signal, how);
  } catch (thrown) {
    const code = thrown instanceof CallboardError ? thrown.code : "source-failed";
    return { error: { code, message: messageOf(thrown) } };
  }
}

function countsOf(id: string, readings: readonly FileReading[]) {
  const entities = readings.reduce((sum, reading) => sum + reading.documents.length, 0);
  return { id, files: readings.length, entities };
}

function sourceFailure(state: Omit<SourceState, "diagnostics">): Diagnostic {
  const { id, error, readAtMs, entities } = state;
  const kept =
    readAtMs === undefined
      ? "nothing of it is known"
      : `its ${entities} entities of ${new Date(readAtMs).toISOString()} are kept`;
  return {
    file: id,
    line: 1,
    column: 1,
    severity: "error",
    code: error?.code ?? "source-failed",
    message: `the source failed: ${error?.message ?? "for an unknown reason"}; ${kept}`,
  };
}

/** Where orphans are kept: adds the entities of the last load that nothing defines any more, marked as such. */
function keepOrphans(
  readings: Map<string, readonly FileReading[]>,
  { orphans, lastGood, remembered }: LoadOptions,
): void {
  if (orphans !== "keep") return;
  const present = new Set<string>();
  for (const { ref } of [...readings.values()].flat().flatMap((reading) => reading.documents)) {
    present.add(ref);
  }
  for (const [id, before] of lastGood?.readings ?? remembered ?? []) {
    const orphaned = before.flatMap((reading) => {
      const documents = reading.documents.filter(({ ref }) => !present.has(ref)).map(orphan);
      return documents.length === 0
        ? []
        : [{ ...reading, diagnostics: [], documents, isStale: true }];
    });
    readings.set(id, [...(readings.get(id) ?? []), ...orphaned]);
  }
}

function orphan(document: CheckedDocument): CheckedDocument {
  const { metadata } = document.entity;
  const mark = metadata.annotations?.["backstage.io/orphan"];
  if (document.isKept === true && mark === "true") return document;
  const annotations = { ...metadata.annotations, "backstage.io/orphan": "true" };
  const entity = { ...document.entity, metadata: { ...metadata, annotations } };
  return { ...document, entity, isKept: true, readAt: { ms: document.readAt.ms } };
}

async function assemble(
  readings: ReadonlyMap<string, readonly FileReading[]>,
  memory: AssemblyMemory | undefined,
  pause: () => Promise<void>,
): Promise<BuiltCatalog> {
  const given = [...readings].map(([id, files]) => ({ id, readings: files }));
  const steps = assembleCatalog(given, memory);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}
