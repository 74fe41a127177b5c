import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import {
  createNameReservations,
  type NameReservations,
} from "../../../src/usecases/runs/name-reservations.ts";
import type { RunRecord } from "../../../src/usecases/runs/run-record.ts";
import { sampleRun } from "../../helpers/fake-services.ts";

let dataDir: string;
let storage: Storage;
let names: NameReservations;
let runs: Map<string, RunRecord>;
let nowMs = 1_000_000;
let number = 0;
/** A name of each test's own. */
let name: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "callboard-names-"));
  storage = await openStorage({ dataDir, logger: silentLogger });
  names = createNameReservations(storage.records, { get: findRun }, () => nowMs);
});
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => {
  name = `github.com/acme/ledger-${(number += 1)}`;
  runs = new Map([
    ["one", sampleRun({ id: "one", status: "running" })],
    ["two", sampleRun({ id: "two", status: "waiting" })],
  ]);
});

async function findRun(id: string): Promise<RunRecord | undefined> {
  return runs.get(id);
}

function end(id: string): void {
  runs.set(id, sampleRun({ id, status: "failed" }));
}

test("of two runs for one name, in whatever case, the second is told which run holds it", async () => {
  await names.reserve(name, "one");
  await names.reserve(name, "one");

  await expect(names.reserve(name.toUpperCase(), "two")).rejects.toMatchObject({
    code: "name-reserved",
    message: expect.stringContaining("run one"),
  });
});

test("of twenty runs at the same moment one gets the name", async () => {
  for (let each = 0; each < 20; each += 1)
    runs.set(`run${each}`, sampleRun({ id: `run${each}`, status: "running" }));

  const outcomes = await Promise.allSettled(
    [...runs.keys()].map(async (id) => await names.reserve(name, id)),
  );

  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a released name is free, and nobody releases what another run holds", async () => {
  await names.reserve(name, "one");
  await names.release([name], "two");
  await expect(names.reserve(name, "two")).rejects.toMatchObject({ code: "name-reserved" });

  await names.release([name], "one");

  await expect(names.reserve(name, "two")).resolves.toBeUndefined();
});

test("the name of a run that has ended without giving it back is taken over", async () => {
  await names.reserve(name, "one");
  end("one");

  await expect(names.reserve(name, "two")).resolves.toBeUndefined();
});

test("a request that is just being accepted holds its name; one that never was stored does so for a minute", async () => {
  await names.reserve(name, "never-stored");
  await expect(names.reserve(name, "two")).rejects.toMatchObject({
    message: expect.stringContaining("another request"),
  });

  nowMs += 61_000;

  await expect(names.reserve(name, "two")).resolves.toBeUndefined();
});

test("the sweeper gives back the names of ended runs only", async () => {
  runs.set("three", sampleRun({ id: "three", status: "running" }));
  await names.reserve(name, "three");
  await names.reserve(`${name}-two`, "two");
  await names.sweep();
  end("three");

  expect(await names.sweep()).toBe(1);
  const held = await storage.records.list("names");
  expect(held.map(({ id }) => id)).toContain(`${name}-two`);
  expect(held.map(({ id }) => id)).not.toContain(name);
});
