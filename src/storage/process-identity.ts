import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

import { codeOf } from "./failure.ts";

const run = promisify(execFile);

/**
 * Names the space in which process ids of this machine mean something: host, boot and pid namespace, so that two containers
 * (both full of pid 1) and the time before a reboot are told apart.
 */
export async function machineIdentity(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  return [hostname(), boot.trim(), namespace].filter((part) => part !== "").join(" ");
}

/** True when a process has this id now, also when it belongs to somebody else. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives, but is not ours to signal
    return codeOf(thrown) === "EPERM";
  }
}

/** When a process started, as text that another process with the same id would not share; undefined when it cannot be known. */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat !== undefined) {
    // the name in parentheses may hold spaces; behind it `starttime` is the 20th field (proc(5))
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  }
  try {
    const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)]);
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
