import { randomUUID } from "node:crypto";

import type { IssueRequest, IssueResult } from "../contract.ts";
import { attempt, type GithubSession, nameOf, repositoryParameters } from "./session.ts";

const noteKey = "github.issue";

/**
 * Opens an issue, once: its body ends in a comment with a noted id, which people do not see and a repeat looks for among
 * the newest hundred.
 */
export async function openGithubIssue(
  session: GithubSession,
  request: IssueRequest,
): Promise<IssueResult> {
  const { notes } = session.context;
  const noted = await notes.get(noteKey);
  const id = noted ?? randomUUID();
  const marker = `<!-- callboard ${id} -->`;
  const found = noted === undefined ? undefined : await findIssue(session, marker);
  if (found !== undefined) return found;
  await notes.set(noteKey, id);
  await session.context.assertCurrent();
  return attempt(session, `opening an issue in ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.issues.create({
      ...repositoryParameters(session),
      title: request.title,
      body: `${request.body}\n\n${marker}`.trim(),
      labels: request.labels,
      assignees: request.assignees,
      ...(request.milestone === undefined ? {} : { milestone: request.milestone }),
    });
    return { url: data.html_url, number: data.number };
  });
}

async function findIssue(session: GithubSession, marker: string): Promise<IssueResult | undefined> {
  return attempt(session, `looking for an issue in ${nameOf(session)}`, async () => {
    const { data } = await session.octokit.rest.issues.listForRepo({
      ...repositoryParameters(session),
      state: "all",
      per_page: 100,
    });
    const issue = data.find(({ body }) => body?.includes(marker) === true);
    return issue === undefined ? undefined : { url: issue.html_url, number: issue.number };
  });
}
