import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { playgroundOptions } from "../../src/app/playground-options.ts";
import { createReleaser } from "../../src/base/releaser.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import type { SlackView } from "../../src/playground/slack-shapes.ts";
import { textOf } from "../../src/playground/view-state.ts";
import { methodTable } from "../../src/playground/web-api/method-table.ts";
import { startBot } from "../helpers/bot.ts";
import { sharedPath } from "../helpers/shared.ts";
import { callFaults, slackSchemas } from "../helpers/slack-schemas.ts";
import { dario } from "./sample-bot.ts";

const channel = "C0CHECKOU1";
const dataDir = mkdtempSync(join(tmpdir(), "callboard-real-"));
let playground: Playground;
const releaser = createReleaser();
releaser.add("data folder", () => rmSync(dataDir, { recursive: true, force: true }));

/** The whole bot as a process of its own, walked through everything that it does in Slack. */
beforeAll(async () => {
  slackSchemas();
  playground = await createPlayground(playgroundOptions());
  releaser.add("playground", () => playground.close());
  const bot = await startBot({
    SLACK_BOT_TOKEN: playground.botToken,
    SLACK_APP_TOKEN: playground.appToken,
    SLACK_API_URL: playground.apiUrl,
    CALLBOARD_DATA_DIR: dataDir,
  });
  releaser.add("bot", () => bot.stop());
  await walk();
}, 240_000);
afterAll(() => releaser.releaseAll(), 60_000);

async function walk(): Promise<void> {
  const { driver } = playground;
  const answered = (count: number) => () => driver.ephemerals(dario).length >= count;
  const slow = { timeoutMs: 60_000 };
  await driver.slash({ user: dario, channel, command: "/whoowns", text: "checkout" });
  await driver.waitFor(answered(1), slow);
  await driver.click({ user: dario, channel, label: "Share to channel" });
  await driver.waitFor(() => driver.messages(channel).length === 1, slow);
  await driver.slash({ user: dario, channel, command: "/callboard", text: "help" });
  await driver.slash({ user: dario, channel, command: "/callboard", text: "zzz qqq" });
  await driver.slash({ user: dario, channel, command: "/runbook", text: "ledger" });
  await driver.say({ user: dario, channel, text: "@Callboard what depends on the ledger?" });
  await driver.waitFor(() => driver.messages(channel)[1]?.reply_count === 1, slow);
  await driver.say({ user: dario, channel: "bot", text: "who owns <payments> & *co*?" });
  await driver.waitFor(() => driver.directMessages(dario).length >= 2, slow);
  await driver.openHome(dario);
  await driver.openMessagesTab(dario);
  await driver.waitFor(() => driver.homeView(dario), slow);
  await createService();
}

/** Fills in the form of the Node template page by page until the bot says that it is done. */
async function createService(): Promise<void> {
  const { driver } = playground;
  const answers: Record<string, string> = {
    Name: "seat-upgrades",
    "What does it do?": "Offers better seats.",
    Owner: "Checkout",
    "Repository: name": "seat-upgrades",
  };
  await driver.slash({ user: dario, channel, command: "/newservice", text: "node-service" });
  await driver.waitFor(() => driver.currentView(dario), { timeoutMs: 60_000 });
  for (let page = 0; page < 8; page += 1) {
    const view = driver.currentView(dario);
    if (view === undefined) break;
    const values = await valuesFor(view, answers);
    const { error, errors } = await driver.submitView({ user: dario, values });
    expect({ error, errors }).toEqual({ error: undefined, errors: undefined });
  }
  await driver.waitFor(() => driver.messages(channel).find(({ text }) => text.includes("Done")), {
    timeoutMs: 60_000,
    what: "the end of the run",
  });
}

async function valuesFor(
  view: SlackView,
  answers: Record<string, string>,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const block of view.blocks) {
    const answer = answers[textOf(block["label"])];
    const blockId = block.block_id;
    if (block.type !== "input" || answer === undefined || blockId === undefined) continue;
    values[blockId] = isSearched(block["element"]) ? await firstOption(blockId, answer) : answer;
  }
  return values;
}

function isSearched(element: unknown): boolean {
  return JSON.stringify(element).includes('"external_select"');
}

async function firstOption(blockId: string, value: string): Promise<string> {
  const { options } = await playground.driver.typeahead({ user: dario, blockId, value });
  return options[0]?.value ?? "";
}

describe("every call of the bot", () => {
  test("is one that Slack has, accepted by the playground", () => {
    const calls = playground.driver.calls();

    expect(new Set(calls.map(({ name }) => name)).size).toBeGreaterThan(5);
    expect(calls.filter(({ name }) => methodTable[name] === undefined)).toEqual([]);
    expect(calls.filter(({ status }) => status !== "ok")).toEqual([]);
  });

  test("fits the types of Slack's own packages and gives no cause for warnings", () => {
    const calls = playground.driver.calls();

    expect(callFaults(calls)).toEqual([]);
    expect(
      calls.flatMap(({ name, warnings = [] }) => warnings.map((w) => `${name}: ${w}`)),
    ).toEqual([]);
  });

  test("needs no more than the scopes of the manifest", () => {
    const scopes = new Set(playgroundOptions().scopes);
    const missing = playground.driver.calls().filter(({ name }) => {
      const needed = methodTable[name]?.scopes ?? [];
      return needed.length > 0 && !needed.some((scope) => scopes.has(scope));
    });

    expect(missing).toEqual([]);
  });
});

const documented = sharedPath("oracles/slack-methods.json");
(documented === undefined ? describe.skip : describe)("by Slack's documentation", () => {
  test("every call has all required arguments", () => {
    const methods: Record<string, { args: Record<string, { required?: boolean }> }> = JSON.parse(
      readFileSync(documented ?? "", "utf8"),
    );
    const missing = playground.driver.calls().flatMap(({ name, request }) => {
      const given = Object.keys(request ?? {});
      const args = Object.entries(methods[name]?.args ?? {});
      return args
        .filter(([arg, { required }]) => required === true && !given.includes(arg))
        .map(([arg]) => `${name}: ${arg}`);
    });

    // Optional since the agent pane has no threads; the documentation that we have is older.
    const known = ["assistant.threads.setSuggestedPrompts: thread_ts"];
    expect([...new Set(missing)].filter((entry) => !known.includes(entry))).toEqual([]);
  });
});

test("every payload was acknowledged in time", () => {
  const deliveries = playground.driver.journal().filter(({ kind }) => kind === "delivery");

  expect(deliveries.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(deliveries.length).toBeGreaterThan(10);
});
