import type { JsonObject, JsonValue } from "../../base/json.ts";

/** A file to publish. */
export interface PublishFile {
  /** Relative, with forward slashes. */
  path: string;
  content: Buffer;
  isExecutable: boolean;
}

export interface PublishRequest {
  /** Marks what this run created, so that a repeat recognises it as its own. */
  runId: string;
  host: string;
  owner: string;
  repo: string;
  description: string;
  defaultBranch: string;
  visibility: "private" | "public" | "internal";
  commitMessage: string;
  author: { name: string; email: string };
  /** Frozen at the start of the run: the same run makes the same commit. */
  committedAtMs: number;
  files: PublishFile[];
  /** Host-specific settings, rendered and validated: topics, protection, collaborators and the like. */
  settings: JsonObject;
}

export interface PublishResult {
  /** What `git clone` takes. */
  remoteUrl: string;
  /** The page that shows the files of the default branch. */
  repoContentsUrl: string;
  commitHash: string;
  /** Settings that could not be applied; the repository exists all the same. */
  warnings: string[];
}

export interface PublishContext {
  signal: AbortSignal;
  log(line: string): void;
  /** Throws when another worker has taken the run over; called right before each write that cannot be repeated. */
  assertCurrent(): Promise<void>;
  /** Durable notes for this step: what was intended before a call that must not happen twice, and what came of it. */
  notes: StepNotes;
}

/** Small durable facts of one step, kept across a crash. */
export interface StepNotes {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
}

export interface PullRequestRequest {
  runId: string;
  host: string;
  owner: string;
  repo: string;
  branch: string;
  /** Absent: the repository's default branch. */
  targetBranch?: string;
  title: string;
  description: string;
  commitMessage: string;
  author: { name: string; email: string };
  committedAtMs: number;
  files: PublishFile[];
  filesToDelete: string[];
  isDraft: boolean;
  settings: JsonObject;
}

export interface PullRequestResult {
  remoteUrl: string;
  targetBranch: string;
  number: number;
}

export interface IssueRequest {
  host: string;
  owner: string;
  repo: string;
  title: string;
  body: string;
  labels: string[];
  assignees: string[];
  milestone?: string | number;
  /** Somebody else's token instead of Callboard's own. */
  token?: string;
}

export interface IssueResult {
  url: string;
  number: number;
}

/** Something on a host that a run made. */
export interface RunTarget {
  /** The run that made it. */
  runId: string;
  /** The date of all commits of the run. */
  committedAtMs: number;
  host: string;
  owner: string;
  repo: string;
}

/**
 * Takes back what a run made. Each looks right before whether this run made it and nobody else has worked in it; false: it is gone
 * already. @throws ConflictError `undo-refused` with the reason; it stays as it is.
 */
export interface PublisherUndo {
  deleteRepository(target: RunTarget, context: PublishContext): Promise<boolean>;
  closePullRequest(
    target: RunTarget & { number: number; branch: string },
    context: PublishContext,
  ): Promise<boolean>;
  closeIssue(target: RunTarget & { number: number }, context: PublishContext): Promise<boolean>;
}

/** Branches that are listed at once: GitHub's largest page. Who has more is asked for the beginning of a name. */
export const mostBranches = 100;

/**
 * Where publish actions write. Implementations: `github.ts` and `local.ts` (bare git repositories in the data folder);
 * both pass `test/contracts/publisher.ts`. Doing the same request of the same run again has the effect of doing it once;
 * a repository that this run did not create is never touched.
 */
export interface Publisher {
  id: string;
  /**
   * Creates the repository with one commit.
   * @throws ConflictError `repo-exists` when somebody else's repository has the name.
   * @throws ForbiddenError, NotFoundError, InputError, UpstreamError as the host answered.
   */
  createRepository(request: PublishRequest, context: PublishContext): Promise<PublishResult>;
  /** Commits to a branch of an existing repository and opens a pull request (locally: the branch and a Markdown file that describes it). */
  openPullRequest(request: PullRequestRequest, context: PublishContext): Promise<PullRequestResult>;
  /** Opens an issue (locally: a Markdown file in the data folder), once for a step of a run. */
  openIssue?(request: IssueRequest, context: PublishContext): Promise<IssueResult>;
  undo?: PublisherUndo;
  /** What only GitHub can do; absent elsewhere. */
  github?: GithubAccess;
  /** True when a repository of this name exists (for checking a form before it is sent). */
  exists(owner: string, repo: string, signal: AbortSignal): Promise<boolean>;
  /**
   * The default branch, then others of a repository, for suggestions; empty when there is no such repository. Of many the first
   * {@link mostBranches} or so; with `beginning` those whose name begins with it.
   */
  branches(owner: string, repo: string, signal: AbortSignal, beginning?: string): Promise<string[]>;
  /** Owners under which the bot may create repositories, for suggestions. */
  owners(signal: AbortSignal): Promise<string[]>;
  /** Reads a file of a published repository by its `repoContentsUrl` or blob URL; undefined when it does not exist. */
  readFile(url: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A repository on the GitHub Callboard is connected to, and whose credentials to use. */
export interface GithubTarget {
  /** As in `repoUrl`; refused when Callboard is connected to another host. */
  host: string;
  owner: string;
  repo: string;
  /** Somebody else's token instead of Callboard's own. */
  token?: string;
}

/** One request of the REST API. */
export interface GithubCall {
  /** As GitHub's documentation writes it: `POST /repos/{owner}/{repo}/issues`; owner and repo are filled in. */
  route: string;
  parameters?: JsonObject;
  /** Completes “GitHub … while …”, such as `opening an issue`. */
  doing: string;
  /** True when sending it twice does no harm: it is sent again after a lost answer. Default: everything but POST. */
  isRepeatable?: boolean;
}

interface CreateEmptyRequest {
  runId: string;
  description: string;
  visibility: "private" | "public" | "internal";
  settings: JsonObject;
}

export interface PushRequest {
  runId: string;
  defaultBranch: string;
  commitMessage: string;
  author: { name: string; email: string };
  committedAtMs: number;
  files: PublishFile[];
  settings: JsonObject;
}

/**
 * What actions that exist for GitHub only may do; a run without GitHub has none. Failures are errors of
 * `base/errors.ts` that a person can act on.
 */
export interface GithubAccess {
  host: string;
  /** Sends one request; resolves with the answer's body (null when it has none). */
  call(target: GithubTarget, call: GithubCall, context: PublishContext): Promise<JsonValue>;
  /** As `call`, but a 404 gives undefined. */
  find(
    target: GithubTarget,
    call: GithubCall,
    context: PublishContext,
  ): Promise<JsonValue | undefined>;
  /** Creates a repository with nothing but GitHub's own first commit. */
  createEmpty(
    target: GithubTarget,
    request: CreateEmptyRequest,
    context: PublishContext,
  ): Promise<{ remoteUrl: string; repoContentsUrl: string; warnings: string[] }>;
  /** Puts one commit into a repository that has none but GitHub's own first one. */
  push(
    target: GithubTarget,
    request: PushRequest,
    context: PublishContext,
  ): Promise<{
    remoteUrl: string;
    repoContentsUrl: string;
    commitHash: string;
    warnings: string[];
  }>;
  /** Protects a branch; absent: the default branch. */
  protect(
    target: GithubTarget,
    branch: string | undefined,
    settings: JsonObject,
    context: PublishContext,
  ): Promise<void>;
  /** Sets variables and secrets of GitHub Actions, of the repository or of one environment. */
  configure(
    target: GithubTarget,
    values: {
      variables?: Record<string, string>;
      secrets?: Record<string, string>;
      environment?: string;
    },
    context: PublishContext,
  ): Promise<void>;
}
