import { Worker } from "node:worker_threads";

import { InputError } from "../../base/errors.ts";
import type { JsonObject, JsonValue } from "../../base/json.ts";
import type { DeepRendered, Rendered, RenderStyle, RenderWorld } from "../expressions.ts";

/** What is to be rendered. */
export type RenderWork =
  | { kind: "deep"; value: JsonValue }
  | { kind: "texts"; sources: readonly string[]; style: RenderStyle }
  | { kind: "query"; expression: string; data: JsonValue };

/** What goes to the thread. */
export type RenderTask = { context: JsonObject; world: RenderWorld } & RenderWork;

/** What comes back. */
export type RenderReply =
  | { deep: DeepRendered }
  | { texts: Rendered[] }
  | { found: JsonValue | undefined }
  | { failure: string; code?: string };

/** Sent once by a thread that has loaded: time is counted from then on. */
export const readyMessage = "ready";

export interface WorkerRendererOptions {
  /** For one rendering; a template that needs longer fails. Default 5 s. */
  timeoutMs?: number;
  /** Of one thread. Default 128 MB. */
  heapMb?: number;
  /** Threads at most; each works on one thing at a time. Default 2. */
  threads?: number;
}

interface Waiting {
  task: RenderTask;
  resolve(reply: RenderReply): void;
  reject(error: Error): void;
}

/** A thread that is idle or at work. */
interface Lane {
  worker: Worker;
  isReady: boolean;
  current: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** A thread that has not loaded after so long never will. */
const startTimeoutMs = 30_000;

/** Threads that render, started when needed and ended when something takes too long. */
export class RenderThreads {
  readonly #timeoutMs: number;
  readonly #heapMb: number;
  readonly #most: number;
  #lanes: Lane[] = [];
  #queue: Waiting[] = [];
  #isClosed = false;

  constructor(options: WorkerRendererOptions) {
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    this.#heapMb = options.heapMb ?? 128;
    this.#most = options.threads ?? 2;
  }

  /** @throws InputError `render-timeout`. */
  ask(task: RenderTask): Promise<RenderReply> {
    if (this.#isClosed) return Promise.reject(new Error("the renderer is closed"));
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#pump();
    });
  }

  /** Ends all threads; what waits is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const lanes = this.#lanes;
    this.#lanes = [];
    for (const waiting of this.#queue.splice(0))
      waiting.reject(new Error("the renderer is closed"));
    for (const lane of lanes)
      this.#settle(lane, (one) => one.reject(new Error("the renderer is closed")));
    await Promise.all(lanes.map((lane) => lane.worker.terminate()));
  }

  #pump(): void {
    const idle = this.#lanes.find((lane) => lane.current === undefined);
    if (idle === undefined && this.#lanes.length >= this.#most) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#start(idle ?? this.#open(), next);
    // all start with the first rendering: in the middle of a rush is when a start hurts most
    while (this.#lanes.length < this.#most) this.#open();
  }

  #open(): Lane {
    const lane: Lane = {
      worker: createThread(this.#heapMb),
      isReady: false,
      current: undefined,
      timer: undefined,
    };
    lane.worker.unref();
    lane.worker.on("message", (message: RenderReply | typeof readyMessage) => {
      if (message !== readyMessage) return this.#settle(lane, (one) => one.resolve(message));
      lane.isReady = true;
      if (lane.current !== undefined) this.#limit(lane, this.#timeoutMs);
    });
    lane.worker.on("error", (error) => this.#drop(lane, outOf(error)));
    lane.worker.on("exit", () => this.#drop(lane, new Error("the rendering thread ended")));
    this.#lanes.push(lane);
    return lane;
  }

  #start(lane: Lane, next: Waiting): void {
    lane.current = next;
    this.#limit(lane, lane.isReady ? this.#timeoutMs : startTimeoutMs);
    lane.worker.postMessage(next.task);
  }

  #limit(lane: Lane, timeoutMs: number): void {
    clearTimeout(lane.timer);
    lane.timer = setTimeout(() => {
      this.#drop(lane, tooMuch(`more than ${timeoutMs / 1000} seconds`));
      void lane.worker.terminate();
    }, timeoutMs);
  }

  #settle(lane: Lane, how: (waiting: Waiting) => void): void {
    clearTimeout(lane.timer);
    const { current } = lane;
    lane.current = undefined;
    if (current !== undefined) how(current);
    this.#pump();
  }

  #drop(lane: Lane, error: Error): void {
    this.#lanes = this.#lanes.filter((one) => one !== lane);
    this.#settle(lane, (one) => one.reject(error));
  }
}

function createThread(heapMb: number): Worker {
  const settings = {
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
  };
  const compiled = new URL("./render-worker.js", import.meta.url);
  if (import.meta.url.endsWith(".js")) return new Worker(compiled, settings);
  // From source (tests, `npm run dev`): a thread does not inherit what compiles TypeScript for its parent.
  const source = new URL("./render-worker.ts", import.meta.url).href;
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(source)}); });`;
  return new Worker(start, { ...settings, eval: true });
}

function outOf(error: Error): Error {
  const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return isMemory ? tooMuch("more memory than allowed") : error;
}

function tooMuch(what: string): InputError {
  return new InputError(
    "render-timeout",
    `An expression of the template needs ${what} to render.`,
    {
      hint: "look for loops, huge numbers and regular expressions in the template",
    },
  );
}
