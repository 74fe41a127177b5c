import { CallboardError, toError, UpstreamError } from "../../base/errors.ts";
import { type FileCheck, toReading } from "../../catalog/check-text.ts";
import { isOtherRepository } from "../../catalog/code-host.ts";
import { errorAt, type Finding } from "../../catalog/finding.ts";
import { type LocationTarget, locationTargets } from "../../catalog/locations.ts";
import type { PlaceholderText } from "../../catalog/placeholders.ts";
import {
  type CheckedDocument,
  type FileReading,
  type ReadTime,
  toDiagnostic,
} from "../../catalog/read-file.ts";
import type { CatalogSource, SourceFile, SourceResult } from "../../catalog/sources/contract.ts";
import type { FileChecker } from "./file-checker.ts";
import { permittedOnly } from "./permitted-kinds.ts";

/** Locations of one source may lead to at most so many files: a generated or hostile chain ends there. */
const maxFollowedFiles = 50_000;

/** Files that are checked at the same time, in threads. */
const waveSize = 256;
/** What is checked at once, in characters: of all files, and of one. A thread takes as long to start as that. */
const urgent = { all: 64 * 1024, one: 4 * 1024 };
/** The same for the first reading, when nobody waits for answers yet. */
const urgentAtFirst = { all: 256 * 1024, one: 32 * 1024 };

export interface SourceContext {
  checker: FileChecker;
  signal: AbortSignal;
  /** When the source was read. */
  readAt: ReadTime;
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
  readAt?: ReadTime | undefined;
}

/** What reading one file needs. */
interface Reading extends SourceContext {
  source: CatalogSource;
  beforeByBase: ReadonlyMap<string, FileReading>;
  isUrgent(file: SourceFile): boolean;
}

/** Checks the files of a source and all files that its Locations and placeholders lead to. */
export async function readCatalogSource(
  source: CatalogSource,
  result: SourceResult,
  context: SourceContext,
): Promise<FileReading[]> {
  const beforeByBase = new Map<string, FileReading>();
  for (const reading of context.before) {
    if (!beforeByBase.has(reading.file.base)) beforeByBase.set(reading.file.base, reading);
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
  const isUrgent = await createUrgency(tasks, beforeByBase, context);
  const how: Reading = { ...context, source, beforeByBase, isUrgent };
  for (let done = 0; done < tasks.length;) {
    const wave = tasks.slice(done, done + waveSize);
    done += wave.length;
    const read = await readWave(wave, how);
    for (const [at, task] of wave.entries()) {
      await context.pause();
      const given = read[at];
      if (given === undefined) continue;
      const reading = permittedOnly(given, source);
      const { followed, reading: final } = await followLocations(source, task, reading, context);
      readings.push(final);
      for (const each of followed) if (tasks.length < limit) enqueue(each);
    }
  }
  return [...readings, ...unreadable(result, readings, context.before)];
}

/** Files at the same time; those that did not change cost no turn of their own. */
async function readWave(wave: readonly Task[], how: Reading): Promise<FileReading[]> {
  await how.pause();
  return Promise.all(
    wave.map((task) => {
      const before = how.beforeByBase.get(task.file.base);
      return before !== undefined && isUnchanged(task.file, before)
        ? unchanged(task, before)
        : readFile(task, before, how);
    }),
  );
}

/** Few and small files are checked at once: a thread takes time to start. */
async function createUrgency(
  tasks: readonly Task[],
  before: ReadonlyMap<string, FileReading>,
  context: SourceContext,
): Promise<Reading["isUrgent"]> {
  const limits = before.size === 0 ? urgentAtFirst : urgent;
  let left = limits.all;
  for (const { file } of tasks) {
    await context.pause();
    const known = before.get(file.base);
    if (known === undefined || !isUnchanged(file, known)) left -= file.text.length;
    if (left < 0) return () => false;
  }
  let budget = limits.all;
  return ({ text }) => {
    budget -= text.length;
    return text.length <= limits.one && budget >= 0;
  };
}

/** The last result; only how the file was reached may differ. */
function unchanged({ originBase, via }: Task, before: FileReading): Promise<FileReading> {
  const isSame = before.documents.every((document) => document.originBase === originBase);
  const diagnostics = before.diagnostics.filter(({ code }) => !code.startsWith("location-"));
  // findings about targets belong to one attempt to follow them, not to the file
  const hasFindings = diagnostics.length < before.diagnostics.length;
  if (isSame && !hasFindings && before.via === via) return Promise.resolve(before);
  const { via: _via, ...rest } = before;
  const documents = before.documents.map((document) =>
    document.originBase === originBase ? document : { ...document, originBase },
  );
  const led = via === undefined ? {} : { via };
  return Promise.resolve({ ...rest, diagnostics, documents, ...led });
}

/** Parses and checks one file; what it led to may have changed although it has not. */
async function readFile(
  task: Task,
  before: FileReading | undefined,
  how: Reading,
): Promise<FileReading> {
  const { file } = task;
  const held = before?.documents ?? [];
  if (before !== undefined && isSameFile(file, before) && (await isSameInside(file, before, how)))
    return unchanged(task, before);
  const { check, texts: used } = await checkOne(file, held.length > 0, how);
  const { originBase, readAt = how.readAt, via } = task;
  const reading = toReading(file, check, { originBase, readAt });
  return {
    ...reading,
    documents: [...reading.documents, ...keptDocuments(reading, held)],
    ...(check.hasPlaceholders ? { texts: used } : {}),
    ...(via === undefined ? {} : { via }),
  };
}

/** Checks a file, in two steps where it names others. */
async function checkOne(
  file: SourceFile,
  wasHeld: boolean,
  how: Reading,
): Promise<{ check: FileCheck; texts: Map<string, PlaceholderText> }> {
  const isUrgent = how.isUrgent(file);
  const first = await how.checker.check({ file, wasHeld }, isUrgent);
  if ("check" in first) return { check: first.check, texts: new Map() };
  const texts = await placeholderTexts(how.source, file, first.needs, how);
  const second = await how.checker.check({ file, wasHeld, texts: [...texts] }, isUrgent);
  if ("check" in second) return { check: second.check, texts };
  throw new Error("a file whose placeholders were read needs them again");
}

function isUnchanged(file: SourceFile, before: FileReading): boolean {
  // What a placeholder names may have changed although the file has not.
  return isSameFile(file, before) && !before.hasPlaceholders;
}

function isSameFile(file: SourceFile, before: FileReading): boolean {
  if (before.isStale === true) return false;
  return before.file.text === file.text && before.file.isImplied === file.isImplied;
}

/** True when its placeholders name the same texts as before. */
async function isSameInside(
  file: SourceFile,
  { texts: known }: FileReading,
  how: Reading,
): Promise<boolean> {
  if (known === undefined) return false;
  const texts = await placeholderTexts(how.source, file, [...known.keys()], how);
  return [...texts].every(([target, now]) => {
    const before = known.get(target);
    if (before === undefined) return false;
    return "text" in now
      ? "text" in before && before.text === now.text
      : "problem" in before && before.problem === now.problem;
  });
}

async function placeholderTexts(
  source: CatalogSource,
  file: SourceFile,
  targets: readonly string[],
  context: SourceContext,
): Promise<Map<string, PlaceholderText>> {
  const texts = new Map<string, PlaceholderText>();
  for (const target of targets)
    texts.set(target, await placeholderText(source, file.base, target, context));
  return texts;
}

/** Entities that the file held soundly before and now holds in a broken document. */
function keptDocuments(reading: FileReading, held: readonly CheckedDocument[]): CheckedDocument[] {
  const isAnyUnknown = reading.refused.includes(undefined);
  const present = new Set(reading.documents.map(({ ref }) => ref));
  return held
    .filter(({ ref }) => !present.has(ref) && (isAnyUnknown || reading.refused.includes(ref)))
    .map(kept);
}

/** What was said before, with the time at which it was. */
function kept(document: CheckedDocument): CheckedDocument {
  if (document.isKept === true) return document;
  return { ...document, isKept: true, readAt: { ms: document.readAt.ms } };
}

async function placeholderText(
  source: CatalogSource,
  base: string,
  target: string,
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
): Promise<{ followed: Task[]; reading: FileReading }> {
  const followed: Task[] = [];
  const locations = reading.documents.filter(({ entity }) => entity.kind === "Location");
  if (task.file.isResolved === true || locations.length === 0) return { followed, reading };
  const diagnostics = [...reading.diagnostics];
  for (const document of locations) {
    const { targets, findings } = locationTargets(document.entity, task.file.base);
    const report = (finding: Finding): void =>
      void diagnostics.push(toDiagnostic(finding, task.file.file, document.locate, document.ref));
    findings.forEach(report);
    for (const target of targets) {
      const via = `${task.file.base} ${target.target}`;
      const { files, finding } = await readTarget(source, task.file.base, target, context);
      if (finding !== undefined) report(finding);
      const { originBase } = task;
      for (const file of files ?? []) followed.push({ file, originBase, via });
      if (files !== undefined) continue;
      for (const { file, documents } of context.before.filter((old) => old.via === via)) {
        followed.push({ file, originBase, via, readAt: documents[0]?.readAt });
      }
    }
  }
  const isSame = diagnostics.length === reading.diagnostics.length;
  return { followed, reading: isSame ? reading : { ...reading, diagnostics } };
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
      documents: reading.documents.map(kept),
    }));
}

/** What a person may be told: our own errors say it in words, others only that they happened. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof CallboardError ? thrown.message : toError(thrown).message;
}
