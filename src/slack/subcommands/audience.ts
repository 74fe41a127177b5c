import { ForbiddenError } from "../../base/errors.ts";
import type { SlackContext } from "../context.ts";
import { requesterOf } from "../handlers/requester.ts";
import type { Subcommand } from "./subcommand.ts";

/**
 * Lets the people through that a command is for.
 * @throws ForbiddenError `slack-not-a-member`, `operators-only`, `policy-denied`; UpstreamError `slack-unreachable`
 */
export async function assertMayUse(
  { who, usage, action }: Subcommand,
  context: SlackContext,
  slackUserId: string,
): Promise<void> {
  const { people, services } = context;
  if (who === "everyone") return;
  const by = await requesterOf(context, slackUserId);
  const { operators, policy } = services;
  if (action !== undefined && policy?.isConfigured === true) {
    policy.assert({ action, by });
    return;
  }
  if (who === "members" || operators === undefined || operators.groups.length === 0) return;
  if (operators.includes(await people.userRef(slackUserId))) return;
  const groups = operators.groups.join(", ");
  throw new ForbiddenError("operators-only", `only people of ${groups} may use ${usage}`, {
    hint: "ask one of them, or change operators in callboard.yaml",
  });
}
