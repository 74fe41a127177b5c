import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import {
  type CheckOrder,
  type CheckResult,
  mayName,
  refusedFile,
} from "../../catalog/check-text.ts";
import { createEntityRules } from "../../catalog/rules.ts";
import type { SourceFile } from "../../catalog/sources/contract.ts";
import { createPlainChecker, type FileChecker } from "./file-checker.ts";

/** What a thread is started with. */
export interface ThreadSetup {
  allow: readonly string[] | undefined;
  /** Shared: the id of the order that the thread works on, 0 for none. */
  current: SharedArrayBuffer;
}

/** What a thread is asked. */
export type ThreadOrder = { id: number } & (
  | { kind: "check"; check: CheckOrder }
  | { kind: "named"; file: SourceFile }
);

/** What it answers. */
export type ThreadReply = { id: number } & ({ result: CheckResult } | { named: string[] });

export interface CheckerOptions {
  /** Kinds that may enter; absent means all. */
  allow?: readonly string[] | undefined;
  /** A file that takes longer is refused and the thread ended. Default 5,000. */
  limitMs?: number;
  /** Of one thread. Default 512. */
  heapMb?: number;
  /** An idle thread ends after this and gives its memory back. Default 5,000. */
  idleMs?: number;
  /** Default: one less than there are processors, from 1 to 4. */
  threads?: number;
}

interface Waiting {
  order: ThreadOrder;
  answer(reply: ThreadReply): void;
  /** The file is refused for what it costs. */
  refuse(limit: string): void;
  reject(error: Error): void;
}

/** Orders in one message, and characters of files in it. */
const maxPortion = 32;
const maxPortionLength = 128 * 1024;
/** A thread that has not loaded after so long never will. */
const startLimitMs = 60_000;

/**
 * Parses and checks files in threads, which are started when they are needed. What a file does there (seconds of computing,
 * gigabytes) ends with the thread, and only that file is refused.
 */
export function createThreadChecker(options: CheckerOptions = {}): FileChecker {
  const plain = createPlainChecker(createEntityRules({ allow: options.allow }));
  const pool = createPool(options);
  return {
    check(order, isUrgent) {
      if (isUrgent) return plain.check(order, true);
      return new Promise((resolve, reject) => {
        pool.add({
          order: { id: 0, kind: "check", check: order },
          answer: (reply) => ("result" in reply ? resolve(reply.result) : reject(new Error(odd))),
          refuse: (limit) => resolve({ check: refusedFile(order.file, limit) }),
          reject,
        });
      });
    },
    async named(file) {
      if (!mayName(file)) return [];
      return new Promise((resolve, reject) => {
        pool.add({
          order: { id: 0, kind: "named", file },
          answer: (reply) => ("named" in reply ? resolve(reply.named) : reject(new Error(odd))),
          // the check of the same file says so
          refuse: () => resolve([]),
          reject,
        });
      });
    },
    close: () => pool.close(),
  };
}

const odd = "the checking thread gave another answer than asked for";

/** Threads that share one queue. */
function createPool(options: CheckerOptions) {
  const most = options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1));
  const queue: Waiting[] = [];
  const lanes = new Set<Lane>();
  let isClosed = false;
  let isPlanned = false;
  let lastId = 0;

  function takePortion(): Waiting[] {
    let length = 0;
    let count = 0;
    while (count < Math.min(queue.length, maxPortion) && length < maxPortionLength) {
      length += lengthOf(queue[count]);
      count += 1;
    }
    return queue.splice(0, count);
  }

  function pump(): void {
    isPlanned = false;
    while (queue.length > 0) {
      const free = [...lanes].find((lane) => lane.isFree());
      if (free === undefined && lanes.size >= most) return;
      (free ?? open()).send(takePortion());
    }
  }

  /** Orders that are made in one turn go together. */
  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(pump);
  }

  function open(): Lane {
    const lane: Lane = new ThreadLane(options, {
      onFree: plan,
      onGone: (unanswered) => {
        lanes.delete(lane);
        queue.unshift(...unanswered);
        if (queue.length > 0) plan();
      },
    });
    lanes.add(lane);
    return lane;
  }

  return {
    add(waiting: Waiting): void {
      if (isClosed) return waiting.reject(new Error("the checker is closed"));
      lastId = lastId === 2 ** 30 ? 1 : lastId + 1;
      waiting.order.id = lastId;
      queue.push(waiting);
      plan();
    },
    async close(): Promise<void> {
      isClosed = true;
      const closed = new Error("the checker is closed");
      for (const waiting of queue.splice(0)) waiting.reject(closed);
      await Promise.all([...lanes].map((lane) => lane.close(closed)));
    },
  };
}

function lengthOf(waiting: Waiting | undefined): number {
  if (waiting === undefined) return 0;
  const { order } = waiting;
  return order.kind === "check" ? order.check.file.text.length : order.file.text.length;
}

/** One thread. */
interface Lane {
  /** True when it can take another portion without anybody waiting long for it. */
  isFree(): boolean;
  send(portion: Waiting[]): void;
  close(error: Error): Promise<void>;
}

interface LaneEvents {
  /** It can take more. */
  onFree(): void;
  /** It has ended, and this was left undone. */
  onGone(unanswered: Waiting[]): void;
}

class ThreadLane implements Lane {
  readonly #waiting = new Map<number, Waiting>();
  readonly #current: Int32Array;
  readonly #thread: Worker;
  readonly #watch: NodeJS.Timeout;
  readonly #limits: { limitMs: number; heapMb: number; idleMs: number };
  readonly #events: LaneEvents;
  #isGone = false;
  #seen = { id: -1, sinceMs: performance.now() };
  #idleSinceMs: number | undefined;

  constructor(
    { allow, limitMs = 5_000, heapMb = 512, idleMs = 5_000 }: CheckerOptions,
    events: LaneEvents,
  ) {
    this.#limits = { limitMs, heapMb, idleMs };
    this.#events = events;
    const shared = new SharedArrayBuffer(4);
    this.#current = new Int32Array(shared);
    this.#thread = startThread({ allow, current: shared }, heapMb);
    this.#thread.unref();
    this.#thread.on("message", (replies: ThreadReply[]) => this.#take(replies));
    this.#thread.on("error", (error) => {
      const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
      if (isMemory) this.#end(`${heapMb} MB of memory`);
      else this.#fail(error);
    });
    this.#thread.on("exit", (code) => this.#fail(new Error(`the checking thread ended: ${code}`)));
    this.#watch = setInterval(() => this.#look(), Math.min(250, limitMs / 4, idleMs / 2));
    this.#watch.unref();
  }

  isFree(): boolean {
    return !this.#isGone && this.#waiting.size <= maxPortion;
  }

  send(portion: Waiting[]): void {
    if (this.#waiting.size === 0) this.#seen = { id: -1, sinceMs: performance.now() };
    this.#thread.ref();
    for (const each of portion) this.#waiting.set(each.order.id, each);
    this.#thread.postMessage(portion.map(({ order }) => order));
  }

  async close(error: Error): Promise<void> {
    this.#fail(error);
    await this.#thread.terminate();
  }

  #take(replies: readonly ThreadReply[]): void {
    for (const reply of replies) {
      this.#waiting.get(reply.id)?.answer(reply);
      this.#waiting.delete(reply.id);
    }
    if (this.#waiting.size === 0) this.#thread.unref();
    if (this.isFree()) this.#events.onFree();
  }

  /** Looks whether one order takes too long, or there has been none for long. */
  #look(): void {
    const { limitMs, idleMs } = this.#limits;
    const nowMs = performance.now();
    if (this.#waiting.size === 0) {
      this.#idleSinceMs ??= nowMs;
      if (nowMs - this.#idleSinceMs >= idleMs) this.#end();
      return;
    }
    this.#idleSinceMs = undefined;
    const id = Atomics.load(this.#current, 0);
    if (id !== this.#seen.id) this.#seen = { id, sinceMs: nowMs };
    const tookMs = nowMs - this.#seen.sinceMs;
    if (id !== 0 && tookMs >= limitMs) this.#end(`${limitMs / 1000} seconds`);
    // before its first order a thread is loading
    if (id === 0 && tookMs >= startLimitMs)
      this.#fail(new Error("the checking thread does not start"));
  }

  /** Ends the thread; what it worked on is refused, if a limit is given, and the rest is done by another. */
  #end(limit?: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearInterval(this.#watch);
    const [first] = this.#waiting.values();
    const culprit = this.#waiting.get(Atomics.load(this.#current, 0)) ?? first;
    if (culprit !== undefined && limit !== undefined) {
      this.#waiting.delete(culprit.order.id);
      culprit.refuse(limit);
    }
    void this.#thread.terminate();
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#events.onGone(unanswered);
  }

  #fail(error: Error): void {
    for (const each of this.#waiting.values()) each.reject(error);
    this.#waiting.clear();
    this.#end();
  }
}

function startThread(setup: ThreadSetup, heapMb: number): Worker {
  const settings = {
    workerData: setup,
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  };
  if (import.meta.url.endsWith(".js"))
    return new Worker(new URL("./check-worker.js", import.meta.url), settings);
  // From source (tests, `npm run dev`): a thread does not inherit what compiles TypeScript for its parent.
  const source = new URL("./check-worker.ts", import.meta.url).href;
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(source)}); });`;
  return new Worker(start, { ...settings, eval: true });
}
