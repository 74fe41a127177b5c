import { z } from "zod";

import type { JsonObject } from "../../../base/json.ts";

const names = z.array(z.string());
const actors = z.object({
  apps: names.optional(),
  users: names.optional(),
  teams: names.optional(),
});
const collaborator = z
  .object({ access: z.string(), user: z.string().optional(), team: z.string().optional() })
  .refine((value) => value.user !== undefined || value.team !== undefined, "needs user or team");

/** The settings of `publish:github` and its kin, by Backstage's names. */
const fields = {
  homepage: z.string(),
  access: z.string(),
  collaborators: z.array(collaborator),
  topics: names,
  hasProjects: z.boolean(),
  hasWiki: z.boolean(),
  hasIssues: z.boolean(),
  deleteBranchOnMerge: z.boolean(),
  allowMergeCommit: z.boolean(),
  allowSquashMerge: z.boolean(),
  allowRebaseMerge: z.boolean(),
  allowAutoMerge: z.boolean(),
  allowUpdateBranch: z.boolean(),
  squashMergeCommitTitle: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]),
  squashMergeCommitMessage: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]),
  protectDefaultBranch: z.boolean(),
  protectEnforceAdmins: z.boolean(),
  enforceAdmins: z.boolean(),
  requiredApprovingReviewCount: z.number().int().min(0).max(6),
  requireCodeOwnerReviews: z.boolean(),
  dismissStaleReviews: z.boolean(),
  requireLastPushApproval: z.boolean(),
  requiredStatusCheckContexts: names,
  requireBranchesToBeUpToDate: z.boolean(),
  requiredConversationResolution: z.boolean(),
  requiredCommitSigning: z.boolean(),
  requiredLinearHistory: z.boolean(),
  blockCreations: z.boolean(),
  bypassPullRequestAllowances: actors,
  restrictions: actors,
  customProperties: z.record(z.string(), z.union([z.string(), z.boolean(), names])),
  repoVariables: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  oidcCustomization: z.object({
    useDefault: z.boolean().optional(),
    includeClaimKeys: names.optional(),
  }),
  subscribe: z.boolean(),
  autoInit: z.boolean(),
  workflowAccess: z.enum(["none", "organization", "user"]),
  token: z.string(),
  reviewers: names,
  teamReviewers: names,
  assignees: names,
  update: z.boolean(),
  createWhenEmpty: z.boolean(),
  forceFork: z.boolean(),
};

/** What is set, each value of the right type; what is absent has Backstage's default where it is used. */
export type GithubSettings = { [K in keyof typeof fields]?: z.infer<(typeof fields)[K]> };

/**
 * Reads a step's rendered input. A value of the wrong type is left out with a warning that names it, since the
 * repository is worth more than one of its settings; keys that are no settings are the caller's business.
 */
export function parseGithubSettings(input: JsonObject): {
  settings: GithubSettings;
  warnings: string[];
} {
  const settings: GithubSettings = {};
  const warnings: string[] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const value = input[name];
    if (value === undefined || value === null) continue;
    const parsed = schema.safeParse(value);
    if (parsed.success) Object.assign(settings, { [name]: parsed.data });
    else
      warnings.push(
        `${name} was not applied: ${parsed.error.issues[0]?.message ?? "it has the wrong type"}`,
      );
  }
  return { settings, warnings };
}
