/** Who started a run and where it reports. */
export interface RunRequester {
  /** Slack user id. */
  slackUserId?: string;
  /** The Slack workspace that it was asked for in; the run reports there. */
  workspace?: { teamId: string; enterpriseId?: string };
  /** As shown. */
  name: string;
  /** Their User in the catalog, canonical. */
  userRef?: string;
}
