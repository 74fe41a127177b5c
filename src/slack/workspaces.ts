import { AsyncLocalStorage } from "node:async_hooks";

import type { WebClient } from "@slack/web-api";

import { ForbiddenError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { isOurs, loadIdentity, type SlackIdentity } from "./identity.ts";

/** A workspace, or a whole organisation, that the app is installed in. */
export interface Workspace {
  identity: SlackIdentity;
  botToken: Secret;
}

/** How a workspace is remembered, with a run for example. */
export interface WorkspaceId {
  teamId: string;
  enterpriseId?: string;
}

/** What is remembered of the workspace that somebody asked in. */
export function workspaceIdOf({ teamId, enterpriseId }: SlackIdentity): WorkspaceId {
  return { teamId, ...(enterpriseId === undefined ? {} : { enterpriseId }) };
}

/**
 * The workspaces that we serve. What is done for one of them is done `within` it: every call to Slack from there uses its
 * token, so that no handler can answer one company with the token of another.
 */
export interface Workspaces {
  /** The workspace that a payload was sent to; undefined when we do not serve it. */
  of(body: Record<string, unknown>): Promise<Workspace | undefined>;
  /** The workspace that a run began in, or without one the first that we serve. @throws ForbiddenError `slack-not-installed` */
  find(id: WorkspaceId | undefined): Promise<Workspace>;
  within<T>(workspace: Workspace, work: () => Promise<T>): Promise<T>;
  /** @throws Error outside of `within`, where there are several workspaces. */
  current(): Workspace;
  /** Forgets the workspace whose token Slack took back, or that uninstalled the app. */
  forget(workspace: Workspace): Promise<void>;
  /** Asks Slack who we are, where there is one token. @throws InputError `slack-token-refused`, UpstreamError `slack-unreachable`. */
  start(): Promise<void>;
  /** False as long as no payload would be taken in. */
  isReady(): boolean;
}

/** The one workspace that `SLACK_BOT_TOKEN` belongs to. */
export function createSingleWorkspace(options: {
  botToken: Secret;
  /** Asks with that token. */
  client: WebClient;
}): Workspaces {
  let workspace: Workspace | undefined;
  return {
    of: async (body) =>
      workspace !== undefined && isOurs(body, workspace.identity) ? workspace : undefined,
    find: async () => workspace ?? refuseMissing(),
    within: async (_workspace, work) => await work(),
    current() {
      if (workspace === undefined) throw new Error("Slack has not said yet who we are");
      return workspace;
    },
    async forget() {
      workspace = undefined;
    },
    async start() {
      workspace = {
        identity: await loadIdentity(options.client),
        botToken: options.botToken,
      };
    },
    isReady: () => workspace !== undefined,
  };
}

/** Where several workspaces come from: what OAuth stored. */
export interface InstalledWorkspaces {
  /** The installation that a payload was sent to. */
  of(body: Record<string, unknown>): Promise<Workspace | undefined>;
  find(id: WorkspaceId | undefined): Promise<Workspace | undefined>;
  forget(workspace: Workspace): Promise<void>;
}

/** All workspaces that the app was installed in through OAuth. */
export function createManyWorkspaces(installed: InstalledWorkspaces): Workspaces {
  const scope = new AsyncLocalStorage<Workspace>();
  return {
    of: async (body) => await installed.of(body),
    find: async (id) => (await installed.find(id)) ?? refuseMissing(),
    within: async (workspace, work) => await scope.run(workspace, work),
    current() {
      const workspace = scope.getStore();
      if (workspace === undefined) throw new Error("no workspace: work for one goes `within` it");
      return workspace;
    },
    forget: async (workspace) => await installed.forget(workspace),
    start: async () => undefined,
    // before the first installation nothing is taken in, but the page that installs must be reachable
    isReady: () => true,
  };
}

function refuseMissing(): never {
  throw new ForbiddenError("slack-not-installed", "the app is not installed in this workspace", {
    hint: "install it at /slack/install",
  });
}
