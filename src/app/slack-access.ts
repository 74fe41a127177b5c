import type { Router } from "express";

import type { Logger } from "../base/logger.ts";
import { createSealer } from "../base/sealing.ts";
import { Secret } from "../base/secret.ts";
import type { Config } from "../config/load.ts";
import type { Playground } from "../playground/create-playground.ts";
import { createSlackClients, type SlackClients } from "../slack/clients.ts";
import { createInstallationStore } from "../slack/installation-store.ts";
import { createOAuth } from "../slack/oauth.ts";
import type { TransportOptions } from "../slack/transport.ts";
import {
  createManyWorkspaces,
  createSingleWorkspace,
  type Workspaces,
} from "../slack/workspaces.ts";
import type { Storage } from "../storage/contract.ts";
import { readManifest } from "./manifest.ts";
import { loadSecretKey } from "./secret-key.ts";

/** How Slack reaches us and we reach Slack. */
export interface SlackAccess {
  transport: TransportOptions["transport"];
  clients: SlackClients;
  workspaces: Workspaces;
  /** True when runs must say which workspace they report in. */
  hasSeveralWorkspaces: boolean;
  /** The pages that install the app; absent with one token. */
  installRouter?: Router;
}

interface Parts {
  config: Config;
  logger: Logger;
  clock: () => number;
  storage: Storage;
}

/** The playground's credentials, one bot token, or OAuth for several workspaces. */
export async function openSlackAccess(
  parts: Parts & { playground: Playground | undefined },
): Promise<SlackAccess> {
  const { config, logger, playground } = parts;
  const { SLACK_BOT_TOKEN: configured, SLACK_API_URL: configuredUrl } = config.environment;
  const botToken = playground === undefined ? configured : new Secret(playground.botToken);
  const transport = transportOf(config, playground);
  if (botToken === undefined) return await openOAuth(parts, transport);
  const apiUrl = playground?.apiUrl ?? configuredUrl;
  const clients = createSlackClients({
    botToken,
    logger,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
  const workspaces = createSingleWorkspace({ botToken, client: clients.safe });
  return { transport, clients, workspaces, hasSeveralWorkspaces: false };
}

function transportOf(config: Config, playground: Playground | undefined): SlackAccess["transport"] {
  if (playground !== undefined)
    return { kind: "socket", appToken: new Secret(playground.appToken) };
  const { SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret } = config.environment;
  if (appToken !== undefined) return { kind: "socket", appToken };
  // the configuration has refused half a set of credentials
  if (signingSecret === undefined) throw new Error("no Slack transport");
  return { kind: "http", signingSecret };
}

async function openOAuth(
  { config, logger, clock, storage }: Parts,
  transport: SlackAccess["transport"],
): Promise<SlackAccess> {
  const {
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_API_URL: apiUrl,
  } = config.environment;
  if (clientId === undefined || clientSecret === undefined) throw new Error("no Slack credentials");
  const stateKey = await loadSecretKey(config);
  const clients = createSlackClients({
    botToken: () => workspaces.current().botToken,
    logger,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
  const { installed, router } = createOAuth({
    clientId,
    clientSecret,
    stateKey,
    allowed: config.file.slack.workspaces,
    scopes: readManifest().scopes,
    store: createInstallationStore(storage.records, createSealer(stateKey), clock),
    clients,
    ...(apiUrl === undefined ? {} : { authorizationUrl: authorizationUrl(apiUrl) }),
    logger,
    now: clock,
  });
  const workspaces = createManyWorkspaces(installed);
  return { transport, clients, workspaces, hasSeveralWorkspaces: true, installRouter: router };
}

/** Another Slack than Slack's own has its page beside its Web API: `…/api/` → `…/oauth/v2/authorize`. */
function authorizationUrl(apiUrl: string): string {
  return new URL("/oauth/v2/authorize", apiUrl).href;
}
