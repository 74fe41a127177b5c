/**
 * What a storage costs: opening, a record, a job from `add` to its start, and jobs a second.
 * `node --import tsx bench/storage.ts [--redis redis://…] [--postgres postgres://…] [--jobs 1000]`; the embedded one always runs.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { silentLogger } from "../src/base/logger.ts";
import type { Storage } from "../src/storage/contract.ts";
import { openStorage, type StorageOptions } from "../src/storage/open.ts";

const { values } = parseArgs({
  options: {
    redis: { type: "string" },
    postgres: { type: "string" },
    jobs: { type: "string", default: "1000" },
  },
});
const jobCount = Number(values.jobs);

interface Place {
  name: string;
  options: Pick<StorageOptions, "redisUrl" | "databaseUrl">;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function summarise(timesMs: number[]): string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}

/** Milliseconds that `work` takes, once for each round. */
async function timeEach(rounds: number, work: (round: number) => Promise<unknown>) {
  const timesMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAtMs = performance.now();
    await work(round);
    timesMs.push(performance.now() - startedAtMs);
  }
  return timesMs;
}

async function timeRecords(storage: Storage): Promise<string> {
  const value = { text: "x".repeat(4_000) };
  const put = await timeEach(300, (round) => storage.records.put("bench", `r${round}`, value));
  const get = await timeEach(300, (round) => storage.records.get("bench", `r${round}`));
  return `record of 4 KB, p50 / p99: put ${summarise(put)}, get ${summarise(get)}`;
}

/** One job after the other: from the call of `add` to the first line of the processor. */
async function timeStart(storage: Storage): Promise<string> {
  let resolveStart: ((atMs: number) => void) | undefined;
  const worker = await storage.jobs.process(async () => resolveStart?.(performance.now()), {
    concurrency: 4,
  });
  const timesMs: number[] = [];
  for (let round = 0; round < 200; round++) {
    const started = new Promise<number>((resolve) => {
      resolveStart = resolve;
    });
    const addedAtMs = performance.now();
    await storage.jobs.add("bench", `start-${round}`, { round });
    timesMs.push((await started) - addedAtMs);
  }
  await worker.stop();
  return `add to start, p50 / p99: ${summarise(timesMs)}`;
}

/** Jobs that do nothing: added all at once, then worked off with 8 at a time. */
async function timeThroughput(storage: Storage): Promise<string> {
  const ids = Array.from({ length: jobCount }, (_, number) => `many-${number}`);
  const addingAtMs = performance.now();
  for (let from = 0; from < ids.length; from += 50) {
    await Promise.all(ids.slice(from, from + 50).map((id) => storage.jobs.add("many", id, null)));
  }
  const addedPerSecond = (jobCount / (performance.now() - addingAtMs)) * 1_000;
  const workingAtMs = performance.now();
  let done = 0;
  let resolveAll: (() => void) | undefined;
  const all = new Promise<void>((resolve) => {
    resolveAll = resolve;
  });
  const worker = await storage.jobs.process(
    async () => {
      done += 1;
      if (done === jobCount) resolveAll?.();
    },
    { concurrency: 8 },
  );
  await all;
  const donePerSecond = (jobCount / (performance.now() - workingAtMs)) * 1_000;
  await worker.stop();
  return `jobs a second: ${Math.round(addedPerSecond)} accepted, ${Math.round(donePerSecond)} done`;
}

async function measure({ name, options }: Place): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "callboard-bench-"));
  const namespace = `bench_${randomBytes(4).toString("hex")}`;
  const open = (): Promise<Storage> =>
    openStorage({ ...options, namespace, dataDir, logger: silentLogger });
  const firstAtMs = performance.now();
  await (await open()).close();
  const againAtMs = performance.now();
  const storage = await open();
  const openedAtMs = performance.now();

  const lines = [
    `open: first ${Math.round(againAtMs - firstAtMs)} ms, again ${Math.round(openedAtMs - againAtMs)} ms`,
    await timeRecords(storage),
    await timeStart(storage),
    await timeThroughput(storage),
    `memory of the process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
  ];
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
  process.stdout.write(`${name}\n${lines.map((line) => `  ${line}\n`).join("")}`);
}

const places: Place[] = [{ name: "embedded", options: {} }];
if (values.redis !== undefined) places.push({ name: "redis", options: { redisUrl: values.redis } });
if (values.postgres !== undefined) {
  places.push({ name: "postgres", options: { databaseUrl: values.postgres } });
}
for (const place of places) await measure(place);
