import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { toError } from "../../src/base/errors.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import {
  type Arm,
  type Doom,
  KilledEarly,
  startWorker,
  type Worker,
  type WorkerOrder,
} from "./worker.ts";

/** Bots that are started again as soon as one dies. */
export interface Pool {
  workers(): readonly Worker[];
  /** What became of the jobs of all workers so far. */
  ledger: Ledger;
  /** Tells all of them that the next one to come by `at` is hit. */
  arm(at: string, signal: Arm["signal"]): Promise<{ isHit: () => boolean }>;
  disarm(): Promise<void>;
  /** From now on each bot, those that are started too, dies when `next` says; undefined: never. Resolves with the deaths since the last call. */
  doom(next: (() => Doom) | undefined): Promise<number>;
  /** Resolves when as many as wanted are running. */
  full(): Promise<void>;
  close(): Promise<void>;
}

/** Starts `size` bots on one storage. */
export async function openPool(order: WorkerOrder, size: number, folder: string): Promise<Pool> {
  const workers = new Set<Worker>();
  const starting = new Set<Promise<void>>();
  const ledger = createLedger();
  let isClosing = false;
  let failure: Error | undefined;
  let fates: (() => Doom) | undefined;
  let deaths = 0;

  async function add(): Promise<void> {
    const doomed = fates === undefined ? order : { ...order, doom: fates() };
    const worker = await startWorker(doomed, ledger);
    workers.add(worker);
    void replace(worker);
    if (isClosing) worker.signal("SIGKILL");
  }

  async function replace(worker: Worker): Promise<void> {
    await worker.ended;
    workers.delete(worker);
    deaths += 1;
    refill();
  }

  function refill(): void {
    if (isClosing) return;
    const started = add().catch((thrown: unknown) => {
      if (thrown instanceof KilledEarly && fates !== undefined) {
        deaths += 1;
        refill();
      } else failure ??= toError(thrown);
    });
    starting.add(started);
    void started.then(() => starting.delete(started));
  }

  // one after the other: the first one makes the tables
  for (let each = 0; each < size; each += 1) await add();
  const pool: Pool = {
    workers: () => [...workers],
    ledger,
    async arm(at, signal) {
      const token = join(folder, `token-${randomUUID()}`);
      writeFileSync(token, "");
      await Promise.all(
        [...workers].map(async (worker) => await worker.arm({ at, signal, token })),
      );
      return { isHit: () => !existsSync(token) };
    },
    async disarm() {
      await Promise.all([...workers].map(async (worker) => await worker.arm(undefined)));
    },
    async doom(next) {
      const died = deaths;
      deaths = 0;
      fates = next;
      await Promise.all([...workers].map(async (worker) => await worker.doom(next?.())));
      return died;
    },
    async full() {
      while (starting.size > 0) await Promise.all(starting);
      if (failure !== undefined) throw failure;
    },
    async close() {
      isClosing = true;
      await Promise.all(starting);
      for (const worker of workers) {
        worker.signal("SIGCONT");
        worker.signal("SIGKILL");
      }
      await Promise.all([...workers].map(async (worker) => await worker.ended));
    },
  };
  return pool;
}
