import { isRecord } from "../base/json.ts";
import type { SlackClients } from "./clients.ts";
import { loadIdentity } from "./identity.ts";

/** What a workspace says about our installation. */
export interface SlackCheck {
  teamId: string;
  /** Scopes that the manifest asks for and the token does not have. */
  missingScopes: string[];
}

/**
 * Asks Slack whether the token works and which scopes it has.
 * @throws InputError `slack-token-refused`, UpstreamError `slack-unreachable`.
 */
export async function checkSlack(
  clients: SlackClients,
  wantedScopes: readonly string[],
): Promise<SlackCheck> {
  const { teamId } = await loadIdentity(clients.safe);
  const answer = await clients.safe.auth.test();
  // @slack/web-api reads them from the header x-oauth-scopes
  const metadata: unknown = answer.response_metadata;
  const granted: unknown = isRecord(metadata) ? metadata["scopes"] : undefined;
  const missingScopes = Array.isArray(granted)
    ? wantedScopes.filter((scope) => !granted.includes(scope))
    : [];
  return { teamId, missingScopes };
}
