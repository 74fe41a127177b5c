import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { ConflictError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import type { RecordStore, Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { woken } from "../../../src/usecases/runs/park-run.ts";
import type { RunRecord } from "../../../src/usecases/runs/run-record.ts";
import { createRunStore, type RunStore } from "../../../src/usecases/runs/run-store.ts";

let dataDir: string;
let storage: Storage;
let runs: RunStore;
let count = 0;
const clock = (): number => 1_000;
const untilMs = 9_000_000;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "callboard-run-store-"));
  storage = await openStorage({ dataDir, logger: silentLogger });
  runs = createRunStore(storage.records, clock);
});

afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true });
});

const parked = (run: RunRecord): RunRecord => ({ ...run, parked: { untilMs } });

async function accepted(): Promise<RunRecord> {
  const run: RunRecord = {
    id: `run-${(count += 1)}`,
    templateRef: "template:default/service",
    templateTitle: "Service",
    template: {
      ref: "template:default/service",
      title: "Service",
      type: "service",
      tags: [],
      base: "/t/template.yaml",
      pages: [],
      steps: [],
      output: {},
    },
    values: {},
    requester: { slackUserId: "U0ADA", name: "Ada" },
    status: "running",
    steps: [],
    log: [],
    createdAtMs: 0,
    updatedAtMs: 0,
    fence: 0,
    notes: {},
    retries: 0,
    upstreamWaits: 0,
  };
  await runs.create(run);
  return await runs.claim(run.id);
}

/** Records that do something of their own just before a write, once it is that of `collection` and `matches`. */
function interrupted(
  collection: string,
  matches: (value: unknown) => boolean,
  first: () => Promise<void>,
): RecordStore {
  let isOver = false;
  return {
    ...storage.records,
    async put(...given) {
      if (!isOver && given[0] === collection && matches(given[2])) {
        isOver = true;
        await first();
      }
      return await storage.records.put(...given);
    },
  };
}

async function entryOf(id: string) {
  return (await runs.listOpen()).find((open) => open.id === id);
}

const saysWhen = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "wakeAtMs" in value;

test("a parked run is not looked at before its time, and at once when it was woken", async () => {
  const { id, fence } = await accepted();

  await runs.parkClaimed(id, fence, parked);
  expect(await entryOf(id)).toEqual({ id, openedAtMs: 1_000, wakeAtMs: untilMs });

  await runs.update(id, woken);
  expect(await entryOf(id)).toEqual({ id, openedAtMs: 1_000 });
});

test("a run that is woken before its parking was noted is looked at although the note comes late", async () => {
  const { id, fence } = await accepted();
  const slow = createRunStore(
    interrupted("open-runs", saysWhen, async () => void (await runs.update(id, woken))),
    clock,
  );

  await slow.parkClaimed(id, fence, parked);

  expect((await runs.get(id))?.parked).toBeUndefined();
  expect(await entryOf(id)).toEqual({ id, openedAtMs: 1_000 });
});

test("whoever dies while waking a run leaves it to be looked at", async () => {
  const { id, fence } = await accepted();
  await runs.parkClaimed(id, fence, parked);
  let writes = 0;
  const dying: RecordStore = {
    ...storage.records,
    async put(...given) {
      if (writes > 0) throw new Error("died");
      if (given[0] === "runs") writes += 1;
      return await storage.records.put(...given);
    },
  };

  await expect(createRunStore(dying, clock).update(id, woken)).rejects.toThrow("died");

  expect((await runs.get(id))?.parked).toBeUndefined();
  expect(await entryOf(id)).toEqual({ id, openedAtMs: 1_000 });
});

test("a parked run that is changed without being woken stays parked", async () => {
  const { id, fence } = await accepted();
  await runs.parkClaimed(id, fence, parked);

  await runs.update(id, (run) => ({ ...run, retries: 1 }));

  expect(await entryOf(id)).toEqual({ id, openedAtMs: 1_000, wakeAtMs: untilMs });
});

test("a change that is refused opens nothing", async () => {
  const { id } = await accepted();
  await runs.update(id, (run) => ({ ...run, status: "completed" }));
  await runs.markReported(id);

  const refused = runs.update(id, () => {
    throw new ConflictError("run-not-failed", "it has not failed");
  });

  await expect(refused).rejects.toMatchObject({ code: "run-not-failed" });
  expect(await entryOf(id)).toBeUndefined();
});
