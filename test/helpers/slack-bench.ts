import { randomUUID } from "node:crypto";

import { type Logger, silentLogger } from "../../src/base/logger.ts";
import { createReleaser, type Releaser } from "../../src/base/releaser.ts";
import { Secret } from "../../src/base/secret.ts";
import { startHttpServer } from "../../src/http/server.ts";
import {
  createPlayground,
  type Playground,
  type PlaygroundOptions,
} from "../../src/playground/create-playground.ts";
import { createSlackClients, type SlackClients } from "../../src/slack/clients.ts";
import { createSlackApp, type SlackApp } from "../../src/slack/create-slack-app.ts";
import type { HttpHandler } from "../../src/slack/http-receiver.ts";
import { createOutbox, type Outbox } from "../../src/slack/outbox.ts";
import { createSingleWorkspace } from "../../src/slack/workspaces.ts";
import type { EventInbox } from "../../src/usecases/event-inbox.ts";
import type { Services } from "../../src/usecases/services.ts";

/** People and channels of the playground's sample workspace. */
export const dario = "U0DARIOCO1";
export const nina = "U0NINAKOW1";
export const guest = "U0ROBINMA1";
export const general = "C0GENERAL1";
/** The bot is not a member. */
export const ledger = "C0LEDGER01";

/** The real bot on a local Slack. */
export interface SlackBench {
  playground: Playground;
  driver: Playground["driver"];
  slack: SlackApp;
  clients: SlackClients;
  outbox: Outbox;
  /** The bot's request URL, in HTTP mode. */
  eventsUrl: string;
  close(): Promise<void>;
}

export interface SlackBenchOptions {
  transport?: "http" | "socket";
  services: Services;
  dedupe?: (key: string) => Promise<boolean>;
  playground?: PlaygroundOptions;
  /** A playground that goes on after this bot, as Slack does when a bot is restarted. */
  lasting?: Playground;
  logger?: Logger;
  now?: () => number;
  /** Keeps events until they are handled. */
  inbox?: EventInbox;
  /** Between two looks at an open Home tab. */
  homeEveryMs?: number;
  /** Between two messages in a channel; none by default, and the playground does not count either. */
  spacingMs?: number;
}

/** Remembers keys as the storage does. */
export function createMemoryDedupe(): (key: string) => Promise<boolean> {
  const seen = new Set<string>();
  return async (key) => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
}

/** Starts playground and bot; `close` stops both. */
export async function startSlackBench(options: SlackBenchOptions): Promise<SlackBench> {
  const { transport = "http", logger = silentLogger } = options;
  const releaser = createReleaser();
  const playground =
    options.lasting ??
    (await createPlayground({ transport, hasRateLimits: false, ...options.playground }));
  if (options.lasting === undefined) {
    releaser.add("playground", async () => await playground.close());
  }
  const botToken = new Secret(playground.botToken);
  const clients = createSlackClients({ botToken, apiUrl: playground.apiUrl, logger });
  const outbox = createOutbox({ client: clients.once, spacingMs: options.spacingMs ?? 0 });
  releaser.add("outbox", async () => await outbox.stop());
  const slack = createSlackApp({
    services: options.services,
    transport:
      transport === "http"
        ? { kind: "http", signingSecret: new Secret(playground.signingSecret) }
        : { kind: "socket", appToken: new Secret(playground.appToken) },
    clients,
    outbox,
    workspaces: createSingleWorkspace({ botToken, client: clients.safe }),
    logger,
    now: options.now ?? Date.now,
    newId: randomUUID,
    dedupe: options.dedupe ?? createMemoryDedupe(),
    ...given({ inbox: options.inbox, homeEveryMs: options.homeEveryMs }),
  });
  const eventsUrl = slack.handler === undefined ? "" : await serve(slack.handler, logger, releaser);
  if (eventsUrl !== "") playground.setEventsUrl(eventsUrl);
  releaser.add("slack", async () => await slack.stop());
  await slack.start();
  return {
    playground,
    driver: playground.driver,
    slack,
    clients,
    outbox,
    eventsUrl,
    close: async () => await releaser.releaseAll(),
  };
}

/** Only the options that were given. */
function given(options: {
  inbox: EventInbox | undefined;
  homeEveryMs: number | undefined;
}): Pick<SlackBenchOptions, "inbox" | "homeEveryMs"> {
  return {
    ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
    ...(options.homeEveryMs === undefined ? {} : { homeEveryMs: options.homeEveryMs }),
  };
}

/** Serves the bot's HTTP side; gives its request URL. */
async function serve(first: HttpHandler, logger: Logger, releaser: Releaser): Promise<string> {
  const server = await startHttpServer({ port: 0, host: "127.0.0.1", first, handlers: [], logger });
  releaser.add("http server", async () => await server.close());
  return `http://127.0.0.1:${server.port}/slack/events`;
}
