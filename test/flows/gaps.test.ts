import { rm } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { createOperators } from "../../src/usecases/operators.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { createFakeServices } from "../helpers/fake-services.ts";
import { createRealFeedback, type RealFeedback } from "../helpers/real-feedback.ts";
import { loadSampleSnapshot } from "../helpers/sample-catalog.ts";
import {
  dario,
  general,
  guest,
  nina,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

let dataDir: string;
let storage: Storage;
let bench: SlackBench;
let real: RealFeedback;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  const snapshot = await loadSampleSnapshot(Date.now());
  real = createRealFeedback(storage.records, () => snapshot);
  bench = await startSlackBench({
    services: {
      ...createFakeServices([]),
      ...real.services,
      operators: createOperators([], () => snapshot.catalog),
    },
  });
});
afterAll(async () => {
  await bench.close();
  await real.close();
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const callboard = async (user: string, text: string) =>
  await bench.driver.slash({ user, channel: general, command: "/callboard", text });

test("what is asked for in vain is reported with a note, listed, and counted", async () => {
  const { driver } = bench;
  const asked = await callboard(dario, "who owns the warp drive?");
  const ts = asked.message?.ts ?? "";

  await driver.click({ user: dario, channel: general, ts, actionId: "gap-report" });
  await driver.waitFor(() => driver.currentView(dario));
  await driver.submitView({ user: dario, values: { note: "<!channel> the one in hall 3" } });
  await driver.closeView({ user: dario });
  const gaps = await callboard(nina, "gaps");
  const stats = await callboard(nina, "stats");

  expect(asked.message?.text).toContain("Nothing in the catalog fits");
  expect(gaps.message?.text).toBe("Asked in vain: warp drive (once, reported by 1)");
  expect(JSON.stringify(gaps.message?.blocks)).toContain("&lt;!channel&gt; the one in hall 3");
  expect(stats.message?.text).toContain("1 asked in 7 days: 0 answered (0 %)");
});

test("a second report by the same person counts once", async () => {
  const { driver } = bench;
  const asked = await callboard(dario, "who owns the tardis?");
  const ts = asked.message?.ts ?? "";

  for (const note of ["first", "second"]) {
    await driver.click({ user: dario, channel: general, ts, actionId: "gap-report" });
    await driver.waitFor(() => driver.currentView(dario));
    await driver.submitView({ user: dario, values: { note } });
    await driver.closeView({ user: dario });
  }
  const gaps = await callboard(nina, "gaps");

  expect(gaps.message?.text).toContain("Asked in vain: tardis (once, reported by 1)");
});

test("a guest sees neither gaps nor numbers", async () => {
  const gaps = await bench.driver.slash({
    user: guest,
    channel: "C0CHECKOU1",
    command: "/callboard",
    text: "gaps",
  });

  expect(gaps.message?.text).toContain("Guests cannot");
});

test("a channel leaves the weekly digest and comes back, and a direct message is no team's channel", async () => {
  const off = await callboard(dario, "digest off");
  const isOn = await real.feedback.channels.isOn(general);
  const on = await callboard(dario, "digest ON");
  const { driver } = bench;
  await driver.say({ user: dario, channel: "bot", text: "digest off" });
  const refused = await driver.waitFor(() =>
    driver
      .calls("chat.postMessage")
      .find(({ request }) => JSON.stringify(request).includes("belongs to a team's channel")),
  );

  expect(off.message?.text).toContain("gets no digest");
  expect(isOn).toBe(false);
  expect(on.message?.text).toContain("gets its team's digest once a week");
  expect(refused).toBeDefined();
});
