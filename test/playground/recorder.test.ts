import { expect, test } from "@jest/globals";

import type { Driver } from "../../src/playground/driver.ts";
import { dario, general, startBench } from "./sample-bot.ts";

/** Does something on the page, without a browser. */
async function actOnPage(url: string, name: string, input: object): Promise<unknown> {
  const response = await fetch(`${url}/_playground/act/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: dario, ...input }),
  });
  return response.json();
}

test("a conversation on the page becomes a test that passes against a fresh bot", async () => {
  const recorded = await startBench();
  const { driver, url } = recorded.playground;
  await actOnPage(url, "slash", { channel: general, command: "/whoowns", text: "payments" });
  await driver.waitFor(() => driver.ephemerals(dario)[0]);
  await actOnPage(url, "click", { channel: general, actionId: "share" });
  await driver.waitFor(() => driver.messages(general).find((m) => m.text === "Shared"));
  await actOnPage(url, "say", { channel: general, text: "@Callboard hello" });
  const said = await driver.waitFor(() =>
    driver.messages(general).find((m) => m.reply_count === 1),
  );
  await actOnPage(url, "say", { channel: general, text: "@Callboard more", threadTs: said.ts });
  await driver.waitFor(() => driver.messages(general, { threadTs: said.ts }).length === 4);
  await actOnPage(url, "slash", { channel: general, command: "/newservice" });
  await driver.waitFor(() => driver.currentView(dario));
  await actOnPage(url, "enter", { blockId: "name", value: "pay-api", isSilent: true });
  await actOnPage(url, "enter", { blockId: "owner", value: "team-payments", isSilent: true });
  await actOnPage(url, "submit", {});
  await driver.waitFor(() => driver.messages(general).find((m) => m.text.startsWith("pay-api")));

  const response = await fetch(`${url}/_playground/conversation.test.ts`);
  const source = await response.text();
  await recorded.close();

  const acts = source.match(/driver\.\w+(?=\(\{)/g);
  expect(acts).toEqual([
    "driver.slash",
    "driver.click",
    "driver.say",
    "driver.say",
    "driver.slash",
    "driver.submitView",
  ]);
  expect(source).toContain('"name":"pay-api","owner":"team-payments"');
  const fresh = await startBench();
  await play(source, fresh.playground.driver);
  expect(fresh.playground.driver.calls().map(({ status }) => status)).not.toContain(
    "not_in_channel",
  );
  await fresh.close();
});

/** Runs the steps of a recorded test. */
async function play(source: string, driver: Driver): Promise<void> {
  const steps = source.split("\n").filter((line) => line.startsWith("  await driver."));
  const helper = `const threadOf = (driver, channel, text) =>
    driver.messages(channel).find((m) => m.text === text)?.ts ?? "";`;
  const module = `${helper}\nexport const run = async (driver) => {\n${steps.join("\n")}\n};`;
  const address = `data:text/javascript,${encodeURIComponent(module)}`;
  const { run }: { run: (driver: Driver) => Promise<void> } = await import(address);
  await run(driver);
}

test("faults are planned, shown and taken back over HTTP; odd ones are refused", async () => {
  const { playground, close } = await startBench();
  const address = `${playground.url}/_playground/faults`;
  const post = async (plan: object): Promise<[number, unknown]> => {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(plan),
    });
    return [response.status, await response.json()];
  };

  const planned = await post({ fault: "429", method: "chat.postMessage" });
  const odd = await post({ fault: "earthquake" });
  const shown = await fetch(address).then((response) => response.json());
  await fetch(address, { method: "DELETE" });

  expect(planned).toEqual([200, [{ fault: "429", method: "chat.postMessage", times: 1 }]]);
  expect(odd).toEqual([400, expect.objectContaining({ error: "playground-act-malformed" })]);
  expect(shown).toHaveLength(1);
  expect(playground.driver.faults.pending).toEqual([]);
  await close();
});

test("odd requests to the page's API are refused and harm nothing", async () => {
  const { playground, close } = await startBench();
  const { url } = playground;
  const statuses: number[] = [];
  const requests: [string, RequestInit][] = [
    ["act/nothing", { method: "POST", body: "{}" }],
    ["act/__proto__", { method: "POST", body: "{}" }],
    ["act/say", { method: "POST", body: "{" }],
    ["act/say", { method: "POST", body: '{"user":7}' }],
    ["act/say", { method: "POST", body: '{"user":"U0","channel":"C0","text":"x"}' }],
    ["journal/77777", {}],
    ["nothing", {}],
  ];

  for (const [path, init] of requests) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/_playground/${path}`, { headers, ...init });
    statuses.push(response.status);
  }

  expect(statuses).toEqual([404, 404, 400, 400, 400, 404, 404]);
  await close();
});
