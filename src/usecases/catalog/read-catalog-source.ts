import { CallboardError, toError, UpstreamError } from "../../base/errors.ts";
import { isOtherRepository } from "../../catalog/code-host.ts";
import { errorAt, type Finding } from "../../catalog/finding.ts";
import { type LocationTarget, locationTargets } from "../../catalog/locations.ts";
import type { Placeholder, PlaceholderText } from "../../catalog/placeholders.ts";
import {
  checkFile,
  type CheckedDocument,
  type FileReading,
  parseCatalogFile,
  type ParsedFile,
  placeholdersOf,
  toDiagnostic,
} from "../../catalog/read-file.ts";
import type { EntityRules } from "../../catalog/rules.ts";
import type { CatalogSource, SourceFile, SourceResult } from "../../catalog/sources/contract.ts";

/** Locations of one source may lead to at most so many files: a generated or hostile chain ends there. */
const maxFollowedFiles = 50_000;

export interface SourceContext {
  rules: EntityRules;
  signal: AbortSignal;
  nowMs: number;
  /** Files read in this build already, by base: each is read once, whoever names it. */
  seen: Set<string>;
  /** What the source gave before. */
  before: readonly FileReading[];
  /** Lets others work when it is their turn. */
  pause(): Promise<void>;
}

interface Task {
  file: SourceFile;
  originBase: string;
  via?: string;
  /** When the file was read, if that was earlier. */
  readAtMs?: number | undefined;
}

/** Checks the files of a source and all files that its Locations and placeholders lead to. */
export async function readCatalogSource(
  source: CatalogSource,
  result: SourceResult,
  context: SourceContext,
): Promise<FileReading[]> {
  const before = new Map<string, FileReading>();
  for (const reading of context.before) {
    if (!before.has(reading.file.base)) before.set(reading.file.base, reading);
  }
  const readings: FileReading[] = [];
  const tasks: Task[] = [];
  const enqueue = (task: Task): void => {
    if (context.seen.has(task.file.base)) return;
    context.seen.add(task.file.base);
    tasks.push(task);
  };
  for (const file of result.files) enqueue({ file, originBase: file.base });
  const limit = tasks.length + maxFollowedFiles;
  for (const task of tasks) {
    await context.pause();
    const reading = await readFile(source, task, before.get(task.file.base), context);
    readings.push(reading);
    for (const followed of await followLocations(source, task, reading, context)) {
      if (tasks.length < limit) enqueue(followed);
    }
  }
  return [...readings, ...unreadable(result, readings, context.before)];
}

/** Parses and checks one file, or takes the last result when nothing has changed. */
async function readFile(
  source: CatalogSource,
  { file, originBase, via, readAtMs }: Task,
  before: FileReading | undefined,
  context: SourceContext,
): Promise<FileReading> {
  const origin = { originBase, readAtMs: readAtMs ?? context.nowMs };
  const led = via === undefined ? {} : { via };
  if (before !== undefined && isUnchanged(file, before)) {
    const documents = before.documents.map((document) =>
      document.isKept === true ? document : { ...document, ...origin },
    );
    return withoutLocationFindings({ ...before, documents, ...led });
  }
  const held = before?.documents ?? [];
  const parsed = parseCatalogFile(file, held.length > 0);
  const texts = await placeholderTexts(source, parsed, context);
  const reading = checkFile(parsed, context.rules, origin, ({ target }) => texts.get(target));
  const documents = [...reading.documents, ...keptDocuments(reading, held)];
  return { ...reading, documents, ...led };
}

function isUnchanged(file: SourceFile, before: FileReading): boolean {
  // What a placeholder names may have changed although the file has not.
  if (before.isStale === true || before.hasPlaceholders) return false;
  return before.file.text === file.text && before.file.isImplied === file.isImplied;
}

async function placeholderTexts(
  source: CatalogSource,
  parsed: ParsedFile,
  context: SourceContext,
): Promise<Map<string, PlaceholderText>> {
  const texts = new Map<string, PlaceholderText>();
  const { file } = parsed;
  for (const placeholder of file.isResolved === true ? [] : placeholdersOf(parsed)) {
    if (texts.has(placeholder.target)) continue;
    texts.set(placeholder.target, await placeholderText(source, file.base, placeholder, context));
  }
  return texts;
}

/** Findings about targets belong to one attempt to follow them, not to the file. */
function withoutLocationFindings(reading: FileReading): FileReading {
  const diagnostics = reading.diagnostics.filter(({ code }) => !code.startsWith("location-"));
  return { ...reading, diagnostics };
}

/** Entities that the file held soundly before and now holds in a broken document. */
function keptDocuments(reading: FileReading, held: readonly CheckedDocument[]): CheckedDocument[] {
  const isAnyUnknown = reading.refused.includes(undefined);
  const present = new Set(reading.documents.map(({ ref }) => ref));
  return held
    .filter(({ ref }) => !present.has(ref) && (isAnyUnknown || reading.refused.includes(ref)))
    .map((document) => ({ ...document, isKept: true }));
}

async function placeholderText(
  source: CatalogSource,
  base: string,
  { target }: Placeholder,
  { signal }: SourceContext,
): Promise<PlaceholderText> {
  if (isOtherRepository(base, target)) return { problem: "which lies in another repository" };
  try {
    const files = await source.readRelated(base, target, signal);
    const [only, ...others] = files ?? [];
    if (only === undefined) return { problem: "which does not exist" };
    return others.length > 0 ? { problem: "which is more than one file" } : { text: only.text };
  } catch (thrown) {
    signal.throwIfAborted();
    return { problem: `which cannot be read: ${messageOf(thrown)}` };
  }
}

async function followLocations(
  source: CatalogSource,
  task: Task,
  reading: FileReading,
  context: SourceContext,
): Promise<Task[]> {
  const found: Task[] = [];
  if (task.file.isResolved === true) return found;
  for (const document of reading.documents) {
    if (document.entity.kind !== "Location") continue;
    const { targets, findings } = locationTargets(document.entity, task.file.base);
    const report = (finding: Finding): void =>
      void reading.diagnostics.push(
        toDiagnostic(finding, task.file.file, document.locate, document.ref),
      );
    findings.forEach(report);
    for (const target of targets) {
      const via = `${task.file.base} ${target.target}`;
      const { files, finding } = await readTarget(source, task.file.base, target, context);
      if (finding !== undefined) report(finding);
      const { originBase } = task;
      for (const file of files ?? []) found.push({ file, originBase, via });
      if (files !== undefined) continue;
      for (const { file, documents } of context.before.filter((old) => old.via === via)) {
        found.push({ file, originBase, via, readAtMs: documents[0]?.readAtMs });
      }
    }
  }
  return found;
}

/** The files of one target; none of them known (undefined) when they could not be fetched this time. */
async function readTarget(
  source: CatalogSource,
  base: string,
  { target, path, isOptional }: LocationTarget,
  { signal }: SourceContext,
): Promise<{ files?: SourceFile[]; finding?: Finding }> {
  try {
    const files = await source.readRelated(base, target, signal);
    if (files !== undefined && files.length > 0) return { files };
    const problem = files === undefined ? "does not exist" : "matches no file";
    const finding = errorAt(path, "location-target-missing", `“${target}” ${problem}`);
    return isOptional ? { files: [] } : { files: [], finding };
  } catch (thrown) {
    signal.throwIfAborted();
    const code = "location-target-unreadable";
    const finding = errorAt(path, code, `“${target}” cannot be read: ${messageOf(thrown)}`);
    const mayComeBack = thrown instanceof UpstreamError;
    return mayComeBack ? { finding } : { files: [], finding };
  }
}

/** Files that the source could not read this time keep what they said before. */
function unreadable(
  result: SourceResult,
  readings: readonly FileReading[],
  before: readonly FileReading[],
): FileReading[] {
  const failed = new Set(
    result.diagnostics.filter(({ severity }) => severity === "error").map(({ file }) => file),
  );
  const read = new Set(readings.map(({ file }) => file.base));
  return before
    .filter(({ file }) => failed.has(file.file) && !read.has(file.base))
    .map((reading) => ({
      ...reading,
      isStale: true,
      diagnostics: [],
      documents: reading.documents.map((document) => ({ ...document, isKept: true })),
    }));
}

/** What a person may be told: our own errors say it in words, others only that they happened. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof CallboardError ? thrown.message : toError(thrown).message;
}
