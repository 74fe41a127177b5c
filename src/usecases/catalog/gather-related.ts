import type { CatalogSource, SourceFile } from "../../catalog/sources/contract.ts";
import type { FileChecker } from "./file-checker.ts";
import { failureOf, type RelatedAnswer } from "./kept-source.ts";

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
  { before, checker }: { before: readonly RelatedAnswer[]; checker: Pick<FileChecker, "named"> },
  signal: AbortSignal,
): Promise<RelatedAnswer[]> {
  const known = new Map(before.map((answer) => [keyOf(answer), answer]));
  const seenFiles = new Set<string>();
  const answers = new Map<string, RelatedAnswer>();
  let found = [...files];
  while (found.length > 0 && answers.size < maxRelated) {
    const wanted: { base: string; target: string }[] = [];
    const fresh = found.filter(({ base }) => {
      const isFresh = !seenFiles.has(base);
      seenFiles.add(base);
      return isFresh;
    });
    const named = await Promise.all(fresh.map((file) => checker.named(file)));
    for (const [at, file] of fresh.entries()) {
      for (const target of named[at] ?? []) {
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
