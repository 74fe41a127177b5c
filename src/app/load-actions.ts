import { join, resolve } from "node:path";

import { globFolder, isGlob } from "../catalog/sources/file-walk.ts";
import type { Config } from "../config/load.ts";
import { actionsWith, loadPlugins } from "../plugins/load-plugins.ts";
import type { ActionContext, ActionRegistry } from "../scaffold/action.ts";
import { builtinActions } from "../scaffold/actions/builtin-actions.ts";
import type { FetchSource } from "../scaffold/fetching/contract.ts";
import { createFileFetch } from "../scaffold/fetching/file-fetch.ts";
import { createGithubFetch } from "../scaffold/fetching/github-fetch.ts";
import { createHttpAccess } from "../scaffold/fetching/http-access.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";

/** The built-in actions and those of the configured plug-ins. @throws InputError `plugin-unreadable`, ConflictError `action-duplicate`. */
export async function loadActions(config: Config): Promise<ActionRegistry> {
  return actionsWith(await loadPlugins(config.file.plugins, config.baseDir), builtinActions);
}

/** Where fetch actions may read: a template's own repository, everything that the catalog's file sources name, and GitHub. */
export function createFetch(
  config: Config,
  { github, ...options }: { reach?: "nearby"; github?: GithubClient | undefined } = {},
): FetchSource {
  const roots = config.file.catalog.sources.flatMap((source) => {
    if (source.type !== "file") return [];
    const path = resolve(config.baseDir, source.path);
    return [isGlob(path) ? globFolder(path) : path];
  });
  if (github === undefined) return createFileFetch({ roots, ...options });
  const remote = createGithubFetch({
    client: github,
    cacheDir: join(config.dataDir, "fetched"),
    allowed: config.file.scaffolder.fetch.repositories,
  });
  return createFileFetch({ roots, ...options, remote });
}

/** The hosts that `http:backstage:request` may talk to; none unless configured. */
export function createHttp(config: Config): Pick<ActionContext, "http"> {
  const { baseUrl, allowedHosts } = config.file.scaffolder.http;
  if (baseUrl === undefined && allowedHosts.length === 0) return {};
  return {
    http: createHttpAccess({ allowedHosts, ...(baseUrl === undefined ? {} : { baseUrl }) }),
  };
}
