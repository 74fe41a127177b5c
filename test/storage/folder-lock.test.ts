import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { acquireFolderLock, type FolderLock } from "../../src/storage/folder-lock.ts";
import { waitFor } from "../helpers/wait.ts";

let folder: string;
let file: string;
const held: FolderLock[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "callboard-lock-"));
  file = path.join(folder, "storage.lock");
});

afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

async function acquire(onLost: () => void = () => undefined): Promise<FolderLock> {
  const lock = await acquireFolderLock(file, {
    logger: silentLogger,
    onLost,
    heartbeatMs: 20,
    silenceMs: 150,
  });
  held.push(lock);
  return lock;
}

/** Writes the lock of another holder: ours, changed as wanted. */
async function writeHolder(change: Record<string, unknown>): Promise<void> {
  const lock = await acquire();
  const own: unknown = JSON.parse(await readFile(file, "utf8"));
  await lock.release();
  await writeFile(file, JSON.stringify(Object.assign({}, own, { token: "other" }, change)));
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

test("refuses a second holder, naming process and folder, until the first lets go", async () => {
  const first = await acquire();

  await expect(acquire()).rejects.toMatchObject({
    name: "ConflictError",
    code: "storage-in-use",
    message: expect.stringContaining(`${folder} is in use by process ${process.pid}`),
  });
  await first.release();
  await acquire();
});

test("takes over from a process that is dead", async () => {
  await writeHolder({ pid: await deadPid() });

  await acquire();

  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ pid: process.pid });
});

test("takes over when the process id belongs to another process by now", async () => {
  await writeHolder({ start: "1" });

  await acquire();

  expect(await readdir(folder)).toEqual(["storage.lock"]);
});

test("never takes over from a live process, however long it keeps silent", async () => {
  await writeHolder({ since: "2020-01-01T00:00:00.000Z" });
  await utimes(file, 0, 0);

  await expect(acquire()).rejects.toMatchObject({ code: "storage-in-use" });

  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ token: "other" });
});

test("takes over from another machine or container when its heartbeat has stopped", async () => {
  await writeHolder({ machine: "another container", pid: 1 });

  await acquire();

  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ pid: process.pid });
});

test("leaves the lock to another machine or container while its heartbeat goes on", async () => {
  await writeHolder({ machine: "another container", pid: 1 });
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined);
  }, 20);

  try {
    await expect(acquire()).rejects.toMatchObject({ code: "storage-in-use" });
  } finally {
    clearInterval(beat);
  }
});

test.each(["", "{", "null", "[]", '{"pid": "x"}'])(
  "takes over a file that nobody touches and nobody can read: %j",
  async (content) => {
    await writeFile(file, content);

    await acquire();

    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ pid: process.pid });
  },
);

test("has one winner when many find the same dead holder", async () => {
  await writeHolder({ pid: await deadPid() });

  const results = await Promise.allSettled(Array.from({ length: 12 }, () => acquire()));

  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
  expect(await readdir(folder)).toEqual(["storage.lock"]);
});

test.each(["removed", "replaced"])("says so when its file was %s", async (how) => {
  let isLost = false;
  await acquire(() => {
    isLost = true;
  });

  if (how === "removed") await rm(file);
  else await writeFile(file, "{}");

  await waitFor("the loss to be noticed", () => isLost);
  expect(isLost).toBe(true);
});

test("leaves a file alone that is not its own any more", async () => {
  const lock = await acquire();
  await writeFile(file, "{}");

  await lock.release();

  expect(await readFile(file, "utf8")).toBe("{}");
});

test("explains a folder that cannot be written", async () => {
  file = path.join(folder, "a-file", "storage.lock");
  await writeFile(path.join(folder, "a-file"), "");

  await expect(acquire()).rejects.toMatchObject({ code: "data-dir-unwritable" });
});
