import { rm } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { createCatalogHints } from "../../../src/usecases/catalog/catalog-hints.ts";
import { createLease } from "../../../src/usecases/catalog/lease.ts";
import { newDataDir } from "../../helpers/embedded.ts";

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

test("hints are taken once, oldest first, whoever added them", async () => {
  let nowMs = 1_000;
  const here = createCatalogHints(storage.records, () => (nowMs += 1));
  const there = createCatalogHints(storage.records, () => (nowMs += 1));
  const push = { branch: "main", isDefaultBranch: true, headOid: "abc" };

  await here.add({ owner: "acme", repository: { nodeId: "R_1", push } });
  await there.add({ owner: "acme" });
  const [first, second] = await Promise.all([here.take(), there.take()]);

  const taken = [...first, ...second];
  expect(taken).toHaveLength(2);
  expect(taken).toContainEqual({ owner: "acme", repository: { nodeId: "R_1", push } });
  expect(await here.take()).toEqual([]);
});

test("one holder has the lease, until it gives it back or stops asking for it", async () => {
  const [first, second] = ["first", "second"].map((owner) =>
    createLease(storage.records, { name: "catalog", owner, ttlMs: 60_000 }),
  );
  if (first === undefined || second === undefined) throw new Error("two leases are expected");

  const [one, other] = [await first.isOurs(), await second.isOurs()];
  const kept = await first.isOurs();
  await second.release();
  const still = await first.isOurs();
  await first.release();
  const next = await second.isOurs();

  expect([one, other, kept, still, next]).toEqual([true, false, true, true, true]);
  await second.release();
});

test("of many that ask at once one gets the lease", async () => {
  const many = Array.from({ length: 8 }, (_, at) =>
    createLease(storage.records, { name: "race", owner: `o${at}`, ttlMs: 60_000 }),
  );

  const verdicts = await Promise.all(many.map((lease) => lease.isOurs()));

  expect(verdicts.filter(Boolean)).toHaveLength(1);
});
