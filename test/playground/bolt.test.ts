import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { type Bench, dario, general, ledger, startBench } from "./sample-bot.ts";

describe.each(["socket", "http"] as const)("a Bolt app by %s", (transport) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ transport });
  });
  afterAll(() => bench.close());

  test("answers a slash command to one person", async () => {
    const { driver } = bench.playground;

    const outcome = await driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "payments",
    });
    const message = await driver.waitFor(() => driver.ephemerals(dario).at(-1));

    expect(outcome.error).toBeUndefined();
    expect(message).toMatchObject({ text: "Owner of payments", channel: general });
    expect(driver.messages(general)).toEqual([]);
  });

  test("shows what came with the acknowledgement", async () => {
    const outcome = await bench.playground.driver.slash({
      user: dario,
      channel: general,
      command: "/quick",
    });

    expect(outcome.message).toMatchObject({ text: "at once", is_ephemeral: true });
  });

  test("replaces and deletes an ephemeral message by its response URL", async () => {
    const { driver } = bench.playground;
    await driver.slash({ user: dario, channel: general, command: "/whoowns", text: "x" });
    const { ts } = await driver.waitFor(() =>
      driver.ephemerals(dario).find((m) => m.text === "Owner of x"),
    );

    await driver.select({ user: dario, channel: general, ts, actionId: "pick", value: "Two" });
    const replaced = await driver.waitFor(() =>
      driver.ephemerals(dario).find((m) => m.ts === ts && m.text === "Picked 2"),
    );

    expect(replaced.blocks).toBeUndefined();
  });

  test("posts to the channel when a button is pressed", async () => {
    const { driver } = bench.playground;
    await driver.slash({ user: dario, channel: general, command: "/whoowns", text: "y" });
    await driver.waitFor(() => driver.ephemerals(dario).find((m) => m.text === "Owner of y"));

    await driver.click({ user: dario, channel: general, actionId: "share" });
    const shared = await driver.waitFor(() =>
      driver.messages(general).find((m) => m.text === "Shared"),
    );

    expect(shared).toMatchObject({ user: "U0CALLBRD1", bot_id: "B0CALLBRD1" });
    expect(driver.ephemerals(dario).some((m) => m.text === "Owner of y")).toBe(false);
  });

  test("answers a mention in its thread", async () => {
    const { driver } = bench.playground;

    const said = await driver.say({
      user: dario,
      channel: general,
      text: "@Callboard who owns <payments> & co?",
    });
    const reply = await driver.waitFor(
      () => driver.messages(general, { threadTs: said.message.ts })[1],
    );

    expect(reply.text).toBe("Heard: <@U0CALLBRD1> who owns &lt;payments&gt; &amp; co?");
    expect(driver.messages(general).at(-1)?.reply_count).toBe(1);
  });

  test("answers in a direct message, and its own echo starts nothing", async () => {
    const { driver } = bench.playground;

    await driver.say({ user: dario, channel: "bot", text: "hello" });
    await driver.waitFor(() => driver.directMessages(dario).length === 2);

    expect(driver.directMessages(dario).map((m) => m.text)).toEqual(["hello", "You said hello"]);
  });

  test("fills in a form: search, error at its field, next page, submission", async () => {
    const { driver } = bench.playground;
    await driver.slash({ user: dario, channel: general, command: "/newservice" });
    await driver.waitFor(() => driver.currentView(dario));

    const offered = await driver.typeahead({ user: dario, actionId: "owner", value: "check" });
    const empty = await driver.submitView({ user: dario });
    const taken = await driver.submitView({
      user: dario,
      values: { name: "taken", owner: "team-checkout" },
    });
    const pushed = await driver.submitView({ user: dario, values: { name: "more" } });
    const done = await driver.submitView({
      user: dario,
      values: { name: "pay-api", owner: "team-payments", kind: "library" },
    });

    expect(offered.options.map((o) => o.value)).toEqual(["team-checkout"]);
    expect(Object.keys(empty.errors ?? {})).toEqual(["name", "owner"]);
    expect(taken.errors).toEqual({ name: "This name is taken." });
    expect(pushed.view?.title.text).toBe("Second page");
    expect(done.error).toBeUndefined();
    expect(done.view?.title.text).toBe("New service");
    const posted = await driver.waitFor(() =>
      driver.messages(general).find((m) => m.text.startsWith("pay-api")),
    );
    expect(JSON.parse(posted.text.slice("pay-api ".length))).toMatchObject({
      name: { value: { type: "plain_text_input", value: "pay-api" } },
      owner: { owner: { selected_option: { value: "team-payments" } } },
      kind: { kind: { selected_option: { value: "library" } } },
    });
    await driver.closeView({ user: dario });
    await driver.waitFor(() => driver.directMessages(dario).some((m) => m.text === "Closed"));
    expect(driver.currentView(dario)).toBeUndefined();
  });

  test("redraws a form when a field asks for it, and keeps what was typed", async () => {
    const { driver } = bench.playground;
    await driver.slash({ user: dario, channel: general, command: "/newservice" });
    await driver.waitFor(() => driver.currentView(dario));
    await driver.enter({ user: dario, blockId: "name", value: "kept" });

    await driver.enter({ user: dario, blockId: "kind", value: "library" });
    const view = await driver.waitFor(() => {
      const current = driver.currentView(dario);
      return current?.title.text === "New library" ? current : undefined;
    });

    expect(view.state.values["name"]?.["value"]?.value).toBe("kept");
    await driver.closeView({ user: dario, isCleared: true });
  });

  test("publishes a Home tab and opens a modal from a shortcut", async () => {
    const { driver } = bench.playground;

    await driver.openHome(dario);
    const home = await driver.waitFor(() => driver.homeView(dario));
    await driver.shortcut({ user: dario, callbackId: "new_service" });
    const modal = await driver.waitFor(() => driver.currentView(dario));

    expect(home.blocks[0]).toMatchObject({ type: "header" });
    expect(modal.title.text).toBe("From shortcut");
    await driver.closeView({ user: dario });
  });

  test("answers a message shortcut", async () => {
    const { driver } = bench.playground;
    const { message } = await driver.say({
      user: dario,
      channel: general,
      text: "payments is down",
    });

    await driver.shortcut({
      user: dario,
      callbackId: "who_owns_this",
      channel: general,
      ts: message.ts,
    });

    const answer = await driver.waitFor(() =>
      driver.ephemerals(dario).find((m) => m.text === "About payments is down"),
    );
    expect(answer.channel).toBe(general);
  });

  test("is refused in a channel that it is not in", async () => {
    const { driver } = bench.playground;

    await driver.slash({ user: dario, channel: ledger, command: "/post", text: "hi" });
    const call = await driver.waitFor(() =>
      driver
        .calls("chat.postMessage")
        .find((entry) => entry.status !== "pending" && entry.status !== "ok"),
    );

    expect(call.status).toBe("not_in_channel");
  });
});
