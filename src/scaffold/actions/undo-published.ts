import { z } from "zod";

import { CallboardError, ConflictError } from "../../base/errors.ts";
import type { ActionContext, ActionUndo } from "../action.ts";
import type { PublisherUndo } from "../publishers/contract.ts";
import { forgetMade, noteMade } from "../undo.ts";
import { publishContext } from "./publish-context.ts";

const place = { host: z.string(), owner: z.string(), repo: z.string() };
const repository = z.object(place);
const pullRequest = z.object({ ...place, number: z.number(), branch: z.string() });
const issue = z.object({ ...place, number: z.number() });

/** Notes a repository before it is created; one that turns out to be somebody else's is forgotten. */
export async function createNoted<T>(
  target: { host: string; owner: string; repo: string },
  context: ActionContext,
  create: () => Promise<T>,
): Promise<T> {
  const { host, owner, repo } = target;
  await noteMade(context, { host, owner, repo });
  try {
    return await create();
  } catch (thrown) {
    if (thrown instanceof CallboardError && thrown.code === "repo-exists")
      await forgetMade(context);
    throw thrown;
  }
}

/** Of `publish:github` and `github:repo:create`. */
export const undoRepository: ActionUndo = {
  describe: (made) => `deletes the repository ${fullName(repository.parse(made))}`,
  async run(made, context) {
    const target = repository.parse(made);
    const isDeleted = await undoOf(context).deleteRepository(
      { ...target, ...runOf(context) },
      publishContext(context),
    );
    return isDeleted
      ? `deleted the repository ${fullName(target)}`
      : `there is no repository ${fullName(target)} (any more)`;
  },
};

/** Of `publish:github:pull-request`. */
export const undoPullRequest: ActionUndo = {
  describe(made) {
    const target = pullRequest.parse(made);
    return `closes pull request ${target.number} of ${fullName(target)} and deletes its branch ${target.branch}`;
  },
  async run(made, context) {
    const target = pullRequest.parse(made);
    const isClosed = await undoOf(context).closePullRequest(
      { ...target, ...runOf(context) },
      publishContext(context),
    );
    const what = `pull request ${target.number} of ${fullName(target)}`;
    return isClosed ? `closed ${what}` : `${what} is closed already`;
  },
};

/** Of `github:issues:create`. */
export const undoIssue: ActionUndo = {
  describe(made) {
    const target = issue.parse(made);
    return `closes issue ${target.number} of ${fullName(target)}`;
  },
  async run(made, context) {
    const target = issue.parse(made);
    const isClosed = await undoOf(context).closeIssue(
      { ...target, ...runOf(context) },
      publishContext(context),
    );
    const what = `issue ${target.number} of ${fullName(target)}`;
    return isClosed ? `closed ${what}` : `${what} is closed or gone already`;
  },
};

function runOf({ runId, startedAtMs }: ActionContext): { runId: string; committedAtMs: number } {
  return { runId, committedAtMs: startedAtMs };
}

function undoOf({ publisher }: ActionContext): PublisherUndo {
  if (publisher.undo !== undefined) return publisher.undo;
  throw new ConflictError("undo-refused", `Nothing can be taken back on ${publisher.id}.`);
}

function fullName({ host, owner, repo }: z.infer<typeof repository>): string {
  return `${host}/${owner}/${repo}`;
}
