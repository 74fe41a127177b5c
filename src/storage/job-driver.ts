import type { JobState, JobsOptions } from "bullmq";

import type { BackendName } from "./failure.ts";

/** The part of BullMQ's `Job` that the worker needs; `data` is JSON text. */
export interface DriverJob {
  id?: string | undefined;
  name: string;
  data: string;
  timestamp: number;
  attemptsStarted: number;
  stalledCounter: number;
  moveToWait(token: string): Promise<unknown>;
  moveToDelayed(timestampMs: number, token: string): Promise<unknown>;
  /** Above zero when the lock was still held by `token`. */
  extendLock(token: string, durationMs: number): Promise<number>;
  /** As `updateProgress` left it. */
  progress: unknown;
  updateProgress(progress: object): Promise<void>;
}

/** The part of BullMQ's `Queue` that we use, whatever its backend. */
export interface DriverQueue {
  waitUntilReady(): Promise<unknown>;
  add(name: string, data: string, options: JobsOptions): Promise<unknown>;
  getJobState(id: string): Promise<JobState | "unknown">;
  getJobCounts(...states: JobState[]): Promise<Record<string, number>>;
  remove(id: string): Promise<number>;
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The part of BullMQ's `Worker` that we use, whatever its backend. */
export interface DriverWorker {
  waitUntilReady(): Promise<unknown>;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
}

/** What a worker tells by itself; ids are BullMQ's. */
export interface DriverWorkerEvents {
  error: (error: Error) => void;
  stalled: (id: string) => void;
}

/** Settings of BullMQ that are the same for every backend. */
export interface DriverWorkerSettings {
  concurrency: number;
  lockDuration: number;
  /** Ours to do: see `keepLock`. */
  skipLockRenewal: true;
  stalledInterval: number;
  maxStalledCount: number;
  runRetryDelay: number;
  removeOnComplete: { age: number; count: number };
  removeOnFail: { age: number };
}

/** Opens BullMQ's classes on one backend. */
export interface JobDriver {
  name: BackendName;
  openQueue(): DriverQueue;
  openWorker(
    processor: (job: DriverJob, token?: string) => Promise<void>,
    settings: DriverWorkerSettings,
    events: DriverWorkerEvents,
  ): DriverWorker;
}
