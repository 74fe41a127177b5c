import { WebAPIPlatformError, type WebClient } from "@slack/web-api";

import { InputError, UpstreamError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";

/** Who we are in Slack, as `auth.test` says. */
export interface SlackIdentity {
  teamId: string;
  /** Set for Enterprise Grid. */
  enterpriseId?: string;
  /** True when installed for the whole organisation: then every workspace of it is ours. */
  isOrgWide: boolean;
  botId: string;
  botUserId: string;
}

/** Slack's answers that mean: this token will never work. */
const finalErrors = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "org_login_required",
]);

/**
 * Asks Slack who the bot token belongs to.
 * @throws InputError `slack-token-refused`, UpstreamError `slack-unreachable`.
 */
export async function loadIdentity(client: WebClient): Promise<SlackIdentity> {
  const answer = await client.auth.test().catch((thrown: unknown) => {
    if (thrown instanceof WebAPIPlatformError && finalErrors.has(thrown.data.error)) {
      throw new InputError(
        "slack-token-refused",
        `Slack refuses the bot token: ${thrown.data.error}`,
        {
          hint: "install the app again and copy the Bot User OAuth Token into SLACK_BOT_TOKEN",
          cause: thrown,
        },
      );
    }
    throw new UpstreamError("slack-unreachable", "Slack did not answer auth.test", {
      isRetryable: true,
      hint: "check the network, SLACK_API_URL and status.slack.com",
      cause: thrown,
    });
  });
  if (answer.bot_id === undefined || answer.user_id === undefined || answer.team_id === undefined) {
    throw new InputError("slack-token-refused", "SLACK_BOT_TOKEN is not a bot token", {
      hint: "use the Bot User OAuth Token, which begins with xoxb-",
    });
  }
  return {
    teamId: answer.team_id,
    ...(answer.enterprise_id === undefined ? {} : { enterpriseId: answer.enterprise_id }),
    isOrgWide: answer.is_enterprise_install === true,
    botId: answer.bot_id,
    botUserId: answer.user_id,
  };
}

function strings(values: unknown[]): string[] {
  return values.filter((value) => typeof value === "string");
}

/** The workspaces and organisations that a payload comes from, wherever Slack writes them. */
export function originOf(body: Record<string, unknown>): {
  teamIds: string[];
  enterpriseIds: string[];
} {
  const team = isRecord(body["team"]) ? body["team"] : {};
  const user = isRecord(body["user"]) ? body["user"] : {};
  const enterprise = isRecord(body["enterprise"]) ? body["enterprise"] : {};
  const authorizations = Array.isArray(body["authorizations"])
    ? body["authorizations"].filter(isRecord)
    : [];
  return {
    // for events, the installation it was sent to counts, not the author's workspace
    teamIds:
      authorizations.length > 0
        ? strings(authorizations.map((each) => each["team_id"]))
        : strings([team["id"] ?? body["team_id"] ?? user["team_id"]]),
    enterpriseIds: strings([
      enterprise["id"],
      body["enterprise_id"],
      team["enterprise_id"],
      ...authorizations.map((each) => each["enterprise_id"]),
    ]),
  };
}

/** True when a payload comes from a workspace that we serve. One without any workspace comes from no one we know. */
export function isOurs(body: Record<string, unknown>, identity: SlackIdentity): boolean {
  const origin = originOf(body);
  if (origin.teamIds.includes(identity.teamId)) return true;
  return (
    identity.isOrgWide &&
    identity.enterpriseId !== undefined &&
    origin.enterpriseIds.includes(identity.enterpriseId)
  );
}
