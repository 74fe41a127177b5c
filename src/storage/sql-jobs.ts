import { createPostgresBackend, withBackend, type PostgresConnectionOptions } from "bullmq";

import type { BackendName } from "./failure.ts";
import type { JobDriver } from "./job-driver.ts";

/** The name of BullMQ's queue within the schema. */
export const sqlQueueName = "callboard";

/** Opens BullMQ on PostgreSQL's protocol: a server's address and schema, or a pool. Its tables must exist. */
export function createSqlJobDriver(
  connection: PostgresConnectionOptions,
  name: BackendName,
): JobDriver {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  return {
    name,
    openQueue: () => new Queue<string, void>(sqlQueueName, { connection }),
    openWorker: (processor, settings, events) =>
      new Worker<string, void>(sqlQueueName, processor, { connection, ...settings })
        .on("error", events.error)
        .on("stalled", events.stalled),
  };
}
