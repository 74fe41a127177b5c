import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What to send where. */
export interface LoadOrder {
  url: string;
  /** Signs the payloads. */
  secret: string;
  /** Slash commands, or messages to the bot. */
  kind: "command" | "event";
  /** Taken in turn. */
  questions: readonly string[];
  teamId: string;
  userId: string;
  /** Taken in turn by events; commands come from the first. */
  channels: readonly string[];
  connections: number;
  seconds: number;
  /** So many requests instead of for so long. */
  amount?: number;
}

/** What came back. */
export interface LoadResult {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Ids of the events that were acknowledged, or of the commands' triggers. */
  accepted: string[];
  failures: number;
}

const run = promisify(execFile);
const script = fileURLToPath(new URL("./load.ts", import.meta.url));
/** Ids of all events of a run. */
const mostOutputBytes = 64 * 2 ** 20;

/** Sends the load from a process of its own and resolves when it is done. */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-load-"));
  try {
    const file = join(folder, "order.json");
    await writeFile(file, JSON.stringify(order));
    const { stdout } = await run(process.execPath, ["--import", "tsx", script, file], {
      maxBuffer: mostOutputBytes,
    });
    const result: LoadResult = JSON.parse(stdout);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
