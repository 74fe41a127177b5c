import { z } from "zod";

import { toJsonObject } from "../../base/json.ts";
import { defineAction } from "../action.ts";
import { accountName, githubInput, githubWork } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";
import {
  authorOf,
  commitInput,
  nameOf,
  protectionInput,
  repositoryInput,
  targetOf,
  workspaceFiles,
} from "./publish-github.ts";
import { createNoted, undoRepository } from "./undo-published.ts";

/** The first half of `publish:github`: a repository without content. */
export const githubRepoCreate = defineAction({
  id: "github:repo:create",
  description: "Creates a repository on GitHub and sets it up, without content.",
  input: z.object({
    ...githubInput,
    ...repositoryInput,
    autoInit: z.boolean().optional(),
    workflowAccess: z.enum(["none", "organization", "user"]).optional(),
  }),
  supportsDryRun: false,
  reserves: ({ repoUrl }) => [nameOf(targetOf(repoUrl))],
  undo: undoRepository,
  exampleOutput: ({ repoUrl }) => exampleAddresses(repoUrl),
  async run(input, context) {
    const { github, target } = githubWork("github:repo:create", input, context);
    const request = {
      runId: context.runId,
      description: input.description ?? "",
      visibility: input.repoVisibility ?? ("private" as const),
      settings: toJsonObject(input),
    };
    const result = await createNoted(target, context, () =>
      github.createEmpty(target, request, publishContext(context)),
    );
    for (const warning of result.warnings) context.log(`warning: ${warning}`);
    return { remoteUrl: result.remoteUrl, repoContentsUrl: result.repoContentsUrl };
  },
});

/** The second half of `publish:github`: the workspace as a commit. */
export const githubRepoPush = defineAction({
  id: "github:repo:push",
  description: "Pushes the workspace to a repository on GitHub that has no commit of its own yet.",
  input: z.object({ ...githubInput, ...protectionInput, ...commitInput }),
  supportsDryRun: false,
  exampleOutput: ({ repoUrl }) => ({ ...exampleAddresses(repoUrl), commitHash: "0".repeat(40) }),
  async run(input, context) {
    const { github, target } = githubWork("github:repo:push", input, context);
    const request = {
      runId: context.runId,
      defaultBranch: input.defaultBranch ?? "main",
      commitMessage: input.gitCommitMessage ?? "initial commit",
      author: authorOf(input),
      committedAtMs: context.startedAtMs,
      files: await workspaceFiles(input.sourcePath, context),
      settings: toJsonObject(input),
    };
    const result = await github.push(target, request, publishContext(context));
    for (const warning of result.warnings) context.log(`warning: ${warning}`);
    const { remoteUrl, repoContentsUrl, commitHash } = result;
    return { remoteUrl, repoContentsUrl, commitHash };
  },
});

/** Protects a branch of an existing repository. */
export const githubBranchProtectionCreate = defineAction({
  id: "github:branch-protection:create",
  description: "Protects a branch of a repository on GitHub.",
  input: z.object({
    ...githubInput,
    ...protectionInput,
    branch: z.string().optional(),
    enforceAdmins: z.boolean().optional(),
    blockCreations: z.boolean().optional(),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const { github, target } = githubWork("github:branch-protection:create", input, context);
    await github.protect(target, input.branch, toJsonObject(input), publishContext(context));
    return {};
  },
});

/** Gives a team of the owning organisation a right on a repository. */
export const githubTeamRepoAdd = defineAction({
  id: "github:team:repo:add",
  description: "Gives a team access to a repository on GitHub.",
  input: z.object({
    ...githubInput,
    /** A slug, or the ref of a Group. */
    team: z.string(),
    permission: z.string().optional(),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const { github, target } = githubWork("github:team:repo:add", input, context);
    const { name } = accountName(input.team);
    await github.call(
      target,
      {
        route: "PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}",
        parameters: {
          org: target.owner,
          team_slug: name,
          permission: input.permission ?? "push",
        },
        doing: `giving the team ${name} access`,
      },
      publishContext(context),
    );
    return {};
  },
});

function exampleAddresses(repoUrl: string): { remoteUrl: string; repoContentsUrl: string } {
  const url = new URL(`https://${repoUrl}`);
  const [owner, repo] = ["owner", "repo"].map((name) => url.searchParams.get(name) ?? "");
  const page = `https://${url.host}/${owner ?? ""}/${repo ?? ""}`;
  return { remoteUrl: `${page}.git`, repoContentsUrl: `${page}/blob/main` };
}
