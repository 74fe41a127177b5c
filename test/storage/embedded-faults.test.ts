import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { testSwitch } from "../helpers/environment.ts";
import { waitFor } from "../helpers/wait.ts";
import { startWorkerProcess, type WorkerProcess } from "./worker-process.ts";

/** `TEST_CHAOS=1` makes a campaign of it. */
const kills = testSwitch("TEST_CHAOS") === undefined ? 2 : 25;

let dataDir: string;
const opened: Storage[] = [];
const processes: WorkerProcess[] = [];

beforeEach(async () => {
  dataDir = await newDataDir();
});

afterEach(async () => {
  for (const started of processes.splice(0)) await started.kill();
  for (const storage of opened.splice(0)) await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<Storage> {
  const storage = await openStorage({ dataDir, logger: silentLogger });
  opened.push(storage);
  return storage;
}

function start(behaviour: "hold" | "write", prefix = "w"): WorkerProcess {
  const started = startWorkerProcess({ place: { dataDir }, tuning: {}, behaviour, prefix });
  processes.push(started);
  return started;
}

test("a second process is refused and the first one's data stay whole", async () => {
  const storage = await open();
  await storage.records.put("things", "a", 1);

  const second = start("hold");
  const refusal = await second.said("failed");
  await second.ended;

  expect(refusal.code).toBe("storage-in-use");
  expect(refusal.message).toContain(`process ${process.pid}`);
  expect(second.child.exitCode).toBe(1);
  expect(await storage.records.put("things", "b", 2)).toBe(1);
});

test(
  "nothing that was accepted is lost when the process is killed during writes",
  async () => {
    const accepted: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const writer = start("write", `k${kill}`);
      await waitFor("some writes", () => writer.events.length > 20 + ((kill * 17) % 100));
      await writer.kill();
      accepted.push(
        ...writer.events.flatMap(({ event, id = "" }) => (event === "accepted" ? [id] : [])),
      );
    }

    const storage = await open();
    const records = new Set(
      (await storage.records.list("written", { limit: 100_000 })).map((record) => record.id),
    );
    const pending = await Promise.all(accepted.map((id) => storage.jobs.isPending(id)));

    expect(accepted.length).toBeGreaterThan(50);
    expect(accepted.filter((id) => !records.has(id))).toEqual([]);
    expect(pending.filter((isPending) => !isPending)).toEqual([]);
  },
  kills * 30_000,
);

test("a damaged database is refused with what to do, and can be moved away", async () => {
  const control = path.join(dataDir, "pglite", "global", "pg_control");
  await truncate(control, 100);

  await expect(open()).rejects.toMatchObject({
    name: "UpstreamError",
    code: "storage-corrupt",
    isRetryable: false,
    hint: expect.stringContaining(`mv ${path.join(dataDir, "pglite")}`),
  });

  // the lock was let go: the next start is not told that the storage is in use
  expect(await readdir(dataDir)).toEqual(["pglite"]);
});

test("a database that was being made when its process was killed is made anew", async () => {
  await rm(path.join(dataDir, "pglite"), { recursive: true });
  await mkdir(path.join(dataDir, "pglite.new"));
  await writeFile(path.join(dataDir, "pglite.new", "PG_VERSION"), "18\n");

  await (await open()).ping();

  expect((await readdir(dataDir)).toSorted()).toEqual(["pglite", "storage.lock"]);
}, 60_000);

test("work stops when another process took the data folder over", async () => {
  const storage = await open();

  await writeFile(path.join(dataDir, "storage.lock"), "{}");
  const error: unknown = await waitFor("the storage to refuse", () =>
    storage.records.put("things", "a", 1).then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );

  expect(error).toMatchObject({ code: "storage-lost", isRetryable: false });
  await expect(storage.ping()).rejects.toMatchObject({ code: "storage-lost" });
});

test("a data folder that cannot be made is explained", async () => {
  await writeFile(path.join(dataDir, "file"), "");

  await expect(
    openStorage({ dataDir: path.join(dataDir, "file", "data"), logger: silentLogger }),
  ).rejects.toMatchObject({
    code: "data-dir-unwritable",
    hint: expect.stringContaining("CALLBOARD_DATA_DIR"),
  });
});

test("a closed storage can be closed again and leaves no lock", async () => {
  const storage = await open();

  await storage.close();
  await storage.close();

  expect(await readdir(dataDir)).toEqual(["pglite"]);
});
