import { ConflictError } from "../../../base/errors.ts";
import type { RunTarget } from "../contract.ts";
import { isAsMade, isOwnStart, readHead } from "./commit.ts";
import { findRepository, type GithubRepository, isCreatedBy } from "./create.ts";
import { isEmptyRepository, isMissing, statusOf } from "./errors.ts";
import { attempt, type GithubSession, nameOf, repositoryParameters } from "./session.ts";

/** A repository that is older than this has had time to become somebody's. */
const oldestMs = 24 * 3_600_000;
const pageSize = 100;
/** In the body of each issue that a run opened. */
const issueMarker = "<!-- callboard ";

/**
 * Deletes a repository that this run made and nobody else has worked in; false when it is gone already.
 * Everything is looked at right before: the id, the mark, each commit, each issue.
 * @throws ConflictError `undo-refused` with the reason; the repository stays.
 */
export async function deleteOwnRepository(
  session: GithubSession,
  target: RunTarget,
): Promise<boolean> {
  const repository = await findRepository(session, false);
  if (repository === undefined) return false;
  await assertOurs(session, repository, target.runId);
  await assertUntouched(session, target, repository);
  await session.context.assertCurrent();
  return attempt(session, `deleting ${nameOf(session)}`, async () => {
    try {
      await session.octokit.rest.repos.delete(repositoryParameters(session));
      return true;
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  });
}

async function assertOurs(
  session: GithubSession,
  repository: GithubRepository,
  runId: string,
): Promise<void> {
  if (!(await isCreatedBy(session, repository, runId)))
    throw refused(session, "this run did not create it");
  if (Date.now() - repository.createdAtMs > oldestMs)
    throw refused(session, "it is more than a day old");
}

/** @throws ConflictError `undo-refused` when there is any commit, issue or pull request that no run of ours made. */
async function assertUntouched(
  session: GithubSession,
  target: RunTarget,
  { createdAtMs }: GithubRepository,
): Promise<void> {
  const { octokit } = session;
  const parameters = { ...repositoryParameters(session), per_page: pageSize };
  await attempt(session, `looking at ${nameOf(session)}`, async () => {
    const branches = await octokit.rest.repos.listBranches(parameters);
    if (branches.data.length > 5) throw refused(session, "it has many branches");
    for (const { name } of branches.data) {
      const commits = await octokit.rest.repos.listCommits({ ...parameters, sha: name });
      for (const { commit, parents } of commits.data) {
        const { message, committer } = commit;
        const dated = { message, parents: parents.length, committedAt: committer?.date ?? "" };
        const isOurs =
          isAsMade(dated, target) || (await isOwnStart(session, dated, target, createdAtMs));
        if (!isOurs) throw refused(session, "somebody else has committed to it");
      }
    }
    const issues = await octokit.rest.issues.listForRepo({ ...parameters, state: "all" });
    if (issues.data.some(({ body }) => body?.includes(issueMarker) !== true))
      throw refused(session, "somebody has opened issues or pull requests in it");
  }).catch((thrown: unknown) => {
    if (!isEmptyRepository(thrown)) throw thrown;
  });
}

/** Closes a pull request of this run and deletes its branch; false when that was done already. */
export async function closeOwnPullRequest(
  session: GithubSession,
  target: RunTarget & { number: number; branch: string },
): Promise<boolean> {
  const { octokit } = session;
  const place = { ...repositoryParameters(session), pull_number: target.number };
  const pull = await attempt(session, `reading pull request ${target.number}`, () =>
    octokit.rest.pulls.get(place),
  );
  if (pull.data.merged) throw refused(session, `#${target.number} is merged already`);
  if (pull.data.state === "closed") return false;
  const head = await readHead(session, target.branch, false);
  if (!isAsMade(head, target))
    throw refused(session, `somebody else has pushed to ${target.branch}`);
  await session.context.assertCurrent();
  return attempt(session, `closing pull request ${target.number}`, async () => {
    await octokit.rest.pulls.update({ ...place, state: "closed" });
    try {
      const ref = `heads/${target.branch}`;
      await octokit.rest.git.deleteRef({ ...repositoryParameters(session), ref });
    } catch (thrown) {
      // Gone already, as a repository may be set to do by itself.
      if (!isMissing(thrown) && statusOf(thrown) !== 422) throw thrown;
    }
    return true;
  });
}

/** Closes an issue of this run as not planned; false when it is closed or gone already. */
export async function closeOwnIssue(session: GithubSession, number: number): Promise<boolean> {
  const place = { ...repositoryParameters(session), issue_number: number };
  const { issues } = session.octokit.rest;
  return attempt(session, `closing issue ${number}`, async () => {
    try {
      const { data } = await issues.get(place);
      if (data.state === "closed") return false;
      if (data.body?.includes(issueMarker) !== true)
        throw refused(session, `issue ${number} was not opened by Callboard`);
      await session.context.assertCurrent();
      await issues.update({ ...place, state: "closed", state_reason: "not_planned" });
      return true;
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  });
}

function refused(session: GithubSession, why: string): ConflictError {
  return new ConflictError("undo-refused", `${nameOf(session)} was left as it is: ${why}.`, {
    hint: "Look at it, and take it back by hand if that is right.",
  });
}
