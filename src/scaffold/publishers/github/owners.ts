import type { GithubClient } from "./client.ts";
import { githubError } from "./errors.ts";

/** Owners under which repositories can be created, best first: the App's organisations, or the token's. */
export async function listOwners(client: GithubClient, signal: AbortSignal): Promise<string[]> {
  try {
    return client.kind === "app"
      ? await installedOrganisations(client, signal)
      : await ownersOfToken(client, signal);
  } catch (thrown) {
    throw githubError(thrown, "listing the organisations Callboard may write to", signal);
  }
}

async function installedOrganisations(
  client: GithubClient,
  signal: AbortSignal,
): Promise<string[]> {
  const installations = await client.root.paginate(client.root.rest.apps.listInstallations, {
    per_page: 100,
    request: { signal },
  });
  return installations
    .filter(
      ({ target_type: type, suspended_at: suspended }) => type === "Organization" && !suspended,
    )
    .filter(({ permissions }) => permissions.administration === "write")
    .map(({ account }) => (account !== null && "login" in account ? account.login : ""))
    .filter((login) => login !== "");
}

async function ownersOfToken(client: GithubClient, signal: AbortSignal): Promise<string[]> {
  const { rest } = client.root;
  const request = { signal };
  const [user, organisations] = await Promise.all([
    rest.users.getAuthenticated({ request }),
    client.root.paginate(rest.orgs.listForAuthenticatedUser, { per_page: 100, request }),
  ]);
  return [...organisations.map(({ login }) => login), user.data.login];
}
