import { CallboardError, toError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { SourceFile, SourceResult } from "./contract.ts";
import { readGithubPeople } from "./github-people.ts";
import type { GithubReader } from "./github-reader.ts";

/** Teams and members of an organisation, read now and then. */
export interface GithubPeople {
  /** What is known, read anew when it is old. Failing at it does not stop the rest. */
  read(signal: AbortSignal): Promise<SourceResult>;
  change(): void;
  remember(): Iterable<[string, JsonValue]>;
  recall(memory: ReadonlyMap<string, JsonValue>, files: readonly SourceFile[]): void;
}

/** Teams change seldom, and webhooks tell of it. */
const everyMs = 3_600_000;
/** After a failure. */
const retryMs = 600_000;
const memoryKey = "people";

/** Creates it; nothing is read when people are not wanted. */
export function createGithubPeople({
  reader,
  org,
  hasPeople = false,
  clock,
}: {
  reader: GithubReader;
  org: string;
  hasPeople?: boolean;
  clock: () => number;
}): GithubPeople {
  let known: SourceResult = { files: [], diagnostics: [] };
  let dueMs = 0;

  async function readAnew(signal: AbortSignal): Promise<void> {
    try {
      known = { files: await readGithubPeople(reader, org, signal), diagnostics: [] };
      dueMs = clock() + everyMs;
    } catch (thrown) {
      signal.throwIfAborted();
      dueMs = clock() + retryMs;
      const what = thrown instanceof CallboardError ? thrown.message : toError(thrown).message;
      known = { files: known.files, diagnostics: [failure(org, what)] };
    }
  }

  return {
    async read(signal) {
      if (hasPeople && clock() >= dueMs) await readAnew(signal);
      return known;
    },
    change() {
      dueMs = 0;
    },
    *remember() {
      if (hasPeople) yield [memoryKey, dueMs];
    },
    recall(memory, files) {
      const due = memory.get(memoryKey);
      if (!hasPeople || typeof due !== "number") return;
      dueMs = due;
      known = { files: files.filter(({ isDerived }) => isDerived === true), diagnostics: [] };
    },
  };
}

function failure(org: string, what: string): SourceResult["diagnostics"][number] {
  return {
    file: `github:${org}`,
    line: 1,
    column: 1,
    severity: "warning",
    code: "source-people-unreadable",
    message: `teams and members of ${org} cannot be read: ${what}`,
    fix: "give Callboard read access to members of the organisation, or set teams: false",
  };
}
