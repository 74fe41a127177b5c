import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createFakeServices, type FakeServices } from "../helpers/fake-services.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;
let nowMs = Date.now();

beforeAll(async () => {
  services = createFakeServices([]);
  bench = await startSlackBench({
    services,
    now: () => nowMs,
    playground: {
      clock: () => nowMs,
      unfurlDomains: ["github.com"],
      events: ["link_shared", "entity_details_requested", "app_home_opened"],
    },
  });
});
afterAll(async () => await bench.close());

const repository = (name: string) => `https://github.com/footlight/payments-${name}`;

/** Posts a message; `attachments` looks at what stands beside its links now. */
async function post(text: string): Promise<{ ts: string; attachments: () => unknown[] }> {
  const { message } = await bench.driver.say({ user: dario, channel: general, text });
  return {
    ts: message.ts,
    attachments: () =>
      bench.driver.messages(general).find((each) => each.ts === message.ts)?.attachments ?? [],
  };
}

test("a link to a repository of the catalog says whose it is, as a Work Object with details", async () => {
  const { ts, attachments } = await post(`look at ${repository("a")}`);
  await bench.driver.waitFor(() => attachments().length > 0);
  await bench.driver.openDetails({ user: dario, channel: general, ts, url: repository("a") });
  const details = await bench.driver.waitFor(() => bench.driver.details(dario));

  expect(JSON.stringify(attachments())).toContain('"title":"Payments API"');
  expect(JSON.stringify(attachments())).toContain('"title":"Owner","value":"Payments"');
  expect(JSON.stringify(details)).toContain(
    '"label":"On call","type":"string","value":"Nina Kowalski"',
  );
});

test("at most two links of a message are explained, and unknown ones not at all", async () => {
  const { attachments } = await post(
    ["https://github.com/other/thing", repository("b"), repository("c"), repository("d")].join(" "),
  );

  await bench.driver.waitFor(() => attachments().length > 0);

  expect(attachments()).toHaveLength(2);
});

test("the same link is explained once in half an hour", async () => {
  const first = await post(`see ${repository("e")}`);
  await bench.driver.waitFor(() => first.attachments().length > 0);
  const second = await post(`again ${repository("e")}`);
  nowMs += 31 * 60_000;
  const later = await post(`and again ${repository("e")}`);
  await bench.driver.waitFor(() => later.attachments().length > 0);

  expect([first, second, later].map(({ attachments }) => attachments().length)).toEqual([1, 0, 1]);
});

test("a workspace without Work Objects gets the same as blocks", async () => {
  bench.driver.faults.next({
    method: "chat.unfurl",
    fault: "error",
    error: "invalid_metadata_format",
  });

  const { attachments } = await post(`old ${repository("f")}`);
  await bench.driver.waitFor(() => attachments().length > 0);

  expect(JSON.stringify(attachments())).toContain("Owned by *Payments*");
});

test("the agent pane suggests questions that work here", async () => {
  await bench.driver.openMessagesTab(dario);
  const call = await bench.driver.waitFor(
    () => bench.driver.calls("assistant.threads.setSuggestedPrompts")[0],
  );

  expect(JSON.stringify(call.request)).toContain("who owns payments-api");
});
