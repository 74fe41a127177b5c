import { DelayedError, UnrecoverableError, WaitingError } from "bullmq";

import { CallboardError, toError, UpstreamError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { HandBack, type Job, type Processor, type ProcessOptions } from "./contract.ts";
import { bareCause } from "./failure.ts";
import { crashesOf, forgiveCrashes, type SuspectPlace } from "./job-crashes.ts";
import type { DriverJob } from "./job-driver.ts";
import { decodeJobId } from "./job-id.ts";
import { retryDelay, type JobTuning } from "./job-tuning.ts";
import { decodeValue } from "./record-value.ts";

/** Reasons of the signal that are ours; every other one is a cancel. */
export const shutdownReason = "shutdown";
export const lockLostReason = "lock lost";

/** What every attempt of a worker shares. */
export interface AttemptOptions extends ProcessOptions {
  processor: Processor;
  tuning: JobTuning;
  logger: Logger;
}

/** One start of one job. */
export interface Attempt {
  raw: DriverJob;
  /** Proves to the queue that the job is ours. */
  token: string;
  signal: AbortSignal;
  /** Of this worker. */
  suspects: SuspectPlace;
}

/**
 * Runs the processor once and says in BullMQ's words how it ended: returns for done, throws `WaitingError` (handed back, or
 * not ours any more), `DelayedError` (again later) or `UnrecoverableError` (failed for good).
 */
export async function attemptJob(options: AttemptOptions, attempt: Attempt): Promise<void> {
  const { raw, token, signal, suspects } = attempt;
  const id = decodeJobId(raw.id ?? "");
  const job: Job = {
    id,
    name: raw.name,
    data: decodeValue(raw.data),
    startCount: raw.attemptsStarted,
  };
  const crashes = crashesOf(raw);
  if (crashes > options.tuning.maxCrashes) {
    const reason = new UpstreamError(
      "job-crashes",
      `job ${id} was given up: ${crashes} times in a row its worker died, or lost touch, without getting any further`,
      { hint: "look into the log of the worker for why, then retry", isRetryable: false },
    );
    throw await giveUp(options, job, reason);
  }
  if (signal.aborted) throw await handBack(options, attempt);
  if (crashes >= options.tuning.suspectCrashes && !suspects.take(token))
    throw await letOthersFirst(options, attempt);
  try {
    await options.processor(job, { signal, gotFurther: () => noteProgress(options, raw) });
  } catch (thrown) {
    throw await judge(options, attempt, job, thrown);
  } finally {
    suspects.leave(token);
  }
}

/** A failure to note it is no reason to fail: at worst a job is given up earlier. */
async function noteProgress({ logger }: AttemptOptions, raw: DriverJob): Promise<void> {
  try {
    await forgiveCrashes(raw);
  } catch (thrown) {
    const jobId = decodeJobId(raw.id ?? "");
    logger.warn({ jobId, err: bareCause(toError(thrown)) }, "a job's progress was not noted");
  }
}

async function judge(
  options: AttemptOptions,
  attempt: Attempt,
  job: Job,
  thrown: unknown,
): Promise<Error> {
  const { signal } = attempt;
  if (signal.aborted && signal.reason === lockLostReason) {
    // another worker has the job: nothing about it may be written here
    return new WaitingError();
  }
  if (thrown instanceof HandBack || (signal.aborted && signal.reason === shutdownReason)) {
    return handBack(options, attempt);
  }
  if (signal.aborted) return new UnrecoverableError(`cancelled: ${String(signal.reason)}`);
  if (thrown instanceof UpstreamError && thrown.isRetryable) {
    return retryLater(options, attempt, job, thrown);
  }
  const error = toError(thrown);
  options.logger.error({ jobId: job.id, err: error }, "job failed");
  return new UnrecoverableError(safeReason(error));
}

async function handBack(options: AttemptOptions, { raw, token }: Attempt): Promise<Error> {
  return moving(options, raw, () => raw.moveToWait(token), new WaitingError());
}

/** Delayed, not just handed back: while it waits here, the death of this process would count for it. */
async function letOthersFirst(options: AttemptOptions, { raw, token }: Attempt): Promise<Error> {
  const { tuning, logger } = options;
  const delayMs = Math.ceil(tuning.stalledIntervalMs * (0.5 + Math.random() / 2));
  logger.info(
    { jobId: decodeJobId(raw.id ?? ""), delayMs },
    "a job waits for another that may kill workers",
  );
  return moving(
    options,
    raw,
    () => raw.moveToDelayed(Date.now() + delayMs, token),
    new DelayedError(),
  );
}

async function retryLater(
  options: AttemptOptions,
  { raw, token }: Attempt,
  job: Job,
  error: UpstreamError,
): Promise<Error> {
  const { tuning, logger } = options;
  const delayMs = retryDelay(error, job.startCount, tuning, Math.random);
  if (Date.now() + delayMs > raw.timestamp + tuning.retryForMs) return giveUp(options, job, error);
  logger.info({ jobId: job.id, code: error.code, delayMs }, "job is tried again later");
  return moving(
    options,
    raw,
    () => raw.moveToDelayed(Date.now() + delayMs, token),
    new DelayedError(),
  );
}

/** Moves the job in the queue; when that fails the job is left active, to be found when its lock runs out. */
async function moving(
  { logger }: AttemptOptions,
  raw: DriverJob,
  move: () => Promise<unknown>,
  outcome: Error,
): Promise<Error> {
  try {
    await move();
  } catch (thrown) {
    const jobId = decodeJobId(raw.id ?? "");
    logger.warn(
      { jobId, err: bareCause(toError(thrown)) },
      "a job could not be put back; it resumes when its lock runs out",
    );
  }
  return outcome;
}

async function giveUp(options: AttemptOptions, job: Job, error: CallboardError): Promise<Error> {
  options.logger.error({ jobId: job.id, code: error.code, err: error }, "job given up");
  try {
    await options.onGiveUp?.(job, error);
  } catch (thrown) {
    options.logger.error({ jobId: job.id, err: toError(thrown) }, "onGiveUp failed");
  }
  return new UnrecoverableError(safeReason(error));
}

/** What is stored with a failed job: our own messages are safe to show, foreign ones may quote tokens. */
function safeReason(error: Error): string {
  if (error instanceof CallboardError) return `${error.code}: ${error.message}`;
  return `unexpected error: ${error.name}`;
}
