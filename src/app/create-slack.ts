import { randomUUID } from "node:crypto";

import type { Logger } from "../base/logger.ts";
import { Secret } from "../base/secret.ts";
import type { Config } from "../config/load.ts";
import type { Playground } from "../playground/create-playground.ts";
import { createAuthorMessenger } from "../slack/author-message.ts";
import { createSlackClients } from "../slack/clients.ts";
import { createSlackApp, type SlackApp } from "../slack/create-slack-app.ts";
import { createNotifier } from "../slack/notifier.ts";
import { createOutbox } from "../slack/outbox.ts";
import { createEventInbox } from "../usecases/event-inbox.ts";
import type { Notifier } from "../usecases/runs/notifier.ts";
import type { Core } from "./create-core.ts";

/** How long an answered Slack payload is remembered: longer than Slack's last redelivery and than people's patience. */
const dedupeTtlMs = 2 * 3_600_000;
/** The bot in Slack, and what runs report through. */
export interface SlackSide {
  app: SlackApp;
  notifier: Notifier;
  /** Writes to the author of a commit. */
  tellAuthor: ReturnType<typeof createAuthorMessenger>;
  stopSending(): Promise<void>;
}

/** Builds the Slack side for real credentials or for the playground; nothing is sent yet. */
export function createSlack(parts: {
  config: Config;
  logger: Logger;
  clock: () => number;
  playground: Playground | undefined;
  core: Core;
}): SlackSide {
  const { config, logger, clock, playground, core } = parts;
  const credentials = slackCredentials(config, playground);
  const { botToken, apiUrl } = credentials;
  const clients = createSlackClients({
    botToken,
    logger,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
  const outbox = createOutbox({ client: clients.once });
  const notifier = createNotifier({ clients, outbox, logger, now: clock });
  const app = createSlackApp({
    services: core.services,
    transport: credentials.transport,
    clients,
    outbox,
    botToken,
    logger,
    now: clock,
    newId: randomUUID,
    dedupe: async (key) => {
      const written = await core.storage.records.put("seen", key, true, {
        ifVersion: 0,
        ttlMs: dedupeTtlMs,
      });
      return written !== undefined;
    },
    inbox: createEventInbox(core.storage.records, clock),
    isAlone: core.storage.kind === "embedded",
    onAck: (kind, durationMs) => core.metrics.ackSeconds.observe({ kind }, durationMs / 1000),
  });
  return {
    app,
    notifier,
    tellAuthor: createAuthorMessenger({ clients, outbox, logger }),
    async stopSending() {
      await notifier.stop();
      await outbox.stop();
    },
  };
}

interface SlackCredentials {
  botToken: Secret;
  apiUrl?: string;
  transport: { kind: "http"; signingSecret: Secret } | { kind: "socket"; appToken: Secret };
}

function slackCredentials(config: Config, playground: Playground | undefined): SlackCredentials {
  if (playground !== undefined) {
    return {
      botToken: new Secret(playground.botToken),
      apiUrl: playground.apiUrl,
      transport: { kind: "socket", appToken: new Secret(playground.appToken) },
    };
  }
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: apiUrl,
  } = config.environment;
  // the configuration has refused half a set of credentials
  if (botToken === undefined) throw new Error("no Slack credentials");
  const shared = { botToken, ...(apiUrl === undefined ? {} : { apiUrl }) };
  if (appToken !== undefined) return { ...shared, transport: { kind: "socket", appToken } };
  if (signingSecret === undefined) throw new Error("no Slack transport");
  return { ...shared, transport: { kind: "http", signingSecret } };
}
