import { createHmac } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createFakeServices, sampleTemplate, type FakeServices } from "../helpers/fake-services.ts";
import {
  createMemoryDedupe,
  dario,
  general,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;
const remembered = createMemoryDedupe();
let isStorageDown = false;

beforeAll(async () => {
  services = createFakeServices([sampleTemplate("node-service", [])]);
  bench = await startSlackBench({
    services,
    dedupe: async (key) => {
      if (isStorageDown) throw new Error("down");
      return await remembered(key);
    },
  });
});
afterAll(async () => await bench.close());

interface Sending {
  body: string;
  contentType?: string;
  skewS?: number;
  timestamp?: string;
  signature?: string;
}

async function send({
  body,
  contentType = "application/x-www-form-urlencoded",
  ...how
}: Sending): Promise<Response> {
  const timestamp = how.timestamp ?? String(Math.floor(Date.now() / 1000) + (how.skewS ?? 0));
  const hmac = createHmac("sha256", bench.playground.signingSecret).update(
    `v0:${timestamp}:${body}`,
  );
  return await fetch(bench.eventsUrl, {
    method: "POST",
    headers: {
      "content-type": contentType,
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": how.signature ?? `v0=${hmac.digest("hex")}`,
    },
    body: Buffer.from(body),
  });
}

const team = { id: "T0FOOTLIT1", domain: "footlight-tickets" };
let triggers = 0;

function command(more: Record<string, string> = {}): string {
  triggers += 1;
  return new URLSearchParams({
    command: "/whoowns",
    text: "payments",
    team_id: team.id,
    user_id: dario,
    user_name: "dario",
    channel_id: general,
    trigger_id: `trigger-${triggers}`,
    response_url: `${bench.playground.url}/nowhere`,
    ...more,
  }).toString();
}

const interaction = (payload: Record<string, unknown>): string =>
  new URLSearchParams({
    payload: JSON.stringify({ team, user: { id: dario, team_id: team.id }, ...payload }),
  }).toString();

function event(id: string, inner: Record<string, unknown> = {}): string {
  return JSON.stringify({
    type: "event_callback",
    event_id: id,
    team_id: team.id,
    authorizations: [{ team_id: team.id, is_enterprise_install: false }],
    event: {
      type: "app_mention",
      user: dario,
      text: "<@U0CALLBRD1> who owns payments",
      channel: general,
      ts: "1700000000.000100",
      ...inner,
    },
  });
}

test("a charset in the content type breaks nothing", async () => {
  const form = await send({
    body: command(),
    contentType: "application/x-www-form-urlencoded; charset=utf-8",
  });
  const json = await send({
    body: event("Ev-charset"),
    contentType: "Application/JSON;charset=UTF-8",
  });

  expect(form.status).toBe(200);
  expect(await form.json()).toMatchObject({ text: "Payments API is owned by Payments." });
  expect(json.status).toBe(200);
});

test.each([
  ["stale", { skewS: -301 }],
  ["from the future", { skewS: 3600 }],
  ["not a number", { timestamp: "abc" }],
  ["negative", { timestamp: "-1" }],
])("a timestamp that is %s is refused", async (_what, how) => {
  const response = await send({ body: command(), ...how });

  expect(response.status).toBe(401);
});

test.each([
  ["wrong", `v0=${"0".repeat(64)}`],
  ["short", "v0=00"],
  ["of another version", `v1=${"0".repeat(64)}`],
  ["empty", ""],
])("a signature that is %s is refused", async (_what, signature) => {
  const asked = services.asked.length;

  const response = await send({ body: command(), signature });

  expect(response.status).toBe(401);
  expect(services.asked).toHaveLength(asked);
});

test("a body that was changed after signing is refused", async () => {
  const body = command();
  const hmac = createHmac("sha256", bench.playground.signingSecret)
    .update(`v0:${Math.floor(Date.now() / 1000)}:${body}`)
    .digest("hex");

  const response = await send({ body: `${body}&text=ledger`, signature: `v0=${hmac}` });

  expect(response.status).toBe(401);
});

test("Slack's check of the address is answered", async () => {
  const response = await send({
    body: JSON.stringify({ type: "url_verification", challenge: "abc" }),
    contentType: "application/json",
  });

  expect(await response.json()).toEqual({ challenge: "abc" });
});

test.each([
  ["null", "application/json", "null"],
  ["a list", "application/json", "[1]"],
  ["an empty object", "application/json", "{}"],
  [
    "an unknown payload",
    "application/x-www-form-urlencoded",
    "payload=%7B%22type%22%3A%22new_thing%22%7D",
  ],
])("%s is taken and harms nothing", async (_what, contentType, body) => {
  const response = await send({ body, contentType });
  const next = await send({ body: command() });

  expect(response.status).toBeLessThan(501);
  expect(next.status).toBe(200);
});

test("a body that is longer than anything Slack sends is refused and harms nothing", async () => {
  const response = await send({ body: "x".repeat(5 * 2 ** 20), contentType: "application/json" });
  const next = await send({ body: command() });

  expect(response.status).toBe(413);
  expect(next.status).toBe(200);
});

test("another path or method is left to others", async () => {
  const got = await fetch(bench.eventsUrl);
  const elsewhere = await fetch(`${bench.eventsUrl}/more`, { method: "POST", body: "{}" });

  expect([got.status, elsewhere.status]).toEqual([404, 404]);
});

test("broken JSON is refused and harms nothing", async () => {
  const response = await send({ body: "{", contentType: "application/json" });

  expect(response.status).toBe(400);
});

test("a command that nobody handles is answered with a friendly word", async () => {
  const response = await send({ body: command({ command: "/dance" }) });

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    response_type: "ephemeral",
    text: "I do not know /dance — `/callboard help` lists what I can do",
  });
});

test.each([
  [
    "a button",
    {
      type: "block_actions",
      trigger_id: "t1",
      container: {},
      actions: [{ type: "button", action_id: "old", block_id: "b" }],
    },
  ],
  [
    "a form",
    {
      type: "view_submission",
      trigger_id: "t2",
      view: { id: "V1", type: "modal", callback_id: "old", state: { values: {} } },
    },
  ],
  ["a closed form", { type: "view_closed", view: { id: "V1", type: "modal", callback_id: "old" } }],
  ["a shortcut", { type: "shortcut", trigger_id: "t3", callback_id: "old" }],
])("%s that nobody handles is acknowledged", async (_what, payload) => {
  const response = await send({ body: interaction(payload) });

  expect(response.status).toBe(200);
});

test("options that nobody offers are an empty list", async () => {
  const response = await send({
    body: interaction({ type: "block_suggestion", action_id: "old", block_id: "b", value: "x" }),
  });

  expect(await response.json()).toEqual({ options: [] });
});

test("an event that Slack sends again is handled once, whatever its signature", async () => {
  const asked = services.asked.length;

  for (const skewS of [0, 1, 2, -5]) {
    const response = await send({
      body: event("Ev-again"),
      contentType: "application/json",
      skewS,
    });
    expect(response.status).toBe(200);
  }
  await bench.driver.waitFor(() => services.asked.length > asked);

  expect(services.asked).toHaveLength(asked + 1);
});

test("a command replayed 50 times is answered once", async () => {
  const body = command();
  const asked = services.asked.length;

  const responses = await Promise.all(Array.from({ length: 50 }, async () => await send({ body })));

  expect(responses.every((response) => response.status === 200)).toBe(true);
  expect(services.asked).toHaveLength(asked + 1);
});

test("an event that cannot be remembered is not acknowledged, so that Slack sends it again; a question is answered all the same", async () => {
  isStorageDown = true;
  try {
    const lost = await send({ body: event("Ev-down"), contentType: "application/json" });
    const asked = await send({ body: command() });

    expect(lost.status).toBe(500);
    expect(await asked.json()).toMatchObject({ text: "Payments API is owned by Payments." });
  } finally {
    isStorageDown = false;
  }
});

test("another workspace's payload is acknowledged and not answered", async () => {
  const asked = services.asked.length;

  const response = await send({ body: command({ team_id: "T0STRANGER" }) });
  const strange = await send({
    body: event("Ev-foreign").replaceAll(team.id, "T0STRANGER"),
    contentType: "application/json",
  });

  expect([response.status, strange.status]).toEqual([200, 200]);
  expect(await response.text()).toBe("");
  expect(services.asked).toHaveLength(asked);
});

test("nothing is said in a channel that another company reads", async () => {
  const asked = services.asked.length;
  const body = event("Ev-shared").replace('"event_id"', '"is_ext_shared_channel":true,"event_id"');

  await send({ body, contentType: "application/json" });
  const call = await bench.driver.waitFor(() =>
    bench.driver
      .calls("chat.postMessage")
      .find((each) => JSON.stringify(each.request).includes("another company")),
  );

  expect(call).toBeDefined();
  expect(services.asked).toHaveLength(asked);
});

test("a forged button value is refused with a word, not a crash", async () => {
  const huge = "x".repeat(3001);
  for (const [action_id, value] of [
    ["document-open/0", '{"path":"../../etc/passwd","page":-1}'],
    ["document-open/0", "not json"],
    ["ask/0", huge],
    ["run-retry", "__proto__"],
  ]) {
    triggers += 1;
    const response = await send({
      body: interaction({
        type: "block_actions",
        trigger_id: `forged-${triggers}`,
        container: { type: "message", message_ts: "1", is_ephemeral: true },
        channel: { id: general },
        response_url: `${bench.playground.url}/nowhere`,
        actions: [{ type: "button", action_id, block_id: "b", value }],
      }),
    });
    expect(response.status).toBe(200);
  }
  expect((await send({ body: command() })).status).toBe(200);
});
