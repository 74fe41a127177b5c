import { afterEach, expect, test } from "@jest/globals";
import { DelayedError, UnrecoverableError } from "bullmq";

import { silentLogger } from "../../src/base/logger.ts";
import type { Processor, RunningWorker } from "../../src/storage/contract.ts";
import type { DriverJob, JobDriver } from "../../src/storage/job-driver.ts";
import { encodeJobId } from "../../src/storage/job-id.ts";
import { defaultTuning } from "../../src/storage/job-tuning.ts";
import { startWorker } from "../../src/storage/job-worker.ts";
import { waitFor } from "../helpers/wait.ts";

const nothing = async (): Promise<void> => undefined;

/** A queue without a server: the test hands out jobs as BullMQ would. */
async function handOut(processor: Processor) {
  let give: ((job: DriverJob, token?: string) => Promise<void>) | undefined;
  const driver: JobDriver = {
    name: { label: "nothing", hint: "" },
    openQueue() {
      throw new Error("not needed");
    },
    openWorker(work) {
      give = work;
      return { waitUntilReady: nothing, pause: nothing, close: nothing, disconnect: nothing };
    },
  };
  const options = { processor, concurrency: 4, tuning: defaultTuning, logger: silentLogger };
  workers.push(await startWorker(driver, options));
  let tokens = 0;
  return async (id: string, crashes: number, progress: unknown = 0) => {
    const state = { delayed: 0, progress };
    const raw: DriverJob = {
      id: encodeJobId(id),
      name: id,
      data: "null",
      timestamp: 0,
      attemptsStarted: crashes + 1,
      stalledCounter: crashes,
      progress,
      moveToWait: async () => undefined,
      moveToDelayed: async () => void (state.delayed += 1),
      extendLock: async () => 1,
      updateProgress: async (noted) => void (state.progress = noted),
    };
    const outcome = await give?.(raw, `token-${(tokens += 1)}`).then(
      () => "done",
      (thrown: unknown) => thrown,
    );
    return { ...state, outcome };
  };
}

const workers: RunningWorker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
});

const { maxCrashes, suspectCrashes } = defaultTuning;

/** A processor that ends when it is told to. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const processor: Processor = async ({ id }) => {
    begun.push(id);
    await new Promise<void>((resolve) => ends.set(id, resolve));
  };
  return { begun, processor, end: (id: string) => ends.get(id)?.() };
}

test("a job whose workers died three times waits, out of harm's way, while another such job is worked on", async () => {
  const { begun, processor, end } = held();
  const give = await handOut(processor);
  const first = give("first", suspectCrashes);
  await waitFor("it to begin", () => begun.length === 1);

  const second = await give("second", suspectCrashes);

  expect(second).toMatchObject({ delayed: 1, outcome: expect.any(DelayedError) });
  end("first");
  expect(await first).toMatchObject({ delayed: 0, outcome: "done" });
  const again = give("second", suspectCrashes);
  await waitFor("it to have the place", () => begun.length === 2);
  end("second");
  expect(await again).toMatchObject({ outcome: "done" });
});

test("jobs whose workers died less often, or that got further since, are worked on beside it", async () => {
  const { begun, processor, end } = held();
  const give = await handOut(processor);
  const all = [
    give("suspect", suspectCrashes),
    give("unlucky", suspectCrashes - 1),
    give("further", 10, { forgiven: 9 }),
  ];

  await waitFor("all to begin", () => begun.length === 3);

  for (const id of begun) end(id);
  expect((await Promise.all(all)).map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
});

test("a job is given up when its workers died too often since it last got further", async () => {
  const give = await handOut(async () => undefined);

  const { outcome } = await give("poison", maxCrashes + 8, { forgiven: 7 });

  expect(outcome).toBeInstanceOf(UnrecoverableError);
  expect(String(outcome)).toContain("job-crashes: job poison was given up: 21 times in a row");
  expect(await give("tough", maxCrashes + 7, { forgiven: 7 })).toMatchObject({ outcome: "done" });
});

test("a job that gets further has its crashes forgiven, and nothing is written where there were none", async () => {
  const give = await handOut(async (_job, { gotFurther }) => await gotFurther());

  expect(await give("crashed", 5)).toMatchObject({ progress: { forgiven: 5 } });
  expect(await give("crashed before", 5, { forgiven: 5 })).toMatchObject({
    progress: { forgiven: 5 },
  });
  expect(await give("calm", 0)).toMatchObject({ progress: 0 });
});
