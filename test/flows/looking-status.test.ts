import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createFakeServices, type FakeServices } from "../helpers/fake-services.ts";
import { answerWith, entityCard } from "../helpers/sample-answers.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

const method = "assistant.threads.setStatus";
let bench: SlackBench;
let services: FakeServices;

beforeEach(async () => {
  services = createFakeServices([]);
  bench = await startSlackBench({ services });
});
afterEach(async () => await bench.close());

/** Asks something whose answer comes only after the status was asked for. */
async function askSlowly(channel: string): Promise<void> {
  const before = bench.driver.calls(method).length;
  services.failures.answer = async () => {
    await bench.driver.waitFor(() => bench.driver.calls(method).length > before);
    return answerWith(entityCard);
  };
  await bench.driver.say({ user: dario, channel, text: "who owns payments" });
}

function answers() {
  return bench.driver.directMessages(dario).filter((each) => each.bot_id !== undefined);
}

test("an answer in a direct message that takes long is announced, and the line goes when it is there", async () => {
  await askSlowly("bot");
  await bench.driver.waitFor(() => bench.driver.calls(method).length === 2);

  const [shown, taken] = bench.driver.calls(method).map((call) => call.request);
  expect(shown).toMatchObject({ status: "is looking …" });
  expect(taken).toMatchObject({ status: "" });
  expect(answers()).toHaveLength(1);
});

test("an answer that is there at once is not announced, nor is one in a channel", async () => {
  await bench.driver.say({ user: dario, channel: "bot", text: "who owns payments" });
  await bench.driver.say({ user: dario, channel: general, text: "@Callboard who owns payments" });
  await bench.driver.waitFor(() => bench.driver.calls("chat.postMessage").length === 2);

  expect(bench.driver.calls(method)).toEqual([]);
});

test("a workspace that shows no status is asked once, and is answered all the same", async () => {
  bench.driver.faults.next({ method, fault: "error", error: "unknown_method" });
  await askSlowly("bot");
  await bench.driver.waitFor(() => answers().length === 1);

  services.failures.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return answerWith(entityCard);
  };
  await bench.driver.say({ user: dario, channel: "bot", text: "who owns payments" });
  await bench.driver.waitFor(() => answers().length === 2);

  expect(bench.driver.calls(method)).toHaveLength(1);
});
