import { ConflictError, InputError } from "../../../base/errors.ts";
import type { PublishFile } from "../contract.ts";
import type { GithubRepository } from "./create.ts";
import { githubError, isAlreadyThere, isMissing, isOutcomeUnknown, statusOf } from "./errors.ts";
import {
  attempt,
  type GithubSession,
  nameOf,
  repositoryParameters,
  untilVisible,
} from "./session.ts";
import { writeTree } from "./tree.ts";

/** One commit to make: the same plan makes the same commit, so making it again changes nothing. */
export interface CommitPlan {
  runId: string;
  message: string;
  author: { name: string; email: string };
  committedAtMs: number;
  files: PublishFile[];
}

const noteKeys = { commit: "github.commit", firstBranch: "github.firstBranch" } as const;

/** The last line of each commit Callboard makes: it says whose work a branch holds. */
function runTrailer(runId: string): string {
  return `Run-Id: ${runId}`;
}

function startTrailer(runId: string): string {
  return `Run-Start: ${runId}`;
}

/**
 * Gives an empty repository a first commit, without which GitHub's Git data API answers 409. Repeatable: a second
 * attempt finds the repository no longer empty.
 */
export async function startEmptyRepository(session: GithubSession, runId: string): Promise<void> {
  await session.context.assertCurrent();
  await attempt(session, `making the first commit in ${nameOf(session)}`, async () => {
    try {
      await session.octokit.rest.repos.createOrUpdateFileContents({
        ...repositoryParameters(session),
        path: "README.md",
        message: `Initial commit\n\n${startTrailer(runId)}\n`,
        content: "",
      });
    } catch (thrown) {
      // The file is there already: an earlier attempt got through.
      if (statusOf(thrown) !== 422 && statusOf(thrown) !== 409) throw thrown;
    }
  });
}

/** True when a commit's message carries this run's trailer. */
export function hasTrailer(message: string, runId: string): boolean {
  return message.split("\n").includes(runTrailer(runId));
}

/**
 * Puts one commit with the files on `branch` and makes that the default branch. What stands there may only be a first
 * commit as GitHub makes it, or this run's own. Where the run made the repository, that first commit is replaced, so
 * that the history is one commit; where somebody else did, ours goes on top and nothing is lost.
 * @throws ConflictError `repo-changed` when somebody else has committed; their work stays.
 */
export async function commitContent(
  session: GithubSession,
  repository: GithubRepository,
  branch: string,
  plan: CommitPlan,
  isOurs: boolean,
): Promise<string> {
  const { notes } = session.context;
  const noted = await notes.get(noteKeys.commit);
  const firstBranch = (await notes.get(noteKeys.firstBranch)) ?? repository.defaultBranch;
  await notes.set(noteKeys.firstBranch, firstBranch);
  const sha = noted ?? (await pushContent(session, repository.defaultBranch, plan, isOurs));
  await notes.set(noteKeys.commit, sha);
  if (firstBranch !== branch) await renameBranch(session, repository, firstBranch, branch, sha);
  return sha;
}

async function pushContent(
  session: GithubSession,
  branch: string,
  plan: CommitPlan,
  isOurs: boolean,
): Promise<string> {
  const head = await readHead(session, branch, true);
  if (hasTrailer(head.message, plan.runId)) return head.sha;
  if (!isFirstCommit(head)) throw changed(session, branch);
  const isReplaced = isOurs || head.message.includes(startTrailer(plan.runId));
  const tree = await writeTree(
    session,
    plan.files.map(upsert),
    isReplaced ? undefined : head.treeSha,
  );
  const sha = await writeCommit(session, plan, tree, isReplaced ? [] : [head.sha]);
  await session.context.assertCurrent();
  const doing = `pushing to ${branch} of ${nameOf(session)}`;
  try {
    await session.octokit.rest.git.updateRef({
      ...repositoryParameters(session),
      ref: `heads/${branch}`,
      sha,
      // What is replaced is a commit that our own request had GitHub make; nothing of anybody's is lost.
      force: isReplaced,
      request: { signal: session.context.signal, isRepeatable: false },
    });
    return sha;
  } catch (thrown) {
    if (!isOutcomeUnknown(thrown))
      throw explainWorkflows(githubError(thrown, doing, session.context.signal), thrown, plan);
    const now = await readHead(session, branch, true);
    if (now.sha === sha) return sha;
    throw githubError(thrown, doing, session.context.signal);
  }
}

function upsert(file: PublishFile): { file: PublishFile } {
  return { file };
}

/** A commit on GitHub, as far as we look at it. */
export interface CommitHead {
  sha: string;
  treeSha: string;
  message: string;
  parents: number;
  /** As `committer.date`. */
  committedAt: string;
}

/** A commit whose message and date are looked at. */
export type DatedCommit = Pick<CommitHead, "message" | "parents" | "committedAt">;

/**
 * The commit a branch points to.
 * @throws NotFoundError `github-not-found` when there is no such branch.
 */
export async function readHead(
  session: GithubSession,
  branch: string,
  isPatient: boolean,
): Promise<CommitHead> {
  return attempt(session, `reading the branch ${branch} of ${nameOf(session)}`, () => {
    const read = async (): Promise<CommitHead> => {
      const { git } = session.octokit.rest;
      const parameters = repositoryParameters(session);
      const ref = await git.getRef({ ...parameters, ref: `heads/${branch}` });
      const commit = await git.getCommit({ ...parameters, commit_sha: ref.data.object.sha });
      return {
        sha: commit.data.sha,
        treeSha: commit.data.tree.sha,
        message: commit.data.message,
        parents: commit.data.parents.length,
        committedAt: commit.data.committer.date,
      };
    };
    return isPatient ? untilVisible(session, read) : read();
  });
}

/**
 * True for a commit just as the run made it. Who amends or rebases one keeps its trailer, and gives it another date.
 */
export function isAsMade(
  commit: DatedCommit,
  { runId, committedAtMs }: Pick<CommitPlan, "runId" | "committedAtMs">,
): boolean {
  const atMs = Math.floor(committedAtMs / 1000) * 1000;
  return hasTrailer(commit.message, runId) && Date.parse(commit.committedAt) === atMs;
}

/** GitHub makes its first commit with the repository. */
const startMs = 60_000;

/**
 * True for a commit with which a repository of this run begins, as long as no content has taken its place. People call theirs `Initial
 * commit`, too.
 */
export async function isOwnStart(
  { context: { notes } }: GithubSession,
  commit: DatedCommit,
  { runId }: Pick<CommitPlan, "runId">,
  createdAtMs: number,
): Promise<boolean> {
  if (!isFirstCommit(commit) || (await notes.get(noteKeys.commit)) !== undefined) return false;
  if (commit.message.includes(startTrailer(runId))) return true;
  return Math.abs(Date.parse(commit.committedAt) - createdAtMs) < startMs;
}

/** GitHub's `auto_init` makes one parentless commit of this message; so does our own start of an empty repository. */
function isFirstCommit(head: Pick<CommitHead, "message" | "parents">): boolean {
  return head.parents === 0 && head.message.split("\n")[0] === "Initial commit";
}

/** Writes a commit with fixed dates and the run's trailer; the same input gives the same id. */
export async function writeCommit(
  session: GithubSession,
  plan: Omit<CommitPlan, "files">,
  tree: string,
  parents: string[],
): Promise<string> {
  const date = new Date(plan.committedAtMs).toISOString().replace(/\.\d+Z$/, "Z");
  const person = { name: plan.author.name, email: plan.author.email, date };
  return attempt(session, `committing to ${nameOf(session)}`, async () => {
    const { data } = await untilVisible(session, () =>
      session.octokit.rest.git.createCommit({
        ...repositoryParameters(session),
        message: `${plan.message.trimEnd()}\n\n${runTrailer(plan.runId)}\n`,
        tree,
        parents,
        author: person,
        committer: person,
        // Named by its content, so a repeat makes the same commit again.
        request: { signal: session.context.signal, isRepeatable: true },
      }),
    );
    return data.sha;
  });
}

/** The repository's own first branch may be called otherwise: the wanted one becomes the default, the first one goes. */
async function renameBranch(
  session: GithubSession,
  repository: GithubRepository,
  from: string,
  to: string,
  sha: string,
): Promise<void> {
  const { git, repos } = session.octokit.rest;
  const parameters = repositoryParameters(session);
  await attempt(session, `making ${to} the default branch of ${nameOf(session)}`, async () => {
    const outcome = await createBranch(session, to, sha);
    if (outcome === "look" && (await readHead(session, to, true)).sha !== sha)
      throw changed(session, to);
    if (repository.defaultBranch !== to)
      await untilVisible(session, () => repos.update({ ...parameters, default_branch: to }));
    try {
      const { data } = await git.getRef({ ...parameters, ref: `heads/${from}` });
      if (data.object.sha === sha) await git.deleteRef({ ...parameters, ref: `heads/${from}` });
    } catch (thrown) {
      // Gone already, by an earlier attempt.
      if (!isMissing(thrown) && statusOf(thrown) !== 422) throw thrown;
    }
  });
}

/** Creates a branch; where one stands already, or the answer was lost, what it points to is the caller's to judge. */
export async function createBranch(
  session: GithubSession,
  branch: string,
  sha: string,
): Promise<"created" | "look"> {
  try {
    await untilVisible(session, () =>
      session.octokit.rest.git.createRef({
        ...repositoryParameters(session),
        ref: `refs/heads/${branch}`,
        sha,
      }),
    );
    return "created";
  } catch (thrown) {
    if (isAlreadyThere(thrown) || isOutcomeUnknown(thrown)) return "look";
    throw thrown;
  }
}

function changed(session: GithubSession, branch: string): ConflictError {
  return new ConflictError(
    "repo-changed",
    `Somebody else has committed to ${branch} of ${nameOf(session)}; nothing was overwritten.`,
    { hint: "Look at the repository; start a new run under another name, or finish it by hand." },
  );
}

/** The refusal people meet most: workflow files want a permission of their own. */
export function explainWorkflows(
  error: Error,
  thrown: unknown,
  plan: { files: PublishFile[] },
): Error {
  const status = statusOf(thrown);
  const hasWorkflow = plan.files.some((file) => file.path.startsWith(".github/workflows/"));
  if (!hasWorkflow || (status !== 403 && status !== 404 && status !== 422)) return error;
  return new InputError(
    "github-workflows-not-allowed",
    `${error.message} The template brings workflow files, which need a permission of their own.`,
    {
      cause: error,
      hint: "Grant the GitHub App “Workflows: write”, or the token the scope workflow, then press Retry.",
    },
  );
}
