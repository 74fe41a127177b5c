import { mostBranches } from "../contract.ts";
import { findRepository } from "./create.ts";
import { attempt, type GithubSession, nameOf, repositoryParameters } from "./session.ts";

/**
 * The default branch, then others as GitHub lists them, of many the first hundred; or those whose name begins with `beginning`.
 * Empty when there is no such repository.
 */
export async function listBranches(session: GithubSession, beginning = ""): Promise<string[]> {
  const repository = await findRepository(session, false);
  if (repository === undefined) return [];
  if (beginning !== "") return await branchesFrom(session, beginning);
  const names = await attempt(session, `listing the branches of ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.repos.listBranches({
      ...repositoryParameters(session),
      per_page: mostBranches,
    });
    return data.map(({ name }) => name);
  });
  // of many branches the default one may stand behind those that are listed
  const { defaultBranch } = repository;
  return names.includes(defaultBranch) || names.length === mostBranches
    ? [...new Set([defaultBranch, ...names])]
    : names;
}

const heads = "refs/heads/";

/** @see https://docs.github.com/en/rest/git/refs#list-matching-references */
async function branchesFrom(session: GithubSession, beginning: string): Promise<string[]> {
  // blanks and what else no branch can hold
  if (/[\s~^:?*[\\\p{Cc}]|\.\.|@\{|\/\/|^\//u.test(beginning)) return [];
  return await attempt(session, `looking for branches of ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.git.listMatchingRefs({
      ...repositoryParameters(session),
      ref: `heads/${beginning}`,
    });
    return data
      .filter(({ ref }) => ref.startsWith(heads))
      .slice(0, mostBranches)
      .map(({ ref }) => ref.slice(heads.length));
  });
}
