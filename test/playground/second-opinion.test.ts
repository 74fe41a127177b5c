import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { WebClient } from "@slack/web-api";
import { createEmulator, type Emulator } from "emulate";

import { isRecord } from "../../src/base/json.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { freePort } from "../helpers/servers.ts";
import { quiet } from "./sample-bot.ts";

/** A Slack emulated by people who are not us: no blocks, no interactions, but the simple methods. */
let theirs: Emulator;
let ours: Playground;
let pair: { theirs: WebClient; ours: WebClient };
/** The channel's id, the person's and a message's `ts`, which differ between the two. */
const known: Record<"theirs" | "ours", Record<string, string>> = { theirs: {}, ours: {} };

beforeAll(async () => {
  const port = await freePort();
  theirs = await createEmulator({
    service: "slack",
    port,
    seed: {
      tokens: { "xoxb-theirs": { login: "dario", scopes: [] } },
      slack: {
        team: { name: "Footlight", domain: "footlight" },
        users: [
          { name: "dario", real_name: "Dario Costa", email: "dario@footlight.example" },
          { name: "theo", real_name: "Theo Blake", email: "theo@footlight.example" },
        ],
        channels: [{ name: "general" }],
        bots: [{ name: "callboard" }],
      },
    },
  });
  ours = await createPlayground({
    hasRateLimits: false,
    people: [
      { id: "U0THEO0001", name: "theo", realName: "Theo Blake", email: "theo@footlight.example" },
    ],
    channels: [
      {
        id: "C0GENERAL1",
        name: "general",
        kind: "public",
        members: ["U0CALLBRD1", "U0THEO0001"],
      },
    ],
  });
  const options = { retryConfig: { retries: 0 }, logger: quiet };
  pair = {
    theirs: new WebClient("xoxb-theirs", {
      ...options,
      slackApiUrl: `http://127.0.0.1:${port}/api/`,
    }),
    ours: new WebClient(ours.botToken, { ...options, slackApiUrl: ours.apiUrl }),
  };
  for (const side of ["theirs", "ours"] as const) await meet(side);
}, 60_000);
afterAll(async () => {
  await theirs.close();
  await ours.close();
});

async function meet(side: "theirs" | "ours"): Promise<void> {
  const client = pair[side];
  const { channels } = await client.conversations.list();
  const channel = channels?.find(({ name }) => name === "general")?.id ?? "";
  const { user } = await client.users.lookupByEmail({ email: "theo@footlight.example" });
  const { ts = "" } = await client.chat.postMessage({ channel, text: "hello" });
  known[side] = { channel, user: user?.id ?? "", ts };
}

/** The same call to both: `$channel`, `$user` and `$ts` stand for what each of them calls so. */
async function callBoth(
  method: string,
  args: Record<string, unknown>,
): Promise<{ theirs: unknown; ours: unknown }> {
  const call = async (side: "theirs" | "ours"): Promise<unknown> => {
    const filled = Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" && value.startsWith("$") ? known[side][value.slice(1)] : value,
    ]);
    try {
      return await pair[side].apiCall(method, Object.fromEntries(filled));
    } catch (thrown) {
      return isRecord(thrown) ? thrown["data"] : thrown;
    }
  };
  return { theirs: await call("theirs"), ours: await call("ours") };
}

/** The error's name, or `ok`. */
function verdict(answer: unknown): unknown {
  return isRecord(answer) ? (answer["error"] ?? "ok") : answer;
}

test.each<[string, Record<string, unknown>]>([
  ["auth.test", {}],
  ["chat.postMessage", { channel: "$channel", text: "x" }],
  ["chat.postMessage", { channel: "C0NOWHERE1", text: "x" }],
  ["chat.postMessage", { channel: "$channel" }],
  ["chat.postMessage", { channel: "$channel", text: "x", thread_ts: "$ts" }],
  ["chat.update", { channel: "$channel", ts: "$ts", text: "changed" }],
  ["chat.update", { channel: "$channel", ts: "1.000000", text: "x" }],
  ["chat.delete", { channel: "$channel", ts: "1.000000" }],
  ["conversations.info", { channel: "$channel" }],
  ["conversations.info", { channel: "C0NOWHERE1" }],
  ["conversations.history", { channel: "$channel" }],
  ["conversations.replies", { channel: "$channel", ts: "$ts" }],
  ["conversations.members", { channel: "$channel" }],
  ["conversations.open", { users: "$user" }],
  ["reactions.add", { channel: "$channel", timestamp: "$ts", name: "eyes" }],
  ["reactions.add", { channel: "$channel", timestamp: "$ts", name: "eyes" }],
  ["reactions.remove", { channel: "$channel", timestamp: "$ts", name: "eyes" }],
  ["reactions.remove", { channel: "$channel", timestamp: "$ts", name: "eyes" }],
  ["team.info", {}],
  ["users.info", { user: "$user" }],
  ["users.info", { user: "U0NOBODY01" }],
  ["users.list", {}],
  ["users.lookupByEmail", { email: "no@body.example" }],
  ["views.publish", { user_id: "$user", view: { type: "home", blocks: [] } }],
])("agrees on %s %j", async (method, args) => {
  const answers = await callBoth(method, args);

  expect({ [method]: verdict(answers.ours) }).toEqual({ [method]: verdict(answers.theirs) });
});

test("is stricter where Slack's documentation is: there is no thread without its parent", async () => {
  const answers = await callBoth("conversations.replies", { channel: "$channel", ts: "1.000000" });

  expect(verdict(answers.theirs)).toBe("ok");
  expect(verdict(answers.ours)).toBe("thread_not_found");
});

test("answers with the fields that they answer with", async () => {
  const missing: string[] = [];
  for (const [method, args] of [
    ["auth.test", {}],
    ["chat.postMessage", { channel: "$channel", text: "x" }],
    ["chat.update", { channel: "$channel", ts: "$ts", text: "y" }],
    ["conversations.info", { channel: "$channel" }],
    ["conversations.history", { channel: "$channel" }],
    ["users.info", { user: "$user" }],
  ] as const) {
    const answers = await callBoth(method, args);
    const paths = pathsIn(answers.ours);
    missing.push(
      ...pathsIn(answers.theirs)
        .filter((path) => !paths.includes(path))
        .map((path) => `${method}: ${path}`),
    );
  }

  // What a bot has no use for.
  expect([...new Set(missing)].toSorted()).toMatchInlineSnapshot(`
[
  "chat.update: .message.reply_count",
  "chat.update: .message.reply_users",
  "chat.update: .message.reply_users[]",
  "chat.update: .message.ts",
  "conversations.info: .channel.is_open",
  "conversations.info: .channel.last_read",
  "users.info: .user.profile.huddle_state",
  "users.info: .user.profile.huddle_state_expiration_ts",
  "users.info: .user.profile.image_192",
  "users.info: .user.profile.image_48",
  "users.info: .user.profile.phone",
  "users.info: .user.profile.skype",
  "users.info: .user.profile.status_emoji",
  "users.info: .user.profile.status_emoji_display_info",
  "users.info: .user.profile.status_emoji_display_info[]",
  "users.info: .user.profile.status_expiration",
  "users.info: .user.profile.status_text",
]
`);
});

/** Every field's path; of lists the first entry's. */
function pathsIn(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return pathsIn(value[0], `${path}[]`);
  if (!isRecord(value)) return [path];
  return Object.entries(value).flatMap(([name, entry]) => [
    `${path}.${name}`,
    ...pathsIn(entry, `${path}.${name}`),
  ]);
}
