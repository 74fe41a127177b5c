import { randomUUID } from "node:crypto";

import type { Logger } from "../base/logger.ts";
import type { Releaser } from "../base/releaser.ts";
import type { Config } from "../config/load.ts";
import { createDigestSchedule, type DigestOptions } from "../usecases/feedback/digest-schedule.ts";
import type { Core } from "./create-core.ts";

/** Starts the weekly digest, where it is switched on. */
export function openDigest(
  parts: {
    config: Config;
    logger: Logger;
    clock: () => number;
    core: Pick<Core, "storage" | "catalog" | "feedback">;
    send: DigestOptions["send"];
  },
  releaser: Releaser,
): void {
  const { config, logger, clock, core, send } = parts;
  const { enabled, ...time } = config.file.digest;
  if (!enabled) return;
  const { feedback, catalog, storage } = core;
  const schedule = createDigestSchedule({
    records: storage.records,
    logger,
    clock,
    time,
    send,
    owner: randomUUID(),
    channels: feedback.channels,
    digests: async () => await feedback.digests(catalog.snapshot()),
  });
  releaser.add("digest", () => schedule.close());
  schedule.start();
}
