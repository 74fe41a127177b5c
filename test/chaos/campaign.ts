import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { waitFor } from "../helpers/wait.ts";
import { openPool, type Pool } from "./pool.ts";
import type { Mutation, Worker, WorkerOrder } from "./worker.ts";
import { approvers, type ChaosWorld, openWorld, user } from "./world.ts";

/** Where the bots keep what they must not forget. */
export interface ChaosStorage {
  kind: "embedded" | "redis";
  /** Of Redis. */
  url?: string;
}

/** What came of some runs. */
export interface Tally {
  runs: number;
  kills: number;
  freezes: number;
  mishaps: number;
  /** Of the run that took longest. */
  slowestMs: number;
  /** Empty when all went well. */
  faults: string[];
}

/** Bots, an emulated Slack and an emulated GitHub, with things going wrong. */
export interface Campaign {
  world: ChaosWorld;
  pool: Pool;
  /** One run without any trouble; resolves with every place that its worker came by, in order. */
  trace(): Promise<string[]>;
  /** One run in which a worker is hit at a place. */
  hitAt: (at: string, signal: "SIGKILL" | "SIGSTOP", name?: string) => Promise<Tally>;
  /** Runs, six at a time, with kills at random moments and, when `rate` is given, requests that go wrong; `onDone` hears of each run. */
  shake(runs: number, random: () => number, rate?: number, onDone?: () => void): Promise<Tally>;
  /** One run while GitHub does not know yet what it made, calls it empty, loses answers and is away for a while. */
  trouble(): Promise<Tally>;
  /** One run that needs approval: its requester may not give it, and twenty clicks of others at once let it begin once. */
  race(): Promise<Tally>;
  /** What must be so when nothing runs any more. */
  rest(): Promise<string[]>;
  close(): Promise<void>;
}

/** Short times, so that a test need not wait for production's; the ratios are production's. */
const quick = {
  lockDurationMs: 2000,
  stalledIntervalMs: 1000,
  retryDelayMs: 200,
  maxRetryDelayMs: 1000,
};
const github = {
  retryDelayMs: 20,
  timing: { lagWindowMs: 6000, settingWindowMs: 3000, lagDelayMs: 20 },
  breaker: { openMs: 3000 },
};
/** A run that has not ended by then is stuck; twice as long where workers die all the time, on a machine that may be busy. */
const stuckMs = 300_000;
const inFlight = 6;
const killsPerRun = 4;

/** Starts it. */
export async function openCampaign(
  storage: ChaosStorage,
  options: { mutation?: Mutation; tuning?: WorkerOrder["tuning"]; workers?: number } = {},
): Promise<Campaign> {
  const world = await openWorld();
  const size = options.workers ?? (storage.kind === "embedded" ? 1 : 2);
  const order: WorkerOrder = {
    env: environment(world, storage),
    tuning: options.tuning ?? quick,
    github,
    ...(options.mutation === undefined ? {} : { mutation: options.mutation }),
  };
  const pool = await openPool(order, size, world.folder).catch(async (thrown: unknown) => {
    await world.close();
    throw thrown;
  });
  let runs = 0;
  const newName = (): string => `svc-${String((runs += 1)).padStart(5, "0")}`;

  /** The faults of one run that was asked for. */
  async function outcomeOf(name: string, limitMs = stuckMs): Promise<string[]> {
    if (!(await world.ended(name, limitMs)))
      return [`${name}: stuck`, ...(await world.check(name))];
    return await world.check(name);
  }

  async function runOnce(name: string, limitMs = stuckMs): Promise<string[]> {
    await world.request(name);
    return await outcomeOf(name, limitMs);
  }

  return {
    world,
    pool,
    async trace() {
      const from = pool.workers().map((worker) => ({ worker, count: worker.crossings.length }));
      const faults = await runOnce(newName());
      if (faults.length > 0) throw new Error(`a run without trouble: ${faults.join("; ")}`);
      await quiet(pool);
      return from
        .flatMap(({ worker, count }) => worker.crossings.slice(count))
        .toSorted((a, b) => a.atMs - b.atMs)
        .map(({ name }) => name);
    },
    async hitAt(at, signal, name = newName()) {
      await pool.full();
      const { isHit } = await pool.arm(at, signal);
      const before = pool.workers();
      await world.request(name);
      const acceptedAtMs = performance.now();
      if (signal === "SIGSTOP") await thawLater(world, name, before, isHit);
      const faults = await outcomeOf(name);
      const slowestMs = performance.now() - acceptedAtMs;
      await pool.disarm();
      const hits = isHit() ? 1 : 0;
      if (signal === "SIGSTOP") {
        // what the thawed worker still does comes after the end
        await quiet(pool);
        faults.push(...(await world.check(name)).filter((fault) => !faults.includes(fault)));
      }
      const isKill = signal === "SIGKILL";
      return {
        runs: 1,
        kills: isKill ? hits : 0,
        freezes: isKill ? 0 : hits,
        mishaps: 0,
        slowestMs,
        faults: faults.map((fault) => `${at}: ${fault}`),
      };
    },
    async shake(count, random, rate = 0, onDone = () => undefined) {
      const before = world.mishaps();
      world.unsettle(rate, random);
      let left = killsPerRun * count;
      await pool.doom(() => {
        left -= 1;
        const after = left < 0 ? Infinity : 10 + Math.floor(random() * 200);
        return { after, delayMs: Math.floor(random() * 30) };
      });
      const names = Array.from({ length: count }, newName);
      const faults: string[] = [];
      let slowestMs = 0;
      const lane = async (): Promise<void> => {
        for (let name = names.shift(); name !== undefined; name = names.shift()) {
          const startedAtMs = performance.now();
          faults.push(...(await runOnce(name, 2 * stuckMs)));
          slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
          onDone();
        }
      };
      await Promise.all(Array.from({ length: inFlight }, lane));
      const kills = await pool.doom(undefined);
      world.unsettle(0, random);
      const mishaps = world.mishaps() - before;
      return { runs: count, kills, freezes: 0, mishaps, slowestMs, faults };
    },
    async trouble() {
      const before = world.mishaps();
      orderTrouble(world);
      const startedAtMs = performance.now();
      const faults = await runOnce(newName());
      const mishaps = world.mishaps() - before;
      return { ...calm, mishaps, slowestMs: performance.now() - startedAtMs, faults };
    },
    async race() {
      const name = newName();
      const startedAtMs = performance.now();
      await world.request(name, "guarded");
      await world.approve(name, [user]);
      const { driver } = world.playground;
      const told = await driver
        .waitFor(
          () =>
            driver
              .ephemerals(user)
              .some(({ text }) => text.includes("Nobody can approve what they asked for")),
          { timeoutMs: 60_000 },
        )
        .then(
          () => [],
          () => [`${name}: its requester was not refused`],
        );
      await world.approve(
        name,
        Array.from({ length: 20 }, (_, click) => approvers[click % 2] ?? approvers[0]),
      );
      const faults = [...told, ...(await outcomeOf(name))];
      return { ...calm, slowestMs: performance.now() - startedAtMs, faults };
    },
    async rest() {
      await pool.full();
      const left = async (): Promise<string[]> => {
        const [worker] = pool.workers();
        const { names, open } = (await worker?.left()) ?? { names: [], open: [] };
        return [
          ...names.map((name) => `the name ${name} is still held`),
          ...open.map((id) => `run ${id} is still open`),
        ];
      };
      // the sweeper comes by every ten seconds
      const isEmpty = async (): Promise<boolean> => (await left()).length === 0;
      await waitFor("names and runs to be let go", isEmpty, 40_000).catch(() => undefined);
      return [...(await left()), ...(await world.foreignFaults())];
    },
    async close() {
      await pool.close();
      await world.close();
    },
  };
}

/** One run without a blow. */
const calm = { runs: 1, kills: 0, freezes: 0, mishaps: 0 };

/** In the order in which a run meets them. */
function orderTrouble({ github: host }: ChaosWorld): void {
  const repository = "/repos/{owner}/{repo}";
  const isEmpty = { status: 409, body: { message: "Git Repository is empty." } };
  host.failNext({ method: "POST", path: "/orgs/{org}/repos", fault: "lost-reply" });
  host.failNext({ method: "GET", path: repository, fault: "not-found", times: 6 });
  host.failNext({ method: "POST", path: `${repository}/git/trees`, fault: isEmpty, times: 2 });
  // an outage: long enough for the host to be left alone for a while
  host.failNext({ method: "PUT", path: `${repository}/topics`, fault: "unavailable", times: 8 });
}

function environment(
  { playground, github: emulated, config, folder }: ChaosWorld,
  storage: ChaosStorage,
): Record<string, string> {
  return {
    PORT: "0",
    LOG_LEVEL: "warn",
    SLACK_BOT_TOKEN: playground.botToken,
    SLACK_APP_TOKEN: playground.appToken,
    SLACK_API_URL: playground.apiUrl,
    GITHUB_TOKEN: emulated.token,
    GITHUB_API_URL: emulated.url,
    CALLBOARD_CONFIG: config,
    CALLBOARD_DATA_DIR: `${folder}/data`,
    CALLBOARD_NAMESPACE: `chaos_${randomBytes(4).toString("hex")}`,
    ...(storage.url === undefined ? {} : { REDIS_URL: storage.url }),
  };
}

/** Thaws the frozen worker when another one has ended its run, or when there is none that could. */
async function thawLater(
  world: ChaosWorld,
  name: string,
  workers: readonly Worker[],
  isHit: () => boolean,
): Promise<void> {
  if (await world.ended(name, 30_000)) await sleep(50);
  if (!isHit()) return;
  for (const worker of workers) worker.signal("SIGCONT");
}

/** Resolves when no worker works on a job. */
async function quiet(pool: Pool): Promise<void> {
  await waitFor(
    "all workers to be idle",
    async () => {
      const idle = await Promise.all(pool.workers().map(async (worker) => await worker.isIdle()));
      return idle.every(Boolean);
    },
    60_000,
  );
}
