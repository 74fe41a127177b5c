import { afterEach, describe, expect, test } from "@jest/globals";
import { WebClient } from "@slack/web-api";

import type { PlaygroundOptions } from "../../src/playground/create-playground.ts";
import { type Bench, dario, form, general, ledger, quiet, startBench, theo } from "./sample-bot.ts";

let bench: Bench | undefined;
async function start(options: PlaygroundOptions = {}): Promise<Bench> {
  bench = await startBench(options);
  return bench;
}
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

/** The trigger id of the last payload that had one. */
function lastTrigger({ playground }: Bench): string {
  const payloads = playground.driver.journal().map(({ request }) => JSON.stringify(request));
  const ids = payloads.flatMap((text) => /"trigger_id":"([^"]+)"/.exec(text)?.[1] ?? []);
  return ids.at(-1) ?? "";
}

describe("a trigger id", () => {
  test("opens one view only", async () => {
    const { app, playground } = await start();
    await playground.driver.slash({ user: dario, channel: general, command: "/newservice" });
    await playground.driver.waitFor(() => playground.driver.currentView(dario));

    const again = app.client.views.open({
      trigger_id: lastTrigger({ app, playground, close: () => Promise.resolve() }),
      view: form(),
    });

    await expect(again).rejects.toMatchObject({ data: { error: "exchanged_trigger_id" } });
  });

  test("dies after three seconds", async () => {
    let now = Date.now();
    const { app, playground } = await start({ clock: () => now });
    await playground.driver.slash({ user: dario, channel: general, command: "/quick" });
    now += 3_001;

    const late = app.client.views.open({
      trigger_id: lastTrigger({ app, playground, close: () => Promise.resolve() }),
      view: form(),
    });

    await expect(late).rejects.toMatchObject({ data: { error: "expired_trigger_id" } });
  });
});

async function postTo(url: string, body: object): Promise<[number, unknown]> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  return [response.status, text === "ok" ? "ok" : JSON.parse(text).error];
}
async function urlOf({ playground }: Bench): Promise<string> {
  await playground.driver.slash({ user: dario, channel: general, command: "/quick" });
  const { request } = playground.driver.journal().findLast(({ name }) => name === "/quick") ?? {};
  return /"response_url":"([^"]+)"/.exec(JSON.stringify(request))?.[1] ?? "";
}

const clientOf = ({ playground }: Bench): WebClient =>
  new WebClient(playground.botToken, {
    slackApiUrl: playground.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
const post = (client: WebClient): Promise<unknown> =>
  client.chat.postMessage({ channel: general, text: "x" });

describe("a response URL", () => {
  test("takes five posts", async () => {
    const url = await urlOf(await start());

    const results: unknown[] = [];
    for (let count = 0; count < 6; count += 1) results.push(await postTo(url, { text: "x" }));

    expect(results.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => [200, "ok"]));
    expect(results[5]).toEqual([404, "used_url"]);
  });

  test("lives thirty minutes", async () => {
    let now = Date.now();
    const url = await urlOf(await start({ clock: () => now }));
    now += 30 * 60_000 + 1;

    expect(await postTo(url, { text: "x" })).toEqual([404, "expired_url"]);
  });

  test("refuses what a message could not be", async () => {
    const url = await urlOf(await start());

    expect(await postTo(url, { blocks: [{ type: "nope" }] })).toEqual([400, "invalid_blocks"]);
    expect(await postTo(url, {})).toEqual([400, "no_text"]);
    expect(await postTo(`${url}x`, { text: "x" })).toEqual([404, "invalid_url"]);
  });

  test("answers in the channel when asked to", async () => {
    const started = await start();
    const url = await urlOf(started);

    await postTo(url, { text: "for all", response_type: "in_channel" });

    expect(started.playground.driver.messages(general).map((m) => m.text)).toEqual(["for all"]);
  });
});

describe("when the bot does not answer", () => {
  test.each(["socket", "http"] as const)(
    "a command ends in operation_timeout (%s)",
    async (transport) => {
      const { playground } = await start({ transport, ackTimeoutMs: 60 });

      const outcome = await playground.driver.slash({
        user: dario,
        channel: general,
        command: "/silent",
      });

      expect(outcome.error).toBe("operation_timeout");
      expect(outcome.message?.text).toBe("`/silent` failed with the error “operation_timeout”.");
    },
  );

  test("without a connection it ends in dispatch_failed", async () => {
    const { app, playground } = await start();
    const { driver } = playground;
    await app.stop();
    await driver.waitFor(() => !driver.isConnected());

    const outcome = await driver.slash({ user: dario, channel: general, command: "/quick" });

    expect(outcome.message?.text).toBe("`/quick` failed with the error “dispatch_failed”.");
  });

  test("an event is sent again with the same id, at most three times", async () => {
    const { app, playground } = await start({ ackTimeoutMs: 40, retryDelaysMs: [0, 1, 1] });
    const { driver } = playground;
    const retries: (number | undefined)[] = [];
    app.use(async ({ context, next }) => {
      retries.push(context.retryNum);
      await next();
    });
    driver.faults.next({ delivery: "events_api", fault: "lost-ack", times: 2 });

    await driver.say({ user: dario, channel: general, text: "@Callboard hi" });
    const deliveries = await driver.waitFor(() => {
      const all = driver
        .journal()
        .filter((e) => e.name === "app_mention" && e.status !== "pending");
      return all.length === 3 ? all : undefined;
    });

    expect(deliveries.map((e) => e.status)).toEqual([
      "operation_timeout",
      "operation_timeout",
      "ok",
    ]);
    const ids = deliveries.map(
      ({ request }) => /"event_id":"(\w+)"/.exec(JSON.stringify(request))?.[1],
    );
    expect(new Set(ids).size).toBe(1);
    expect(retries).toEqual([0, 1, 2]);
  });
});

describe("faults", () => {
  test.each([
    ["lost-reply", { code: "slack_webapi_request_error" }, 1],
    ["dropped", { code: "slack_webapi_request_error" }, 0],
    ["429", { code: "slack_webapi_rate_limited_error", retryAfter: 1 }, 0],
    ["503", { code: "slack_webapi_http_error", statusCode: 503 }, 0],
    ["error", { data: { error: "fatal_error" } }, 0],
  ] as const)("%s meets the next call and no other", async (fault, error, posted) => {
    const started = await start();
    const { driver } = started.playground;
    driver.faults.next({ method: "chat.postMessage", fault });

    await expect(post(clientOf(started))).rejects.toMatchObject(error);
    expect(driver.messages(general)).toHaveLength(posted);
    await expect(post(clientOf(started))).resolves.toMatchObject({ ok: true });
    expect(driver.faults.pending).toEqual([]);
  });

  test("slow answers late", async () => {
    const started = await start();
    started.playground.driver.faults.next({ fault: "slow", delayMs: 80 });

    await post(clientOf(started));

    expect(started.playground.driver.calls("chat.postMessage")[0]?.elapsedMs).toBeGreaterThan(60);
  });

  test("duplicate delivers a command twice", async () => {
    const { playground } = await start();
    playground.driver.faults.next({ delivery: "slash_commands", fault: "duplicate" });

    await playground.driver.slash({
      user: dario,
      channel: general,
      command: "/post",
      text: "twice",
    });
    const both = await playground.driver.waitFor(() => {
      const messages = playground.driver.messages(general);
      return messages.length === 2 ? messages : undefined;
    });

    expect(both.map((m) => m.text)).toEqual(["twice", "twice"]);
  });

  test("an unknown one is refused with the names of those there are", async () => {
    const { playground } = await start();
    const plan = JSON.parse('{ "fault": "earthquake" }');

    expect(() => playground.driver.faults.next(plan)).toThrow("earthquake");
  });
});

describe("people", () => {
  test("see only their own ephemeral messages", async () => {
    const { playground } = await start();

    await playground.driver.slash({ user: dario, channel: general, command: "/quick" });

    expect(playground.driver.ephemerals(dario)).toHaveLength(1);
    expect(playground.driver.ephemerals(theo)).toEqual([]);
  });

  test("are told when a command does not exist", async () => {
    const { playground } = await start({ commands: [{ command: "/quick", description: "x" }] });

    const outcome = await playground.driver.slash({
      user: dario,
      channel: general,
      command: "/nope",
    });

    expect(outcome).toMatchObject({
      error: "unknown_command",
      message: { text: "`/nope` is not a valid command." },
    });
  });

  test("mention the bot in vain where it is not a member, until they invite it", async () => {
    const { playground } = await start();
    const { driver } = playground;
    await driver.say({ user: dario, channel: ledger, text: "@Callboard hi" });
    expect(driver.ephemerals(dario)).toMatchObject([
      { user: "USLACKBOT", text: expect.stringContaining("is not in this channel") },
    ]);
    const before = driver.journal().filter(({ kind }) => kind === "delivery");

    await driver.invite({ user: dario, channel: ledger });
    const { message } = await driver.say({ user: dario, channel: ledger, text: "@Callboard hi" });
    await driver.waitFor(() => driver.messages(ledger, { threadTs: message.ts })[1]);

    expect(before).toEqual([]);
  });

  test("cannot press what is not there", async () => {
    const { playground } = await start();

    const click = playground.driver.click({ user: dario, channel: general, actionId: "nothing" });

    await expect(click).rejects.toMatchObject({ code: "playground-element-unknown" });
  });

  test("stack three modals and no more, and close them one by one", async () => {
    const { app, playground } = await start();
    const { driver } = playground;
    await driver.slash({ user: dario, channel: general, command: "/newservice" });
    await driver.waitFor(() => driver.currentView(dario));
    const values = { name: "more", owner: "team-payments" };
    const second = await driver.submitView({ user: dario, values });
    const third = await driver.submitView({ user: dario, values });

    const fourth = await driver.submitView({ user: dario, values });
    await driver.closeView({ user: dario });
    await driver.waitFor(() => driver.directMessages(dario).some((m) => m.text === "Closed"));

    expect([second.error, third.error, fourth.error]).toEqual([
      undefined,
      undefined,
      "push_limit_reached",
    ]);
    expect(driver.currentView(dario)?.id).toBe(second.view?.id);
    expect(app).toBeDefined();
  });

  test("get Slack's own complaints before the bot is asked", async () => {
    const { playground } = await start();
    const { driver } = playground;
    await driver.slash({ user: dario, channel: general, command: "/newservice" });
    await driver.waitFor(() => driver.currentView(dario));

    const tooLong = await driver.submitView({
      user: dario,
      values: { name: "x".repeat(21), owner: "team-payments" },
    });

    expect(tooLong.errors).toEqual({ name: "This should be 20 characters or fewer." });
    expect(driver.journal().some(({ name }) => name.startsWith("view_submission"))).toBe(false);
  });
});

test("says what it waited for and what went on", async () => {
  const { playground } = await start();
  await playground.driver.slash({ user: dario, channel: general, command: "/quick" });

  const wait = playground.driver.waitFor(() => undefined, { timeoutMs: 20, what: "a miracle" });

  await expect(wait).rejects.toThrow(/Waited 20 ms for a miracle.*delivery \/quick: ok/);
});

test("keeps one socket serving while the other is recycled", async () => {
  const { playground } = await start();
  playground.driver.disconnect();

  const outcome = await playground.driver.slash({
    user: dario,
    channel: general,
    command: "/quick",
  });

  // The small bot has one socket only: that is the gap which a second one closes.
  expect(outcome.error).toBe("dispatch_failed");
});
