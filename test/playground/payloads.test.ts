import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { isRecord } from "../../src/base/json.ts";
import { callFaults, slackSchemas } from "../helpers/slack-schemas.ts";
import { type Bench, dario, general, startBench } from "./sample-bot.ts";

let bench: Bench;
beforeAll(async () => {
  slackSchemas();
  bench = await startBench({
    unfurlDomains: ["example.com"],
    events: [
      "app_home_opened",
      "app_mention",
      "link_shared",
      "member_joined_channel",
      "message.channels",
      "message.im",
    ],
  });
  const { driver } = bench.playground;
  await driver.slash({ user: dario, channel: general, command: "/whoowns", text: "a" });
  await driver.waitFor(() => driver.ephemerals(dario)[0]);
  await driver.slash({ user: dario, channel: general, command: "/post", text: "b" });
  const post = await driver.waitFor(() => driver.messages(general)[0]);
  await driver.click({ user: dario, channel: general, actionId: "share" });
  await driver.waitFor(() => driver.messages(general).find((m) => m.text === "Shared"));
  await driver.select({ user: dario, channel: general, actionId: "pick", value: "1" });
  await driver.slash({ user: dario, channel: general, command: "/newservice" });
  await driver.waitFor(() => driver.currentView(dario));
  await driver.enter({ user: dario, blockId: "kind", value: "library" });
  await driver.submitView({ user: dario, values: { name: "taken", owner: "team-payments" } });
  await driver.closeView({ user: dario });
  await driver.say({ user: dario, channel: general, text: "@Callboard see https://example.com/x" });
  await driver.say({ user: dario, channel: "bot", text: "hello" });
  await driver.openHome(dario);
  await driver.waitFor(() => driver.homeView(dario));
  await driver.openHome(dario);
  await driver.shortcut({ user: dario, callbackId: "new_service" });
  await driver.shortcut({
    user: dario,
    callbackId: "who_owns_this",
    channel: general,
    ts: post.ts,
  });
  await driver.invite({ user: dario, channel: "ledger" });
}, 120_000);
afterAll(() => bench.close());

/** Everything delivered to the bot, with the name of its schema. */
function delivered(): { schema: string; payload: Record<string, unknown> }[] {
  return bench.playground.driver
    .journal()
    .filter(({ kind }) => kind === "delivery")
    .map(({ request }) => (isRecord(request) ? request : {}))
    .map((payload) => {
      const { event, type, command } = payload;
      if (isRecord(event)) return { schema: eventSchema(event), payload: event };
      return {
        schema: `payload ${command === undefined ? String(type) : "slash_commands"}`,
        payload,
      };
    });
}

function eventSchema(event: Record<string, unknown>): string {
  return `event ${String(event["subtype"] ?? event["type"])}`;
}

test("delivers payloads that fit Bolt's own types", () => {
  const all = delivered().filter(({ schema }) => slackSchemas().has(schema));

  expect([...new Set(all.map(({ schema }) => schema))].toSorted()).toEqual([
    "event app_home_opened",
    "event app_mention",
    "event link_shared",
    "event member_joined_channel",
    "event message",
    "payload block_suggestion",
    "payload message_action",
    "payload shortcut",
    "payload slash_commands",
    "payload view_closed",
    "payload view_submission",
  ]);
  expect(
    all.flatMap(({ schema, payload }) =>
      slackSchemas().faults(schema, loose(payload, untyped[schema] ?? [])),
    ),
  ).toEqual([]);
});

/** Fields that Slack sends and Bolt's types leave out, by schema. */
const untyped: Record<string, string[]> = {
  "event app_home_opened": ["view"],
  "event message": ["app_id"],
  "payload block_suggestion": ["user.username"],
  "payload message_action": ["api_app_id"],
  "payload shortcut": ["api_app_id"],
  "payload view_closed": ["user.username"],
  "payload view_submission": ["user.username"],
};

/** The payload without `null` for absent things, and without fields that Bolt's types do not mention. */
function loose(
  payload: Record<string, unknown>,
  dropped: readonly string[],
  prefix = "",
): Record<string, unknown> {
  const entries = Object.entries(payload)
    .filter(([name, value]) => value !== null && !dropped.includes(prefix + name))
    .map(([name, value]) => [
      name,
      name === "user" && isRecord(value) ? loose(value, dropped, "user.") : value,
    ]);
  return Object.fromEntries(entries);
}

test("says with each block action who, where, what and in which state", () => {
  const actions = bench.playground.driver
    .journal()
    .filter(({ name }) => name.startsWith("block_actions"))
    .map(({ request }) => (isRecord(request) ? request : {}));
  const [share, pick, kind] = actions;

  expect(share).toMatchObject({
    type: "block_actions",
    user: { id: dario, username: "dario.costa", team_id: "T0FOOTLIT1" },
    container: { type: "message", channel_id: general, is_ephemeral: true },
    channel: { id: general, name: "general" },
    actions: [{ type: "button", action_id: "share", block_id: "answer", value: "payments" }],
  });
  expect(share).not.toHaveProperty("message");
  expect(pick).toMatchObject({
    container: { is_ephemeral: false },
    message: { text: "Shared", bot_id: "B0CALLBRD1" },
    state: { values: { answer: { pick: { selected_option: { value: "1" } } } } },
    actions: [{ type: "static_select", selected_option: { value: "1" } }],
  });
  expect(kind).toMatchObject({
    container: { type: "view" },
    view: { callback_id: "form", private_metadata: "draft-1" },
    actions: [{ type: "radio_buttons", selected_option: { value: "library" } }],
  });
  expect(kind).not.toHaveProperty("response_url");
});

test("finds nothing wrong with the calls of a real Bolt app", () => {
  const { driver } = bench.playground;

  expect(driver.calls().map(({ name }) => name)).toContain("views.open");
  expect(callFaults(driver.calls())).toEqual([]);
  expect(driver.calls().flatMap(({ warnings = [] }) => warnings)).toEqual([]);
});
