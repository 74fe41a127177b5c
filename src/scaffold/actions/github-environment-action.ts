import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { isRecord, type JsonObject } from "../../base/json.ts";
import { defineAction } from "../action.ts";
import type { PublishContext } from "../publishers/contract.ts";
import { accountName, githubInput, githubWork, type GithubWork } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";

const values = z.record(z.string(), z.string()).optional();
const names = z.array(z.string()).optional();

/** Creates (or changes) a deployment environment with its rules, variables and secrets. */
export const githubEnvironmentCreate = defineAction({
  id: "github:environment:create",
  description: "Creates a deployment environment of a repository on GitHub.",
  input: z.object({
    ...githubInput,
    name: z.string(),
    deploymentBranchPolicy: z
      .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
      .optional(),
    customBranchPolicyNames: names,
    customTagPolicyNames: names,
    environmentVariables: values,
    secrets: values,
    waitTimer: z.number().int().min(0).max(43_200).optional(),
    preventSelfReview: z.boolean().optional(),
    reviewers: names,
  }),
  supportsDryRun: false,
  async run(input, context) {
    const work = githubWork("github:environment:create", input, context);
    const publishing = publishContext(context);
    const reviewers = await reviewersOf(work, input.reviewers ?? [], publishing);
    await work.github.call(
      work.target,
      {
        route: "PUT /repos/{owner}/{repo}/environments/{environment_name}",
        parameters: {
          environment_name: input.name,
          deployment_branch_policy: input.deploymentBranchPolicy ?? null,
          ...(input.waitTimer === undefined ? {} : { wait_timer: input.waitTimer }),
          ...(input.preventSelfReview === undefined
            ? {}
            : { prevent_self_review: input.preventSelfReview }),
          ...(reviewers.length === 0 ? {} : { reviewers }),
        },
        doing: `creating the environment ${input.name}`,
      },
      publishing,
    );
    await addPolicies(work, input.name, "branch", input.customBranchPolicyNames ?? [], publishing);
    await addPolicies(work, input.name, "tag", input.customTagPolicyNames ?? [], publishing);
    const settings = {
      environment: input.name,
      variables: input.environmentVariables ?? {},
      secrets: input.secrets ?? {},
    };
    await work.github.configure(work.target, settings, publishing);
    return {};
  },
});

/** GitHub wants ids; templates give logins, team slugs or entity refs. */
async function reviewersOf(
  { github, target }: GithubWork,
  reviewers: string[],
  context: PublishContext,
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const reviewer of reviewers) {
    const { name, isGroup } = accountName(reviewer);
    const route = isGroup ? "GET /orgs/{org}/teams/{team_slug}" : "GET /users/{username}";
    const account = await github.find(
      target,
      {
        route,
        parameters: isGroup ? { org: target.owner, team_slug: name } : { username: name },
        doing: `looking up the reviewer ${name}`,
      },
      context,
    );
    const id = isRecord(account) ? account["id"] : undefined;
    if (typeof id !== "number") {
      throw new InputError(
        "github-reviewer-unknown",
        `GitHub knows no ${isGroup ? "team" : "user"} “${name}”.`,
        { hint: "give logins or team slugs; a team as group:default/<slug>" },
      );
    }
    found.push({ type: isGroup ? "Team" : "User", id });
  }
  return found;
}

async function addPolicies(
  { github, target }: GithubWork,
  environment: string,
  type: "branch" | "tag",
  patterns: string[],
  context: PublishContext,
): Promise<void> {
  for (const pattern of patterns) {
    await github.call(
      target,
      {
        route:
          "POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
        parameters: { environment_name: environment, name: pattern, type },
        doing: `allowing deployments from ${pattern}`,
        // GitHub answers a second request with the policy that is there.
        isRepeatable: true,
      },
      context,
    );
  }
}
