import { setTimeout as sleep } from "node:timers/promises";

import { SocketModeReceiver } from "@slack/bolt";
import type { WebClientOptions } from "@slack/web-api";

import { toError, UpstreamError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { createSdkLogger } from "./sdk-logger.ts";

export interface SocketTransportOptions {
  appToken: Secret;
  clientOptions: WebClientOptions;
  logger: Logger;
}

/** One WebSocket connection to Slack. */
export interface SocketTransport {
  receiver: SocketModeReceiver;
  /**
   * Resolves when Slack has said hello; a connection that closes before is opened again a few times. Later breaks are mended
   * without anybody's help. @throws UpstreamError `slack-unreachable`; what the library says about the token.
   */
  start(): Promise<void>;
  /** Resolves when the socket is closed, at the latest after two seconds. */
  stop(): Promise<void>;
  isConnected(): boolean;
}

/** Between two attempts to connect again; the first follows at once, then doubled each time. */
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** How often a first connection is tried. */
const mostStarts = 4;
/** Slack says hello within a second. */
const helloTimeoutMs = 15_000;
const closeTimeoutMs = 2000;

/**
 * Creates a connection; nothing is opened yet. The library's own reconnect is off: it leaves five seconds without a
 * connection each time Slack recycles one, and ends the process when the network is away for long.
 */
export function createSocketTransport(options: SocketTransportOptions): SocketTransport {
  const { logger } = options;
  const receiver = new SocketModeReceiver({
    appToken: options.appToken.reveal(),
    autoReconnectEnabled: false,
    logger: createSdkLogger(logger),
    installerOptions: { clientOptions: options.clientOptions },
  });
  const { client } = receiver;
  const stopping = new AbortController();
  const state = { isConnected: false, isReopening: false };
  guardFrames(client, logger);

  const reopen = async () => {
    if (state.isReopening || stopping.signal.aborted) return;
    state.isReopening = true;
    for (let waitMs = 0; !stopping.signal.aborted && !state.isConnected;) {
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) break;
      await openOnce(client).catch((thrown: unknown) => {
        logger.warn({ error: toError(thrown).name, waitMs }, "slack socket could not be opened");
      });
      waitMs = Math.min(Math.max(firstWaitMs, waitMs * 2), longestWaitMs);
    }
    state.isReopening = false;
  };
  client.on("connected", () => {
    state.isConnected = true;
  });
  client.on("disconnected", () => {
    const wasConnected = state.isConnected;
    state.isConnected = false;
    if (wasConnected) void reopen();
  });
  return {
    receiver,
    start: async () => await openFirst(client, logger, stopping.signal),
    async stop() {
      stopping.abort();
      await closeSocket(client);
    },
    isConnected: () => state.isConnected,
  };
}

type Client = SocketModeReceiver["client"];

/** Slack, or the way to it, may be slow at the very moment in which we start. */
async function openFirst(client: Client, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs, left = mostStarts - 1; ; waitMs *= 2, left -= 1) {
    try {
      await openOnce(client);
      return;
    } catch (thrown) {
      if (!(thrown instanceof UpstreamError) || left === 0 || signal.aborted) throw thrown;
      logger.warn({ waitMs }, "slack closed the socket before it said hello; it is opened again");
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Resolves with Slack's hello; the library alone would wait for it for ever. */
async function openOnce(client: Client): Promise<void> {
  const timer = setTimeout(() => client.websocket?.disconnect(), helloTimeoutMs);
  try {
    await client.start();
  } catch (thrown) {
    // the library rejects with nothing at all when the connection is closed before the hello
    if (thrown !== undefined) throw thrown;
    const message = "Slack closed the socket before it said hello";
    throw new UpstreamError("slack-unreachable", message, { isRetryable: true });
  } finally {
    clearTimeout(timer);
  }
}

/** The library waits 30 s for a peer that does not answer the closing; a second call cuts the connection off. */
async function closeSocket(client: Client): Promise<void> {
  if (client.websocket === undefined) return;
  const timer = setTimeout(() => client.websocket?.disconnect(), closeTimeoutMs);
  await client.disconnect();
  clearTimeout(timer);
}

/**
 * The library's reader throws on frames without the parts it expects (`null`, `app_rate_limited`), outside of any
 * handler, which ends the process. Such frames are answered and dropped here.
 */
function guardFrames(client: Client, logger: Logger): void {
  const readers = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", (data: unknown, isBinary: boolean) => {
    const frame = isBinary || typeof data !== "string" ? undefined : parseFrame(data);
    if (frame === undefined) {
      logger.warn({}, "slack sent a frame that is not a JSON object");
      return;
    }
    const problem = problemOf(frame);
    if (problem !== undefined) {
      logger.warn({ problem, type: payloadType(frame) }, "slack sent a frame that nothing handles");
      acknowledge(client, frame, logger);
      return;
    }
    for (const reader of readers) {
      const reading: unknown = reader(data, isBinary);
      Promise.resolve(reading).catch((thrown: unknown) => {
        logger.error({ error: toError(thrown).name }, "slack frame could not be read");
      });
    }
  });
}

function parseFrame(data: string): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(data);
    return isRecord(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

const knownTypes = new Set(["hello", "disconnect", "events_api", "slash_commands", "interactive"]);

/** Names that the library itself emits on the same object: an event so called would be taken for its own. */
const reservedEvents = new Set([
  "error",
  "close",
  "connected",
  "connecting",
  "disconnected",
  "disconnecting",
  "reconnecting",
  "authenticated",
  "ws_message",
  "slack_event",
  "outgoing_message",
]);

/** Why the library would stumble over a frame; undefined when it would not. */
function problemOf(frame: Record<string, unknown>): string | undefined {
  const { type, payload } = frame;
  if (typeof type !== "string" || !knownTypes.has(type)) return "unknown type";
  if (type === "hello" || type === "disconnect") return undefined;
  if (typeof frame["envelope_id"] !== "string") return "no envelope id";
  if (!isRecord(payload)) return "no payload";
  if (type !== "events_api") return undefined;
  const event = payload["event"];
  if (!isRecord(event) || typeof event["type"] !== "string") return "no event";
  return reservedEvents.has(event["type"]) ? "reserved event name" : undefined;
}

function payloadType(frame: Record<string, unknown>): string {
  const payload = frame["payload"];
  const type = isRecord(payload) ? payload["type"] : frame["type"];
  return typeof type === "string" ? type.slice(0, 100) : "none";
}

/** Slack sends again what nobody acknowledges, so even what we drop is acknowledged. */
function acknowledge(client: Client, frame: Record<string, unknown>, logger: Logger): void {
  const id = frame["envelope_id"];
  if (typeof id !== "string") return;
  client.websocket?.send(JSON.stringify({ envelope_id: id }), (error) => {
    if (error !== undefined) logger.warn({}, "slack frame could not be acknowledged");
  });
}
