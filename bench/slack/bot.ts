import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { isRecord } from "../../src/base/json.ts";

/** Which bot to start, and how it reaches the emulated Slack. */
export interface BotOrder {
  kind: "minimal" | "lunr" | "callboard";
  /** Components in the catalog. */
  size: number;
  secret: string;
  botToken: string;
  apiUrl: string;
  dataDir: string;
  /** Absent: the embedded database in `dataDir`. */
  redisUrl?: string;
  namespace: string;
}

/** What the process is asked: its processor time, or to begin a profile, or to end it into `file`. */
export type BotRequest = { id: number } & ({ type: "usage" } | { type: "profile"; file?: string });

/** What it took since the process began, in milliseconds. */
export interface Usage {
  /** Of a processor. */
  cpuMs: number;
  /** Finding answers to questions, without what brings them to people. */
  questionMs: number;
}

/** A bot in a process of its own. */
export interface BenchBot {
  url: string;
  usage(): Promise<Usage>;
  startProfile(): Promise<void>;
  stopProfile(file: string): Promise<void>;
  /** SIGKILL: nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
}

type Reply = { id?: number; value?: unknown; error?: string; url?: string };

const script = fileURLToPath(new URL("./bot-process.ts", import.meta.url));

/** Starts a bot; resolves when it listens. */
export async function startBenchBot(order: BotOrder): Promise<BenchBot> {
  const child = fork(script, [JSON.stringify(order)], { execArgv: ["--import", "tsx"] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (reply: Reply) => resolve(reply.url ?? ""));
    child.once("exit", (code) => reject(new Error(`the bot ended with ${String(code)}`)));
  });
  const ask = createAsking(child);
  return {
    url,
    async usage() {
      const usage = await ask({ type: "usage" });
      const { cpuMs, questionMs } = isRecord(usage) ? usage : {};
      return { cpuMs: Number(cpuMs), questionMs: Number(questionMs) };
    },
    startProfile: async () => void (await ask({ type: "profile" })),
    stopProfile: async (file) => void (await ask({ type: "profile", file })),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function createAsking(child: ChildProcess) {
  let lastId = 0;
  return async (request: { type: "usage" } | { type: "profile"; file?: string }) => {
    lastId += 1;
    const id = lastId;
    const answered = new Promise<Reply>((resolve) => {
      const listen = (reply: Reply): void => {
        if (reply.id !== id) return;
        child.off("message", listen);
        resolve(reply);
      };
      child.on("message", listen);
    });
    child.send({ ...request, id });
    const { value, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return value;
  };
}
