import { ConflictError, InputError, UpstreamError } from "../../../base/errors.ts";
import type { PullRequestRequest, PullRequestResult } from "../contract.ts";
import { applySettings, loginOf } from "./apply.ts";
import { createBranch, explainWorkflows, hasTrailer, readHead, writeCommit } from "./commit.ts";
import { findRepository } from "./create.ts";
import { githubError, isAlreadyThere, isMissing, isOutcomeUnknown } from "./errors.ts";
import { attempt, type GithubSession, nameOf, pause, repositoryParameters } from "./session.ts";
import { type GithubSettings, parseGithubSettings } from "./settings.ts";
import { type TreeChange, writeTree } from "./tree.ts";

const noteKeys = { base: "github.base", intent: "github.pullRequest" } as const;

/**
 * Commits to a branch of an existing repository and opens a pull request, once whatever happens in between: base and
 * dates are fixed, so a repeat makes the same commit; a lost answer is looked up by branch instead of sent again.
 */
export async function openGithubPullRequest(
  session: GithubSession,
  request: PullRequestRequest,
): Promise<PullRequestResult> {
  const { settings, warnings } = parseGithubSettings(request.settings);
  for (const warning of warnings) session.context.log(warning);
  if (settings.forceFork === true) {
    throw new InputError(
      "github-fork-unsupported",
      "forceFork: Callboard does not work in forks.",
      {
        hint: "Remove forceFork and give Callboard's App or token write access to the repository.",
      },
    );
  }
  const target = request.targetBranch ?? (await defaultBranchOf(session));
  const sha = await commitToBranch(session, request, target, settings);
  const opened = await ensurePullRequest(session, request, target, sha);
  await askPeople(session, opened.number, settings);
  return { remoteUrl: opened.url, targetBranch: target, number: opened.number };
}

async function defaultBranchOf(session: GithubSession): Promise<string> {
  const repository = await findRepository(session, false);
  if (repository !== undefined) return repository.defaultBranch;
  throw new InputError(
    "github-repository-unknown",
    `There is no repository ${nameOf(session)} that Callboard may see.`,
    { hint: "Check the name; a GitHub App must have access to the repository." },
  );
}

async function commitToBranch(
  session: GithubSession,
  request: PullRequestRequest,
  target: string,
  settings: GithubSettings,
): Promise<string> {
  const existing = await headIfAny(session, request.branch);
  if (existing !== undefined && hasTrailer(existing.message, request.runId)) return existing.sha;
  if (existing !== undefined && settings.update !== true) throw branchTaken(session, request);
  const base = existing ?? (await fixedBase(session, target));
  const tree = await writeTree(session, await changesOf(session, request, base.sha), base.treeSha);
  if (tree === base.treeSha && settings.createWhenEmpty === false) throw nothingToDo(session);
  const plan = { ...request, message: request.commitMessage };
  const sha = await writeCommit(session, plan, tree, [base.sha]);
  await session.context.assertCurrent();
  await pointBranch(session, request, sha, existing !== undefined);
  return sha;
}

/** The commit the change starts from, the same one in every attempt of this run. */
async function fixedBase(
  session: GithubSession,
  target: string,
): Promise<{ sha: string; treeSha: string }> {
  const { notes } = session.context;
  const noted = await notes.get(noteKeys.base);
  if (noted !== undefined) {
    const [sha = "", treeSha = ""] = noted.split(" ");
    return { sha, treeSha };
  }
  const head = await readHead(session, target, false);
  await notes.set(noteKeys.base, `${head.sha} ${head.treeSha}`);
  return head;
}

async function headIfAny(
  session: GithubSession,
  branch: string,
): Promise<{ sha: string; treeSha: string; message: string } | undefined> {
  const { octokit } = session;
  const isThere = await attempt(session, `looking for the branch ${branch}`, async () => {
    try {
      await octokit.rest.git.getRef({ ...repositoryParameters(session), ref: `heads/${branch}` });
      return true;
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  });
  return isThere ? readHead(session, branch, true) : undefined;
}

/** GitHub refuses to delete what is not there, so deletions are checked against the base. */
async function changesOf(
  session: GithubSession,
  request: PullRequestRequest,
  baseSha: string,
): Promise<TreeChange[]> {
  const changes: TreeChange[] = request.files.map((file) => ({ file }));
  for (const path of request.filesToDelete) {
    const isThere = await attempt(
      session,
      `looking for ${path} in ${nameOf(session)}`,
      async () => {
        try {
          await session.octokit.rest.repos.getContent({
            ...repositoryParameters(session),
            path,
            ref: baseSha,
          });
          return true;
        } catch (thrown) {
          if (isMissing(thrown)) return false;
          throw thrown;
        }
      },
    );
    if (isThere) changes.push({ delete: path });
    else session.context.log(`${path} is not in ${nameOf(session)}; there is nothing to delete`);
  }
  return changes;
}

async function pointBranch(
  session: GithubSession,
  request: PullRequestRequest,
  sha: string,
  isUpdate: boolean,
): Promise<void> {
  const doing = `pushing to ${request.branch} of ${nameOf(session)}`;
  try {
    if (isUpdate) {
      await session.octokit.rest.git.updateRef({
        ...repositoryParameters(session),
        ref: `heads/${request.branch}`,
        sha,
        force: false,
      });
      return;
    }
    if ((await createBranch(session, request.branch, sha)) === "created") return;
  } catch (thrown) {
    const error = githubError(thrown, doing, session.context.signal);
    throw explainWorkflows(error, thrown, request);
  }
  const head = await headIfAny(session, request.branch);
  if (head === undefined) {
    throw new UpstreamError("github-push-uncertain", `GitHub did not confirm ${doing}.`, {
      isRetryable: true,
    });
  }
  if (head.sha !== sha) throw branchTaken(session, request);
}

interface OpenedPullRequest {
  number: number;
  url: string;
}

async function ensurePullRequest(
  session: GithubSession,
  request: PullRequestRequest,
  target: string,
  sha: string,
): Promise<OpenedPullRequest> {
  const { notes, signal } = session.context;
  const wasIntended = (await notes.get(noteKeys.intent)) === "intended";
  const found = wasIntended ? await findPullRequest(session, request, sha) : undefined;
  if (found !== undefined) return found;
  await notes.set(noteKeys.intent, "intended");
  await session.context.assertCurrent();
  try {
    const { data } = await session.octokit.rest.pulls.create({
      ...repositoryParameters(session),
      title: request.title,
      body: request.description,
      head: request.branch,
      base: target,
      draft: request.isDraft,
      request: { signal, isRepeatable: false },
    });
    return { number: data.number, url: data.html_url };
  } catch (thrown) {
    const doing = `opening a pull request in ${nameOf(session)}`;
    if (signal.aborted || !(isOutcomeUnknown(thrown) || isAlreadyThere(thrown)))
      throw githubError(thrown, doing, signal);
    const made = await waitForPullRequest(session, request, sha);
    if (made !== undefined) return made;
    // Noted as intended: the next attempt looks again before it sends anything.
    throw githubError(thrown, doing, signal);
  }
}

async function waitForPullRequest(
  session: GithubSession,
  request: PullRequestRequest,
  sha: string,
): Promise<OpenedPullRequest | undefined> {
  const { lagWindowMs, lagDelayMs } = session.timing;
  const untilMs = Date.now() + lagWindowMs;
  for (let delayMs = lagDelayMs; ; delayMs = Math.min(delayMs * 2, 2000)) {
    const found = await findPullRequest(session, request, sha);
    if (found !== undefined || Date.now() + delayMs > untilMs) return found;
    await pause(delayMs, session.context.signal);
  }
}

/** GitHub allows one open pull request from a branch to a base; ours has our commit as its head. */
async function findPullRequest(
  session: GithubSession,
  request: PullRequestRequest,
  sha: string,
): Promise<OpenedPullRequest | undefined> {
  return attempt(session, `looking for a pull request in ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.pulls.list({
      ...repositoryParameters(session),
      head: `${session.owner}:${request.branch}`,
      state: "all",
    });
    const pull =
      data.find((candidate) => candidate.head.sha === sha) ??
      data.find((candidate) => candidate.state === "open");
    return pull === undefined ? undefined : { number: pull.number, url: pull.html_url };
  });
}

async function askPeople(
  session: GithubSession,
  number: number,
  settings: GithubSettings,
): Promise<void> {
  const { octokit } = session;
  const reviewers = (settings.reviewers ?? []).map(loginOf);
  const teams = (settings.teamReviewers ?? []).map(loginOf);
  const assignees = (settings.assignees ?? []).map(loginOf);
  const parameters = repositoryParameters(session);
  const repeatable = { request: { signal: session.context.signal, isRepeatable: true } };
  await applySettings(session, [
    ...(reviewers.length + teams.length === 0
      ? []
      : [
          {
            name: `reviewers ${[...reviewers, ...teams].join(", ")}`,
            apply: () =>
              octokit.rest.pulls.requestReviewers({
                ...parameters,
                ...repeatable,
                pull_number: number,
                reviewers,
                team_reviewers: teams,
              }),
          },
        ]),
    ...(assignees.length === 0
      ? []
      : [
          {
            name: `assignees ${assignees.join(", ")}`,
            apply: () =>
              octokit.rest.issues.addAssignees({
                ...parameters,
                ...repeatable,
                issue_number: number,
                assignees,
              }),
          },
        ]),
  ]);
}

function branchTaken(session: GithubSession, request: PullRequestRequest): ConflictError {
  return new ConflictError(
    "branch-exists",
    `${nameOf(session)} has a branch ${request.branch} already; it was left untouched.`,
    { hint: "Give another branchName in the template's step, or set update: true to add to it." },
  );
}

function nothingToDo(session: GithubSession): InputError {
  return new InputError(
    "pull-request-empty",
    `${nameOf(session)} has all of this already: the pull request would change nothing.`,
    { hint: "Nothing needs to be done; or set createWhenEmpty to true." },
  );
}
