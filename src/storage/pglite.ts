import { mkdir, rename, rm, stat, statfs } from "node:fs/promises";
import path from "node:path";

import { PGlite } from "@electric-sql/pglite";
import { DEFAULT_SCHEMA, runMigrations, type PgPool } from "bullmq";

import { toError, UpstreamError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { Storage, StorageFinding } from "./contract.ts";
import { createErrorLog } from "./error-log.ts";
import { bareCause, type BackendName } from "./failure.ts";
import { acquireFolderLock } from "./folder-lock.ts";
import type { JobTuning } from "./job-tuning.ts";
import { openJobQueue } from "./jobs.ts";
import { createPglitePool } from "./pglite-pool.ts";
import { pingRecords } from "./ping.ts";
import { createSqlJobDriver, sqlQueueName } from "./sql-jobs.ts";
import { createSqlRecords, recordTableSql, sweepExpired } from "./sql-records.ts";

const backend: BackendName = {
  label: "the embedded database",
  hint: "look at the log and at the room on the disk, then restart",
};

/** BullMQ looks for its tables here when it is given a pool. */
const schema = DEFAULT_SCHEMA;
const sweepIntervalMs = 600_000;
/** Below this much free space the first full write is near. */
const lowSpaceBytes = 200 * 1024 * 1024;
/** Below this much free space a failure to open is the disk's. */
const noSpaceBytes = 16 * 1024 * 1024;

/** PGlite's own parameters, and less memory and disk than a server would take: 180 MB instead of 350, 128 MB of log instead of 1 GB. */
const startParams = [
  ...PGlite.defaultStartParams,
  ...["shared_buffers=16MB", "min_wal_size=32MB", "max_wal_size=128MB"].flatMap((it) => ["-c", it]),
];

/** How the embedded database is opened. */
export interface EmbeddedOptions {
  /** Callboard's data folder; the database takes `<dataDir>/pglite` and `<dataDir>/storage.lock`. */
  dataDir: string;
  tuning: JobTuning;
  logger: Logger;
}

/**
 * Opens the embedded PostgreSQL in the data folder, made when missing. One process at a time: a second would destroy the data.
 * Jobs that a killed process left active are put back at once, for nobody else can be working on them.
 * @throws ConflictError `storage-in-use`; UpstreamError `data-dir-unwritable`, `storage-corrupt`, `storage-full`
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Storage> {
  const releaser = createReleaser();
  try {
    return await open(options, releaser);
  } catch (thrown) {
    await releaser.releaseAll().catch((failure: unknown) => {
      options.logger.warn({ err: toError(failure) }, "closing after a failed start failed too");
    });
    throw thrown;
  }
}

async function open(options: EmbeddedOptions, releaser: Releaser): Promise<Storage> {
  const { dataDir, logger, tuning } = options;
  await makeFolder(dataDir);
  let isLockLost = false;
  const lock = await acquireFolderLock(path.join(dataDir, "storage.lock"), {
    logger,
    onLost: () => {
      isLockLost = true;
    },
  });
  releaser.add("the lock of the data folder", () => lock.release());

  const folder = path.join(dataDir, "pglite");
  const db = await openDatabase(folder);
  releaser.add("the embedded database", () => db.close());
  const pool = guard(createPglitePool(db), () => isLockLost);
  await prepareTables(pool);
  const orphans = await releaseOrphans(pool);
  if (orphans > 0) logger.info({ jobs: orphans }, "jobs of the previous process were put back");

  const sweepFailed = createErrorLog(logger, "expired records could not be removed");
  const sweep = setInterval(() => {
    sweepExpired(pool, schema).catch((thrown: unknown) => sweepFailed(toError(thrown)));
  }, sweepIntervalMs);
  sweep.unref();
  releaser.add("the sweep of expired records", () => clearInterval(sweep));

  const records = createSqlRecords(pool, schema, backend);
  const jobs = await openJobQueue(createSqlJobDriver(pool, backend), tuning, logger);
  releaser.add("the job queue", () => jobs.close());

  return {
    kind: "embedded",
    records,
    jobs,
    preflight: () => inspectDisk(dataDir),
    ping: () => pingRecords(records, backend),
    close: () => releaser.releaseAll(),
  };
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (thrown) {
    throw new UpstreamError("data-dir-unwritable", `the data folder ${dataDir} cannot be made`, {
      hint: "make its parent writable for the user that runs Callboard, or set CALLBOARD_DATA_DIR to another folder",
      isRetryable: false,
      cause: thrown,
    });
  }
}

/** Opens the database in `folder`. A new one is made beside it and moved when complete, so that a kill during that leaves no half. */
async function openDatabase(folder: string): Promise<PGlite> {
  try {
    if (!(await isFolder(folder))) {
      const draft = `${folder}.new`;
      await rm(draft, { recursive: true, force: true });
      const fresh = await PGlite.create({ dataDir: draft, startParams });
      await fresh.close();
      await rename(draft, folder);
    }
    return await PGlite.create({ dataDir: folder, startParams });
  } catch (thrown) {
    throw await explainOpenFailure(folder, toError(thrown));
  }
}

async function explainOpenFailure(folder: string, error: Error): Promise<UpstreamError> {
  const cause = bareCause(error);
  const freeBytes = await freeSpace(path.dirname(folder));
  if (freeBytes !== undefined && freeBytes < noSpaceBytes) {
    return new UpstreamError("storage-full", `no room is left on the disk of ${folder}`, {
      hint: "free some space and start again",
      isRetryable: false,
      cause,
    });
  }
  return new UpstreamError(
    "storage-corrupt",
    `the embedded database in ${folder} cannot be opened`,
    {
      hint: `restore the folder from a backup, or move it away to start empty: mv ${folder} ${folder}.broken`,
      isRetryable: false,
      cause,
    },
  );
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch {
    return false;
  }
}

/** Refuses all work once the lock is lost: a second process may be writing to the same files. */
function guard(pool: PgPool, isLockLost: () => boolean): PgPool {
  const query = pool.query.bind(pool);
  pool.query = async (text, params) => {
    if (isLockLost()) {
      throw new UpstreamError("storage-lost", "another process took over the data folder", {
        hint: "stop one of the two, then restart this one",
        isRetryable: false,
      });
    }
    return query(text, params);
  };
  return pool;
}

async function prepareTables(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  await runMigrations(client, schema);
  await client.query(recordTableSql(schema));
  // BullMQ's statements name their tables without a schema
  await client.query(`SET search_path TO ${schema}`);
  await sweepExpired(pool, schema);
}

/** Puts active jobs back, oldest first, and counts the crash as BullMQ's own search for dead workers would. */
async function releaseOrphans(pool: PgPool): Promise<number> {
  const { rows } = await pool.query(
    `UPDATE ${schema}.job SET state = 'waiting', lock_token = NULL, locked_until_ms = NULL,
       stalled_marked = false, stalled_count = stalled_count + 1
     WHERE queue = $1 AND state = 'active' RETURNING id`,
    [sqlQueueName],
  );
  return rows.length;
}

async function inspectDisk(dataDir: string): Promise<StorageFinding[]> {
  const freeBytes = await freeSpace(dataDir);
  if (freeBytes === undefined || freeBytes >= lowSpaceBytes) return [];
  return [
    {
      severity: freeBytes < noSpaceBytes ? "error" : "warning",
      code: "disk-nearly-full",
      message: `${Math.floor(freeBytes / 1024 / 1024)} MB are free for ${dataDir}, at least ${lowSpaceBytes / 1024 / 1024} are expected`,
      hint: "free some space, or set CALLBOARD_DATA_DIR to a folder on another disk",
    },
  ];
}

async function freeSpace(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
