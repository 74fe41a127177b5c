import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { JobTuning } from "../../src/storage/job-tuning.ts";
import { tieToThisProcess } from "../helpers/tied-child.ts";
import { createLedger, followWorker, type JobEvent, type Ledger } from "./ledger.ts";

/** A part that is broken on purpose, to prove that the suite notices. */
export type Mutation = "no-marker" | "no-fence" | "retry";

/** A place at which a worker is hit: killed, or frozen until it is thawed. */
export interface Arm {
  /** As the worker names it, such as `github POST /orgs/acme/repos:after`. */
  at: string;
  signal: "SIGKILL" | "SIGSTOP";
  /** A file: the first worker that can delete it is hit. */
  token: string;
}

/** When a worker asks to die: so many places from now on, and a moment later. */
export interface Doom {
  after: number;
  delayMs: number;
}

/** What a worker is started with. */
export interface WorkerOrder {
  env: Record<string, string>;
  tuning: Partial<JobTuning>;
  github: Record<string, unknown>;
  mutation?: Mutation;
  doom?: Doom;
}

/** A place that a worker came by. */
export interface Crossing {
  name: string;
  atMs: number;
}

/** A bot in a process of its own that can be hit. */
export interface Worker {
  readonly crossings: Crossing[];
  isAlive(): boolean;
  arm(arm: Arm | undefined): Promise<void>;
  doom(doom: Doom | undefined): Promise<void>;
  /** True when it works on no job. */
  isIdle(): Promise<boolean>;
  /** What is left in the storage: names that are held, and runs that are not reported. */
  left(): Promise<{ names: string[]; open: string[] }>;
  /** As SIGTERM does; resolves with the milliseconds it took. */
  stop(): Promise<number>;
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Resolves when it has ended, however. */
  ended: Promise<void>;
}

const script = fileURLToPath(new URL("./worker-process.mjs", import.meta.url));
/** A worker that is not ready by then never will be. */
const readyLimitMs = 600_000;

type Message =
  | { kind: "ready" }
  | { kind: "fate" }
  | JobEvent
  | ({ kind: "boundary" } & Crossing)
  | { kind: "answer"; id: number; answer: unknown };

/** A worker that was killed before it was ready: it works on jobs from the moment its storage is open. */
export class KilledEarly extends Error {}

/** Starts a bot and waits until it is connected; what becomes of its jobs goes into the ledger. @throws KilledEarly; Error with its log when it ends before. */
export async function startWorker(
  order: WorkerOrder,
  ledger: Ledger = createLedger(),
): Promise<Worker> {
  const child = fork(script, [JSON.stringify(order)], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  tieToThisProcess(child);
  const jobs = followWorker(ledger);
  child.once("exit", () => jobs.died());
  const log: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => {
    log.push(chunk.toString());
    if (log.length > 200) log.shift();
  });
  child.stdout?.resume();
  const crossings: Crossing[] = [];
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on("message", (message: Message) => {
    if (message.kind === "boundary") crossings.push(message);
    if (message.kind === "job") jobs.hear(message);
    if (message.kind === "fate") meetFate(child, jobs.isSpared());
    if (message.kind !== "answer") return;
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  });
  const ended = once(child, "exit").then(() => undefined);
  await ready(child, log);
  let questions = 0;
  /** Undefined when the worker ends before it answers. */
  const ask = async (question: Record<string, unknown>): Promise<unknown> => {
    const id = (questions += 1);
    const answered = new Promise((resolve) => waiting.set(id, resolve));
    if (!child.connected) return undefined;
    child.send({ ...question, id }, () => undefined);
    return await Promise.race([answered, ended]);
  };
  return {
    crossings,
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    arm: async (arm) => void (await ask({ kind: "arm", arm })),
    doom: async (doom) => void (await ask({ kind: "doom", doom })),
    isIdle: async () => (await ask({ kind: "idle" })) === true,
    async left() {
      const answer = await ask({ kind: "left" });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own script answers
      return (answer ?? { names: [], open: [] }) as { names: string[]; open: string[] };
    },
    async stop() {
      const tookMs = await ask({ kind: "stop" });
      await ended;
      return Number(tookMs);
    },
    signal: (signal) => void child.kill(signal),
  };
}

/** The death that a worker was doomed to, or a later one. */
function meetFate(child: ChildProcess, isSpared: boolean): void {
  if (!isSpared) child.kill("SIGKILL");
  else if (child.connected)
    child.send({ kind: "doom", doom: { after: 30, delayMs: 0 }, id: 0 }, () => undefined);
}

async function ready(child: ChildProcess, log: readonly string[]): Promise<void> {
  let limit: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("message", (message: Message) => {
        if (message.kind === "ready") resolve();
      });
      child.once("exit", (code, signal) => {
        const said = `a worker ended with ${signal ?? String(code)}: ${log.join("").slice(-4000)}`;
        reject(signal === "SIGKILL" ? new KilledEarly(said) : new Error(said));
      });
      limit = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`a worker was not ready in time: ${log.join("").slice(-4000)}`));
      }, readyLimitMs);
    });
  } finally {
    clearTimeout(limit);
  }
}
