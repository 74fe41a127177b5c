import type { CallboardError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";

/** A stored JSON document with its version, which grows by one at each write. */
export interface StoredRecord<T = JsonValue> {
  id: string;
  value: T;
  version: number;
}

export interface PutOptions {
  /** Write only if the record has this version now; 0 means it must not exist. Absent: write whatever is there. */
  ifVersion?: number;
  /** Milliseconds until the record is gone; absent: kept. */
  ttlMs?: number;
}

/** Collections of JSON documents with compare-and-set: all that runs, drafts, reservations and de-duplication need. */
export interface RecordStore {
  get<T extends JsonValue>(collection: string, id: string): Promise<StoredRecord<T> | undefined>;
  /** The new version, or undefined when `ifVersion` did not hold (nothing was written). */
  put(
    collection: string,
    id: string,
    value: JsonValue,
    options?: PutOptions,
  ): Promise<number | undefined>;
  /** True when there was something to delete and `ifVersion` held. */
  delete(collection: string, id: string, options?: { ifVersion?: number }): Promise<boolean>;
  /** In ascending order of id, `limit` (default 100) after `afterId`. Ids that should list by time begin with a sortable time. */
  list<T extends JsonValue>(
    collection: string,
    options?: { afterId?: string; limit?: number },
  ): Promise<StoredRecord<T>[]>;
}

/** A job handed to a processor. */
export interface Job {
  id: string;
  name: string;
  data: JsonValue;
  /** From 1, grows with each start, also after a crash. */
  startCount: number;
}

export interface ProcessorContext {
  /** Aborted on shutdown, on cancel and when the lock was lost; the reason says which: `shutdown`, `lock lost` or the caller's. */
  signal: AbortSignal;
  /** Says that work was done which is not done again: deaths of workers before it no longer count against the job. */
  gotFurther: () => Promise<void>;
}

/**
 * Works on one job. Resolves: done. Throws `UpstreamError` with `isRetryable`: again later (after `retryAfterMs` when given).
 * Throws anything else: failed for good. Throws `HandBack`: back to the queue at once, for another worker.
 */
export type Processor = (job: Job, context: ProcessorContext) => Promise<void>;

/** Thrown by a processor to return its job to the queue untouched (on shutdown). */
export class HandBack extends Error {}

export interface JobCounts {
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
  completed: number;
}

/** How a queue is worked on. */
export interface ProcessOptions {
  concurrency: number;
  /**
   * Called once when the queue gives a job up by itself and no processor will see it again: its workers died too often
   * without getting any further (`job-crashes`), or its retryable failures outlasted the time for retries (then with the last of them).
   */
  onGiveUp?: (job: Job, error: CallboardError) => Promise<void>;
}

/** A worker that takes jobs. */
export interface RunningWorker {
  /** Takes no more jobs, aborts the active ones with `shutdown` and resolves when all are back in the queue. */
  stop(): Promise<void>;
  /** Aborts a job that runs in this worker with `reason`; it counts as failed, unless its processor ends well all the same. */
  cancel(jobId: string, reason: string): void;
}

/** Durable jobs. `add` resolves only when the job would survive a crash. */
export interface JobQueue {
  /** Adds a job; the same `id` again adds nothing. */
  add(name: string, id: string, data: JsonValue, options?: { delayMs?: number }): Promise<void>;
  /** True while the job waits, is delayed or runs. */
  isPending(id: string): Promise<boolean>;
  /**
   * Removes a finished or failed job with this id, so that it can be added again (for Retry); a waiting one is left alone.
   * Waits a moment for a job that is just ending. @throws ConflictError `job-active` when it goes on running.
   */
  forget(id: string): Promise<void>;
  counts(): Promise<JobCounts>;
  /** Starts working, `concurrency` jobs at a time; returns the stop, which hands active jobs back and waits for their processors. */
  process(processor: Processor, options: ProcessOptions): Promise<RunningWorker>;
}

/** What a backend found wrong with its server's settings when it was opened. */
export interface StorageFinding {
  severity: "error" | "warning";
  code: string;
  message: string;
  hint?: string;
}

/**
 * The place where records and jobs live, chosen once. Implementations: `redis.ts`, `postgres.ts` (server or PGlite).
 * All of them pass `test/contracts/storage.ts`.
 */
export interface Storage {
  kind: "embedded" | "redis" | "postgres";
  records: RecordStore;
  jobs: JobQueue;
  /** Checks the server's settings (persistence, eviction, clock, version). */
  preflight(): Promise<StorageFinding[]>;
  /** Resolves when a write and a read work; throws `UpstreamError` otherwise, within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
