import type { Publisher } from "../../scaffold/publishers/contract.ts";
import type { RepositoryService } from "../services.ts";

export interface CheckRepositoryDeps {
  publisher: Pick<Publisher, "exists" | "owners">;
  clock: () => number;
}

/** A person waits for this with a form before them. */
const timeoutMs = 5_000;
/** Who owns what changes rarely, and forms are sent often. */
const ownersKeptMs = 60_000;

/** Looks at the host before a form is accepted, so that nobody waits for a run to be told that a name is taken. */
export function createRepositoryService({
  publisher,
  clock,
}: CheckRepositoryDeps): RepositoryService {
  let known: { owners: Promise<string[]>; readAtMs: number } | undefined;
  function owners(): Promise<string[]> {
    if (known === undefined || clock() - known.readAtMs > ownersKeptMs) {
      known = { owners: publisher.owners(AbortSignal.timeout(timeoutMs)), readAtMs: clock() };
      known.owners.catch(() => (known = undefined));
    }
    return known.owners;
  }
  return {
    owners,
    async fault({ owner, repo }, use) {
      const isThere = await publisher.exists(owner, repo, AbortSignal.timeout(timeoutMs));
      if (use === "existing") return isThere ? undefined : missing(owner, repo);
      if (isThere) return `${owner}/${repo} is already taken: choose another name.`;
      return undefined;
    },
  };
}

function missing(owner: string, repo: string): string {
  return `There is no repository ${owner}/${repo}, or I cannot see it.`;
}
