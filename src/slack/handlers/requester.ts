import { ForbiddenError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { RunRecord, RunRequester } from "../../usecases/runs/run-record.ts";
import type { SlackContext } from "../context.ts";
import { workspaceIdOf } from "../workspaces.ts";

/**
 * Whoever clicks, as Slack and the catalog know them now.
 * @throws ForbiddenError `slack-not-a-member`, UpstreamError `slack-unreachable`
 */
export async function requesterOf(
  context: SlackContext,
  slackUserId: string,
): Promise<RunRequester> {
  const { name } = await memberOf(context, slackUserId);
  const userRef = await context.people.userRef(slackUserId);
  return {
    slackUserId,
    workspace: workspaceIdOf(context.identity()),
    name,
    ...(userRef === undefined ? {} : { userRef }),
  };
}

/** That guests and people from elsewhere were refused stands in the audit log. */
async function memberOf(
  { people, services }: SlackContext,
  slackUserId: string,
): Promise<{ name: string }> {
  try {
    return await people.requireMember(slackUserId);
  } catch (thrown) {
    if (thrown instanceof ForbiddenError) {
      const { name } = await people.find(slackUserId);
      const details = { code: thrown.code, why: thrown.message };
      await services.audit?.note({ type: "refused", by: { slackUserId, name }, details });
    }
    throw thrown;
  }
}

/** That somebody wanted what they may not do stands in the audit log. */
export async function noteRefusal(
  { services }: SlackContext,
  { code, message: why }: ForbiddenError,
  { what, by, about }: { what: string; by: RunRequester; about: JsonObject },
): Promise<void> {
  await services.audit?.note({ type: "refused", by, about, details: { what, code, why } });
}

/** True when the run was asked for in the workspace that is worked for, so that no other company touches it. */
export function isOfThisWorkspace(context: SlackContext, { requester }: RunRecord): boolean {
  const { workspace } = requester;
  return workspace === undefined || workspace.teamId === context.identity().teamId;
}
