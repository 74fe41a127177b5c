import { rm } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { createNewcomers, type Newcomers } from "../../src/usecases/newcomers.ts";
import { newDataDir } from "../helpers/embedded.ts";

const day = 24 * 3_600_000;
let now = 0;
let dataDir: string;
let storage: Storage;
let newcomers: Newcomers;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  newcomers = createNewcomers(storage.records, () => now);
});
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("somebody is new for two weeks from when they first came", async () => {
  now = 0;
  const first = await newcomers.isNew("U1");
  now = 14 * day - 1;
  const later = await newcomers.isNew("U1");
  now = 14 * day;
  const atLast = await newcomers.isNew("U1");

  expect([first, later, atLast]).toEqual([true, true, false]);
});

test("whoever says that they know their way is not new any more", async () => {
  await newcomers.isNew("U2");

  await newcomers.settle("U2");

  expect(await newcomers.isNew("U2")).toBe(false);
});
