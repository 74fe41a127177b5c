import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { inspect } from "node:util";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Client } from "pg";

import { InputError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/logger.ts";
import type { RunningWorker, Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { testSwitch } from "../helpers/environment.ts";
import { freePort } from "../helpers/servers.ts";
import { waitFor } from "../helpers/wait.ts";

const given = testSwitch("TEST_DATABASE_URL");
const databaseUrl = given ?? "";
const suite = given === undefined ? describe.skip : describe;
const why = given === undefined ? " (TEST_DATABASE_URL is not set)" : "";
const namespace = `test_${randomBytes(6).toString("hex")}`;

const opened: Storage[] = [];
const workers: RunningWorker[] = [];

async function open(url: string, schema = namespace): Promise<Storage> {
  const storage = await openStorage({
    databaseUrl: url,
    namespace: schema,
    dataDir: "unused",
    logger: silentLogger,
    tuning: { stopGraceMs: 1_000 },
  });
  opened.push(storage);
  return storage;
}

/** What a promise rejects with, and after how many milliseconds. */
async function failure(work: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const startedAtMs = performance.now();
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, tookMs: performance.now() - startedAtMs };
}

async function query(text: string, params: unknown[] = []): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(text, params);
  await client.end();
}

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.stop();
  for (const storage of opened.splice(0)) await storage.close();
});

describe("the address of a PostgreSQL", () => {
  test.each(["", "postgres", "mysql://a/b", "postgres://ada:geheim@ho st/db"])(
    "is refused without being quoted: %j",
    async (url) => {
      const { error } = await failure(open(url));

      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ code: "storage-url-invalid" });
      expect(inspect(error, { depth: 9 })).not.toContain("geheim");
    },
  );

  test("is refused together with a name that cannot be a schema", async () => {
    const { error } = await failure(open("postgres://localhost/db", 'x"; DROP SCHEMA public'));

    expect(error).toMatchObject({ code: "storage-namespace-invalid" });
  });

  test("is reported within three seconds when nothing listens there", async () => {
    const { error, tookMs } = await failure(
      open(`postgres://ada:geheim@127.0.0.1:${await freePort()}/db`),
    );

    expect(error).toMatchObject({
      code: "storage-unavailable",
      message: "PostgreSQL is not answering (ECONNREFUSED)",
      hint: expect.stringContaining("DATABASE_URL"),
    });
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
    expect(tookMs).toBeLessThan(3_000);
  });

  test("is reported within three and a half seconds when the server keeps silent", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const { error, tookMs } = await failure(open(`postgres://ada@127.0.0.1:${port}/db`));

      expect(error).toMatchObject({ code: "storage-unavailable" });
      expect(tookMs).toBeLessThan(3_500);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
});

suite(`PostgreSQL with faults${why}`, () => {
  // a database of its own: its connections are cut, and other tests use the common one at the same time
  const ownUrl = new URL(databaseUrl === "" ? "postgres://none" : databaseUrl);
  ownUrl.pathname = `/${namespace}`;

  beforeAll(() => query(`CREATE DATABASE ${namespace}`));
  afterAll(() => query(`DROP DATABASE ${namespace} WITH (FORCE)`));

  test("refuses a database and a user that do not exist with what to check", async () => {
    const url = new URL(databaseUrl);
    url.pathname = "/no_such_database";
    const noDatabase = await failure(open(url.href));
    url.pathname = new URL(databaseUrl).pathname;
    url.username = "no_such_user";
    const noUser = await failure(open(url.href));

    expect(noDatabase.error).toMatchObject({ code: "storage-denied", isRetryable: false });
    expect(noUser.error).toMatchObject({ code: "storage-denied", isRetryable: false });
  });

  test("makes its tables once when several processes start at the same moment", async () => {
    const storages = await Promise.all([1, 2, 3, 4].map(() => open(ownUrl.href)));

    for (const storage of storages) await storage.ping();
    expect(await storages[0]?.preflight()).toEqual([]);
  });

  test("that drops all connections is used again, by requests and by workers", async () => {
    const storage = await open(ownUrl.href);
    const done: string[] = [];
    workers.push(
      await storage.jobs.process(async (job) => void done.push(job.id), { concurrency: 2 }),
    );
    await storage.jobs.add("before", "before", null);
    await waitFor("a first job", () => done.includes("before"));

    await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      namespace,
    ]);
    const droppedAtMs = performance.now();
    await waitFor("requests to be served", () =>
      storage.jobs.add("after", "after", null).then(
        () => true,
        () => false,
      ),
    );
    await waitFor("the worker to resume", () => done.includes("after"));

    expect(performance.now() - droppedAtMs).toBeLessThan(5_000);
    await storage.ping();
  });
});
