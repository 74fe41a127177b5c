import type { UpstreamError } from "../base/errors.ts";

/** Times and bounds of the queue. The defaults suit production; tests shorten them. */
export interface JobTuning {
  /** A worker that has not renewed a job's lock for this long is taken for dead. */
  lockDurationMs: number;
  /** How often each worker looks for jobs of dead workers; together with the lock this bounds the time to resume. */
  stalledIntervalMs: number;
  /** A job whose worker died more often than this without getting any further is given up. */
  maxCrashes: number;
  /** A job whose worker died this often without getting any further works apart from others of that kind, lest one takes all down. */
  suspectCrashes: number;
  /** For how long after `add` a job that meets retryable failures is tried again. */
  retryForMs: number;
  /** Wait before the second try; it doubles with each. */
  retryDelayMs: number;
  maxRetryDelayMs: number;
  /** How long `stop` waits for processors before it leaves their jobs to be found as dead. */
  stopGraceMs: number;
  /** How long `forget` waits for a job that is just ending. */
  settleMs: number;
}

/** Resumes after a crash in at most 15 s and outlasts an outage of a day. */
export const defaultTuning: JobTuning = {
  lockDurationMs: 10_000,
  stalledIntervalMs: 5_000,
  maxCrashes: 20,
  suspectCrashes: 3,
  retryForMs: 24 * 3_600_000,
  retryDelayMs: 2_000,
  maxRetryDelayMs: 300_000,
  stopGraceMs: 10_000,
  settleMs: 2_000,
};

/** Finished jobs stay this long as a guard against replayed requests. */
export const keepCompleted = { age: 7 * 86_400, count: 5_000 };
/** Failed jobs stay this long to be looked at. */
export const keepFailed = { age: 30 * 86_400 };

/**
 * Milliseconds until the next try: what the other side asked for, else doubling from `retryDelayMs` with the upper half
 * random, so that jobs that failed together do not come back together.
 */
export function retryDelay(
  error: UpstreamError,
  startCount: number,
  tuning: JobTuning,
  random: () => number,
): number {
  const exponent = Math.min(Math.max(startCount - 1, 0), 30);
  const backoffMs = Math.min(tuning.retryDelayMs * 2 ** exponent, tuning.maxRetryDelayMs);
  const jitteredMs = backoffMs * (0.5 + random() / 2);
  // never earlier than asked for, and not all at the very same moment after it
  return Math.ceil(Math.max(jitteredMs, (error.retryAfterMs ?? 0) + backoffMs * 0.1 * random()));
}
