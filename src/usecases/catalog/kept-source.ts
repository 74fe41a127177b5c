import type { Diagnostic } from "../../base/diagnostics.ts";
import { CallboardError, InputError, toError, UpstreamError } from "../../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue, toJsonObject } from "../../base/json.ts";
import { createPause } from "../../base/pause.ts";
import type { Companion, SourceFile } from "../../catalog/sources/contract.ts";

/** What a source behind a network answered for a file that a Location or placeholder names. */
export interface RelatedAnswer {
  base: string;
  target: string;
  /** Absent: it does not exist. */
  files?: SourceFile[];
  /** Set when it could not be read. */
  failure?: { code: string; message: string; mayComeBack: boolean };
}

/** What a source last gave, complete: a catalog can be built of it without asking the source again. */
export interface KeptSource {
  files: SourceFile[];
  diagnostics: Diagnostic[];
  related: RelatedAnswer[];
  companions: readonly Companion[];
  /** What the source wants to know of this reading after a restart. */
  memory: ReadonlyMap<string, JsonValue>;
  /** Milliseconds since the epoch. */
  readAtMs: number;
}

/** One part of a kept source; parts of one file share its `group`. */
export interface KeptEntry {
  group: string;
  value: JsonValue;
}

/** Takes a kept source apart, in a fixed order. */
export function* toEntries(kept: KeptSource): Generator<KeptEntry> {
  // A new file between others must not change the entries of all that follow.
  const isSorted = kept.files.every(
    ({ base }, at) => at === 0 || (kept.files[at - 1]?.base ?? "") <= base,
  );
  for (const [at, file] of kept.files.entries()) {
    yield { group: file.base, value: { file: toJsonObject(file), at: isSorted ? 0 : at } };
  }
  for (const answer of kept.related) {
    yield { group: answer.base, value: { related: toJsonObject(answer) } };
  }
  for (const diagnostic of kept.diagnostics) {
    yield { group: diagnostic.file, value: { diagnostic: toJsonObject(diagnostic) } };
  }
  for (const companion of kept.companions) {
    yield { group: companion.repository, value: { companion: toJsonObject(companion) } };
  }
  for (const [key, memory] of kept.memory) yield { group: key, value: { key, memory } };
}

/** Puts a kept source together; what is no part of one is passed over. */
export async function fromEntries(
  entries: Iterable<JsonValue>,
  readAtMs: number,
): Promise<KeptSource> {
  const pause = createPause();
  const files: { at: number; file: SourceFile }[] = [];
  const memory = new Map<string, JsonValue>();
  const companions: Companion[] = [];
  const kept: KeptSource = {
    files: [],
    diagnostics: [],
    related: [],
    companions,
    memory,
    readAtMs,
  };
  for (const entry of entries) {
    await pause();
    if (!isObject(entry)) continue;
    const { file, at, related, diagnostic, companion, key } = entry;
    if (isSourceFile(file) && typeof at === "number") files.push({ at, file });
    else if (isRelatedAnswer(related)) kept.related.push(related);
    else if (isDiagnostic(diagnostic)) kept.diagnostics.push(diagnostic);
    else if (isCompanion(companion)) companions.push(companion);
    else if (typeof key === "string") memory.set(key, entry["memory"] ?? null);
  }
  kept.files = files
    .toSorted((a, b) => a.at - b.at || (a.file.base < b.file.base ? -1 : 1))
    .map(({ file }) => file);
  return kept;
}

function isObject(value: JsonValue): value is JsonObject {
  return isRecord(value);
}

function hasTexts<K extends string>(
  value: unknown,
  ...keys: readonly K[]
): value is Record<K, string> {
  return isRecord(value) && keys.every((key) => typeof value[key] === "string");
}

function isSourceFile(value: unknown): value is SourceFile {
  return hasTexts(value, "file", "base", "text");
}

function isRelatedAnswer(value: unknown): value is RelatedAnswer {
  if (!hasTexts(value, "base", "target")) return false;
  const { files, failure }: Record<string, unknown> = value;
  const isFailure = failure === undefined || hasTexts(failure, "code", "message");
  return isFailure && (files === undefined || (Array.isArray(files) && files.every(isSourceFile)));
}

function isCompanion(value: unknown): value is Companion {
  return hasTexts(value, "kind", "repository", "slug", "file", "text");
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return hasTexts(value, "file", "severity", "code", "message");
}

/** What to keep of a failure to read a related file. */
export function failureOf(thrown: unknown): NonNullable<RelatedAnswer["failure"]> {
  const isOurs = thrown instanceof CallboardError;
  return {
    code: isOurs ? thrown.code : "source-failed",
    message: toError(thrown).message,
    mayComeBack: !isOurs || thrown instanceof UpstreamError,
  };
}

/** The files of an answer. @throws InputError, UpstreamError: what reading them threw. */
export function filesOf({ files, failure }: RelatedAnswer): SourceFile[] | undefined {
  if (failure === undefined) return files;
  const { code, message, mayComeBack } = failure;
  throw mayComeBack
    ? new UpstreamError(code, message, { isRetryable: true })
    : new InputError(code, message);
}
