/**
 * Sends signed Slack payloads to one address and prints what it saw as JSON; a process of its own, so that the load does not
 * take the server's core. Reads a `LoadOrder` as JSON from its only argument.
 */
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import autocannon from "autocannon";

import type { LoadOrder, LoadResult } from "./load-order.ts";

const order: LoadOrder = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
let next = 0;

function command(id: string, text: string): { type: string; body: string } {
  const body = new URLSearchParams({
    command: "/callboard",
    text,
    team_id: order.teamId,
    user_id: order.userId,
    user_name: "dario.costa",
    channel_id: order.channels[0] ?? "",
    channel_name: "engineering",
    api_app_id: "A0CALLBRD1",
    trigger_id: id,
    response_url: "http://127.0.0.1:9/none",
  }).toString();
  return { type: "application/x-www-form-urlencoded", body };
}

function direct(id: string, text: string): { type: string; body: string } {
  const body = JSON.stringify({
    type: "event_callback",
    event_id: id,
    team_id: order.teamId,
    authorizations: [{ team_id: order.teamId, is_enterprise_install: false }],
    event: {
      type: "message",
      channel_type: "im",
      channel: order.channels[next % order.channels.length],
      user: order.userId,
      text,
      ts: `${Math.floor(Date.now() / 1000)}.${String(next).padStart(6, "0")}`,
    },
  });
  return { type: "application/json", body };
}

function payload(id: string): { headers: Record<string, string>; body: string } {
  const text = order.questions[next % order.questions.length] ?? "";
  const { type, body } = order.kind === "event" ? direct(id, text) : command(id, text);
  next += 1;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac("sha256", order.secret).update(`v0:${timestamp}:${body}`);
  return {
    headers: {
      "content-type": type,
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${hmac.digest("hex")}`,
    },
    body,
  };
}

const accepted: string[] = [];
const result = await autocannon({
  url: order.url,
  connections: order.connections,
  ...(order.amount === undefined ? { duration: order.seconds } : { amount: order.amount }),
  requests: [
    {
      method: "POST",
      setupRequest(request, context) {
        const id = randomUUID();
        Object.assign(context, { id });
        return { ...request, ...payload(id) };
      },
      onResponse(status, _body, context) {
        if (status === 200) accepted.push(String(Reflect.get(context, "id")));
      },
    },
  ],
});
const seen: LoadResult = {
  perSecond: result.requests.total / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  accepted,
  failures: result.non2xx + result.errors,
};
process.stdout.write(JSON.stringify(seen));
