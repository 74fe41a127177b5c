import { resolve } from "node:path";

import { InputError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/load.ts";
import { readTree } from "../scaffold/actions/file-tree.ts";
import type { Publisher } from "../scaffold/publishers/contract.ts";

/** Written into the first commit: the same on every machine, so that the commit is, too. */
const author = { name: "Callboard", email: "callboard@localhost" };
const committedAtMs = Date.UTC(2026, 0, 1);

/**
 * Makes the repositories that `scaffolder.localRepositories` names where they do not exist yet, so that templates which change
 * existing ones can be tried without GitHub.
 */
export async function seedRepositories(
  config: Config,
  publisher: Publisher,
  logger: Logger,
): Promise<void> {
  const { signal } = new AbortController();
  for (const { name, from } of config.file.scaffolder.localRepositories) {
    const [owner, repo] = name.split("/");
    if (owner === undefined || repo === undefined) {
      throw new InputError(
        "config-invalid",
        `scaffolder.localRepositories: “${name}” is not owner/name`,
      );
    }
    if (await publisher.exists(owner, repo, signal)) continue;
    const files = await readTree(resolve(config.baseDir, from), signal);
    await publisher.createRepository(
      {
        runId: `seed-${owner}-${repo}`,
        host: "github.com",
        owner,
        repo,
        description: "",
        defaultBranch: "main",
        visibility: "private",
        commitMessage: "Initial commit",
        author,
        committedAtMs,
        files,
        settings: {},
      },
      {
        signal,
        log: () => undefined,
        assertCurrent: async () => undefined,
        notes: { get: async () => undefined, set: async () => undefined },
      },
    );
    logger.info({ repository: name }, "local repository made");
  }
}
