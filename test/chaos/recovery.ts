import { defaultTuning } from "../../src/storage/job-tuning.ts";
import { waitFor } from "../helpers/wait.ts";
import { type Campaign, type ChaosStorage, openCampaign } from "./campaign.ts";
import type { Worker } from "./worker.ts";

/** How long a run stood still, in milliseconds, one number for each time. */
export interface Recovery {
  /** From SIGKILL until another worker, or the same one started again, had the run. */
  crashMs: number[];
  /** From SIGTERM until another worker had the run. */
  deployMs: number[];
  /** Until the stopped bot had closed everything. */
  stopMs: number[];
  faults: string[];
}

/** A place in the middle of a run. */
const middle = "note.publish/github.create:after";
const claimed = "run.claimed:after";

/** Measures with production's times how long runs stand still when their worker dies or is stopped. */
export async function measureRecovery(storage: ChaosStorage, times: number): Promise<Recovery> {
  const chaos = await openCampaign(storage, { tuning: defaultTuning });
  const recovery: Recovery = { crashMs: [], deployMs: [], stopMs: [], faults: [] };
  try {
    for (let time = 0; time < times; time += 1) {
      recovery.crashMs.push(await afterCrash(chaos, `crash-${time}`, recovery.faults));
      if (storage.kind !== "embedded") await afterStop(chaos, `deploy-${time}`, recovery);
    }
  } finally {
    await chaos.close();
  }
  return recovery;
}

async function afterCrash(chaos: Campaign, name: string, faults: string[]): Promise<number> {
  await chaos.pool.full();
  const victim: { diedAtMs?: number } = {};
  for (const worker of chaos.pool.workers())
    void worker.ended.then(() => (victim.diedAtMs ??= Date.now()));
  const tally = await chaos.hitAt(middle, "SIGKILL", name);
  faults.push(...tally.faults);
  await chaos.pool.full();
  const { diedAtMs = 0 } = victim;
  return claimsAfter(chaos.pool.workers(), diedAtMs)[0] ?? Number.NaN;
}

function claimsAfter(workers: readonly Worker[], sinceMs: number): number[] {
  return workers
    .flatMap((worker) => worker.crossings)
    .filter(({ name, atMs }) => name === claimed && atMs >= sinceMs)
    .map(({ atMs }) => atMs - sinceMs)
    .toSorted((a, b) => a - b);
}

/** Freezes nothing and kills nothing: GitHub is slow, and the worker that waits for it is told to stop. */
async function afterStop(chaos: Campaign, name: string, recovery: Recovery): Promise<void> {
  await chaos.pool.full();
  const workers = [...chaos.pool.workers()];
  const counts = new Map(workers.map((worker) => [worker, worker.crossings.length]));
  chaos.world.github.failNext({
    method: "POST",
    path: "/orgs/{org}/repos",
    fault: "slow",
    delayMs: 3_000,
  });
  await chaos.world.request(name);
  const busy = await waitFor(
    "a worker in the middle of the run",
    () =>
      workers.find((worker) =>
        worker.crossings.slice(counts.get(worker)).some((crossing) => crossing.name === middle),
      ),
    30_000,
  );
  const stoppedAtMs = Date.now();
  recovery.stopMs.push(await busy.stop());
  const others = workers.filter((worker) => worker !== busy);
  const tookMs = await waitFor(
    "another worker to take the run",
    () => claimsAfter(others, stoppedAtMs)[0],
    30_000,
  );
  recovery.deployMs.push(tookMs);
  if (!(await chaos.world.ended(name, 120_000))) recovery.faults.push(`${name}: stuck`);
  recovery.faults.push(...(await chaos.world.check(name)));
}
