import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { PublishContext, PublishFile } from "./contract.ts";

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

export interface CreateEmptyRequest {
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
