import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";

import { createFakeServices, sampleTemplate, type FakeServices } from "../helpers/fake-services.ts";
import { answerWith, entityCard } from "../helpers/sample-answers.ts";
import {
  dario,
  general,
  guest,
  ledger,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

describe.each(["http", "socket"] as const)("a question by %s", (transport) => {
  let bench: SlackBench;
  let services: FakeServices;
  beforeAll(async () => {
    services = createFakeServices([sampleTemplate("node-service", [])]);
    bench = await startSlackBench({ transport, services });
  });
  beforeEach(() => {
    services.asked.length = 0;
  });
  afterAll(async () => await bench.close());

  test("/whoowns answers only the asker, with the acknowledgement itself", async () => {
    const { driver } = bench;

    const outcome = await driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "payments",
    });

    expect(outcome.error).toBeUndefined();
    expect(outcome.message).toMatchObject({
      is_ephemeral: true,
      text: "Payments API is owned by Payments.",
    });
    expect(JSON.stringify(outcome.message?.blocks)).toContain("<#C0PAYMENT1|payments>");
    expect(services.asked[0]?.question).toBe("who owns payments");
    expect(services.asked[0]?.context.userRef).toBe("user:default/dario.costa");
    expect(driver.messages(general)).toEqual([]);
  });

  test("/runbook asks for a runbook and shows the section", async () => {
    const outcome = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/runbook",
      text: "payments latency",
    });

    expect(services.asked[0]?.question).toBe("runbook for payments latency");
    expect(outcome.message?.text).toBe("High latency: check the queue.");
  });

  test("a bare command shows help", async () => {
    const outcome = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "",
    });

    expect(services.asked[0]?.question).toBe("help");
    expect(outcome.message?.text).toContain("who owns payments-api: its team and channel");
  });

  test("/callboard status says how the catalog is, and anything else is a question", async () => {
    const status = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/callboard",
      text: "status",
    });
    await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/callboard",
      text: "what depends on payments?",
    });

    expect(status.message?.text).toContain(
      "64 entities, 15 documents, 3 templates; 0 errors, 2 warnings",
    );
    expect(services.asked.map((each) => each.question)).toEqual(["what depends on payments?"]);
  });

  test("an answer that takes long follows the acknowledgement and takes its place", async () => {
    const { driver } = bench;
    const gate = new EventTarget();
    services.failures.answer = async () => {
      await new Promise((resolve) => gate.addEventListener("open", resolve, { once: true }));
      return answerWith(entityCard, { text: "The late answer." });
    };

    const outcome = await driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "slow",
    });
    gate.dispatchEvent(new Event("open"));
    await driver.waitFor(() =>
      driver.ephemerals(dario).some((each) => each.text === "The late answer."),
    );

    expect(outcome.message?.text).toBe("One moment, I am looking.");
  });

  test("a mention is answered in its thread, as in a direct message", async () => {
    const { driver } = bench;

    const said = await driver.say({
      user: dario,
      channel: general,
      text: "@Callboard who owns <payments> & co?",
    });
    const reply = await driver.waitFor(
      () => driver.messages(general, { threadTs: said.message.ts })[1],
    );
    await driver.say({ user: dario, channel: "bot", text: "who owns payments?" });
    const direct = await driver.waitFor(() => driver.directMessages(dario)[1]);

    expect(reply.text).toBe("Payments API is owned by Payments.");
    expect(direct.text).toBe(reply.text);
    expect(services.asked.map((each) => each.question)).toEqual([
      "who owns <payments> & co?",
      "who owns payments?",
    ]);
  });

  test("a choice is answered by its button, in place", async () => {
    const { driver } = bench;
    const asked = await driver.slash({
      user: dario,
      channel: general,
      command: "/callboard",
      text: "ambiguous",
    });
    const ts = asked.message?.ts ?? "";

    await driver.click({ user: dario, channel: general, ts, actionId: "ask/0" });
    await driver.waitFor(() =>
      driver
        .ephemerals(dario)
        .some((each) => each.ts === ts && each.text.startsWith("Payments API")),
    );

    expect(services.asked.at(-1)?.question).toBe("who owns component:default/payments-api");
  });

  test("a further question is answered where it was asked: alone in the thread, openly in a direct message", async () => {
    const { driver } = bench;
    const said = await driver.say({ user: dario, channel: general, text: "@Callboard payments" });
    const inThread = await driver.waitFor(
      () => driver.messages(general, { threadTs: said.message.ts })[1],
    );
    const before = driver.directMessages(dario).length;
    await driver.say({ user: dario, channel: "bot", text: "payments" });
    const direct = await driver.waitFor(() => driver.directMessages(dario)[before + 1]);

    await driver.click({ user: dario, channel: general, ts: inThread.ts, actionId: "ask/1" });
    await driver.click({ user: dario, channel: "bot", ts: direct.ts, actionId: "ask/1" });
    const alone = await driver.waitFor(() =>
      driver.ephemerals(dario).find((each) => each.thread_ts === said.message.ts),
    );
    await driver.waitFor(() => driver.directMessages(dario).length === before + 3);

    expect(alone.text).toBe("Payments API is owned by Payments.");
    expect(services.asked.at(-1)?.question).toBe("what depends on component:default/payments-api");
  });

  test("Share to channel posts once, even where the bot is no member and for two clicks", async () => {
    const { driver } = bench;
    const asked = await driver.slash({
      user: dario,
      channel: ledger,
      command: "/whoowns",
      text: "payments",
    });
    const ts = asked.message?.ts ?? "";

    await Promise.all([
      driver.click({ user: dario, channel: ledger, ts, actionId: "share" }),
      driver.click({ user: dario, channel: ledger, ts, actionId: "share" }),
    ]);
    await driver.waitFor(() => !driver.ephemerals(dario).some((each) => each.ts === ts));

    const shared = driver.messages(ledger);
    expect(shared).toHaveLength(1);
    expect(JSON.stringify(shared[0]?.blocks)).toContain(`Shared by <@${dario}>`);
  });

  test("the whole runbook opens in pages", async () => {
    const { driver } = bench;
    const asked = await driver.slash({
      user: dario,
      channel: general,
      command: "/runbook",
      text: "payments",
    });

    await driver.click({
      user: dario,
      channel: general,
      ts: asked.message?.ts ?? "",
      actionId: "document-open/0",
    });
    const first = await driver.waitFor(() => driver.currentView(dario));
    await driver.click({ user: dario, actionId: "document-page/next" });
    const second = await driver.waitFor(() => {
      const view = driver.currentView(dario);
      return JSON.stringify(view?.blocks).includes("page 2 of") ? view : undefined;
    });
    await driver.closeView({ user: dario });

    expect(JSON.stringify(first.blocks)).toContain("page 1 of");
    expect(JSON.stringify(second.blocks)).not.toContain("Part 0");
  });

  test("an error of ours is an apology with an id, and the next question works", async () => {
    const { driver } = bench;
    services.failures.answer = async () => {
      throw new Error("secret internals");
    };

    const outcome = await driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "boom",
    });
    const next = await driver.slash({
      user: dario,
      channel: general,
      command: "/whoowns",
      text: "payments",
    });

    expect(outcome.message?.text).toMatch(
      /^Sorry, something went wrong on my side .* \(id [0-9a-f]{8}\)$/,
    );
    expect(JSON.stringify(outcome.message)).not.toContain("secret internals");
    expect(next.message?.text).toBe("Payments API is owned by Payments.");
  });

  test("a guest may ask", async () => {
    const outcome = await bench.driver.slash({
      user: guest,
      channel: "C0CHECKOU1",
      command: "/whoowns",
      text: "payments",
    });

    expect(outcome.message?.text).toBe("Payments API is owned by Payments.");
  });
});
