import { ago } from "../../base/age.ts";
import type { SourceStatus } from "./catalog-board.ts";

/** How a source stands, in words that Slack and the terminal share. */
export interface SourceDescription {
  /** `github:acme: 600 entities, read 5 min ago`. */
  headline: string;
  /** What failed and what is held back; empty when all is well. */
  problems: string[];
}

/** Describes a source at a moment. */
export function describeSource(source: SourceStatus, nowMs: number): SourceDescription {
  const { id, entities, readAtMs, error, heldBack } = source;
  const age = readAtMs === undefined ? "never read" : `read ${ago(readAtMs, nowMs)}`;
  const problems: string[] = [];
  if (error !== undefined) problems.push(`failed: ${error.message} [${error.code}]`);
  if (heldBack !== undefined) {
    const { dropped, of, examples, sinceMs } = heldBack;
    const since = ago(sinceMs, nowMs);
    problems.push(
      `held back: without ${dropped} of ${of} entities, such as ${examples.join(", ")}; first seen ${since}`,
    );
  }
  return { headline: `${id}: ${countOf(entities)}, ${age}`, problems };
}

/** What was let through. */
export function describeAccepted({ id, heldBack }: SourceStatus): string {
  return `${id}: accepted without ${countOf(heldBack?.dropped ?? 0)}`;
}

function countOf(entities: number): string {
  return `${entities} ${entities === 1 ? "entity" : "entities"}`;
}
