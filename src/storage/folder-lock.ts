import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ConflictError, toError, UpstreamError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import { codeOf } from "./failure.ts";
import { isProcessAlive, machineIdentity, processStart } from "./process-identity.ts";

/** Held from `acquireFolderLock` until `release`. */
export interface FolderLock {
  release(): Promise<void>;
}

export interface FolderLockOptions {
  logger: Logger;
  /** Called when the lock file is no longer ours: somebody removed or replaced it. */
  onLost: () => void;
  /** How often the holder touches its file. */
  heartbeatMs?: number;
  /** How long a holder whose process cannot be looked at must keep silent before it counts as dead. */
  silenceMs?: number;
}

/** What stands in the lock file. */
interface Holder {
  token: string;
  pid: number;
  start?: string;
  machine: string;
  since: string;
}

/** After taking over a dead holder's file, wait this long to see whether somebody else did the same. */
const contestMs = 150;
/** Each round ends with the lock, a refusal, or somebody else's change to the file. */
const maxRounds = 20;

/**
 * Takes the lock file `file`, so that one process at a time uses what it guards. A dead process loses it, a live one never:
 * on this machine the process itself is looked at, from another container or host the file's heartbeat is watched.
 * @throws ConflictError `storage-in-use`
 */
export async function acquireFolderLock(
  file: string,
  options: FolderLockOptions,
): Promise<FolderLock> {
  const own = await describeSelf();
  let isTakenOver = false;
  for (let round = 1; round <= maxRounds; round++) {
    if (await createExclusively(file, own)) {
      if (isTakenOver) await sleep(contestMs);
      if (isHeldBy(await readHolder(file), own.token)) return hold(file, own, options);
      continue;
    }
    const holder = await readHolder(file);
    if (holder === "gone") continue;
    if (await isHolderAlive(file, holder, own, options)) throw inUse(file, holder);
    options.logger.warn({ file, pid: holder?.pid }, "taking over the lock of a dead process");
    await displace(file, holder?.token);
    isTakenOver = true;
  }
  throw inUse(file, undefined);
}

async function describeSelf(): Promise<Holder> {
  const start = await processStart(process.pid);
  return {
    token: randomUUID(),
    pid: process.pid,
    ...(start === undefined ? {} : { start }),
    machine: await machineIdentity(),
    since: new Date().toISOString(),
  };
}

/** Creates the file with its whole content or not at all; false when it exists. */
async function createExclusively(file: string, own: Holder): Promise<boolean> {
  const draft = `${file}.${own.token}`;
  try {
    await writeFile(draft, JSON.stringify(own));
    try {
      await link(draft, file);
    } catch (thrown) {
      if (codeOf(thrown) === "EEXIST") return false;
      // a file system without hard links
      await writeFile(file, JSON.stringify(own), { flag: "wx" });
    }
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw cannotLock(file, thrown);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** The present holder; undefined when the file cannot be understood. */
async function readHolder(file: string): Promise<Holder | "gone" | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isRecord(value)) return undefined;
    const { token, pid, start, machine, since } = value;
    if (typeof token !== "string" || typeof pid !== "number" || typeof machine !== "string") {
      return undefined;
    }
    return {
      token,
      pid,
      machine,
      since: String(since),
      ...(typeof start === "string" ? { start } : {}),
    };
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return "gone";
    if (thrown instanceof SyntaxError) return undefined;
    throw cannotLock(file, thrown);
  }
}

function isHeldBy(holder: Holder | "gone" | undefined, token: string): boolean {
  return holder !== undefined && holder !== "gone" && holder.token === token;
}

async function isHolderAlive(
  file: string,
  holder: Holder | undefined,
  own: Holder,
  { silenceMs = 8_000 }: FolderLockOptions,
): Promise<boolean> {
  if (holder === undefined || holder.machine !== own.machine) return isBeating(file, silenceMs);
  if (!isProcessAlive(holder.pid)) return false;
  const start = await processStart(holder.pid);
  // the id may belong to another process by now
  return start === undefined || holder.start === undefined || start === holder.start;
}

/** True as soon as the file changes, false when it kept still for `silenceMs`. */
async function isBeating(file: string, silenceMs: number): Promise<boolean> {
  const first = await touchedAt(file);
  const giveUpAtMs = performance.now() + silenceMs;
  while (performance.now() < giveUpAtMs) {
    await sleep(Math.min(200, silenceMs));
    if ((await touchedAt(file)) !== first) return true;
  }
  return false;
}

async function touchedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Removes the file of the holder that was found dead, and puts back whatever else it finds in its place. */
async function displace(file: string, deadToken: string | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return;
    throw cannotLock(file, thrown);
  }
  const found = await readHolder(aside);
  const isTheDeadOne = deadToken === undefined ? found === undefined : isHeldBy(found, deadToken);
  if (!isTheDeadOne) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function hold(file: string, own: Holder, options: FolderLockOptions): FolderLock {
  const { heartbeatMs = 2_000, logger, onLost } = options;
  const timer = setInterval(() => void beat(), heartbeatMs);
  timer.unref();

  async function beat(): Promise<void> {
    try {
      const holder = await readHolder(file);
      if (isHeldBy(holder, own.token)) {
        const now = new Date();
        await utimes(file, now, now);
        return;
      }
      clearInterval(timer);
      logger.error({ file }, "the lock file of the data folder was removed or replaced");
      onLost();
    } catch (thrown) {
      logger.warn({ file, err: toError(thrown) }, "the lock file could not be touched");
    }
  }

  return {
    async release() {
      clearInterval(timer);
      const holder = await readHolder(file).catch(() => undefined);
      if (isHeldBy(holder, own.token)) {
        await rm(file, { force: true });
      }
    },
  };
}

function inUse(file: string, holder: Holder | undefined): ConflictError {
  const folder = path.dirname(file);
  const who = holder === undefined ? "another process" : `process ${holder.pid}`;
  const since = holder === undefined ? "" : `, since ${holder.since}`;
  return new ConflictError("storage-in-use", `${folder} is in use by ${who}${since}`, {
    hint: "stop that process, give this one its own CALLBOARD_DATA_DIR, or set REDIS_URL or DATABASE_URL to run several",
  });
}

function cannotLock(file: string, thrown: unknown): UpstreamError {
  const code = codeOf(thrown) ?? "unknown";
  return new UpstreamError(
    "data-dir-unwritable",
    `${path.dirname(file)} cannot be written (${code})`,
    {
      hint: "make it writable for the user that runs Callboard, or set CALLBOARD_DATA_DIR to another folder",
      isRetryable: false,
      cause: thrown,
    },
  );
}
