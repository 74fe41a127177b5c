import type { Logger } from "../../base/logger.ts";
import type { JobQueue } from "../../storage/contract.ts";
import type { NameReservations } from "./name-reservations.ts";
import { wakeRun } from "./park-run.ts";
import { isUndoing, type RunStore } from "./run-store.ts";
import { runJobId, runJobName } from "./start-run.ts";
import { undoJobId, undoJobName } from "./undo-run.ts";

export interface SweepDeps {
  runs: RunStore;
  names: Pick<NameReservations, "sweep">;
  jobs: Pick<JobQueue, "add" | "isPending" | "forget">;
  logger: Logger;
  clock: () => number;
}

/** Younger entries belong to requests that are just being accepted. */
const settleMs = 5000;

/**
 * Queues every open run that has no job: accepted but not queued, or ended without its report, because a process died in between.
 * Parked runs are woken when their time has come. Names that nobody needs any more are given back. Returns how many runs it queued.
 */
export async function sweepRuns(deps: SweepDeps): Promise<number> {
  let queued = 0;
  for (const { id, openedAtMs, wakeAtMs } of await deps.runs.listOpen()) {
    const nowMs = deps.clock();
    if (wakeAtMs === undefined ? nowMs - openedAtMs < settleMs : nowMs < wakeAtMs) continue;
    const run = await deps.runs.get(id);
    if (run === undefined) {
      await deps.runs.forgetOpen(id);
      continue;
    }
    if (run.parked !== undefined) {
      if (nowMs < run.parked.untilMs) continue;
      await wakeRun(id, deps);
      queued += 1;
      continue;
    }
    const [jobName, jobId] = isUndoing(run)
      ? [undoJobName, undoJobId(run)]
      : [runJobName, runJobId(run)];
    if (await deps.jobs.isPending(jobId)) continue;
    await deps.jobs.forget(jobId);
    await deps.jobs.add(jobName, jobId, { runId: id });
    deps.logger.warn({ runId: id, status: run.status }, "queued a run that had no job");
    queued += 1;
  }
  const released = await deps.names.sweep();
  if (released > 0) deps.logger.info({ released }, "names of ended runs were given back");
  return queued;
}
