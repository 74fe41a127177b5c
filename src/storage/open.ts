import type { Logger } from "../base/logger.ts";
import type { Storage } from "./contract.ts";
import { defaultTuning, type JobTuning } from "./job-tuning.ts";
import { openEmbedded } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import { openRedis } from "./redis.ts";

/** Where records and jobs live: at most one address, else the embedded database in the data folder. */
export interface StorageOptions {
  /** `redis://` or `rediss://`. */
  redisUrl?: string;
  /** `postgres://` or `postgresql://`. */
  databaseUrl?: string;
  dataDir: string;
  logger: Logger;
  /** Separates several Callboards on one server: Redis key prefix, PostgreSQL schema. */
  namespace?: string;
  /** Times of the queue; for tests. */
  tuning?: Partial<JobTuning>;
}

/**
 * Opens the storage that the configuration names, ready for use: tables exist, the server answered.
 * @throws InputError `storage-url-invalid`; ConflictError `storage-in-use`; UpstreamError `storage-unavailable` within about three
 *   seconds when a server is down, `storage-corrupt`, `storage-full`, `data-dir-unwritable`
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { dataDir, logger } = options;
  const tuning: JobTuning = { ...defaultTuning, ...options.tuning };
  const namespace = options.namespace ?? "callboard";
  if (options.redisUrl !== undefined) {
    return openRedis({ url: options.redisUrl, namespace, tuning, logger });
  }
  if (options.databaseUrl !== undefined) {
    return openPostgres({ url: options.databaseUrl, schema: namespace, tuning, logger });
  }
  return openEmbedded({ dataDir, tuning, logger });
}
