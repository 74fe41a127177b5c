import { createHmac } from "node:crypto";

import { InstallProvider, type Installation } from "@slack/oauth";
import { WebClient } from "@slack/web-api";
import { type RequestHandler, Router } from "express";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { Secret } from "../base/secret.ts";
import type { SlackClients } from "./clients.ts";
import { originOf } from "./identity.ts";
import type { SealedInstallationStore } from "./installation-store.ts";
import { createSdkLogger } from "./sdk-logger.ts";
import type { InstalledWorkspaces, Workspace, WorkspaceId } from "./workspaces.ts";

export interface OAuthOptions {
  clientId: string;
  clientSecret: Secret;
  /** Signs the state of an installation that is going on. */
  stateKey: Secret;
  /** Ids of the workspaces and organisations that may install the app. */
  allowed: readonly string[];
  scopes: readonly string[];
  store: SealedInstallationStore;
  clients: Pick<SlackClients, "boltOptions">;
  /** Where people agree to the installation; Slack's own page by default. */
  authorizationUrl?: string;
  logger: Logger;
  now: () => number;
}

/** Installing the app in several workspaces. */
export interface OAuth {
  installed: InstalledWorkspaces;
  /** `GET /slack/install` and `GET /slack/oauth_redirect`, to be mounted at the root. */
  router: Router;
}

/** An installation is read again after this, which is also when another process's rotation is seen. */
const keptMs = 60_000;

/** Slack's own OAuth library over our sealed store; it also renews tokens that expire within two hours. */
export function createOAuth(options: OAuthOptions): OAuth {
  const provider = new InstallProvider({
    clientId: options.clientId,
    clientSecret: options.clientSecret.reveal(),
    stateSecret: createHmac("sha256", options.stateKey.reveal())
      .update("slack state")
      .digest("hex"),
    installationStore: options.store,
    logger: createSdkLogger(options.logger),
    clientOptions: options.clients.boltOptions(),
    ...(options.authorizationUrl === undefined
      ? {}
      : { authorizationUrl: options.authorizationUrl }),
  });
  return {
    installed: createInstalled(provider, options),
    router: createInstallRouter(provider, options),
  };
}

function createInstalled(provider: InstallProvider, options: OAuthOptions): InstalledWorkspaces {
  const { store, allowed, now, logger } = options;
  const kept = new Map<string, { workspace: Promise<Workspace | undefined>; readAtMs: number }>();

  const load = async ({ teamId, enterpriseId }: WorkspaceId): Promise<Workspace | undefined> => {
    if (!isAllowed([teamId, enterpriseId], allowed)) return undefined;
    const query = { teamId, enterpriseId, isEnterpriseInstall: false };
    try {
      // renews the token where it must
      const found = await provider.authorize(query);
      const { isEnterpriseInstall } = await store.fetchInstallation(query);
      return toWorkspace(found, teamId, isEnterpriseInstall === true);
    } catch (thrown) {
      logger.warn({ teamId, error: toError(thrown).name }, "slack workspace without installation");
      return undefined;
    }
  };
  const find = async (id: WorkspaceId): Promise<Workspace | undefined> => {
    const key = `${id.teamId}/${id.enterpriseId ?? ""}`;
    const known = kept.get(key);
    if (known !== undefined && now() - known.readAtMs < keptMs) return await known.workspace;
    const workspace = load(id);
    // what is not installed is asked again each time: the next moment it may be
    kept.set(key, { workspace, readAtMs: now() });
    if ((await workspace) === undefined) kept.delete(key);
    return await workspace;
  };
  return {
    async of(body) {
      const { teamIds, enterpriseIds } = originOf(body);
      const [enterpriseId] = enterpriseIds;
      for (const teamId of teamIds) {
        const found = await find({
          teamId,
          ...(enterpriseId === undefined ? {} : { enterpriseId }),
        });
        if (found !== undefined) return found;
      }
      return undefined;
    },
    async find(id) {
      if (id !== undefined) return await find(id);
      const first = (await store.list()).find((each) => allowed.includes(each));
      // an organisation's installation is found by any team's id beside its own
      return first === undefined ? undefined : await find({ teamId: first, enterpriseId: first });
    },
    async forget({ identity }) {
      const { teamId, enterpriseId, isOrgWide } = identity;
      kept.clear();
      await store.deleteInstallation?.(
        isOrgWide && enterpriseId !== undefined
          ? { teamId: undefined, enterpriseId, isEnterpriseInstall: true }
          : { teamId, enterpriseId: undefined, isEnterpriseInstall: false },
      );
    },
  };
}

function toWorkspace(
  found: Awaited<ReturnType<InstallProvider["authorize"]>>,
  teamId: string,
  isOrgWide: boolean,
): Workspace | undefined {
  const { botToken, botId, botUserId, enterpriseId } = found;
  if (botToken === undefined || botId === undefined || botUserId === undefined) return undefined;
  return {
    botToken: new Secret(botToken),
    identity: {
      teamId,
      ...(enterpriseId === undefined ? {} : { enterpriseId }),
      isOrgWide,
      botId,
      botUserId,
    },
  };
}

function createInstallRouter(provider: InstallProvider, options: OAuthOptions): Router {
  const { logger, scopes } = options;
  const installOptions = { scopes: [...scopes] };
  const router = Router();
  router.use("/slack/install", withHeaders);
  router.use("/slack/oauth_redirect", withHeaders);
  router.get("/slack/install", async (request, response) => {
    await provider.handleInstallPath(request, response, undefined, installOptions);
  });
  router.get("/slack/oauth_redirect", async (request, response) => {
    await provider.handleCallback(request, response, {
      async afterInstallation(installation) {
        if (isAllowed([installation.team?.id, installation.enterprise?.id], options.allowed))
          return true;
        await giveBack(installation, options);
        response.status(403).type("html").send(refusalPage);
        return false;
      },
      success(installation) {
        logger.info(
          { team: installation.team?.id, org: installation.enterprise?.id },
          "slack app installed",
        );
        response.type("html").send(donePage);
      },
      failure(error) {
        logger.warn({ code: error.code }, "slack app not installed");
        if (!response.headersSent) response.status(400).type("html").send(failurePage);
      },
    });
  });
  return router;
}

const withHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  next();
};

function isAllowed(ids: (string | undefined)[], allowed: readonly string[]): boolean {
  return ids.some((id) => id !== undefined && allowed.includes(id));
}

/** A workspace that may not have us gets its token back at once. */
async function giveBack(installation: Installation, options: OAuthOptions): Promise<void> {
  options.logger.warn({ team: installation.team?.id }, "slack app refused to a foreign workspace");
  const token = installation.bot?.token;
  if (token === undefined) return;
  await new WebClient(token, options.clients.boltOptions()).auth.revoke().catch(() => undefined);
}

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><body style="font:16px/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem"><h1>${title}</h1><p>${text}</p></body></html>`;
}

const donePage = page(
  "Callboard is installed",
  "Go back to Slack, invite it to a channel and type <code>/callboard help</code>.",
);
const refusalPage = page(
  "Not this workspace",
  "This Callboard does not serve the workspace that you chose. Whoever runs it can add its id to <code>slack.workspaces</code>.",
);
const failurePage = page(
  "Not installed",
  'Slack did not confirm the installation, or it took longer than ten minutes. <a href="/slack/install">Try again</a>.',
);
