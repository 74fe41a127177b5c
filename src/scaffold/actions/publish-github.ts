import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { toJsonObject, type JsonObject } from "../../base/json.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { assertNoClashes, checkRelativePath } from "../file-path.ts";
import type { PublishFile } from "../publishers/contract.ts";
import { assertRepoNames, parseRepoUrl } from "../repo-url.ts";
import { publishContext } from "./publish-context.ts";
import { createNoted, undoRepository } from "./undo-published.ts";

const names = z.array(z.string()).optional();
const flag = z.boolean().optional();
const words = z.string().optional();
const actors = z.object({ apps: names, users: names, teams: names }).optional();

/** How a branch can be protected. */
export const protectionInput = {
  bypassPullRequestAllowances: actors,
  requiredApprovingReviewCount: z.number().optional(),
  restrictions: actors,
  requireCodeOwnerReviews: flag,
  dismissStaleReviews: flag,
  requiredStatusCheckContexts: names,
  requireBranchesToBeUpToDate: flag,
  requiredConversationResolution: flag,
  requireLastPushApproval: flag,
  requiredCommitSigning: flag,
  requiredLinearHistory: flag,
};

/** How a repository can be set up. */
export const repositoryInput = {
  description: words,
  homepage: words,
  access: words,
  repoVisibility: z.enum(["private", "public", "internal"]).optional(),
  deleteBranchOnMerge: flag,
  allowMergeCommit: flag,
  allowSquashMerge: flag,
  squashMergeCommitTitle: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]).optional(),
  squashMergeCommitMessage: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]).optional(),
  allowRebaseMerge: flag,
  allowAutoMerge: flag,
  allowUpdateBranch: flag,
  collaborators: z.array(z.object({ access: z.string(), user: words, team: words })).optional(),
  hasProjects: flag,
  hasWiki: flag,
  hasIssues: flag,
  topics: names,
  repoVariables: z.record(z.string(), z.string()).optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  oidcCustomization: z.object({ useDefault: flag, includeClaimKeys: names }).optional(),
  customProperties: z.record(z.string(), z.unknown()).optional(),
  subscribe: flag,
};

/** How a commit is made. */
export const commitInput = {
  defaultBranch: words,
  protectDefaultBranch: flag,
  protectEnforceAdmins: flag,
  gitCommitMessage: words,
  gitAuthorName: words,
  gitAuthorEmail: words,
  sourcePath: words,
  token: words,
};

/** Creates a repository with the workspace as its first commit. */
export const publishGithub = defineAction({
  id: "publish:github",
  description:
    "Creates a repository from the workspace: on GitHub, or as a local bare repository without GitHub credentials.",
  input: z.object({ repoUrl: z.string(), ...repositoryInput, ...protectionInput, ...commitInput }),
  supportsDryRun: true,
  reserves: ({ repoUrl }) => [nameOf(targetOf(repoUrl))],
  undo: undoRepository,
  async run(input, context) {
    const target = targetOf(input.repoUrl);
    const files = await workspaceFiles(input.sourcePath, context);
    const defaultBranch = input.defaultBranch ?? "main";
    if (context.isDryRun) return describePublish(target, defaultBranch, files, context);
    const result = await createNoted(target, context, () =>
      context.publisher.createRepository(
        {
          runId: context.runId,
          ...target,
          description: input.description ?? "",
          defaultBranch,
          visibility: input.repoVisibility ?? "private",
          commitMessage: input.gitCommitMessage ?? "initial commit",
          author: authorOf(input),
          committedAtMs: context.startedAtMs,
          files,
          settings: toJsonObject(input),
        },
        publishContext(context),
      ),
    );
    for (const warning of result.warnings) context.log(`warning: ${warning}`);
    const { remoteUrl, repoContentsUrl, commitHash } = result;
    return { remoteUrl, repoContentsUrl, commitHash };
  },
});

function describePublish(
  target: { host: string; owner: string; repo: string },
  branch: string,
  files: PublishFile[],
  context: ActionContext,
): JsonObject {
  const { host, owner, repo } = target;
  context.propose?.({ kind: "repository", ...target, title: "", files, filesToDelete: [] });
  context.log(`would create ${owner}/${repo} on ${host} with ${files.length} files on ${branch}`);
  const page = `https://${host}/${owner}/${repo}`;
  return {
    remoteUrl: `${page}.git`,
    repoContentsUrl: `${page}/blob/${branch}`,
    commitHash: "0".repeat(40),
  };
}

/** Host, owner and name of a `repoUrl`. @throws InputError `repo-url-malformed`, `repo-name-invalid`. */
export function targetOf(repoUrl: string): { host: string; owner: string; repo: string } {
  const { host, owner, repo } = parseRepoUrl(repoUrl);
  if (owner === undefined) {
    throw new InputError(
      "repo-url-malformed",
      `“${repoUrl}” is not a repository address: it has no owner`,
      {
        hint: "write it as github.com?owner=acme&repo=ledger",
      },
    );
  }
  assertRepoNames(owner, repo);
  return { host, owner, repo };
}

/** What a repository is called wherever it stands: `github.com/acme/ledger`. */
export function nameOf({ host, owner, repo }: ReturnType<typeof targetOf>): string {
  return `${host}/${owner}/${repo}`;
}

/** Who commits, where the template does not say. */
export function authorOf(input: {
  gitAuthorName?: string | undefined;
  gitAuthorEmail?: string | undefined;
}): { name: string; email: string } {
  return {
    name: input.gitAuthorName ?? "Callboard",
    email: input.gitAuthorEmail ?? "noreply@callboard.dev",
  };
}

/**
 * The files below `sourcePath` of the workspace, ready to publish.
 * @throws InputError `path-not-allowed`, `path-clash`, `tree-too-large`.
 */
export async function workspaceFiles(
  sourcePath: string | undefined,
  context: ActionContext,
): Promise<PublishFile[]> {
  const source = checkRelativePath(sourcePath ?? "");
  if ((await context.files.kind(source)) !== "folder") {
    throw new InputError(
      "path-not-allowed",
      `The source path “${source}” is not a folder of the workspace.`,
    );
  }
  const files = await context.files.tree(source, context.signal);
  for (const file of files) checkRelativePath(file.path);
  assertNoClashes(files.map((file) => file.path));
  return files;
}
