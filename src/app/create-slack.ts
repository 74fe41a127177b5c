import { randomUUID } from "node:crypto";

import type { Router } from "express";

import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/load.ts";
import type { Playground } from "../playground/create-playground.ts";
import { createAuthorMessenger } from "../slack/author-message.ts";
import { createSlackApp, type SlackApp } from "../slack/create-slack-app.ts";
import { createNotifier } from "../slack/notifier.ts";
import { createOutbox } from "../slack/outbox.ts";
import { createTeamMessenger } from "../slack/team-message.ts";
import { notifyWithin } from "../slack/workspace-notifier.ts";
import type { Workspaces } from "../slack/workspaces.ts";
import { createEventInbox } from "../usecases/event-inbox.ts";
import type { Notifier } from "../usecases/runs/notifier.ts";
import type { Core } from "./create-core.ts";
import { openSlackAccess } from "./slack-access.ts";

/** How long an answered Slack payload is remembered: longer than Slack's last redelivery and than people's patience. */
const dedupeTtlMs = 2 * 3_600_000;
/** The bot in Slack, and what runs report through. */
export interface SlackSide {
  app: SlackApp;
  /** The pages that install the app in a workspace; absent where there is one token. */
  installRouter: Router | undefined;
  notifier: Notifier;
  /** Writes to the author of a commit. */
  tellAuthor: ReturnType<typeof createAuthorMessenger>;
  /** Posts a team's digest. */
  tellTeam: ReturnType<typeof createTeamMessenger>;
  stopSending(): Promise<void>;
}

/** Builds the Slack side for real credentials or for the playground; nothing is sent yet. */
export async function createSlack(parts: {
  config: Config;
  logger: Logger;
  clock: () => number;
  playground: Playground | undefined;
  core: Core;
}): Promise<SlackSide> {
  const { config, logger, clock, playground, core } = parts;
  const { storage } = core;
  const access = await openSlackAccess({ config, logger, clock, playground, storage });
  const { clients, workspaces, transport } = access;
  const outbox = createOutbox({ client: clients.once });
  const anywhere = createNotifier({ clients, outbox, logger, now: clock });
  const notifier = access.hasSeveralWorkspaces ? notifyWithin(anywhere, workspaces) : anywhere;
  const tellAuthor = createAuthorMessenger({ clients, outbox, logger });
  const tellTeam = createTeamMessenger(outbox);
  const app = createSlackApp({
    services: core.services,
    transport,
    clients,
    outbox,
    workspaces,
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
    installRouter: access.installRouter,
    tellAuthor: access.hasSeveralWorkspaces ? inFirstWorkspace(workspaces, tellAuthor) : tellAuthor,
    tellTeam: access.hasSeveralWorkspaces ? inFirstWorkspace(workspaces, tellTeam) : tellTeam,
    async stopSending() {
      await notifier.stop();
      await outbox.stop();
    },
  };
}

/** People who commit, and teams, are looked for in the workspace that was first. */
function inFirstWorkspace<Args extends unknown[], Result>(
  workspaces: Workspaces,
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) =>
    await workspaces.within(await workspaces.find(undefined), async () => await work(...args));
}
