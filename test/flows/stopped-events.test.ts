import { rm } from "node:fs/promises";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { createEventInbox } from "../../src/usecases/event-inbox.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { createFakeServices } from "../helpers/fake-services.ts";
import { dario, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let dataDir: string;
let storage: Storage;
let playground: Playground;
let bench: SlackBench | undefined;

beforeEach(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  playground = await createPlayground({ transport: "http", hasRateLimits: false });
});
afterEach(async () => {
  await bench?.close();
  await playground.close();
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(spacingMs: number): Promise<SlackBench> {
  return await startSlackBench({
    services: createFakeServices([]),
    inbox: createEventInbox(storage.records, Date.now),
    lasting: playground,
    spacingMs,
  });
}

const answers = () =>
  playground.driver.directMessages(dario).filter((each) => each.bot_id !== undefined);

test("answers that wait for their turn when the bot is stopped are given after the next start, each once", async () => {
  const { driver } = playground;
  bench = await start(600_000);
  for (let n = 0; n < 5; n += 1)
    await driver.say({ user: dario, channel: "bot", text: `who ${n}` });
  await driver.waitFor(() => answers().length === 3, { what: "as many as may be sent at once" });
  await bench.close();
  const answered = answers().length;

  bench = await start(0);
  await driver.waitFor(() => answers().length >= 5, { what: "the rest", timeoutMs: 25_000 });
  await bench.close();

  expect(answered).toBe(3);
  expect(answers()).toHaveLength(5);
  expect(await storage.records.list("inbox")).toEqual([]);
}, 60_000);
