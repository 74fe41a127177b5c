import { afterEach, expect, test } from "@jest/globals";

import { createFakeServices } from "../helpers/fake-services.ts";
import { general, ledger, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench | undefined;
afterEach(async () => await bench?.close());

const text = (n: number) => ({ text: `message ${n}`, blocks: [] });

test("one message a second in a channel, with a short burst, so that Slack never has to say 429", async () => {
  bench = await startSlackBench({
    services: createFakeServices([]),
    spacingMs: 1000,
    playground: { hasRateLimits: true },
  });
  const { outbox, driver } = bench;
  const startedAtMs = performance.now();

  await Promise.all(
    [0, 1, 2, 3, 4].map(async (n) => await outbox.post({ channel: general, ...text(n) })),
  );

  expect(driver.messages(general).map((each) => each.text)).toEqual(
    [0, 1, 2, 3, 4].map((n) => `message ${n}`),
  );
  expect(driver.calls("chat.postMessage").map((call) => call.status)).toEqual(
    Array.from({ length: 5 }, () => "ok"),
  );
  expect(performance.now() - startedAtMs).toBeGreaterThan(1500);
});

test("a channel that refuses holds up no other, and order is kept", async () => {
  bench = await startSlackBench({ services: createFakeServices([]) });
  const { outbox, driver } = bench;

  const results = await Promise.allSettled([
    outbox.post({ channel: ledger, ...text(0) }),
    outbox.post({ channel: general, ...text(1) }),
    outbox.post({ channel: ledger, ...text(2) }),
    outbox.post({ channel: general, ...text(3) }),
  ]);

  expect(results.map((each) => each.status)).toEqual([
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(driver.messages(general).map((each) => each.text)).toEqual(["message 1", "message 3"]);
});

test("what waits when it is stopped is given up at once", async () => {
  bench = await startSlackBench({ services: createFakeServices([]), spacingMs: 60_000 });
  const { outbox, driver } = bench;
  const sending = Promise.allSettled(
    [0, 1, 2, 3, 4].map(async (n) => await outbox.post({ channel: general, ...text(n) })),
  );
  await driver.waitFor(() => driver.messages(general).length === 3);

  await outbox.stop();

  expect((await sending).map((each) => each.status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
    "rejected",
  ]);
});
