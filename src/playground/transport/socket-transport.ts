import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { WebSocket, WebSocketServer } from "ws";

import { isRecord } from "../../base/json.ts";
import type { Journal } from "../journal.ts";
import type { Delivery, DeliveryResult, Transport } from "./contract.ts";

/** Slack allows an app this many connections. */
const connectionsMax = 10;
const ticketsMax = 100;
/** How long a client may take for the closing handshake. */
const closeGraceMs = 500;

interface Waiting {
  sentAtMs: number;
  socket: WebSocket;
  timer: NodeJS.Timeout;
  settle: (result: DeliveryResult) => void;
}

/** What the transport needs to know. */
export interface SocketTransportOptions {
  server: Server;
  appId: string;
  ackTimeoutMs: number;
  journal: Journal;
  /** False for a request from a foreign page. */
  isTrusted: (request: IncomingMessage) => boolean;
}

/**
 * Slack's side of Socket Mode: the bot asks `apps.connections.open` for an address and connects; envelopes go to one
 * of its connections in turn and are acknowledged by id.
 * @see https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export class SocketTransport implements Transport {
  readonly #options: SocketTransportOptions;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 10_000_000 });
  readonly #connections: WebSocket[] = [];
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

  constructor(options: SocketTransportOptions) {
    this.#options = options;
    this.#onUpgrade = (request, socket, head) => this.#upgrade(request, socket, head);
    options.server.on("upgrade", this.#onUpgrade);
  }

  /** The path of a new connection, valid once. */
  issuePath(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    if (this.#tickets.size > ticketsMax) {
      const [oldest] = this.#tickets;
      if (oldest !== undefined) this.#tickets.delete(oldest);
    }
    return `/link/?ticket=${ticket}&app_id=${this.#options.appId}`;
  }

  isConnected(): boolean {
    return this.#connections.length > 0;
  }

  deliver(delivery: Delivery): Promise<DeliveryResult> {
    const socket = this.#connections.shift();
    if (socket === undefined) {
      return Promise.resolve({ status: "dispatch_failed", reason: "the bot is not connected" });
    }
    this.#connections.push(socket);
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const settle = (result: DeliveryResult): void => {
        clearTimeout(timer);
        this.#waiting.delete(envelopeId);
        resolve(result);
      };
      const timer = setTimeout(
        () => settle({ status: "operation_timeout" }),
        this.#options.ackTimeoutMs,
      );
      this.#waiting.set(envelopeId, { sentAtMs: performance.now(), socket, timer, settle });
      socket.send(JSON.stringify(renderEnvelope(envelopeId, delivery)));
    });
  }

  disconnect(reason: "warning" | "refresh_requested" | "link_disabled"): void {
    const socket = this.#connections[0];
    if (socket === undefined) return;
    socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "playground" } }));
    // A warning leaves the connection open for about ten seconds more; the client is expected to leave by itself.
    if (reason !== "warning") this.#forget(socket);
  }

  async close(): Promise<void> {
    this.#options.server.off("upgrade", this.#onUpgrade);
    for (const { settle } of this.#waiting.values()) settle({ status: "operation_timeout" });
    const closed = [...this.#sockets.clients].map((socket) => closeGently(socket));
    await Promise.all(closed);
    await new Promise<void>((resolve) => {
      this.#sockets.close(() => resolve());
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? "/", "http://localhost");
    const ticket = url.searchParams.get("ticket") ?? "";
    const isWelcome =
      url.pathname.startsWith("/link") &&
      this.#options.isTrusted(request) &&
      this.#tickets.delete(ticket);
    if (!isWelcome) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  #welcome(socket: WebSocket): void {
    if (this.#connections.length >= connectionsMax) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets" }));
      socket.close();
      return;
    }
    this.#connections.push(socket);
    socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("close", () => this.#forget(socket));
    socket.on("error", () => socket.terminate());
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.#connections.length,
        debug_info: { host: "playground", build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#options.appId },
      }),
    );
    this.#options.journal.emit({ type: "connection" });
  }

  #forget(socket: WebSocket): void {
    const at = this.#connections.indexOf(socket);
    if (at < 0) return;
    this.#connections.splice(at, 1);
    this.#options.journal.emit({ type: "connection" });
  }

  #receive(data: Buffer): void {
    const frame = parseFrame(data);
    const id = frame?.["envelope_id"];
    const waiting = typeof id === "string" ? this.#waiting.get(id) : undefined;
    if (waiting === undefined) return;
    const elapsedMs = performance.now() - waiting.sentAtMs;
    const body = frame?.["payload"];
    const isEmpty = !isRecord(body) || Object.keys(body).length === 0;
    waiting.settle({ status: "acked", elapsedMs, ...(isEmpty ? {} : { body }) });
  }
}

/** Closes with a handshake, or without one when the other side does not take part. */
async function closeGently(socket: WebSocket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.terminate(), closeGraceMs);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    if (socket.readyState === WebSocket.OPEN) socket.close(1001);
  });
}

function renderEnvelope(envelopeId: string, delivery: Delivery): Record<string, unknown> {
  const retry =
    delivery.kind === "events_api"
      ? {
          retry_attempt: delivery.retry?.attempt ?? 0,
          retry_reason: delivery.retry?.reason ?? "",
        }
      : {};
  return {
    envelope_id: envelopeId,
    payload: delivery.payload,
    type: delivery.kind,
    accepts_response_payload: delivery.acceptsResponse,
    ...retry,
  };
}

function parseFrame(data: Buffer): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString("utf8"));
    return isRecord(frame) ? frame : undefined;
  } catch {
    // A frame that is not JSON acknowledges nothing.
    return undefined;
  }
}
