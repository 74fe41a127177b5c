import { findRepository } from "./create.ts";
import { attempt, type GithubSession, nameOf, repositoryParameters } from "./session.ts";

/** GitHub's largest page; who has more branches types the name. */
const perPage = 100;

/** The default branch, then others as GitHub lists them; empty when there is no such repository. */
export async function listBranches(session: GithubSession): Promise<string[]> {
  const repository = await findRepository(session, false);
  if (repository === undefined) return [];
  const names = await attempt(session, `listing the branches of ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.repos.listBranches({
      ...repositoryParameters(session),
      per_page: perPage,
    });
    return data.map(({ name }) => name);
  });
  return names.includes(repository.defaultBranch)
    ? [...new Set([repository.defaultBranch, ...names])]
    : names;
}
