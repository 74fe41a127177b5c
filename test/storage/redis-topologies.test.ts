import { afterEach, describe, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { RunningWorker, Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { testSwitch } from "../helpers/environment.ts";
import { startRedisCluster, startRedisSentinel } from "../helpers/redis-topologies.ts";
import { hasRedisServer } from "../helpers/servers.ts";
import { waitFor } from "../helpers/wait.ts";

const isWanted = testSwitch("TEST_REDIS_URL") !== undefined && hasRedisServer();
const suite = isWanted ? describe : describe.skip;
const why = isWanted ? "" : " (TEST_REDIS_URL is not set or there is no redis-server)";

const releases: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const release of releases.splice(0).toReversed()) await release();
});

async function open(redisUrl: string): Promise<Storage> {
  const tuning = { stopGraceMs: 1_000 };
  const storage = await openStorage({ redisUrl, dataDir: "unused", logger: silentLogger, tuning });
  releases.push(() => storage.close());
  return storage;
}

async function work(storage: Storage): Promise<{ done: string[]; worker: RunningWorker }> {
  const done: string[] = [];
  const worker = await storage.jobs.process(async (job) => void done.push(job.id), {
    concurrency: 2,
  });
  releases.push(() => worker.stop());
  return { done, worker };
}

/** True when the storage takes a job. */
function accepts(storage: Storage, id: string): Promise<boolean> {
  return storage.jobs.add("job", id, null).then(
    () => true,
    () => false,
  );
}

suite(`Redis in company${why}`, () => {
  test("keeps records and jobs in a cluster", async () => {
    const cluster = await startRedisCluster();
    releases.push(() => cluster.destroy());
    const storage = await open(cluster.url);
    const { done } = await work(storage);

    await storage.ping();
    for (const id of ["a", "b", "c"])
      await storage.records.put("things", id, id, { ttlMs: 60_000 });
    await storage.jobs.add("job", "one", null);
    await waitFor("the job to run", () => done.includes("one"));

    expect((await storage.records.list("things")).map((record) => record.id)).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(await storage.records.put("things", "a", "x", { ifVersion: 0 })).toBeUndefined();
    expect(await storage.records.delete("things", "a", { ifVersion: 1 })).toBe(true);
    expect(await storage.preflight()).toEqual([]);
    expect(await storage.jobs.counts()).toMatchObject({ active: 0, failed: 0, completed: 1 });
  }, 60_000);

  test("follows the Sentinels to the new primary when the old one is gone", async () => {
    const sentinel = await startRedisSentinel();
    releases.push(() => sentinel.destroy());
    const storage = await open(sentinel.url);
    const { done } = await work(storage);
    await storage.records.put("things", "a", 1);
    await storage.jobs.add("job", "before", null);
    await waitFor("the job to run", () => done.includes("before"));

    await sentinel.killPrimary();
    await waitFor("the new primary to serve", () => accepts(storage, "after"), 20_000);
    await waitFor("the worker to follow", () => done.includes("after"), 20_000);

    expect((await storage.records.get("things", "a"))?.value).toBe(1);
  }, 60_000);

  test("that is not there is reported within three and a half seconds", async () => {
    for (const url of ["redis+sentinel://127.0.0.1:1/callboard", "redis+cluster://127.0.0.1:1"]) {
      const startedAtMs = performance.now();
      await expect(open(url)).rejects.toMatchObject({ code: "storage-unavailable" });
      expect(performance.now() - startedAtMs).toBeLessThan(3_500);
    }
  });
});
