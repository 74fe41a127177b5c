import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { ensureBuilt } from "./built.ts";

/** A bot in a process of its own, which may be killed. */
export interface BotProcess {
  pid: number;
  /** SIGKILL: nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const script = fileURLToPath(new URL("./bot-process.mjs", import.meta.url));

/** Starts a bot with this environment and waits until it is connected. @throws Error with its log when it ends before. */
export async function startBot(env: Record<string, string>): Promise<BotProcess> {
  ensureBuilt();
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ PORT: "0", LOG_LEVEL: "warn", ...env })],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const log: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  await ready(child, log);
  return {
    pid: child.pid ?? 0,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      return child.exitCode;
    },
  };
}

/** A bot that is not connected by then never will be; it must not outlive the test. */
const readyLimitMs = 60_000;

async function ready(child: ChildProcess, log: readonly string[]): Promise<void> {
  let printed = "";
  let limit: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes("ready")) resolve();
      });
      child.once("exit", (code) => {
        reject(new Error(`the bot ended with ${String(code)}: ${log.join("")}`));
      });
      limit = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`the bot was not ready in time: ${log.join("")}`));
      }, readyLimitMs);
    });
  } finally {
    clearTimeout(limit);
  }
}
