import { isRecord } from "../../base/json.ts";
import { createPause } from "../../base/pause.ts";
import { isOtherRepository } from "../../catalog/code-host.ts";
import { locationTargets } from "../../catalog/locations.ts";
import { parseCatalogFile, placeholdersOf } from "../../catalog/read-file.ts";
import type { CatalogSource, SourceFile } from "../../catalog/sources/contract.ts";
import { failureOf, type RelatedAnswer } from "../catalog/kept-source.ts";

/** A generated or hostile chain of Locations ends there. */
const maxRelated = 50_000;
/** How many are asked for at the same time, unless the source says otherwise. */
const parallelReads = 4;

/**
 * Asks a source for all files that its catalog files name by Locations and placeholders, and for what those name in turn.
 * What cannot be read now keeps the answer it had in `before`.
 */
export async function gatherRelated(
  source: CatalogSource,
  files: readonly SourceFile[],
  before: readonly RelatedAnswer[],
  signal: AbortSignal,
): Promise<RelatedAnswer[]> {
  const pause = createPause();
  const known = new Map(before.map((answer) => [keyOf(answer), answer]));
  const seenFiles = new Set<string>();
  const answers = new Map<string, RelatedAnswer>();
  let found = [...files];
  while (found.length > 0 && answers.size < maxRelated) {
    const wanted: { base: string; target: string }[] = [];
    for (const file of found) {
      if (seenFiles.has(file.base)) continue;
      seenFiles.add(file.base);
      await pause();
      for (const target of targetsOf(file)) {
        const key = keyOf({ base: file.base, target });
        if (answers.has(key) || answers.size >= maxRelated) continue;
        answers.set(key, { base: file.base, target });
        wanted.push({ base: file.base, target });
      }
    }
    const read = await readAll(source, wanted, known, signal);
    for (const answer of read) answers.set(keyOf(answer), answer);
    found = read.flatMap((answer) => answer.files ?? []);
  }
  return [...answers.values()];
}

/** Tells answers apart. */
export function keyOf({ base, target }: { base: string; target: string }): string {
  return `${base} ${target}`;
}

async function readAll(
  source: CatalogSource,
  wanted: readonly { base: string; target: string }[],
  known: ReadonlyMap<string, RelatedAnswer>,
  signal: AbortSignal,
): Promise<RelatedAnswer[]> {
  const answers: RelatedAnswer[] = [];
  const queue = wanted.entries();
  const work = async (): Promise<void> => {
    for (const [at, { base, target }] of queue) {
      answers[at] = await readOne(source, base, target, known, signal);
    }
  };
  await Promise.all(Array.from({ length: source.parallelReads ?? parallelReads }, work));
  return answers;
}

async function readOne(
  source: CatalogSource,
  base: string,
  target: string,
  known: ReadonlyMap<string, RelatedAnswer>,
  signal: AbortSignal,
): Promise<RelatedAnswer> {
  try {
    const files = await source.readRelated(base, target, signal);
    return { base, target, ...(files === undefined ? {} : { files }) };
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = failureOf(thrown);
    const last = known.get(keyOf({ base, target }));
    return failure.mayComeBack && last?.files !== undefined ? last : { base, target, failure };
  }
}

// a placeholder's key, or the kind that leads to other files
const mayLeadOn = /\$(?:text|json|yaml)\b|\bLocation\b/i;

function targetsOf(file: SourceFile): Set<string> {
  if (file.isResolved === true || !mayLeadOn.test(file.text)) return new Set();
  const parsed = parseCatalogFile(file);
  const placeholders = placeholdersOf(parsed)
    .map(({ target }) => target)
    .filter((target) => !isOtherRepository(file.base, target));
  const locations = parsed.documents.flatMap(({ value }) => {
    if (!isRecord(value) || value["kind"] !== "Location") return [];
    const { spec } = value;
    const { targets } = locationTargets(isRecord(spec) ? { spec } : {}, file.base);
    return targets.map(({ target }) => target);
  });
  return new Set([...placeholders, ...locations]);
}
