import type { RunningWorker } from "./contract.ts";
import { createErrorLog } from "./error-log.ts";
import { toStorageError } from "./failure.ts";
import { attemptJob, lockLostReason, shutdownReason, type AttemptOptions } from "./job-attempt.ts";
import { createSuspectPlace, type SuspectPlace } from "./job-crashes.ts";
import type { DriverJob, DriverWorker, DriverWorkerSettings, JobDriver } from "./job-driver.ts";
import { decodeJobId, encodeJobId } from "./job-id.ts";
import { keepLock } from "./job-lock.ts";
import { keepCompleted, keepFailed } from "./job-tuning.ts";

/** Pause of BullMQ before it asks a lost server again; its default of 15 s would delay every job after an outage. */
const runRetryDelayMs = 1_000;

/** More crashes than any job will see. */
const neverGiveUp = 1_000_000;

/** One job in work: how it is told to stop, and when it has. */
interface ActiveJob {
  controller: AbortController;
  ended: Promise<void>;
}

/** The jobs in work, by BullMQ's ids, and whether new ones are still welcome. */
interface Floor {
  active: Map<string, ActiveJob>;
  isStopping: boolean;
  suspects: SuspectPlace;
  reportError: (error: Error) => void;
}

/** Starts a worker on `driver`'s queue. Nothing that a processor or the server does ends the process. */
export async function startWorker(
  driver: JobDriver,
  options: AttemptOptions,
): Promise<RunningWorker> {
  const reportError = createErrorLog(options.logger, "the worker met a failure of its server");
  const floor: Floor = {
    active: new Map(),
    isStopping: false,
    suspects: createSuspectPlace(),
    reportError,
  };
  const worker = driver.openWorker(
    (raw, token = "") => work(floor, options, raw, token),
    workerSettings(options),
    {
      error: reportError,
      stalled(id) {
        options.logger.warn({ jobId: decodeJobId(id) }, "a job of a dead worker was put back");
      },
    },
  );
  try {
    await worker.waitUntilReady();
  } catch (thrown) {
    await worker.close(true).catch(() => undefined);
    throw toStorageError(thrown, driver.name);
  }

  let stopping: Promise<void> | undefined;
  return {
    stop: () => (stopping ??= stop(worker, floor, options)),
    cancel: (jobId, reason) => floor.active.get(encodeJobId(jobId))?.controller.abort(reason),
  };
}

function workerSettings({ concurrency, tuning }: AttemptOptions): DriverWorkerSettings {
  return {
    concurrency,
    lockDuration: tuning.lockDurationMs,
    stalledInterval: tuning.stalledIntervalMs,
    skipLockRenewal: true,
    // attemptJob decides, as it knows whether the job got further meanwhile and can tell `onGiveUp`
    maxStalledCount: neverGiveUp,
    runRetryDelay: runRetryDelayMs,
    removeOnComplete: keepCompleted,
    removeOnFail: keepFailed,
  };
}

async function work(
  floor: Floor,
  options: AttemptOptions,
  raw: DriverJob,
  token: string,
): Promise<void> {
  const controller = new AbortController();
  if (floor.isStopping) controller.abort(shutdownReason);
  const id = raw.id ?? "";
  let markEnded: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    markEnded = resolve;
  });
  const entry = { controller, ended };
  // before the processor starts: its first line may already ask for a cancel
  floor.active.set(id, entry);
  const letGo = keepLock(raw, token, options.tuning.lockDurationMs, {
    onLost() {
      options.logger.warn(
        { jobId: decodeJobId(id) },
        "a job was lost to other workers: its lock ran out",
      );
      controller.abort(lockLostReason);
    },
    onError: floor.reportError,
  });
  try {
    const { suspects } = floor;
    await attemptJob(options, { raw, token, signal: controller.signal, suspects });
  } finally {
    letGo();
    // after a lost lock the same job may run here a second time and own the entry
    if (floor.active.get(id) === entry) floor.active.delete(id);
    markEnded?.();
  }
}

async function stop(worker: DriverWorker, floor: Floor, options: AttemptOptions): Promise<void> {
  const { stopGraceMs } = options.tuning;
  floor.isStopping = true;
  await worker.pause(true);
  const jobs = [...floor.active.values()];
  for (const { controller } of jobs) controller.abort(shutdownReason);
  const ended = Promise.all(jobs.map((job) => job.ended));
  const isCalm = await settlesWithin(ended, stopGraceMs);
  if (!isCalm) {
    const jobIds = [...floor.active.keys()].map((id) => decodeJobId(id));
    options.logger.warn({ jobIds }, "processors ignored the shutdown; their jobs resume later");
  }
  // an unreachable server must not hold up the exit
  const isClosed = await settlesWithin(worker.close(!isCalm), stopGraceMs);
  // ends the wait for the next job, which a forced close forgets and whose timer would keep the process alive
  if (!isCalm || !isClosed) await settlesWithin(worker.disconnect(), stopGraceMs);
}

/** True when `promise` ended, well or badly, within the time. */
async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
