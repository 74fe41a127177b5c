import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";

import { InputError, UpstreamError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/logger.ts";
import type { Processor, RunningWorker, Storage } from "../../src/storage/contract.ts";
import type { JobTuning } from "../../src/storage/job-tuning.ts";
import { openStorage } from "../../src/storage/open.ts";
import { testSwitch } from "../helpers/environment.ts";
import {
  freePort,
  hasRedisServer,
  startRedisServer,
  type RedisServer,
} from "../helpers/servers.ts";
import { waitFor } from "../helpers/wait.ts";

const isWanted = testSwitch("TEST_REDIS_URL") !== undefined && hasRedisServer();
const suite = isWanted ? describe : describe.skip;
const why = isWanted ? "" : " (TEST_REDIS_URL is not set or there is no redis-server)";

/** How long Redis stays away on top of its restart; `TEST_CHAOS=1` tries the long outages too. */
const outagesMs = testSwitch("TEST_CHAOS") === undefined ? [0] : [0, 2_000, 8_000, 20_000, 45_000];

const opened: Storage[] = [];
const workers: RunningWorker[] = [];

async function open(redisUrl: string, tuning: Partial<JobTuning> = {}): Promise<Storage> {
  const storage = await openStorage({ redisUrl, dataDir: "unused", logger: silentLogger, tuning });
  opened.push(storage);
  return storage;
}

/** What a promise rejects with, and after how many milliseconds. */
async function failure(work: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const startedAtMs = performance.now();
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, tookMs: performance.now() - startedAtMs };
}

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  for (const storage of opened.splice(0)) await storage.close();
});

describe("the address of a Redis", () => {
  test.each([
    "",
    "redis",
    "redis://",
    "http://localhost",
    "redis://ada:geheim@ho st:1/",
    "/tmp/x.sock",
  ])("is refused without being quoted: %j", async (redisUrl) => {
    const { error } = await failure(open(redisUrl));

    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: "storage-url-invalid" });
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
  });
});

suite(`Redis with faults${why}`, () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedisServer();
  });

  afterAll(() => server.destroy());

  test("is reported within three seconds when it is down at the start", async () => {
    const { error, tookMs } = await failure(open(`redis://127.0.0.1:${await freePort()}`));

    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({
      code: "storage-unavailable",
      message: "Redis is not answering (ECONNREFUSED)",
      hint: expect.stringContaining("REDIS_URL"),
    });
    expect(tookMs).toBeLessThan(3_000);
  });

  test("is reported within three seconds when it is frozen at the start", async () => {
    server.freeze();
    try {
      const { error, tookMs } = await failure(open(server.url));

      expect(error).toMatchObject({ code: "storage-unavailable" });
      expect(tookMs).toBeLessThan(3_500);
    } finally {
      server.thaw();
    }
  });

  test.each(outagesMs)(
    "lost for %i ms fails requests soon, and serves them and jobs again within three seconds",
    async (outageMs) => {
      const storage = await open(server.url);
      const done: string[] = [];
      workers.push(
        await storage.jobs.process(async (job) => void done.push(job.id), { concurrency: 1 }),
      );
      await storage.jobs.add("before", `before-${outageMs}`, null);
      await waitFor("a first job", () => done.includes(`before-${outageMs}`));

      await server.kill();
      const ping = await failure(storage.ping());
      const add = await failure(storage.jobs.add("during", `during-${outageMs}`, null));
      const get = await failure(storage.records.get("things", "a"));
      await sleep(outageMs);
      await server.start();
      const backAtMs = performance.now();
      await waitFor("requests to be served", () =>
        storage.jobs.add("after", `after-${outageMs}`, null).then(
          () => true,
          () => false,
        ),
      );
      await waitFor("the worker to resume", () => done.includes(`after-${outageMs}`));
      const resumedAfterMs = performance.now() - backAtMs;

      for (const { error, tookMs } of [ping, add, get]) {
        expect(error).toMatchObject({ code: "storage-unavailable", isRetryable: true });
        expect(tookMs).toBeLessThan(2_500);
      }
      expect(resumedAfterMs).toBeLessThan(3_000);
      expect(done).not.toContain(`during-${outageMs}`);
    },
    90_000,
  );

  test("keeps what was accepted when it is killed", async () => {
    const storage = await open(server.url);
    const ids = Array.from({ length: 200 }, (_, number) => `kept-${number}`);
    await Promise.all(ids.map((id) => storage.jobs.add("kept", id, null)));

    await server.kill();
    await server.start();
    await waitFor("Redis to serve again", () =>
      storage.ping().then(
        () => true,
        () => false,
      ),
    );

    const pending = await Promise.all(ids.map((id) => storage.jobs.isPending(id)));
    expect(pending.filter((isPending) => !isPending)).toEqual([]);
  });

  test("frozen fails requests within two and a half seconds and serves them at once after", async () => {
    const storage = await open(server.url);
    await storage.ping();

    server.freeze();
    const ping = await failure(storage.ping());
    const add = await failure(storage.jobs.add("frozen", "frozen-add", null));
    server.thaw();

    expect(ping.error).toMatchObject({ code: "storage-unavailable" });
    expect(ping.tookMs).toBeLessThan(2_500);
    expect(add.error).toMatchObject({ code: "storage-unavailable" });
    expect(add.tookMs).toBeLessThan(3_000);
    await storage.ping();
    // the answer was lost, not the request: the same id makes repeating it safe
    await storage.jobs.add("frozen", "frozen-add", null);
    expect(await storage.jobs.isPending("frozen-add")).toBe(true);
    await storage.jobs.forget("frozen-add");
  });

  test("frozen for longer than a lock tells the old worker that its job is not its own any more", async () => {
    const tuning = { lockDurationMs: 600, stalledIntervalMs: 200, retryDelayMs: 20 };
    const [first, second] = [await open(server.url, tuning), await open(server.url, tuning)];
    const reasons: unknown[] = [];
    const starts: number[] = [];
    let ended = 0;
    const processor = async (
      job: { id: string; startCount: number },
      { signal }: { signal: AbortSignal },
    ): Promise<void> => {
      if (job.id !== "zombie") return;
      starts.push(job.startCount);
      if (job.startCount > 1) {
        ended += 1;
        return;
      }
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      reasons.push(signal.reason);
      throw new UpstreamError("interrupted", "interrupted", { isRetryable: true });
    };
    workers.push(await first.jobs.process(processor, { concurrency: 1 }));
    workers.push(await second.jobs.process(processor, { concurrency: 1 }));
    await first.jobs.add("zombie", "zombie", null);
    await waitFor("the job to start", () => starts[0]);

    server.freeze();
    const frozenAtMs = performance.now();
    await waitFor("the lock to run out", () => performance.now() - frozenAtMs > 1_500);
    server.thaw();
    await waitFor("the other start to end", () => ended > 0);
    await waitFor("the old worker to hear of it", () => reasons[0]);

    expect(reasons).toEqual(["lock lost"]);
    expect(starts).toEqual([1, 2]);
    await waitFor("the queue to come to rest", async () => !(await first.jobs.isPending("zombie")));
    expect((await first.jobs.counts()).failed).toBe(0);
  });

  test("frozen for longer than a lock costs a job one start, also where the same worker takes it again before it has let go", async () => {
    const lockDurationMs = 600;
    const storage = await open(server.url, { lockDurationMs, stalledIntervalMs: 200 });
    const starts: number[] = [];
    const lost: number[] = [];
    let isDone = false;
    const processor: Processor = async (job, { signal }) => {
      if (job.id !== "same-worker") return;
      starts.push(job.startCount);
      signal.addEventListener("abort", () => lost.push(job.startCount), { once: true });
      if (job.startCount === 1) {
        // slow to notice: it ends when the next start is under way
        await waitFor("the second start", () => starts[1]);
        throw new UpstreamError("interrupted", "interrupted", { isRetryable: true });
      }
      const startedAtMs = performance.now();
      await waitFor(
        "four locks to pass",
        () => performance.now() - startedAtMs > 4 * lockDurationMs,
      );
      isDone = true;
    };
    workers.push(await storage.jobs.process(processor, { concurrency: 2 }));
    await storage.jobs.add("same-worker", "same-worker", null);
    await waitFor("the job to start", () => starts[0]);

    server.freeze();
    const frozenAtMs = performance.now();
    await waitFor("the lock to run out", () => performance.now() - frozenAtMs > 1_500);
    server.thaw();
    await waitFor("the work to be done", () => isDone);

    expect({ starts, lost }).toEqual({ starts: [1, 2], lost: [1] });
  });

  test("with no room left says so, and reads go on", async () => {
    const storage = await open(server.url);
    await storage.records.put("full", "a", 1);
    const admin = new Redis(server.url);
    try {
      await admin.config("SET", "maxmemory", "1mb");

      const add = await failure(storage.jobs.add("full", "full-job", null));
      const put = await failure(storage.records.put("full", "b", 1));

      expect(add.error).toMatchObject({ code: "storage-full", isRetryable: true });
      expect(put.error).toMatchObject({ code: "storage-full", isRetryable: true });
      expect((await storage.records.get("full", "a"))?.value).toBe(1);
    } finally {
      await admin.config("SET", "maxmemory", "0");
      await admin.quit();
    }
  });

  test("is inspected for settings that lose jobs", async () => {
    const storage = await open(server.url);
    expect(await storage.preflight()).toEqual([]);
    const admin = new Redis(server.url);
    try {
      await admin.config("SET", "appendonly", "no");
      await admin.config("SET", "maxmemory-policy", "allkeys-lru");

      const findings = await storage.preflight();

      expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
        "error redis-evicts",
        "warning redis-not-durable",
      ]);
    } finally {
      await admin.config("SET", "maxmemory-policy", "noeviction");
      await admin.config("SET", "appendonly", "yes");
      await admin.quit();
    }
  });

  test("holds neither tokens nor stack traces of failed jobs", async () => {
    const storage = await open(server.url);
    workers.push(
      await storage.jobs.process(
        async () => {
          throw new Error("cannot post with xoxb-geheim");
        },
        { concurrency: 1 },
      ),
    );
    await storage.jobs.add("leak", "leaky", null);
    await waitFor("the job to fail", async () => (await storage.jobs.counts()).failed > 0);

    const redis = new Redis(server.url);
    const hash = await redis.hgetall("{callboard}:jobs:j-leaky");
    await redis.quit();

    expect(hash["failedReason"]).toBe("unexpected error: Error");
    expect(JSON.stringify(hash)).not.toMatch(/geheim|redis-faults/);
  });
});

suite(`Redis with a password${why}`, () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedisServer(["--requirepass", "geheim"]);
  });

  afterAll(() => server.destroy());

  test("refuses a wrong or missing one with a word that does not repeat it", async () => {
    for (const login of [":falsch@", "ada:falsch@", ""]) {
      const { error, tookMs } = await failure(open(`redis://${login}127.0.0.1:${server.port}`));

      expect(error).toMatchObject({ code: "storage-denied", isRetryable: false });
      expect(inspect(error, { depth: 9 })).not.toContain("falsch");
      expect(tookMs).toBeLessThan(3_000);
    }
  });

  test("lets the right one in, also for workers", async () => {
    const storage = await open(`redis://:geheim@127.0.0.1:${server.port}`);
    const seen: string[] = [];
    workers.push(
      await storage.jobs.process(async (job) => void seen.push(job.id), { concurrency: 1 }),
    );

    await storage.jobs.add("job", "a", null);

    await waitFor("the job to run", () => seen[0]);
    expect(seen).toEqual(["a"]);
  });
});
