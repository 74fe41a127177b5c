import { readFileSync } from "node:fs";
import { get } from "node:http";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LogLevel, WebClient } from "@slack/web-api";

import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { methodTable } from "../../src/playground/web-api/method-table.ts";
import { sharedPath } from "../helpers/shared.ts";
import { slackSchemas } from "../helpers/slack-schemas.ts";
import { dario, general, ledger, payments, quiet } from "./sample-bot.ts";

let playground: Playground;
let client: WebClient;
let nowMs = Date.now();

beforeAll(async () => {
  slackSchemas();
  playground = await createPlayground({ clock: () => nowMs, hasRateLimits: false });
  client = clientOf(playground);
}, 120_000);
afterAll(() => playground.close());

function clientOf({ botToken, apiUrl }: Playground, token = botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    logger: quiet,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
  });
}

/** The error's name that a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const [result] = await Promise.allSettled([call]);
  if (result.status === "fulfilled") return "ok";
  const { reason } = result;
  return reason?.data?.error ?? reason?.code;
}

const text = "hello";
const view = {
  type: "modal" as const,
  title: { type: "plain_text" as const, text: "T" },
  blocks: [],
};

describe("answers in the shape of Slack's own types", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["auth.test", () => client.auth.test()],
    ["chat.postMessage", () => client.chat.postMessage({ channel: general, text })],
    ["conversations.info", () => client.conversations.info({ channel: general })],
    ["conversations.list", () => client.conversations.list()],
    ["conversations.open", () => client.conversations.open({ users: dario, return_im: true })],
    ["users.info", () => client.users.info({ user: dario })],
    ["users.list", () => client.users.list({})],
  ])("%s", async (name, call) => {
    const answer = await call();

    expect(slackSchemas().faults(`answer ${name}`, answer)).toEqual([]);
  });

  test("chat.update and conversations.replies", async () => {
    const { ts = "" } = await client.chat.postMessage({ channel: general, text: "parent" });
    await client.chat.postMessage({ channel: general, text: "reply", thread_ts: ts });
    const blocks = [{ type: "divider" as const }];

    const updated = await client.chat.update({ channel: general, ts, text: "new", blocks });
    const replies = await client.conversations.replies({ channel: general, ts });

    expect(slackSchemas().faults("answer chat.update", updated)).toEqual([]);
    expect(slackSchemas().faults("answer conversations.replies", replies)).toEqual([]);
    expect(replies.messages?.map((m) => m.text)).toEqual(["new", "reply"]);
  });
});

describe("refuses with Slack's own error names", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["channel_not_found", () => client.chat.postMessage({ channel: "C0NOWHERE1", text })],
    ["not_in_channel", () => client.chat.postMessage({ channel: ledger, text })],
    ["no_text", () => client.chat.postMessage({ channel: general, text: "" })],
    [
      "invalid_blocks",
      () => client.apiCall("chat.postMessage", { channel: general, blocks: [{ type: "nope" }] }),
    ],
    [
      "invalid_blocks_format",
      () => client.apiCall("chat.postMessage", { channel: general, blocks: "[" }),
    ],
    [
      "msg_blocks_too_long",
      () =>
        client.chat.postMessage({
          channel: general,
          text,
          blocks: Array.from({ length: 5 }, () => ({
            type: "section",
            text: { type: "mrkdwn", text: "x".repeat(2900) },
          })),
        }),
    ],
    [
      "markdown_text_conflict",
      () => client.apiCall("chat.postMessage", { channel: general, text, markdown_text: "x" }),
    ],
    [
      "thread_not_found",
      () => client.chat.postMessage({ channel: general, text, thread_ts: "1700000000.000100" }),
    ],
    [
      "invalid_thread_ts",
      () => client.chat.postMessage({ channel: general, text, thread_ts: "x" }),
    ],
    ["message_not_found", () => client.chat.update({ channel: general, ts: "1.2", text })],
    [
      "user_not_in_channel",
      () => client.chat.postEphemeral({ channel: payments, user: "U0ROBINMA1", text }),
    ],
    ["user_not_found", () => client.users.info({ user: "U0NOBODY01" })],
    ["users_not_found", () => client.users.lookupByEmail({ email: "no@body.example" })],
    ["invalid_arguments", () => client.apiCall("chat.postMessage", { text })],
    ["invalid_trigger_id", () => client.views.open({ trigger_id: "1.2.3", view })],
    ["not_found", () => client.views.update({ view_id: "V0", view })],
    [
      "invalid_arguments",
      () => client.apiCall("views.open", { trigger_id: "1.2.3", view: { type: "modal" } }),
    ],
    ["unknown_method", () => client.apiCall("chat.shout", {})],
    ["invalid_auth", () => clientOf(playground, "xoxb-other").auth.test()],
    ["not_authed", () => clientOf(playground, "").auth.test()],
    ["not_allowed_token_type", () => clientOf(playground, playground.appToken).auth.test()],
    ["not_allowed_token_type", () => client.apiCall("apps.connections.open", {})],
  ])("%s", async (name, call) => {
    expect(await refusal(call())).toBe(name);
  });

  test("says where in the blocks the fault is", async () => {
    const blocks = [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }];

    const call = client.apiCall("chat.postMessage", { channel: general, text, blocks });

    await expect(call).rejects.toMatchObject({
      data: {
        response_metadata: {
          messages: ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"],
        },
      },
    });
  });
});

test("keeps a text that looks like JSON as it is", async () => {
  const { message } = await client.chat.postMessage({ channel: general, text: '["a"] {' });

  expect(message?.text).toBe('["a"] {');
});

test("takes JSON bodies and tokens in the form", async () => {
  const { apiUrl, botToken } = playground;
  const post = async (contentType: string, body: string): Promise<unknown> => {
    const response = await fetch(`${apiUrl}chat.postMessage`, {
      method: "POST",
      headers: { "content-type": contentType, authorization: `Bearer ${botToken}` },
      body,
    });
    return response.json();
  };

  const json = await post("application/json", JSON.stringify({ channel: general, text: "json" }));
  const broken = await post("application/json", "{");
  const form = await fetch(`${apiUrl}auth.test`, {
    method: "POST",
    body: new URLSearchParams({ token: botToken }),
  });

  expect(json).toMatchObject({ ok: true, message: { text: "json" } });
  expect(broken).toMatchObject({ ok: false, error: "invalid_json" });
  expect(await form.json()).toMatchObject({ ok: true, bot_id: "B0CALLBRD1" });
});

test("asks for the scopes that a method needs", async () => {
  const small = await createPlayground({ scopes: ["chat:write"] });

  const list = await refusal(clientOf(small).conversations.list());
  const post = await refusal(clientOf(small).chat.postMessage({ channel: general, text }));

  expect([list, post]).toEqual(["missing_scope", "ok"]);
  await small.close();
});

test("answers 429 to a channel that gets too many messages, until time has passed", async () => {
  let now = 1_700_000_000_000;
  const limited = await createPlayground({ clock: () => now });
  const post = (channel: string): Promise<string> =>
    refusal(clientOf(limited).chat.postMessage({ channel, text }));
  const results: string[] = [];

  for (let count = 0; count < 7; count += 1) results.push(await post(general));
  const elsewhere = await post(payments);
  now += 1_000;
  const later = await post(general);

  expect(results.filter((result) => result === "ok")).toHaveLength(5);
  expect(results.at(-1)).toBe("slack_webapi_rate_limited_error");
  expect([elsewhere, later]).toEqual(["ok", "ok"]);
  await limited.close();
});

test("reacts once with an emoji and takes it back", async () => {
  const { ts = "" } = await client.chat.postMessage({ channel: general, text });
  const reaction = { channel: general, timestamp: ts, name: "eyes" };

  const added = await refusal(client.reactions.add(reaction));
  const again = await refusal(client.reactions.add(reaction));
  const shown = playground.driver.messages(general).at(-1)?.reactions;
  await client.reactions.remove(reaction);

  expect([added, again]).toEqual(["ok", "already_reacted"]);
  expect(shown).toEqual([{ name: "eyes", count: 1, users: ["U0CALLBRD1"] }]);
  expect(playground.driver.messages(general).at(-1)?.reactions).toEqual([]);
});

test("joins a public channel and may write there from then on", async () => {
  const other = await createPlayground({ hasRateLimits: false });
  const before = await refusal(clientOf(other).chat.postMessage({ channel: ledger, text }));

  await clientOf(other).conversations.join({ channel: ledger });
  const after = await refusal(clientOf(other).chat.postMessage({ channel: ledger, text }));

  expect([before, after]).toEqual(["not_in_channel", "ok"]);
  await other.close();
});

test("pages through lists", async () => {
  const names: (string | undefined)[] = [];
  for await (const page of client.paginate("conversations.list", { limit: 2 })) {
    const channels = "channels" in page ? page.channels : undefined;
    if (!Array.isArray(channels)) throw new Error("no channels");
    names.push(...channels.map((channel: { name?: string }) => channel.name));
  }

  expect(names).toEqual(["general", "engineering", "checkout", "payments", "platform", "ledger"]);
});

test("leaves metadata out of a history unless it is asked for", async () => {
  const metadata = { event_type: "run", event_payload: { id: "1" } };
  await client.chat.postMessage({ channel: general, text, metadata });

  const plain = await client.conversations.history({ channel: general, limit: 1 });
  const whole = await client.conversations.history({
    channel: general,
    limit: 1,
    include_all_metadata: true,
  });

  expect(plain.messages?.[0]?.metadata).toBeUndefined();
  expect(whole.messages?.[0]?.metadata).toEqual(metadata);
});

test("lets nobody but this machine's pages in", async () => {
  const { apiUrl, url } = playground;

  const foreign = await status(`${url}/_playground/state`, { origin: "https://evil.example" });
  const opaque = await status(`${url}/_playground/state`, { origin: "null" });
  const own = await status(`${url}/_playground/state`, { origin: url });
  const api = await status(`${apiUrl}auth.test`, {});
  const rebound = await status(`${url}/`, { host: "evil.example" });

  expect([foreign, opaque, own, api, rebound]).toEqual([403, 403, 200, 200, 403]);
});

/** The status of a GET; `fetch` would not send a host of our choice. */
function status(target: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(target, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

interface DocumentedMethod {
  args: Record<string, { required?: boolean }>;
  scopes: { bot?: { name: string }[] };
}

const documented = sharedPath("oracles/slack-methods.json");
(documented === undefined ? describe.skip : describe)("the method table", () => {
  test("has of each method the arguments and scopes that Slack documents", () => {
    const methods: Record<string, DocumentedMethod> = JSON.parse(
      readFileSync(documented ?? "", "utf8"),
    );
    const differences = Object.entries(methodTable).flatMap(([name, spec]) => {
      const known = methods[name];
      if (known === undefined) return [`${name}: not documented`];
      const names = Object.keys(known.args);
      const ours = [...spec.required, ...spec.optional];
      const required = names.filter((arg) => known.args[arg]?.required === true);
      const scopes = known.scopes.bot?.map((scope) => scope.name) ?? [];
      return [
        ...ours.filter((arg) => !names.includes(arg)).map((arg) => `${name}: ${arg} is ours`),
        ...required
          .filter((arg) => !spec.required.includes(arg))
          .map((arg) => `${name}: ${arg} is required`),
        ...spec.scopes.filter((s) => !scopes.includes(s)).map((s) => `${name}: scope ${s} is ours`),
      ];
    });

    // Newer than the documentation that the oracle was made from, or required only in one of two forms.
    expect(differences).toMatchInlineSnapshot(`
[
  "api.test: not documented",
  "assistant.threads.setStatus: scope assistant:write is ours",
  "assistant.threads.setSuggestedPrompts: thread_ts is required",
  "blocks.validate: not documented",
  "chat.appendStream: markdown_text is required",
  "chat.stopStream: session_status is ours",
  "chat.unfurl: metadata is ours",
]
`);
  });
});
