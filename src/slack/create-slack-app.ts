import { App, type Receiver } from "@slack/bolt";
import type { Router } from "express";

import type { Logger } from "../base/logger.ts";
import { createReleaser } from "../base/releaser.ts";
import type { Secret } from "../base/secret.ts";
import type { Services } from "../usecases/services.ts";
import type { SlackClients } from "./clients.ts";
import type { SlackContext } from "./context.ts";
import { registerHandlers } from "./handlers/register.ts";
import { createHttpTransport } from "./http-transport.ts";
import { loadIdentity, type SlackIdentity } from "./identity.ts";
import { installIntake, type Intake, type PayloadKind } from "./intake.ts";
import type { Outbox } from "./outbox.ts";
import { createPeople } from "./people.ts";
import { createSdkLogger } from "./sdk-logger.ts";
import { createSocketTransport } from "./socket-transport.ts";
import { installSurface } from "./surface.ts";

export interface SlackAppOptions {
  services: Services;
  transport:
    | { kind: "http"; signingSecret: Secret }
    /** `connections` at a time (two by default), so that Slack's recycling of one leaves no gap. */
    | { kind: "socket"; appToken: Secret; connections?: number };
  clients: SlackClients;
  outbox: Outbox;
  botToken: Secret;
  logger: Logger;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new id that nobody can guess. */
  newId: () => string;
  /** True the first time a key is seen; remembered for at least an hour, across processes. */
  dedupe: (key: string) => Promise<boolean>;
  /** Told how long each payload waited for its acknowledgement. */
  onAck?: (kind: PayloadKind, durationMs: number) => void;
}

/** The bot as Slack sees it. */
export interface SlackApp {
  app: App;
  /** In HTTP mode: to be mounted at the root of our express server; it answers `POST /slack/events`. */
  router: Router | undefined;
  /**
   * Asks Slack who we are and opens the sockets.
   * @throws InputError `slack-token-refused`, UpstreamError `slack-unreachable`.
   */
  start(): Promise<void>;
  /** Takes nothing in any more, lets running handlers finish for five seconds, closes the sockets. */
  stop(): Promise<void>;
  /** True when Slack can reach us as far as we know. */
  isConnected(): boolean;
}

const drainMs = 5000;

/** Builds the bot on real Bolt; nothing is sent or opened before `start`. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { services, clients, logger } = options;
  let identity: SlackIdentity | undefined;
  const transport = createTransport(options);
  const app = new App({
    receiver: transport.receiver,
    clientOptions: clients.boltOptions(),
    logger: createSdkLogger(logger),
    convoStore: false,
    // Bolt alone would ask auth.test in its constructor, where nobody can catch the refusal
    authorize: async () => ({
      botToken: options.botToken.reveal(),
      ...(identity === undefined
        ? {}
        : { botId: identity.botId, botUserId: identity.botUserId, teamId: identity.teamId }),
    }),
  });
  transport.attach(app);
  const intake = installIntake(app, {
    logger,
    identity: () => identity,
    dedupe: options.dedupe,
    ...(options.onAck === undefined ? {} : { onAck: options.onAck }),
  });
  const context: SlackContext = {
    services,
    logger,
    web: clients.safe,
    outbox: options.outbox,
    people: createPeople({
      web: clients.safe,
      entities: services.entities,
      logger,
      now: options.now,
    }),
    dedupe: options.dedupe,
    now: options.now,
    newId: options.newId,
    identity() {
      if (identity === undefined) throw new Error("Slack has not said yet who we are");
      return identity;
    },
    onRevoked() {
      identity = undefined;
    },
  };
  installSurface(app, context);
  registerHandlers(app, context);
  return {
    app,
    router: transport.router,
    async start() {
      identity = await loadIdentity(clients.safe);
      await transport.start();
      logger.info({ team: identity.teamId, transport: options.transport.kind }, "slack connected");
    },
    stop: async () => await stopAll(transport, intake),
    isConnected: () => identity !== undefined && transport.isConnected(),
  };
}

interface ChosenTransport {
  receiver: Receiver;
  router: Router | undefined;
  /** Gives further connections the app that the first got from Bolt. */
  attach(app: App): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  isConnected(): boolean;
}

function createTransport(options: SlackAppOptions): ChosenTransport {
  const { transport, logger, clients } = options;
  if (transport.kind === "http") {
    const http = createHttpTransport({
      signingSecret: transport.signingSecret,
      logger,
      now: options.now,
    });
    return {
      receiver: http.receiver,
      router: http.router,
      attach: () => undefined,
      start: async () => undefined,
      stop: async () => undefined,
      isConnected: () => true,
    };
  }
  const { appToken, connections = 2 } = transport;
  const first = createSocketTransport({ appToken, logger, clientOptions: clients.boltOptions() });
  const others = Array.from({ length: Math.max(1, connections) - 1 }, () =>
    createSocketTransport({ appToken, logger, clientOptions: clients.boltOptions() }),
  );
  const all = [first, ...others];
  return {
    receiver: first.receiver,
    router: undefined,
    attach: (app) => {
      for (const socket of others) socket.receiver.init(app);
    },
    start: async () => {
      await Promise.all(all.map(async (socket) => await socket.start()));
    },
    stop: async () => {
      await Promise.all(all.map(async (socket) => await socket.stop()));
    },
    isConnected: () => all.some((socket) => socket.isConnected()),
  };
}

/** The sockets close last: a handler that is still at work answers through them. */
async function stopAll(transport: ChosenTransport, intake: Intake): Promise<void> {
  const releaser = createReleaser();
  releaser.add("slack transport", async () => await transport.stop());
  releaser.add("slack handlers", async () => await intake.drain(drainMs));
  await releaser.releaseAll();
}
