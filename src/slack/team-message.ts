import type { TeamDigest } from "../usecases/feedback/team-digest.ts";
import type { Outbox } from "./outbox.ts";
import { renderDigest } from "./views/digest-view.ts";

/** Creates the function that posts a team's digest in its channel, and gives the channel's id. @throws what Slack answers */
export function createTeamMessenger(outbox: Outbox): (digest: TeamDigest) => Promise<string> {
  return async (digest) => {
    const { channel } = await outbox.post({ channel: digest.channel, ...renderDigest(digest) });
    return channel;
  };
}
