import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";

import type { RequestHandler } from "express";

import { InputError, toError } from "../base/errors.ts";
import { type Logger, silentLogger } from "../base/logger.ts";
import { createReleaser } from "../base/releaser.ts";
import type { ActContext, Memory } from "./acts/context.ts";
import { BoundedMap } from "./bounded-map.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Driver } from "./driver.ts";
import { Faults } from "./faults.ts";
import { isTrustedRequest } from "./guard.ts";
import { type Clock, createIds } from "./ids.ts";
import { Journal } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import {
  sampleChannels,
  sampleIdentity,
  samplePeople,
  sampleUserGroups,
} from "./sample-workspace.ts";
import { createApp } from "./server.ts";
import { defaultEvents, type Settings } from "./settings.ts";
import type {
  Channel,
  CommandSpec,
  Identity,
  Person,
  ShortcutSpec,
  UserGroup,
} from "./slack-shapes.ts";
import { Tickets } from "./tickets.ts";
import type { Transport } from "./transport/contract.ts";
import { HttpTransport } from "./transport/http-transport.ts";
import { SocketTransport } from "./transport/socket-transport.ts";
import { ViewStore } from "./view-store.ts";
import type { ApiContext } from "./web-api/context.ts";
import { Workspace } from "./workspace.ts";

export type { Outcome } from "./acts/context.ts";
export type { Driver } from "./driver.ts";
export type { FaultPlan } from "./faults.ts";
export type { JournalEntry } from "./journal.ts";
export type {
  Channel,
  CommandSpec,
  Identity,
  Person,
  ShortcutSpec,
  SlackMessage,
  SlackView,
  UserGroup,
} from "./slack-shapes.ts";

/** How to set up a playground; all of it has a default. */
export interface PlaygroundOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** How the bot is reached: by the WebSocket that it opens, or by requests to `eventsUrl`. `socket` by default. */
  transport?: "socket" | "http";
  /** The bot's request URL for `http`; may be set later with `setEventsUrl`. */
  eventsUrl?: string;
  /** Milliseconds since 1970. */
  clock?: Clock;
  logger?: Logger;
  identity?: Partial<Identity>;
  people?: readonly Person[];
  channels?: readonly Channel[];
  userGroups?: readonly UserGroup[];
  /** Slash commands that exist; when absent, all do. */
  commands?: readonly CommandSpec[];
  shortcuts?: readonly ShortcutSpec[];
  /** Event subscriptions, such as `message.im`. */
  events?: readonly string[];
  /** Scopes of the bot token; when absent, all. */
  scopes?: readonly string[];
  unfurlDomains?: readonly string[];
  /** Answers 429 to too many calls; true by default. */
  hasRateLimits?: boolean;
  /** 3,000 by default, as Slack's. */
  ackTimeoutMs?: number;
  /** When unacknowledged events are sent again: at once, after 1 and after 5 minutes by default. */
  retryDelaysMs?: readonly number[];
  /** Things to try, shown to a newcomer on the page. */
  hints?: readonly string[];
  /** Answer requests on the same port before the page does, such as the bot's health. */
  handlers?: readonly RequestHandler[];
}

/** A local Slack workspace with one app in it. */
export interface Playground {
  /** The page for people. */
  url: string;
  /** The Web API, for `SLACK_API_URL`. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  driver: Driver;
  /** Names the bot's request URL once its port is known (`http` transport). */
  setEventsUrl(url: string): void;
  close(): Promise<void>;
}

/**
 * Starts a local Slack: Web API, Socket Mode or signed HTTP requests, and a web page. It listens on 127.0.0.1 only.
 * @throws InputError `playground-port-taken` when the port is in use.
 */
export async function createPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const clock = options.clock ?? Date.now;
  const releaser = createReleaser();
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  releaser.add("playground server", () => stop(server));
  const settings = buildSettings(options, `http://127.0.0.1:${port}`);
  const journal = new Journal(clock);
  const workspace = buildWorkspace(options, clock, journal);
  const views = new ViewStore(workspace.identity, workspace.ids, journal);
  const tickets = new Tickets(clock);
  const faults = new Faults();
  const transports = createTransport(options, { server, settings, journal, workspace, clock });
  releaser.add("playground transport", () => transports.transport.close());
  const dispatcher = new Dispatcher({
    transport: transports.transport,
    workspace,
    journal,
    faults,
    settings,
  });
  releaser.add("playground dispatcher", () => dispatcher.close());
  const memory: Memory = { messageStates: new BoundedMap(1000), offered: new BoundedMap(1000) };
  const acts: ActContext = { workspace, views, tickets, settings, dispatcher, memory };
  const api: ApiContext = {
    workspace,
    views,
    tickets,
    settings,
    logger: options.logger ?? silentLogger,
    openConnectionUrl: transports.openConnectionUrl,
    emitEvent: (event) => void dispatcher.emitEvent(event),
  };
  const driver = new Driver({
    acts,
    api,
    faults,
    journal,
    disconnect: () => transports.transport.disconnect("refresh_requested"),
    isConnected: () => transports.transport.isConnected(),
  });
  const { handlers = [] } = options;
  const recorder = new Recorder(acts);
  const parts = { api, acts, driver, faults, journal, recorder, handlers, ...transports };
  server.on("request", createApp(parts));
  const { url, botToken, appToken, signingSecret } = settings;
  return {
    url,
    apiUrl: `${url}/api/`,
    botToken,
    appToken,
    signingSecret,
    driver,
    setEventsUrl: transports.setEventsUrl,
    close: () => releaser.releaseAll(),
  };
}

const secret = (): string => randomBytes(16).toString("hex");

function buildSettings(options: PlaygroundOptions, url: string): Settings {
  return {
    url,
    botToken: `xoxb-playground-${secret()}`,
    appToken: `xapp-playground-${secret()}`,
    signingSecret: secret(),
    commands: options.commands,
    shortcuts: options.shortcuts ?? [],
    events: new Set(options.events ?? defaultEvents),
    scopes: options.scopes === undefined ? undefined : new Set(options.scopes),
    unfurlDomains: options.unfurlDomains ?? [],
    hasRateLimits: options.hasRateLimits ?? true,
    ackTimeoutMs: options.ackTimeoutMs ?? 3_000,
    retryDelaysMs: options.retryDelaysMs ?? [0, 60_000, 300_000],
    hints: options.hints ?? [],
  };
}

function buildWorkspace(options: PlaygroundOptions, clock: Clock, journal: Journal): Workspace {
  const identity = { ...sampleIdentity, ...options.identity };
  const workspace = new Workspace(
    {
      identity,
      people: options.people ?? samplePeople,
      channels: options.channels ?? sampleChannels,
      userGroups: options.userGroups ?? sampleUserGroups,
    },
    { ids: createIds(clock), clock, journal },
  );
  for (const person of workspace.people.values()) {
    if (person.isBot !== true) workspace.dmOf(person.id);
  }
  return workspace;
}

interface Transports {
  transport: Transport;
  openConnectionUrl: () => string;
  setEventsUrl: (url: string) => void;
}

function createTransport(
  options: PlaygroundOptions,
  parts: {
    server: Server;
    settings: Settings;
    journal: Journal;
    workspace: Workspace;
    clock: Clock;
  },
): Transports {
  const { server, settings, journal, workspace, clock } = parts;
  const { ackTimeoutMs, signingSecret, url } = settings;
  if (options.transport === "http") {
    const transport = new HttpTransport({
      eventsUrl: options.eventsUrl,
      signingSecret,
      ackTimeoutMs,
      clock,
    });
    return {
      transport,
      openConnectionUrl: () => {
        throw new InputError("playground-no-socket", "This playground speaks HTTP to the bot.");
      },
      setEventsUrl: (eventsUrl) => transport.setEventsUrl(eventsUrl),
    };
  }
  const transport = new SocketTransport({
    server,
    appId: workspace.identity.appId,
    ackTimeoutMs,
    journal,
    isTrusted: isTrustedRequest,
  });
  return {
    transport,
    openConnectionUrl: () => url.replace("http:", "ws:") + transport.issuePath(),
    setEventsUrl: () => undefined,
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  }).catch((thrown: unknown) => {
    throw new InputError(
      "playground-port-taken",
      `The playground cannot listen on 127.0.0.1:${port}: ${toError(thrown).message}.`,
      { hint: "stop what uses it, or choose another port: PORT=3001 npm start", cause: thrown },
    );
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
