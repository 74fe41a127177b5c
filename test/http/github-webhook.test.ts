import { randomUUID } from "node:crypto";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import type { GithubEvent } from "../../src/http/github-event.ts";
import { createGithubWebhook, type GithubWebhookOptions } from "../../src/http/github-webhook.ts";
import { type HttpServer, startHttpServer } from "../../src/http/server.ts";
import { deliver, signatureOf } from "../emulators/github/webhooks.ts";

const secret = "a-long-enough-secret";
let server: HttpServer;
let events: GithubEvent[];
let seen: Set<string>;

async function start(given: Partial<GithubWebhookOptions> = {}): Promise<void> {
  const webhook = createGithubWebhook({
    secret: new Secret(secret),
    logger: silentLogger,
    onEvent: async (event) => void events.push(event),
    deliveries: {
      async take(id) {
        const isNew = !seen.has(id);
        seen.add(id);
        return isNew;
      },
      forget: async (id) => void seen.delete(id),
    },
    ...given,
  });
  server = await startHttpServer({
    port: 0,
    host: "127.0.0.1",
    handlers: [webhook],
    logger: silentLogger,
  });
}

const url = (): string => `http://127.0.0.1:${server.port}/github/webhook`;

beforeEach(() => {
  events = [];
  seen = new Set();
});
afterEach(() => server.close());

const push = {
  ref: "refs/heads/main",
  after: "a".repeat(40),
  deleted: false,
  repository: {
    node_id: "R_1",
    name: "pay",
    html_url: "https://github.com/acme/pay",
    default_branch: "main",
    owner: { login: "acme" },
  },
  commits: [
    {
      id: "a".repeat(40),
      author: { name: "Mona", email: "mona@acme.example", username: "mona" },
      added: ["catalog-info.yaml"],
      modified: ["README.md"],
      removed: ["x"],
    },
  ],
};

test("hands a signed push on", async () => {
  await start();

  const response = await deliver(url(), secret, { event: "push", payload: push });

  expect(response.status).toBe(202);
  expect(events).toEqual([
    {
      kind: "push",
      owner: "acme",
      name: "pay",
      nodeId: "R_1",
      url: "https://github.com/acme/pay",
      branch: "main",
      isDefaultBranch: true,
      headOid: "a".repeat(40),
      commits: [
        {
          id: "a".repeat(40),
          author: { name: "Mona", email: "mona@acme.example", login: "mona" },
          changed: ["catalog-info.yaml", "README.md"],
        },
      ],
    },
  ]);
});

test.each([
  ["a repository", "repository", { action: "renamed", repository: push.repository }, "repository"],
  ["a team", "team", { action: "edited", organization: { login: "acme" } }, "people"],
  [
    "a member",
    "organization",
    { action: "member_added", organization: { login: "acme" } },
    "people",
  ],
])("hands on what changed about %s", async (_what, event, payload, kind) => {
  await start();

  const response = await deliver(url(), secret, { event, payload });

  expect(response.status).toBe(202);
  expect(events).toEqual([expect.objectContaining({ kind, owner: "acme" })]);
});

test.each([
  ["ping", { zen: "Keep it logically awesome." }],
  ["push", { ...push, ref: "refs/tags/v1" }],
  ["push", { ...push, deleted: true }],
  ["push", { ...push, repository: "nonsense" }],
  ["push", []],
  ["issues", { action: "opened", repository: push.repository }],
])(
  "takes a %s that does not concern the catalog without doing anything",
  async (event, payload) => {
    await start();

    const response = await deliver(url(), secret, { event, payload });

    expect(response.status).toBe(200);
    expect(events).toEqual([]);
  },
);

function send(body: string, headers: Record<string, string>): Promise<Response> {
  return fetch(url(), {
    method: "POST",
    body,
    headers: { "x-github-event": "push", "x-github-delivery": randomUUID(), ...headers },
  });
}

const body = JSON.stringify(push);

test.each([
  ["no signature", {}],
  ["an empty one", { "x-hub-signature-256": "" }],
  ["only a sha1 one", { "x-hub-signature": "sha1=0123456789012345678901234567890123456789" }],
  ["one of another secret", { "x-hub-signature-256": signatureOf(body, "another secret") }],
  ["one of another body", { "x-hub-signature-256": signatureOf(`${body} `, secret) }],
  ["one of the wrong length", { "x-hub-signature-256": "sha256=abc" }],
  ["one of an empty secret", { "x-hub-signature-256": signatureOf(body, "") }],
])("refuses a delivery with %s", async (_what, headers) => {
  await start();

  const response = await send(body, headers);

  expect(response.status).toBe(401);
  expect([events, [...seen]]).toEqual([[], []]);
});

test.each([
  ["absent", undefined],
  ["empty", new Secret("")],
])("refuses everything while the secret is %s", async (_what, missing) => {
  await start({ secret: missing });

  const response = await send(body, { "x-hub-signature-256": signatureOf(body, "") });

  expect(response.status).toBe(403);
  expect(events).toEqual([]);
});

test("refuses a body that is too large, whether it says so or not", async () => {
  await start({ maxBytes: 1_000 });
  const large = JSON.stringify({ ...push, filler: "x".repeat(100_000) });
  const signed = { "x-hub-signature-256": signatureOf(large, secret) };

  const announced = await send(large, signed);
  const streamed = await fetch(url(), {
    method: "POST",
    body: new Blob([large]).stream(),
    headers: signed,
    duplex: "half",
  }).then(
    ({ status }) => status,
    () => 413,
  );

  expect([announced.status, streamed]).toEqual([413, 413]);
  expect(events).toEqual([]);
});

test("refuses what is no JSON, or has no name, with the right signature", async () => {
  await start();

  const noJson = await send("a=b", { "x-hub-signature-256": signatureOf("a=b", secret) });
  const noName = await send(body, {
    "x-hub-signature-256": signatureOf(body, secret),
    "x-github-event": "",
  });

  expect([noJson.status, noName.status]).toEqual([400, 400]);
});

test("does nothing for a delivery that is played again, unless it failed before", async () => {
  let isBroken = true;
  await start({
    async onEvent(event) {
      if (isBroken) throw new Error("the storage is away");
      events.push(event);
    },
  });
  const delivery = { event: "push", payload: push, id: "delivery-1" };

  const failed = await deliver(url(), secret, delivery);
  isBroken = false;
  const again = await deliver(url(), secret, delivery);
  const played = await deliver(url(), secret, delivery);

  expect([failed.status, again.status, played.status]).toEqual([503, 202, 200]);
  expect(events).toHaveLength(1);
});

const refuseToRemember = () => Promise.reject(new Error("the storage is away"));

test("works on when nobody can remember deliveries", async () => {
  await start({ deliveries: { take: refuseToRemember, forget: refuseToRemember } });

  const response = await deliver(url(), secret, { event: "push", payload: push });

  expect(response.status).toBe(202);
  expect(events).toHaveLength(1);
});
