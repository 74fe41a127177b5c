import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { defineAction } from "../action.ts";
import { noteMade } from "../undo.ts";
import { accountName, githubInput, githubWork } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";
import { targetOf } from "./publish-github.ts";
import { undoIssue } from "./undo-published.ts";

/** Opens an issue; without GitHub it becomes a Markdown file in the data folder. */
export const githubIssuesCreate = defineAction({
  id: "github:issues:create",
  description:
    "Opens an issue on GitHub; without GitHub, writes it as Markdown to the data folder.",
  input: z.object({
    ...githubInput,
    title: z.string().min(1),
    body: z.string().optional(),
    assignees: z.array(z.string()).optional(),
    milestone: z.union([z.string(), z.number()]).optional(),
    labels: z.array(z.string()).optional(),
  }),
  supportsDryRun: true,
  undo: undoIssue,
  async run(input, context) {
    const target = targetOf(input.repoUrl);
    const { host, owner, repo } = target;
    if (context.isDryRun) {
      context.log(`would open the issue “${input.title}” on ${owner}/${repo}`);
      return { issueUrl: `https://${host}/${owner}/${repo}/issues/1`, issueNumber: 1 };
    }
    const { publisher } = context;
    if (publisher.openIssue === undefined) {
      throw new InputError("issues-unsupported", `Issues cannot be opened on ${publisher.id}.`);
    }
    const issue = await publisher.openIssue(
      {
        ...target,
        title: input.title,
        body: input.body ?? "",
        labels: input.labels ?? [],
        assignees: (input.assignees ?? []).map((one) => accountName(one).name),
        ...(input.milestone === undefined ? {} : { milestone: input.milestone }),
        ...(input.token === undefined ? {} : { token: input.token }),
      },
      publishContext(context),
    );
    await noteMade(context, { host, owner, repo, number: issue.number });
    return { issueUrl: issue.url, issueNumber: issue.number };
  },
});

/** Adds labels to an issue or pull request. */
export const githubIssuesLabel = defineAction({
  id: "github:issues:label",
  description: "Adds labels to an issue or pull request on GitHub.",
  input: z.object({
    ...githubInput,
    number: z.coerce.number().int().positive(),
    labels: z.array(z.string()).min(1),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const { github, target } = githubWork("github:issues:label", input, context);
    await github.call(
      target,
      {
        route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
        parameters: { issue_number: input.number, labels: input.labels },
        doing: `labelling issue ${input.number}`,
        // Labels are added to a set.
        isRepeatable: true,
      },
      publishContext(context),
    );
    return {};
  },
});
