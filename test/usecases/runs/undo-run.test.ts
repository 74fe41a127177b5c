import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { ConflictError, UpstreamError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import type { UndoItem } from "../../../src/scaffold/undo.ts";
import { HandBack, type Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { retryRun } from "../../../src/usecases/runs/change-run.ts";
import { createNameReservations } from "../../../src/usecases/runs/name-reservations.ts";
import type { RunRecord } from "../../../src/usecases/runs/run-record.ts";
import { createRunStore, type RunStore } from "../../../src/usecases/runs/run-store.ts";
import { sweepRuns } from "../../../src/usecases/runs/sweep-runs.ts";
import {
  type ExecuteUndoDeps,
  executeUndo,
  requestUndo,
  undoJobId,
} from "../../../src/usecases/runs/undo-run.ts";
import { sampleRun } from "../../helpers/fake-services.ts";

let dataDir: string;
let storage: Storage;
let runs: RunStore;
let nowMs = 1_000_000;
let count = 0;
const clock = (): number => nowMs;
const running = new AbortController().signal;
const dario = { slackUserId: "U0DARIOCO1", name: "Dario Costa" };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "callboard-undo-"));
  storage = await openStorage({ dataDir, logger: silentLogger });
  runs = createRunStore(storage.records, clock);
});
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true });
});

const items: UndoItem[] = ["register", "publish"].map((scope) => ({
  scope,
  stepId: scope,
  action: scope,
  text: `undoes ${scope}`,
  made: {},
}));
const plan = (): UndoItem[] => items;

/** A failed run, told in Slack. */
async function failedRun(more: Partial<RunRecord> = {}): Promise<RunRecord> {
  const message = { channel: "C0DEV", ts: "1.1", isResultPosted: true };
  const id = `run-${(count += 1)}`;
  const { run } = await runs.create(
    sampleRun({ id, channel: "C0DEV", status: "failed", message, ...more }),
  );
  return run;
}

async function ask(run: RunRecord, by = dario): Promise<RunRecord> {
  return await requestUndo(run.id, by, { runs, jobs: storage.jobs, plan, clock });
}

function deps(undo: ExecuteUndoDeps["undo"]): ExecuteUndoDeps & { told: number } {
  const world = {
    told: 0,
    runs,
    plan,
    undo,
    clock,
    logger: silentLogger,
    notifier: {
      open: async () => ({ channel: "", ts: "" }),
      update: () => undefined,
      finish: async () => undefined,
      reportUndo: async () => void (world.told += 1),
    },
  };
  return world;
}

test("all that a run made is taken back in the order shown, and told once", async () => {
  const run = await ask(await failedRun());
  const done: string[] = [];
  const world = deps(async (_run, item) => {
    done.push(item.scope);
    return `undid ${item.scope}`;
  });

  await executeUndo(run.id, running, world);
  await executeUndo(run.id, running, world);

  expect(done).toEqual(["register", "publish"]);
  expect(world.told).toBe(1);
  expect((await runs.get(run.id))?.undo).toMatchObject({
    isReported: true,
    items: [{ said: "undid register" }, { said: "undid publish" }],
  });
  expect((await runs.listOpen()).map(({ id }) => id)).not.toContain(run.id);
});

test("a worker that dies in the middle leaves the rest to the next one", async () => {
  const run = await ask(await failedRun());
  const abort = new AbortController();
  const dying = deps(async (_run, { scope }) => {
    abort.abort("shutdown");
    return `undid ${scope}`;
  });
  await expect(executeUndo(run.id, abort.signal, dying)).rejects.toBeInstanceOf(HandBack);

  const done: string[] = [];
  await executeUndo(
    run.id,
    running,
    deps(async (_run, { scope }) => {
      done.push(scope);
      return "undid";
    }),
  );

  expect(done).toEqual(["publish"]);
});

test("a worker that lost the run neither writes nor tells anything", async () => {
  const run = await ask(await failedRun());
  const other = deps(async () => "undid");
  const zombie = deps(async (_run, _item, hooks) => {
    await executeUndo(run.id, running, other);
    await hooks.assertCurrent();
    return "never";
  });

  await executeUndo(run.id, running, zombie);

  expect([other.told, zombie.told]).toEqual([1, 0]);
});

test("what is refused is told, and the rest is taken back all the same", async () => {
  const run = await ask(await failedRun());
  const world = deps(async (_run, { scope }) => {
    if (scope === "register") throw new ConflictError("undo-refused", "others have pushed to it");
    return "undid";
  });

  await executeUndo(run.id, running, world);

  expect((await runs.get(run.id))?.undo?.items).toMatchObject([
    { status: "refused", said: "others have pushed to it" },
    { status: "done" },
  ]);
});

test("a host that does not answer is asked again later", async () => {
  const run = await ask(await failedRun());
  const outage = new UpstreamError("github-unavailable", "no answer", { isRetryable: true });

  await expect(
    executeUndo(
      run.id,
      running,
      deps(() => Promise.reject(outage)),
    ),
  ).rejects.toBe(outage);

  expect((await runs.get(run.id))?.undo?.items[0]?.status).toBe("waiting");
});

test("asking twice is asking once, and a run that is taken back cannot be retried", async () => {
  const run = await failedRun();

  const [first, second] = [await ask(run), await ask(run)];

  expect(second.undo?.number).toBe(first.undo?.number);
  await expect(retryRun(run.id, dario, { runs, jobs: storage.jobs })).rejects.toMatchObject({
    code: "run-undone",
  });
});

test.each([
  ["a run that goes on", { status: "running" as const }, "undo-not-now"],
  [
    "a run that completed long ago",
    { status: "completed" as const, endedAtMs: -90_000_000 },
    "undo-not-now",
  ],
  ["a run whose end is not told yet", { message: { channel: "C0DEV", ts: "1.1" } }, "undo-not-now"],
])("%s cannot be taken back", async (_what, state, code) => {
  const run = await failedRun(state);

  await expect(ask(run)).rejects.toMatchObject({ code });
});

test("only whoever asked for a run can take it back", async () => {
  const run = await failedRun();

  await expect(ask(run, { slackUserId: "U0THEOBLA1", name: "Theo" })).rejects.toMatchObject({
    code: "run-of-somebody-else",
  });
});

test("an undo that was stored but not queued is queued by the sweeper", async () => {
  const run = await failedRun();
  const lost = { add: () => Promise.reject(new Error("killed before queueing")) };
  await expect(requestUndo(run.id, dario, { runs, jobs: lost, plan, clock })).rejects.toThrow(
    "killed",
  );

  nowMs += 60_000;
  const names = createNameReservations(storage.records, runs, clock);
  await sweepRuns({ runs, names, jobs: storage.jobs, logger: silentLogger, clock });

  const stored = await runs.get(run.id);
  expect(await storage.jobs.isPending(undoJobId(stored ?? run))).toBe(true);
});
