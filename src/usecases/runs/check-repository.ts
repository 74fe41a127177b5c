import { ownerFault } from "../../scaffold/publishers/allowed-owners.ts";
import { mostBranches, type Publisher } from "../../scaffold/publishers/contract.ts";
import type { RepositoryService } from "../services.ts";

export interface CheckRepositoryDeps {
  publisher: Pick<Publisher, "exists" | "owners" | "branches">;
  /** The operator's list; empty: whoever the credentials may write to. */
  allowedOwners: readonly string[];
  clock: () => number;
}

/** A person waits for this with a form before them. */
const timeoutMs = 5_000;
/** Who owns what, and which branches there are, is asked for with each key that is typed. */
const keptMs = 60_000;
/** Repositories, and beginnings of names, whose branches are remembered at a time. */
const mostKept = 100;

/** Looks at the host before a form is accepted, so that nobody waits for a run to be told that a name is taken. */
export function createRepositoryService(deps: CheckRepositoryDeps): RepositoryService {
  const { publisher, allowedOwners, clock } = deps;
  const owners = createMemory(clock);
  const branches = createMemory(clock);
  return {
    allowedOwners,
    owners: () => owners("", () => publisher.owners(AbortSignal.timeout(timeoutMs))),
    async branches({ owner, repo }, typed) {
      const name = `${owner}/${repo}`.toLowerCase();
      const signal = AbortSignal.timeout(timeoutMs);
      const listed = await branches(name, () => publisher.branches(owner, repo, signal));
      if (typed === "" || listed.length < mostBranches) return listed;
      const beginning = await branches(`${name}#${typed}`, () =>
        publisher.branches(owner, repo, signal, typed),
      ).catch(() => []);
      return [...new Set([...listed, ...beginning])];
    },
    async fault({ owner, repo }, use) {
      // what is elsewhere is nobody's business here: the form's own check says that it is not allowed
      if (ownerFault(owner, allowedOwners) !== undefined) return undefined;
      const isThere = await publisher.exists(owner, repo, AbortSignal.timeout(timeoutMs));
      if (use === "existing") return isThere ? undefined : missing(owner, repo);
      if (isThere) return `${owner}/${repo} is already taken: choose another name.`;
      return undefined;
    },
  };
}

/** Remembers what was read for a minute; what failed is read again. */
function createMemory(clock: () => number) {
  const kept = new Map<string, { names: Promise<string[]>; readAtMs: number }>();
  return (key: string, read: () => Promise<string[]>): Promise<string[]> => {
    const known = kept.get(key);
    if (known !== undefined && clock() - known.readAtMs <= keptMs) return known.names;
    const names = read();
    names.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, { names, readAtMs: clock() });
    return names;
  };
}

function missing(owner: string, repo: string): string {
  return `There is no repository ${owner}/${repo}, or I cannot see it.`;
}
