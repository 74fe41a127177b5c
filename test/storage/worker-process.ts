import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { waitFor } from "../helpers/wait.ts";
import type { FixtureOrders } from "./worker-fixture.ts";

/** One line that the fixture said. */
export interface FixtureEvent {
  event: "ready" | "started" | "accepted" | "failed";
  id?: string;
  startCount?: number;
  code?: string;
  message?: string;
}

/** A running fixture. */
export interface WorkerProcess {
  child: ChildProcess;
  events: FixtureEvent[];
  /** Resolves with the first event of this kind. */
  said(event: FixtureEvent["event"]): Promise<FixtureEvent>;
  /** Ends it with SIGKILL; resolves when it is gone and all it said was read. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself. */
  ended: Promise<unknown>;
}

const here = path.dirname(fileURLToPath(import.meta.url));

/** Starts the fixture as a process of its own. Kill it in the test's end. */
export function startWorkerProcess(orders: FixtureOrders): WorkerProcess {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path.join(here, "worker-fixture.ts"), JSON.stringify(orders)],
    { stdio: ["ignore", "pipe", "pipe"], cwd: path.join(here, "../..") },
  );
  const events: FixtureEvent[] = [];
  const complaints: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => complaints.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own fixture speaks
  lines.on("line", (line) => events.push(JSON.parse(line) as FixtureEvent));
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]);
  return {
    child,
    events,
    ended,
    async said(event) {
      return waitFor(`the worker process to say ${event}; ${complaints.join("")}`, () =>
        events.find((said) => said.event === event),
      );
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
