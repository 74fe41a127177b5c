import { Queue, Worker } from "bullmq";

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
import { parseRedisAddress, type RedisAddress } from "./redis-address.ts";
import {
  connectTimeoutMs,
  createRequestClient,
  createWorkerClient,
  type RedisClient,
} from "./redis-client.ts";
import { inspectRedis } from "./redis-preflight.ts";
import { createRedisRecords } from "./redis-records.ts";

const backend: BackendName = {
  label: "Redis",
  hint: "check that the server of REDIS_URL runs and can be reached from here, then try again",
};

/** The name of BullMQ's queue below the prefix. */
const queueName = "jobs";

/** How a Redis is opened. */
export interface RedisStorageOptions {
  /** As `parseRedisAddress` takes it. */
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
  const address = parseRedisAddress(options.url);
  const releaser = createReleaser();
  try {
    return await open(address, options, releaser);
  } catch (thrown) {
    await releaser.releaseAll().catch(() => undefined);
    throw thrown;
  }
}

async function open(
  address: RedisAddress,
  options: RedisStorageOptions,
  releaser: Releaser,
): Promise<Storage> {
  const { namespace, tuning, logger } = options;
  const redis = createRequestClient(address);
  releaser.add("the connection to Redis", () => closeClient(redis));
  await connect(redis, logger);

  // the braces keep all keys in one slot of a cluster
  const prefix = `{${namespace}}`;
  const records = createRedisRecords(redis, prefix, backend);
  const jobs = await openJobQueue(createDriver(redis, address, prefix), tuning, logger);
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

async function connect(redis: RedisClient, logger: Logger): Promise<void> {
  let lastError: Error | undefined;
  const remember = (error: Error): void => {
    lastError = reasonOf(error);
  };
  redis.on("error", remember);
  try {
    await withDeadline(redis.connect(), connectTimeoutMs, backend);
  } catch (thrown) {
    // connect() only says that the connection was closed; the event said why
    throw toStorageError(lastError ?? thrown, backend);
  } finally {
    redis.on("error", createErrorLog(logger, "the connection to Redis failed"));
    redis.off("error", remember);
  }
}

/** What a node of a cluster said, where the error only tells that all of them failed. */
function reasonOf(error: Error): Error {
  return "lastNodeError" in error && error.lastNodeError instanceof Error
    ? error.lastNodeError
    : error;
}

function createDriver(redis: RedisClient, address: RedisAddress, prefix: string): JobDriver {
  return {
    name: backend,
    openQueue: () => new Queue<string, void>(queueName, { connection: redis, prefix }),
    openWorker(processor, settings, events) {
      // a client that we bring along is ours to close
      const client = createWorkerClient(address);
      const worker = new Worker<string, void>(queueName, processor, {
        connection: client,
        prefix,
        ...settings,
      })
        .on("error", events.error)
        .on("stalled", events.stalled);
      client.on("error", events.error);
      return {
        waitUntilReady: () => worker.waitUntilReady(),
        pause: (doNotWaitActive) => worker.pause(doNotWaitActive),
        async close(isForced) {
          await worker.close(isForced);
          await closeClient(client);
        },
        async disconnect() {
          client.disconnect();
          await worker.disconnect();
        },
      };
    },
  };
}

async function closeClient(redis: RedisClient): Promise<void> {
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
