import { createHash } from "node:crypto";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { createPause } from "../../base/pause.ts";
import type { FileReading } from "../../catalog/read-file.ts";

/** When a reading that lost entities is not believed at once. */
export interface HoldBackOptions {
  /** The share of a source's entities, from 0 to 1, that may go at once. */
  share: number;
  /** True when somebody has accepted this very drop, by its `id`. */
  isAccepted(sourceId: string, id: string): boolean;
}

/** A reading that waits for somebody to accept it; until then the one before is used. */
export interface HeldBack {
  /** Stands for exactly these entities. */
  id: string;
  /** Entities that it would drop, out of `of`. */
  dropped: number;
  of: number;
  /** Some of their references. */
  examples: string[];
  /** Milliseconds since the epoch: when it was first seen. */
  sinceMs: number;
}

/** One or two entities are what a person removes by hand, whatever their share. */
const alwaysFine = 2;
const maxExamples = 5;

/** Compares a reading with the one before; undefined when it may be used. */
export async function findHeldBack(
  sourceId: string,
  before: readonly FileReading[],
  now: readonly FileReading[],
  options: HoldBackOptions | undefined,
): Promise<Omit<HeldBack, "sinceMs"> | undefined> {
  if (options === undefined || before.length === 0) return undefined;
  if ((await goneAtMost(before, now)) <= alwaysFine) return undefined;
  const present = await refsOf(now);
  const known = await refsOf(before);
  const gone = [...known].filter((ref) => !present.has(ref));
  if (gone.length <= alwaysFine || gone.length <= known.size * options.share) return undefined;
  const id = createHash("sha256").update(gone.toSorted().join()).digest("hex").slice(0, 12);
  if (options.isAccepted(sourceId, id)) return undefined;
  return { id, dropped: gone.length, of: known.size, examples: gone.slice(0, maxExamples) };
}

/** No more entities than these are gone; costs little when few files have changed. */
async function goneAtMost(
  before: readonly FileReading[],
  now: readonly FileReading[],
): Promise<number> {
  const [same, known] = [new Set(now), new Set(before)];
  const given = await refsOf(now.filter((reading) => !known.has(reading)));
  let count = 0;
  for (const ref of await refsOf(before.filter((reading) => !same.has(reading))))
    if (!given.has(ref)) count += 1;
  return count;
}

async function refsOf(readings: readonly FileReading[]): Promise<Set<string>> {
  const pause = createPause();
  const refs = new Set<string>();
  for (const { documents } of readings) {
    await pause();
    for (const { ref } of documents) refs.add(ref);
  }
  return refs;
}

/** What authors and operators read about it. */
export function heldBackFinding(sourceId: string, held: HeldBack): Diagnostic {
  const { dropped, of, examples } = held;
  const some =
    examples.length < dropped ? `${examples.join(", ")} and others` : examples.join(", ");
  return {
    file: sourceId,
    line: 1,
    column: 1,
    severity: "error",
    code: "source-held-back",
    message: `its last reading is without ${dropped} of ${of} entities (${some}) and is held back; what was known before is kept`,
    fix: "mend the source, or accept it: callboard catalog accept",
  };
}
