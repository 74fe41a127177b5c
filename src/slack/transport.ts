import type { App, Receiver } from "@slack/bolt";

import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import type { SlackClients } from "./clients.ts";
import { createHttpReceiver, type HttpHandler } from "./http-receiver.ts";
import { createSocketTransport } from "./socket-transport.ts";

export interface TransportOptions {
  transport:
    | { kind: "http"; signingSecret: Secret }
    /** `connections` at a time (two by default), so that Slack's recycling of one leaves no gap. */
    | { kind: "socket"; appToken: Secret; connections?: number };
  clients: SlackClients;
  logger: Logger;
  now: () => number;
}

/** Slack's way to us, whichever it is. */
export interface Transport {
  receiver: Receiver;
  /** In HTTP mode: answers `POST /slack/events`. */
  handler: HttpHandler | undefined;
  /** Gives further connections the app that the first got from Bolt. */
  attach(app: App): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  isConnected(): boolean;
}

/** Creates the transport that was asked for; nothing listens or is opened yet. */
export function createTransport(options: TransportOptions): Transport {
  const { transport, logger, clients } = options;
  if (transport.kind === "http") {
    const http = createHttpReceiver({
      signingSecret: transport.signingSecret,
      logger,
      now: options.now,
    });
    return {
      receiver: http.receiver,
      handler: http.handler,
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
    handler: undefined,
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
