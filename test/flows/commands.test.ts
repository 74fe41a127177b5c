import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { createFakeServices, sampleTemplate, type FakeServices } from "../helpers/fake-services.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;
beforeAll(async () => {
  services = createFakeServices([sampleTemplate("node-service", [])]);
  bench = await startSlackBench({ services });
});
beforeEach(() => {
  services.asked.length = 0;
});
afterAll(async () => await bench.close());

/** A message without the ids that Slack gives to blocks. */
function shown(message: { text?: string; blocks?: readonly object[] } | undefined) {
  return {
    text: message?.text ?? "",
    blocks: message?.blocks?.map((block) => ({ ...block, block_id: "" })),
  };
}

/** The same words by each way there is, as text and blocks. */
async function everyWay(text: string): Promise<Record<string, { text: string; blocks: unknown }>> {
  const { driver } = bench;
  const slash = await driver.slash({ user: dario, channel: general, command: "/callboard", text });
  const mention = await driver.say({
    user: dario,
    channel: general,
    text: `@Callboard ${text}`,
  });
  const threadTs = mention.message.ts;
  const mentioned = await driver.waitFor(() => driver.messages(general, { threadTs })[1]);
  await driver.say({ user: dario, channel: general, text: `@Callboard ${text}`, threadTs });
  const inThread = await driver.waitFor(() => driver.messages(general, { threadTs })[3]);
  const before = driver.directMessages(dario).length;
  await driver.say({ user: dario, channel: "bot", text });
  const direct = await driver.waitFor(() => driver.directMessages(dario)[before + 1]);
  return {
    slash: shown(slash.message),
    mention: shown(mentioned),
    thread: shown(inThread),
    direct: shown(direct),
  };
}

test.each(["status", "help", "newservice"])(
  "“%s” is the same command by slash command, mention, in a thread and in a direct message",
  async (text) => {
    const { slash, mention, thread, direct } = await everyWay(text);

    expect(slash?.text).not.toBe("");
    expect(mention).toEqual(slash);
    expect(thread).toEqual(slash);
    expect(direct).toEqual(slash);
  },
);

test("help lists every command with how it is typed, beside examples of this catalog", async () => {
  const { slash } = await everyWay("help");

  expect(slash?.text).toContain("who owns payments-api");
  expect(slash?.text).toContain("/callboard status: what the catalog holds");
  expect(slash?.text).toContain("/newservice [template]: create something new");
});

test("a slip of a command gets the command suggested, every way", async () => {
  const ways = await everyWay("stauts");

  for (const { text } of Object.values(ways)) {
    expect(text).toMatch(/^Did you mean \/callboard status\?\n/);
  }
  expect(services.asked[0]?.question).toBe("stauts");
});

test("a question that begins like a command goes on being a question", async () => {
  const ways = await everyWay("status of payments");

  expect(ways["slash"]?.text).toBe("Payments API is owned by Payments.");
  expect(ways["direct"]?.text).toBe("Payments API is owned by Payments.");
});
