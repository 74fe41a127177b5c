import { Writable } from "node:stream";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createLogger } from "../../src/base/logger.ts";
import { createFakeServices, sampleTemplate, type FakeServices } from "../helpers/fake-services.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;
let log = "";

beforeAll(async () => {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  services = createFakeServices([sampleTemplate("node-service", [])]);
  bench = await startSlackBench({ services, logger: createLogger("trace", sink) });
});
afterAll(async () => await bench.close());

test("no token, response URL, trigger id or text of a person is ever logged, whatever goes wrong", async () => {
  const { driver, playground } = bench;
  const secret = "my secret incident text";
  const slash = async (command: string, text: string) =>
    await driver.slash({ user: dario, channel: general, command, text });

  await slash("/whoowns", secret);
  services.failures.answer = async () => {
    throw new Error(`failed at ${playground.url}/response/T/1 with ${playground.botToken}`);
  };
  await slash("/whoowns", secret);
  await slash("/unknown", secret);
  await driver.say({ user: dario, channel: general, text: `@Callboard ${secret}` });
  driver.faults.next({ method: "views.open", fault: "error", error: "expired_trigger_id" });
  await slash("/newservice", "node-service");
  driver.faults.next({ method: "users.info", fault: "500", times: 3 });
  await driver.say({ user: "U0THEOBLA1", channel: "bot", text: secret });
  driver.faults.next({ method: "chat.postMessage", fault: "dropped" });
  await driver.say({ user: dario, channel: "bot", text: secret });
  await driver.waitFor(() => driver.journal().every((entry) => entry.status !== "pending"));

  expect(log).toContain("slack handler failed");
  expect(log).toContain("slack payload that nothing handles");
  expect(log).not.toContain(secret);
  expect(log).not.toMatch(/xox[a-z]-|xapp-|\/response\/|trigger_id":"[^*]/);
});
