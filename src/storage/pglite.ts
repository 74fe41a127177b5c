import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

import { PGlite } from "@electric-sql/pglite";
import { DEFAULT_SCHEMA, runMigrations, type PgPool } from "bullmq";

import { toError, UpstreamError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { Storage } from "./contract.ts";
import { diskOf, guardJobs, guardRecords, inspectDisk, isNearlyFull } from "./embedded-disk.ts";
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
  const { pool, fatal } = createPglitePool(db, () => (isLockLost ? lockLost() : undefined), broken);
  releaser.add("the embedded database", async () => {
    if (fatal() === undefined) await db.close();
  });
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

  const disk = diskOf(dataDir);
  return {
    kind: "embedded",
    records: guardRecords(records, disk),
    jobs: guardJobs(jobs, disk),
    preflight: () => inspectDisk(disk),
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
  if (await isNearlyFull(diskOf(path.dirname(folder)))) {
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

/** A second process may be writing to the same files by now. */
function lockLost(): UpstreamError {
  return new UpstreamError("storage-lost", "another process took over the data folder", {
    hint: "stop one of the two, then restart this one",
    isRetryable: false,
  });
}

function broken(cause: Error): UpstreamError {
  return new UpstreamError(
    "storage-broken",
    `the embedded database has stopped: ${cause.message}`,
    {
      hint: "see to the disk (is it full?), then restart: what was accepted is safe",
      isRetryable: true,
      cause: bareCause(cause),
    },
  );
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
