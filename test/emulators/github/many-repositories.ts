import type { GithubEmulator } from "./emulator.ts";
import { createMemoryGit } from "./memory-git.ts";
import { accountOf, addRepository, commitFiles } from "./world.ts";

/** Adds repositories `service-0` and so on, in memory, each with a catalog file, last pushed to long ago. */
export async function addManyRepositories(
  github: GithubEmulator,
  count: number,
  filesOf: (name: string) => Record<string, string>,
): Promise<void> {
  const { world } = github;
  const owner = accountOf(world, "acme");
  for (let at = 0; at < count; at += 1) {
    const name = `service-${at}`;
    const repository = await addRepository(world, { owner, name, git: createMemoryGit() });
    await commitFiles(world, repository, repository.defaultBranch, filesOf(name), "Initial commit");
    repository.pushedAt = "2024-05-01T00:00:00Z";
  }
}
