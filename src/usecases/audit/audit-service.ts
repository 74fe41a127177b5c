import { randomUUID } from "node:crypto";

import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { RunRequester } from "../runs/run-record.ts";
import type { AuditEntry, AuditEvent, AuditLog } from "./audit-log.ts";

/** The audit log, for surfaces. */
export interface AuditService {
  /** The newest entries, newest first. */
  latest(limit: number): Promise<AuditEntry[]>;
  /** Notes something that is no run's; that it could not be written is logged, and hinders nobody. */
  note(event: Omit<AuditEvent, "eventId" | "atMs" | "by"> & { by?: RunRequester }): Promise<void>;
}

/** Creates it over the log. */
export function createAuditService(
  log: AuditLog,
  logger: Logger,
  clock: () => number,
): AuditService {
  return {
    latest: (limit) => log.latest(limit),
    async note(event) {
      try {
        await log.append({ ...event, eventId: randomUUID(), atMs: clock() });
      } catch (thrown) {
        const { type } = event;
        logger.error({ type, error: toError(thrown).message }, "audit log not written");
      }
    },
  };
}
