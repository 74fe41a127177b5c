import type { GithubClient } from "./client.ts";
import { githubError } from "./errors.ts";
import { listOwners } from "./owners.ts";

/** What GitHub says about our credentials. */
export interface GithubCheck {
  /** The App's name or the token's login. */
  name: string;
  /** Organisations and users under which repositories can be created. */
  owners: string[];
}

/** Asks GitHub whether the credentials work. @throws as `githubError` maps the answer. */
export async function checkGithub(client: GithubClient, signal: AbortSignal): Promise<GithubCheck> {
  try {
    return { name: await nameOf(client, signal), owners: await listOwners(client, signal) };
  } catch (thrown) {
    throw githubError(thrown, "checking the credentials", signal);
  }
}

async function nameOf(client: GithubClient, signal: AbortSignal): Promise<string> {
  const request = { signal };
  if (client.kind === "token")
    return (await client.root.rest.users.getAuthenticated({ request })).data.login;
  return (await client.root.rest.apps.getAuthenticated({ request })).data?.name ?? "a GitHub App";
}
