import { Queue, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { Storage } from "./contract.ts";
import { createErrorLog } from "./error-log.ts";
import { toStorageError, withDeadline, type BackendName } from "./failure.ts";
import type { JobDriver } from "./job-driver.ts";
import type { JobTuning } from "./job-tuning.ts";
import { openJobQueue } from "./jobs.ts";
import { pingRecords } from "./ping.ts";
import { inspectRedis } from "./redis-preflight.ts";
import { createRedisRecords } from "./redis-records.ts";
import { checkServerUrl } from "./server-url.ts";

const backend: BackendName = {
  label: "Redis",
  hint: "check that the server of REDIS_URL runs and can be reached from here, then try again",
};

/** The name of BullMQ's queue below the prefix. */
const queueName = "jobs";
/** The first connection must stand by then. */
const connectTimeoutMs = 2_500;
/** A request that has no answer by then fails; whether it was carried out is unknown. */
const commandTimeoutMs = 2_000;

/** How a Redis is opened. */
export interface RedisStorageOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  url: string;
  /** Prefix of all keys, without braces. */
  namespace: string;
  tuning: JobTuning;
  logger: Logger;
}

/**
 * Opens records and jobs in Redis.
 * @throws InputError `storage-url-invalid`; UpstreamError `storage-unavailable` or `storage-denied` within three seconds
 */
export async function openRedis(options: RedisStorageOptions): Promise<Storage> {
  checkServerUrl(options.url, {
    key: "REDIS_URL",
    protocols: ["redis:", "rediss:"],
    example: "redis://user:password@redis.example.com:6379",
  });
  const releaser = createReleaser();
  try {
    return await open(options, releaser);
  } catch (thrown) {
    await releaser.releaseAll().catch(() => undefined);
    throw thrown;
  }
}

async function open(options: RedisStorageOptions, releaser: Releaser): Promise<Storage> {
  const { url, namespace, tuning, logger } = options;
  const redis = new Redis(url, requestOptions);
  releaser.add("the connection to Redis", () => closeClient(redis));
  await connect(redis, logger);

  // the braces keep all keys in one slot of a cluster
  const prefix = `{${namespace}}`;
  const records = createRedisRecords(redis, prefix, backend);
  const jobs = await openJobQueue(createDriver(redis, url, prefix), tuning, logger);
  releaser.add("the job queue", () => jobs.close());

  return {
    kind: "redis",
    records,
    jobs,
    async preflight() {
      try {
        return await inspectRedis(redis);
      } catch (thrown) {
        throw toStorageError(thrown, backend);
      }
    },
    ping: () => pingRecords(records, backend),
    close: () => releaser.releaseAll(),
  };
}

/** Milliseconds before the nth attempt to connect again: soon, as the default of up to 20 s delays every job after an outage. */
function retryStrategy(attempt: number): number {
  return Math.min(200 * 2 ** attempt, 2_000);
}

/** After a failover the old primary answers READONLY: look for the new one. */
function reconnectOnError(error: Error): boolean {
  return error.message.startsWith("READONLY");
}

/**
 * For requests that somebody waits for: they fail at once when Redis is down and soon when it is frozen. Nothing is sent
 * again by itself, because a repeated compare-and-set would report a loss that was a win.
 */
const requestOptions = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  autoResendUnfulfilledCommands: false,
  commandTimeout: commandTimeoutMs,
  connectTimeout: connectTimeoutMs,
  connectionName: "callboard",
  retryStrategy,
  reconnectOnError,
} satisfies RedisOptions;

/** For workers, which wait out an outage. */
const workerOptions = {
  maxRetriesPerRequest: null,
  connectTimeout: connectTimeoutMs,
  connectionName: "callboard-worker",
  retryStrategy,
  reconnectOnError,
} satisfies RedisOptions;

async function connect(redis: Redis, logger: Logger): Promise<void> {
  let lastError: Error | undefined;
  const remember = (error: Error): void => {
    lastError = error;
  };
  redis.on("error", remember);
  try {
    await withDeadline(redis.connect(), connectTimeoutMs, backend);
  } catch (thrown) {
    // connect() only says that the connection was closed; the event said why
    throw lastError === undefined
      ? toStorageError(thrown, backend)
      : toStorageError(lastError, backend);
  } finally {
    redis.on("error", createErrorLog(logger, "the connection to Redis failed"));
    redis.off("error", remember);
  }
}

function createDriver(redis: Redis, url: string, prefix: string): JobDriver {
  return {
    name: backend,
    openQueue: () => new Queue<string, void>(queueName, { connection: redis, prefix }),
    openWorker: (processor, settings) =>
      new Worker<string, void>(queueName, processor, {
        connection: { url, ...workerOptions },
        prefix,
        ...settings,
      }),
  };
}

async function closeClient(redis: Redis): Promise<void> {
  if (redis.status !== "ready") {
    redis.disconnect();
    return;
  }
  try {
    await redis.quit();
  } catch (thrown) {
    // a server that is gone needs no goodbye
    redis.disconnect();
    if (!/closed|timed out/i.test(toError(thrown).message)) throw thrown;
  }
}
