import type { RequestHandler } from "express";

import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { Config } from "../config/load.ts";
import { createSecretPage } from "../http/secret-page.ts";
import { createHealthRouter, startHttpServer, type ReadinessCheck } from "../http/server.ts";
import { createPlayground, type Playground } from "../playground/create-playground.ts";
import type { Storage } from "../storage/contract.ts";
import type { JobTuning } from "../storage/job-tuning.ts";
import type { Services } from "../usecases/services.ts";
import type { CatalogState } from "./create-catalog.ts";
import { openCore, type Core, type Probes } from "./create-core.ts";
import { createFeedback } from "./create-push-feedback.ts";
import { createSlack, type SlackSide } from "./create-slack.ts";
import { createWebhook } from "./create-webhook.ts";
import { openDigest } from "./open-digest.ts";
import { playgroundOptions } from "./playground-options.ts";
import { reportUnknownGroups } from "./report-groups.ts";

export interface AppOptions {
  config: Config;
  logger: Logger;
  clock?: () => number;
  /** Times of the queue; for tests. */
  tuning?: Partial<JobTuning>;
  /** How often lost jobs and parked runs are looked for; for tests. */
  sweepIntervalMs?: number;
  /** Ways into the running bot, for fault injection. */
  probes?: Probes;
}

/** The whole bot, running. */
export interface App {
  services: Services;
  catalog: CatalogState;
  storage: Storage;
  /** The local Slack, when there are no Slack credentials. */
  playground: Playground | undefined;
  /** Port of health, readiness and metrics. */
  port: number;
  /** Stops taking in, hands running jobs back, closes everything in reverse order. */
  stop(): Promise<void>;
}

/**
 * Builds and starts everything. Whatever was opened is closed again when something later fails.
 * @throws what the parts throw: InputError `port-in-use`, ConflictError `storage-in-use`, UpstreamError `slack-unreachable`, …
 */
export async function startApp(options: AppOptions): Promise<App> {
  const releaser = createReleaser();
  try {
    return await build(options, releaser);
  } catch (thrown) {
    await releaser.releaseAll().catch((later: unknown) => {
      options.logger.error({ error: String(later) }, "closing after a failed start failed too");
    });
    throw thrown;
  }
}

async function build(options: AppOptions, releaser: Releaser): Promise<App> {
  const { config, logger, clock = Date.now } = options;
  const { CALLBOARD_ROLE: role, PORT: port } = config.environment;
  const core = await openCore({ ...options, clock }, releaser);
  const { services, metrics, storage, catalog } = core;
  const readiness = readinessOf(core);
  const health = createHealthRouter({ readiness, metrics });
  const { records } = storage;
  const feedback = createFeedback({
    config,
    logger,
    records,
    catalog,
    github: core.github,
    tell: (recipient, findings) => slack.tellAuthor(recipient, findings),
  });
  const onPush = feedback.onPush.bind(feedback);
  const wake = async (topic: string): Promise<number> => await core.runs.wake(topic);
  const webhook = createWebhook({ config, logger, records, catalog, onPush, wake });
  const secretPage = createSecretPage({ secrets: core.secrets, logger });
  const handlers = [health, webhook, secretPage];
  const playground = await openPlayground(config, logger, port, handlers, releaser);
  core.address.url ??= playground?.url.replace(/\/+$/, "");
  const slack = await createSlack({ config, logger, clock, playground, core });
  readiness["slack"] = async () =>
    role === "worker" || slack.app.isConnected() ? undefined : "not connected";
  const httpPort =
    playground === undefined
      ? await serve(config, logger, handlers, slack, releaser)
      : portOf(playground.url);
  if (role !== "web") {
    releaser.add("notifier", () => slack.stopSending());
    releaser.add("runs", await core.runs.work(slack.notifier));
  } else {
    releaser.add("sender", () => slack.stopSending());
  }
  if (role !== "worker") {
    // registered before it starts: a start that fails half-way is stopped too
    releaser.add("slack", () => slack.app.stop());
    await slack.app.start();
  }
  releaser.add("feedback", () => feedback.close());
  openDigest({ config, logger, clock, core, send: slack.tellTeam }, releaser);
  await catalog.watch();
  reportUnknownGroups(config.file, catalog.snapshot().catalog, logger);
  return {
    services,
    catalog,
    storage,
    playground,
    port: httpPort,
    stop: () => releaser.releaseAll(),
  };
}

function readinessOf({ storage, catalog }: Core): Record<string, ReadinessCheck> {
  return {
    storage: async () => {
      await storage.ping();
      return undefined;
    },
    catalog: async () => (catalog.status().entities === 0 ? "no entities" : undefined),
  };
}

async function openPlayground(
  config: Config,
  logger: Logger,
  port: number,
  handlers: RequestHandler[],
  releaser: Releaser,
): Promise<Playground | undefined> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_CLIENT_ID: clientId } = config.environment;
  if (botToken !== undefined || clientId !== undefined) return undefined;
  const playground = await createPlayground({
    ...playgroundOptions(),
    port,
    logger,
    handlers,
  });
  releaser.add("playground", () => playground.close());
  return playground;
}

async function serve(
  config: Config,
  logger: Logger,
  handlers: RequestHandler[],
  slack: SlackSide,
  releaser: Releaser,
): Promise<number> {
  const server = await startHttpServer({
    port: config.environment.PORT,
    ...(slack.app.handler === undefined ? {} : { first: slack.app.handler }),
    handlers: [...handlers, slack.installRouter].filter((handler) => handler !== undefined),
    logger,
  });
  releaser.add("HTTP server", () => server.close());
  return server.port;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
