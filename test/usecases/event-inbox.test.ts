import { rm } from "node:fs/promises";

import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { RecordStore, Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { createEventInbox } from "../../src/usecases/event-inbox.ts";
import { newDataDir } from "../helpers/embedded.ts";

let dataDir: string;
let storage: Storage;
let records: RecordStore;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  records = storage.records;
});
beforeEach(async () => {
  for (const collection of ["inbox", "seen"]) {
    for (const { id } of await records.list(collection)) await records.delete(collection, id);
  }
});
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const body = { event: { type: "app_mention", text: "hi" } };

test("accepts an event once, and leaves nothing of it when it is done", async () => {
  const inbox = createEventInbox(records, () => 0);

  const verdicts = await Promise.all([
    inbox.accept("event:1", body),
    inbox.accept("event:1", body),
  ]);
  const later = await inbox.accept("event:1", body);
  await inbox.done("event:1");

  expect(verdicts.filter(Boolean)).toHaveLength(1);
  expect(later).toBe(false);
  expect(await records.list("inbox")).toEqual([]);
});

test("gives what was not finished in time to one caller only", async () => {
  let nowMs = 0;
  const inbox = createEventInbox(records, () => nowMs);
  await inbox.accept("event:1", body);
  expect(await inbox.takeUnfinished()).toEqual([]);

  nowMs = 10_000;
  const taken = await Promise.all([inbox.takeUnfinished(), inbox.takeUnfinished()]);

  expect(taken.flat()).toEqual([{ key: "event:1", body }]);
});

test("accepts again what was stored but not remembered before the process died", async () => {
  await records.put("inbox", "event:1", { body, atMs: 0, tries: 1 });
  const inbox = createEventInbox(records, () => 0);

  expect(await inbox.accept("event:1", body)).toBe(true);
});

test("gives up an event that is never finished, and one that nobody can read", async () => {
  let nowMs = 0;
  const inbox = createEventInbox(records, () => nowMs);
  await inbox.accept("event:1", body);
  await records.put("inbox", "event:2", "nonsense");

  const taken: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    nowMs += 10_000;
    taken.push(...(await inbox.takeUnfinished()).map((event) => event.key));
  }

  expect(taken).toEqual(["event:1", "event:1", "event:1", "event:1"]);
  expect(await records.list("inbox")).toEqual([]);
});

test("leaves what is still being handled to whoever handles it, and takes over what they let go", async () => {
  let nowMs = 0;
  const ours = createEventInbox(records, () => nowMs);
  const theirs = createEventInbox(records, () => nowMs);
  await ours.accept("event:slow", body);
  await ours.accept("event:failed", body);

  const taken: string[] = [];
  for (nowMs = 4_000; nowMs <= 20_000; nowMs += 4_000) {
    await ours.renew(new Set(["event:slow"]));
    taken.push(...(await theirs.takeUnfinished()).map((event) => event.key));
  }
  await ours.done("event:slow");
  await ours.renew(new Set(["event:slow"]));

  expect(taken).toEqual(["event:failed"]);
  expect((await records.list("inbox")).map((record) => record.id)).toEqual(["event:failed"]);
});

test("an event that comes again after it was handled leaves nothing to be handled again", async () => {
  const inbox = createEventInbox(records, () => 0);
  await inbox.accept("event:1", body);
  await inbox.done("event:1");

  expect(await inbox.accept("event:1", body)).toBe(false);
  expect(await records.list("inbox")).toEqual([]);
});
