import type { JobQueue } from "../../storage/contract.ts";
import type { RunRecord } from "./run-record.ts";
import type { RunStore } from "./run-store.ts";
import { runJobId, runJobName } from "./start-run.ts";

export interface WakeDeps {
  runs: RunStore;
  jobs: Pick<JobQueue, "add">;
}

/**
 * Lets a parked run go on, by a job of its own. Waking it twice has the effect of once, and a run that is not parked is left
 * as it is; when the process dies in between, the sweeper queues what was woken.
 * @throws NotFoundError `run-unknown`
 */
export async function wakeRun(runId: string, deps: WakeDeps): Promise<RunRecord> {
  const found = await deps.runs.get(runId);
  const run =
    found !== undefined && found.parked === undefined
      ? found
      : await deps.runs.update(runId, woken);
  await deps.jobs.add(runJobName, runJobId(run), { runId });
  return run;
}

/** Wakes every run that waits for what an event names; returns how many. */
export async function wakeWaiting(topic: string, deps: WakeDeps): Promise<number> {
  let count = 0;
  for (const { id } of await deps.runs.listOpen()) {
    const run = await deps.runs.get(id);
    if (run?.parked?.topic !== topic) continue;
    await wakeRun(id, deps);
    count += 1;
  }
  return count;
}

/** The run as it stands once it no longer waits without a job. */
export function woken(run: RunRecord): RunRecord {
  if (run.parked === undefined) return run;
  const { parked: _parked, ...rest } = run;
  return { ...rest, wakes: (run.wakes ?? 0) + 1 };
}
