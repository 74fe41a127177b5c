import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { CommitFindings, Recipient } from "../usecases/catalog/catalog-feedback.ts";
import type { SlackClients } from "./clients.ts";
import type { Outbox } from "./outbox.ts";
import { renderCommitFindings } from "./views/findings-view.ts";

/** Creates the function that writes to the author of a commit. Somebody whom Slack does not know is passed over. */
export function createAuthorMessenger(options: {
  clients: Pick<SlackClients, "safe">;
  outbox: Outbox;
  logger: Logger;
}): (recipient: Recipient, findings: CommitFindings) => Promise<void> {
  const { clients, outbox, logger } = options;
  return async (recipient, findings) => {
    try {
      const userId = recipient.slackUserId ?? (await findUser(clients, recipient.email ?? ""));
      await outbox.post({ channel: userId, ...renderCommitFindings(findings) });
    } catch (thrown) {
      // an address that Slack does not know is no failure; and a lost reply may hide a message that arrived
      logger.warn({ error: toError(thrown).message }, "author of a commit not told");
    }
  };
}

async function findUser({ safe }: Pick<SlackClients, "safe">, email: string): Promise<string> {
  const { user } = await safe.users.lookupByEmail({ email });
  if (user?.id === undefined) throw new Error("Slack found somebody without an id");
  return user.id;
}
