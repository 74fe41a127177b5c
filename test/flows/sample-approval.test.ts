import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { newDataDir } from "../helpers/embedded.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let dataDir: string;
let app: App;

beforeAll(async () => {
  dataDir = await newDataDir();
  const path = `${root}/callboard.yaml`;
  const { config, faults } = parseConfig({
    env: { CALLBOARD_DATA_DIR: dataDir, PORT: "0" },
    cwd: root,
    file: { path, text: readFileSync(path, "utf8") },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  app = await startApp({ config, logger: silentLogger });
}, 60_000);
afterAll(async () => {
  await app.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("in the playground's company a request for access waits for Victor, and then becomes a pull request", async () => {
  const driver = app.playground?.driver;
  if (driver === undefined) throw new Error("no playground");
  const run = await app.services.runs.start({
    requestKey: "sample",
    templateRef: "access-request",
    values: {
      person: "user:default/dario.costa",
      target: "system:default/order-flow",
      level: "read",
      days: 7,
      reason: "Looking into slow orders of last night.",
      hasReadRules: true,
    },
    requester: {
      slackUserId: "U0DARIOCO1",
      name: "Dario Costa",
      userRef: "user:default/dario.costa",
    },
    channel: "C0GENERAL1",
  });

  const question = await driver.waitFor(
    () =>
      driver
        .messages("platform")
        .find((message) => message.metadata?.event_type === "callboard_approval"),
    { timeoutMs: 15_000 },
  );
  const press = { channel: "platform", ts: question.ts, actionId: "approval-approve" };
  await driver.click({ user: "U0DARIOCO1", ...press });
  await driver.click({ user: "U0VICTORI1", ...press });
  await driver.waitFor(
    () => driver.messages("general").some((message) => message.text.includes("Done.")),
    { timeoutMs: 15_000 },
  );

  const ended = await app.services.runs.get(run.id);
  expect(ended?.approvals?.[0]?.decisions.map((each) => each.by.userRef)).toEqual([
    "user:default/victor.ionescu",
  ]);
  expect(ended?.output?.links[0]?.title).toBe("Pull request");
}, 60_000);
