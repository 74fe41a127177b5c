import { ForbiddenError } from "../../base/errors.ts";
import type { SlackContext } from "../context.ts";
import type { Subcommand } from "./subcommand.ts";

/**
 * Lets the people through that a command is for.
 * @throws ForbiddenError `slack-not-a-member`, `operators-only`; UpstreamError `slack-unreachable`
 */
export async function assertMayUse(
  { who, usage }: Subcommand,
  { people, services }: SlackContext,
  slackUserId: string,
): Promise<void> {
  if (who === "everyone") return;
  await people.requireMember(slackUserId);
  const { operators } = services;
  if (who === "members" || operators === undefined || operators.groups.length === 0) return;
  if (operators.includes(await people.userRef(slackUserId))) return;
  const groups = operators.groups.join(", ");
  throw new ForbiddenError("operators-only", `only people of ${groups} may use ${usage}`, {
    hint: "ask one of them, or change operators in callboard.yaml",
  });
}
