import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { toJsonObject } from "../../base/json.ts";
import { defineAction } from "../action.ts";
import { checkRelativePath } from "../file-path.ts";
import { noteMade } from "../undo.ts";
import { publishContext } from "./publish-context.ts";
import { authorOf, targetOf, workspaceFiles } from "./publish-github.ts";
import { undoPullRequest } from "./undo-published.ts";

const names = z.array(z.string()).optional();
const flag = z.boolean().optional();
const words = z.string().optional();

/** Commits the workspace to a branch of an existing repository and opens a pull request. */
export const publishGithubPullRequest = defineAction({
  id: "publish:github:pull-request",
  description: "Opens a pull request with the workspace's files on an existing repository.",
  input: z.object({
    repoUrl: z.string(),
    branchName: z.string(),
    title: z.string(),
    description: z.string(),
    targetBranchName: words,
    filesToDelete: names,
    draft: flag,
    sourcePath: words,
    targetPath: words,
    token: words,
    reviewers: names,
    assignees: names,
    teamReviewers: names,
    commitMessage: words,
    update: flag,
    forceFork: flag,
    gitAuthorName: words,
    gitAuthorEmail: words,
    forceEmptyGitAuthor: flag,
    createWhenEmpty: flag,
  }),
  supportsDryRun: true,
  undo: undoPullRequest,
  async run(input, context) {
    const target = targetOf(input.repoUrl);
    assertBranchName(input.branchName);
    const targetPath = checkRelativePath(input.targetPath ?? "");
    const files = (await workspaceFiles(input.sourcePath ?? input.targetPath, context)).map(
      (file) => (targetPath === "" ? file : { ...file, path: `${targetPath}/${file.path}` }),
    );
    const filesToDelete = (input.filesToDelete ?? []).map((path) => {
      const checked = checkRelativePath(path);
      return targetPath === "" ? checked : `${targetPath}/${checked}`;
    });
    const { host, owner, repo } = target;
    if (context.isDryRun) {
      context.propose?.({
        kind: "pull-request",
        ...target,
        ...(input.targetBranchName === undefined ? {} : { branch: input.targetBranchName }),
        title: input.title,
        files,
        filesToDelete,
      });
      context.log(
        `would open “${input.title}” on ${owner}/${repo}: ${files.length} files on ${input.branchName}, ${filesToDelete.length} deleted`,
      );
      return {
        targetBranchName: input.targetBranchName ?? "main",
        remoteUrl: `https://${host}/${owner}/${repo}/pull/1`,
        pullRequestNumber: 1,
      };
    }
    const result = await context.publisher.openPullRequest(
      {
        runId: context.runId,
        ...target,
        branch: input.branchName,
        ...(input.targetBranchName === undefined ? {} : { targetBranch: input.targetBranchName }),
        title: input.title,
        description: input.description,
        commitMessage: input.commitMessage ?? input.title,
        author: authorOf(input),
        committedAtMs: context.startedAtMs,
        files,
        filesToDelete,
        isDraft: input.draft === true,
        settings: toJsonObject(input),
      },
      publishContext(context),
    );
    await noteMade(context, { host, owner, repo, number: result.number, branch: input.branchName });
    return {
      targetBranchName: result.targetBranch,
      remoteUrl: result.remoteUrl,
      pullRequestNumber: result.number,
    };
  },
});

/** What git refuses in a branch name, and a leading dash, which tools take for an option. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const badBranch = /^[-./]|[/.]$|\.\.|@\{|\/\/|\.lock(?:\/|$)|\/\.|[\s~^:?*[\\\u0000-\u001f\u007f]/;

/** @throws InputError `branch-name-invalid`. @see https://git-scm.com/docs/git-check-ref-format */
function assertBranchName(name: string): void {
  const isGood = name !== "" && name !== "@" && name.length <= 200 && !badBranch.test(name);
  if (isGood) return;
  throw new InputError(
    "branch-name-invalid",
    `“${name.slice(0, 120)}” cannot be the name of a branch.`,
    {
      hint: "use letters, digits, “-”, “_” and “/”",
    },
  );
}
