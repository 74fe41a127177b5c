import { rm } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { withRecentRuns } from "../../../src/usecases/runs/recent-runs.ts";
import { newDataDir } from "../../helpers/embedded.ts";
import { createFakeServices, sampleTemplate } from "../../helpers/fake-services.ts";

let dataDir: string;
let storage: Storage;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
});
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("remembers each person's last runs, newest first, a repeated request once", async () => {
  const runs = withRecentRuns(
    createFakeServices([sampleTemplate("empty", [])]).runs,
    storage.records,
  );
  const start = async (requestKey: string, slackUserId: string) =>
    await runs.start({
      requestKey,
      templateRef: "template:default/empty",
      values: {},
      requester: { slackUserId, name: slackUserId },
    });

  for (const key of ["a", "b", "b", "c"]) await start(key, "U1");
  await start("d", "U2");

  expect((await runs.recent?.("U1", 2))?.map((run) => run.id)).toEqual(["run3", "run2"]);
  expect((await runs.recent?.("U2", 5))?.map((run) => run.id)).toEqual(["run4"]);
  expect(await runs.recent?.("U3", 5)).toEqual([]);
});
