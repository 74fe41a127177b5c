/** What a run should have come to. */
export interface Expected {
  name: string;
  /** `taken`: the name belongs to somebody else's repository, which stays as it is. */
  outcome: "completed" | "taken";
  /** Contents by path. */
  files: Record<string, string>;
}

/** What is found of a run in Slack, on GitHub and in the storage when it has ended. */
export interface Observed {
  /** Texts of the parent messages of this run. */
  messages: string[];
  /** Results posted to its thread. */
  results: number;
  /** What they say. */
  said: string[];
  /** How often a request that makes this repository was carried out. */
  creations: number;
  commits: number;
  files: Record<string, string>;
  issues: number;
}

/** What may not be said of a run; empty when all went well. */
export function faultsOf(expected: Expected, observed: Observed): string[] {
  const faults: string[] = [];
  const want = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) faults.push(`${expected.name}: ${what}: ${found} instead of ${wanted}`);
  };
  const isDone = expected.outcome === "completed";
  const state = isDone ? "✅" : "❌";
  want("parent messages", observed.messages.length, 1);
  want("results in the thread", observed.results, 1);
  if (!observed.messages.every((text) => text.startsWith(state)))
    faults.push(
      `${expected.name}: ended as ${[...observed.messages, ...observed.said].join(" | ")}`,
    );
  want("repositories made", observed.creations, isDone ? 1 : 0);
  want("issues", observed.issues, isDone ? 1 : 0);
  if (!isDone) return faults;
  want("commits", observed.commits, 1);
  if (JSON.stringify(sorted(observed.files)) !== JSON.stringify(sorted(expected.files)))
    faults.push(`${expected.name}: its files are ${JSON.stringify(Object.keys(observed.files))}`);
  return faults;
}

function sorted(files: Record<string, string>): [string, string][] {
  return Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
