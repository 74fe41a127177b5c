import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createFakeServices, sampleTemplate, type FakeServices } from "../helpers/fake-services.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;

beforeAll(async () => {
  services = createFakeServices([sampleTemplate("node-service", [])]);
  bench = await startSlackBench({ services });
});
afterAll(async () => await bench.close());

test.each([
  ["who_owns_this", "who owns payments is down & <out>"],
  ["find_a_runbook", "runbook for payments is down & <out>"],
])("the message shortcut %s asks about the whole message", async (callbackId, question) => {
  const { message } = await bench.driver.say({
    user: dario,
    channel: general,
    text: "payments is down & <out>",
  });

  await bench.driver.shortcut({ user: dario, callbackId, channel: general, ts: message.ts });
  await bench.driver.waitFor(() => services.asked.some((each) => each.question === question));

  expect(services.asked.at(-1)?.question).toBe(question);
});

test("the Home tab shows what can be asked and created, and its button opens the form", async () => {
  await bench.driver.openHome(dario);
  const home = await bench.driver.waitFor(() => bench.driver.homeView(dario));
  expect(JSON.stringify(home.blocks)).toContain("who owns payments-api");

  await bench.driver.click({ user: dario, isHome: true, actionId: "template-open/0" });

  expect((await bench.driver.waitFor(() => bench.driver.currentView(dario))).callback_id).toBe(
    "form-review",
  );
});
