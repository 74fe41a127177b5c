import { setTimeout as sleep } from "node:timers/promises";

import { ConflictError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import type { JobQueue } from "./contract.ts";
import { createErrorLog } from "./error-log.ts";
import { toStorageError, withDeadline } from "./failure.ts";
import type { DriverQueue, JobDriver } from "./job-driver.ts";
import { encodeJobId } from "./job-id.ts";
import { keepCompleted, keepFailed, type JobTuning } from "./job-tuning.ts";
import { startWorker } from "./job-worker.ts";
import { encodeValue } from "./record-value.ts";

/** States in which a job still has something to do. */
const pendingStates = new Set(["waiting", "active", "delayed", "prioritized", "waiting-children"]);

/** A request to the queue fails after this long, also when the server is frozen. */
const requestTimeoutMs = 2_500;

/**
 * How often BullMQ itself repeats a job when its own bookkeeping failed, such as a connection lost while a finished job was
 * being marked. Failures of processors never come here: they end as failed, delayed or waiting.
 */
const bookkeepingRetries = {
  attempts: 10,
  backoff: { type: "exponential", delay: 1_000, jitter: 0.5 },
};

/** A queue with the resources behind it. */
export interface OpenJobQueue extends JobQueue {
  close(): Promise<void>;
}

/** The job queue on whatever backend `driver` opens. Job data is JSON text, so that every backend gives back the very same value. */
export async function openJobQueue(
  driver: JobDriver,
  tuning: JobTuning,
  logger: Logger,
): Promise<OpenJobQueue> {
  const queue = driver.openQueue();
  queue.on("error", createErrorLog(logger, "the job queue lost its server for a moment"));
  try {
    await queue.waitUntilReady();
  } catch (thrown) {
    await queue.close().catch(() => undefined);
    throw toStorageError(thrown, driver.name);
  }
  const ask = <T>(work: Promise<T>): Promise<T> =>
    withDeadline(work, requestTimeoutMs, driver.name);

  return {
    async add(name, id, data: JsonValue, { delayMs } = {}) {
      const jobId = encodeJobId(id);
      await ask(
        queue.add(name, encodeValue(data), {
          jobId,
          ...bookkeepingRetries,
          ...(delayMs === undefined ? {} : { delay: delayMs }),
          removeOnComplete: keepCompleted,
          removeOnFail: keepFailed,
          // stack traces can quote data and tokens
          stackTraceLimit: 0,
        }),
      );
    },
    async isPending(id) {
      return pendingStates.has(await ask(queue.getJobState(encodeJobId(id))));
    },
    forget: (id) => forgetJob(queue, id, tuning, ask),
    async counts() {
      const counts = await ask(
        queue.getJobCounts("waiting", "active", "delayed", "failed", "completed"),
      );
      const count = (state: string): number => counts[state] ?? 0;
      return {
        waiting: count("waiting"),
        active: count("active"),
        delayed: count("delayed"),
        failed: count("failed"),
        completed: count("completed"),
      };
    },
    process: (processor, options) => startWorker(driver, { ...options, processor, tuning, logger }),
    close: () => queue.close(),
  };
}

async function forgetJob(
  queue: DriverQueue,
  id: string,
  tuning: JobTuning,
  ask: <T>(work: Promise<T>) => Promise<T>,
): Promise<void> {
  const jobId = encodeJobId(id);
  const giveUpAtMs = Date.now() + tuning.settleMs;
  // a processor reports its end a moment before the queue has noted it, and a quick click on Retry falls in between
  for (
    let state = await ask(queue.getJobState(jobId));
    ;
    state = await ask(queue.getJobState(jobId))
  ) {
    if (state === "completed" || state === "failed") {
      await ask(queue.remove(jobId));
      return;
    }
    if (state !== "active") return;
    if (Date.now() > giveUpAtMs) {
      throw new ConflictError("job-active", `job ${id} is still running`, {
        hint: "wait for it to end, or cancel it",
      });
    }
    await sleep(20);
  }
}
