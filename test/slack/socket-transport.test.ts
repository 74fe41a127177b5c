import { once } from "node:events";
import { createServer, type Server } from "node:http";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { App } from "@slack/bolt";
import { type WebSocket, WebSocketServer } from "ws";

import { isRecord } from "../../src/base/json.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { createSlackClients } from "../../src/slack/clients.ts";
import { createSocketTransport, type SocketTransport } from "../../src/slack/socket-transport.ts";
import { createFakeServices } from "../helpers/fake-services.ts";
import { dario, general, startSlackBench } from "../helpers/slack-bench.ts";
import { waitFor } from "../helpers/wait.ts";

/** Slack's side of a socket, as rude as a test wants it. */
interface RudeSlack {
  url: string;
  sockets: WebSocket[];
  /** Frames that the bot sent. */
  received: Record<string, unknown>[];
  /** What `apps.connections.open` answers instead of an address. */
  refusal: string | undefined;
  isSilent: boolean;
  /** Connections that are closed without a hello. */
  closesFirst: number;
  close(): Promise<void>;
}

let slack: RudeSlack;
let transport: SocketTransport;
let handled: string[];

beforeEach(async () => {
  slack = await startRudeSlack();
  const clients = createSlackClients({
    botToken: new Secret("xoxb-x"),
    apiUrl: slack.url,
    logger: silentLogger,
  });
  transport = createSocketTransport({
    appToken: new Secret("xapp-x"),
    clientOptions: clients.boltOptions(),
    logger: silentLogger,
  });
  handled = [];
  const app = new App({
    receiver: transport.receiver,
    authorize: async () => ({ botToken: "xoxb-x" }),
    convoStore: false,
  });
  app.event("app_mention", async ({ event }) => void handled.push(event.text));
});
afterEach(async () => {
  await transport.stop();
  await slack.close();
});

async function startRudeSlack(): Promise<RudeSlack> {
  const server: Server = createServer((request, response) => {
    request.resume();
    const body =
      state.refusal === undefined
        ? { ok: true, url: state.url.replace("http", "ws") }
        : { ok: false, error: state.refusal };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  });
  const hub = new WebSocketServer({ server });
  hub.on("connection", (socket) => {
    state.sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("message", (data) => {
      const frame: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString() : "null");
      if (isRecord(frame)) state.received.push(frame);
    });
    if (state.sockets.length <= state.closesFirst) socket.close();
    else if (!state.isSilent) socket.send('{"type":"hello"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const state: RudeSlack = {
    url: `http://127.0.0.1:${address.port}/`,
    sockets: [],
    received: [],
    refusal: undefined,
    isSilent: false,
    closesFirst: 0,
    async close() {
      for (const socket of state.sockets) socket.terminate();
      hub.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

const send = (frame: unknown): void =>
  slack.sockets.at(-1)?.send(typeof frame === "string" ? frame : JSON.stringify(frame));

function mention(text: string): Record<string, unknown> {
  return {
    type: "events_api",
    envelope_id: `e-${text}`,
    payload: {
      type: "event_callback",
      team_id: "T1",
      event: { type: "app_mention", user: "U1", text, channel: "C1", ts: "1.1" },
    },
  };
}

test("frames that end the process of the plain library are acknowledged and dropped", async () => {
  await transport.start();

  send("null");
  send("[]");
  send("{");
  send("7");
  send(Buffer.from([0, 1, 2]).toString("latin1"));
  send({
    type: "events_api",
    envelope_id: "rate",
    payload: { type: "app_rate_limited", minute_rate_limited: 1 },
  });
  send({ type: "events_api", envelope_id: "bare" });
  send({ type: "events_api", envelope_id: "empty", payload: {} });
  send({ type: "events_api", envelope_id: "error", payload: { event: { type: "error" } } });
  send({ type: "events_api", envelope_id: "close", payload: { event: { type: "close" } } });
  send({ type: "error", envelope_id: "odd" });
  send({ type: "slash_commands" });
  send(mention("still here"));

  await waitFor("the mention", () => handled.length > 0 && slack.received.length >= 7);
  expect(handled).toEqual(["still here"]);
  expect(slack.received.map((frame) => frame["envelope_id"])).toEqual(
    expect.arrayContaining(["rate", "bare", "empty", "error", "close", "odd", "e-still here"]),
  );
  expect(transport.isConnected()).toBe(true);
});

test("a recycled connection is back at once", async () => {
  await transport.start();

  for (let round = 1; round <= 20; round += 1) {
    const startedAtMs = performance.now();
    send({ type: "disconnect", reason: "refresh_requested" });
    await waitFor(
      "the next connection",
      () => slack.sockets.length === round + 1 && transport.isConnected(),
    );
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  }
  send(mention("after"));

  await waitFor("the mention", () => handled.length > 0);
});

test("a connection that breaks is opened again", async () => {
  await transport.start();

  slack.sockets[0]?.terminate();
  await waitFor("the next connection", () => slack.sockets.length === 2);
  await waitFor("its hello", () => transport.isConnected());

  expect(slack.sockets).toHaveLength(2);
});

test("a token that is refused for a while, even finally, does not end the process", async () => {
  await transport.start();

  slack.refusal = "account_inactive";
  slack.sockets[0]?.terminate();
  await waitFor("the loss to be noticed", () => !transport.isConnected());
  slack.refusal = undefined;

  await waitFor("the next connection", () => transport.isConnected());
  expect(slack.sockets).toHaveLength(2);
});

test("a first start that is refused says so", async () => {
  slack.refusal = "invalid_auth";

  await expect(transport.start()).rejects.toThrow("invalid_auth");
  expect(transport.isConnected()).toBe(false);
});

test("a first connection that closes before the hello is opened again", async () => {
  slack.closesFirst = 1;

  await transport.start();
  send(mention("hello"));

  await waitFor("the mention", () => handled.length > 0);
  expect(slack.sockets).toHaveLength(2);
});

test("a Slack that never says hello is an error in words", async () => {
  slack.closesFirst = Infinity;

  await expect(transport.start()).rejects.toMatchObject({
    code: "slack-unreachable",
    message: "Slack closed the socket before it said hello",
  });
  expect(slack.sockets).toHaveLength(4);
}, 15_000);

test("stopping ends while it is reconnecting, and nothing opens afterwards", async () => {
  await transport.start();
  slack.refusal = "internal_error";
  slack.sockets[0]?.terminate();
  await waitFor("the loss to be noticed", () => !transport.isConnected());

  await transport.stop();
  slack.refusal = undefined;

  expect(slack.sockets).toHaveLength(1);
});

test("two connections leave no gap while one is recycled", async () => {
  const services = createFakeServices([]);
  const bench = await startSlackBench({ transport: "socket", services });
  try {
    bench.driver.disconnect();
    const outcomes = await Promise.all(
      Array.from(
        { length: 20 },
        async () =>
          await bench.driver.slash({
            user: dario,
            channel: general,
            command: "/whoowns",
            text: "payments",
          }),
      ),
    );

    expect(outcomes.filter((outcome) => outcome.error !== undefined)).toEqual([]);
    expect(bench.slack.isConnected()).toBe(true);
  } finally {
    await bench.close();
  }
});
