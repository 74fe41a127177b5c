import { runMigrations } from "bullmq";
import { Client, Pool } from "pg";

import { InputError, toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { Storage } from "./contract.ts";
import { createErrorLog } from "./error-log.ts";
import { toStorageError, type BackendName } from "./failure.ts";
import type { JobTuning } from "./job-tuning.ts";
import { openJobQueue } from "./jobs.ts";
import { pingRecords } from "./ping.ts";
import { inspectPostgres } from "./postgres-preflight.ts";
import { checkServerUrl } from "./server-url.ts";
import { createSqlJobDriver } from "./sql-jobs.ts";
import { createSqlRecords, recordTableSql, sweepExpired } from "./sql-records.ts";

const backend: BackendName = {
  label: "PostgreSQL",
  hint: "check that the server of DATABASE_URL runs and can be reached from here, then try again",
};

/** A connection must stand by then, also with a server that accepts and keeps silent. */
const connectTimeoutMs = 2_500;
/** A request that has no answer by then fails; whether it was carried out is unknown. */
const queryTimeoutMs = 2_500;
/** The queue moves many rows at once when it tidies up. */
const jobQueryTimeoutMs = 10_000;
/** Making or changing tables may wait for another process that does so. */
const migrationTimeoutMs = 60_000;
const sweepIntervalMs = 600_000;
const recordConnections = 5;
const jobConnections = 4;

/** How a PostgreSQL server is opened. */
export interface PostgresStorageOptions {
  /** `postgres://user:password@host[:port]/database[?sslmode=…]`. */
  url: string;
  /** The schema that holds all tables, made when missing. */
  schema: string;
  tuning: JobTuning;
  logger: Logger;
}

/**
 * Opens records and jobs in one schema of a PostgreSQL database (13 or newer).
 * @throws InputError `storage-url-invalid`; UpstreamError `storage-unavailable` or `storage-denied` within three seconds
 */
export async function openPostgres(options: PostgresStorageOptions): Promise<Storage> {
  checkServerUrl(options.url, {
    key: "DATABASE_URL",
    protocols: ["postgres:", "postgresql:"],
    example: "postgres://user:password@db.example.com:5432/callboard",
  });
  const releaser = createReleaser();
  try {
    return await open(options, releaser);
  } catch (thrown) {
    await releaser.releaseAll().catch(() => undefined);
    throw toStorageError(thrown, backend);
  }
}

async function open(options: PostgresStorageOptions, releaser: Releaser): Promise<Storage> {
  const { tuning, logger } = options;
  const schema = checkSchema(options.schema);
  const connection = {
    connectionString: options.url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "callboard",
  };
  await prepareTables(new Client({ ...connection, query_timeout: migrationTimeoutMs }), schema);

  const pool = new Pool({ ...connection, query_timeout: queryTimeoutMs, max: recordConnections });
  releaser.add("the connections to PostgreSQL", () => pool.end());
  pool.on("error", createErrorLog(logger, "a connection to PostgreSQL failed"));

  const sweepFailed = createErrorLog(logger, "expired records could not be removed");
  const sweep = setInterval(() => {
    sweepExpired(pool, schema).catch((thrown: unknown) => sweepFailed(toError(thrown)));
  }, sweepIntervalMs);
  sweep.unref();
  releaser.add("the sweep of expired records", () => clearInterval(sweep));

  const records = createSqlRecords(pool, schema, backend);
  const jobConnection = {
    ...connection,
    query_timeout: jobQueryTimeoutMs,
    max: jobConnections,
    schema,
  };
  const jobs = await openJobQueue(createSqlJobDriver(jobConnection, backend), tuning, logger);
  releaser.add("the job queue", () => jobs.close());

  return {
    kind: "postgres",
    records,
    jobs,
    async preflight() {
      try {
        return await inspectPostgres(pool);
      } catch (thrown) {
        throw toStorageError(thrown, backend);
      }
    },
    ping: () => pingRecords(records, backend),
    close: () => releaser.releaseAll(),
  };
}

function checkSchema(schema: string): string {
  // a lower-case SQL identifier, which needs no quotes
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) return schema;
  throw new InputError("storage-namespace-invalid", `"${schema}" cannot be the name of a schema`, {
    hint: "use lower-case letters, digits and underscores",
  });
}

/** Makes or upgrades the tables; processes that start at the same moment wait for each other. */
async function prepareTables(client: Client, schema: string): Promise<void> {
  client.on("error", () => undefined);
  try {
    await client.connect();
    await runMigrations(client, schema);
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`callboard ${schema}`]);
    await client.query(recordTableSql(schema));
    await client.query("COMMIT");
    await sweepExpired(client, schema);
  } finally {
    await client.end().catch(() => undefined);
  }
}
