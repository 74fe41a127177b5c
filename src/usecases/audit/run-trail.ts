import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { AuditLog } from "./audit-log.ts";
import { aboutRun, runEvents } from "./run-events.ts";

/**
 * Takes what happens to runs into the audit log. Events are stored with the very write that they tell of, and go from there into
 * the log: a crash in between loses none of them.
 */
export interface RunTrail {
  /** The run with the events of this write; undefined `before`: it is new. */
  note(before: RunRecord | undefined, after: RunRecord): RunRecord;
  /** Puts what is noted into the log, beside everything else. */
  flushSoon(run: RunRecord): void;
  /** The same, and waits for it. @throws what the log throws */
  flush(run: RunRecord): Promise<void>;
}

/** Bounds memory: events that are in the log already. */
const mostRemembered = 10_000;

/** Creates the trail of one process. */
export function createRunTrail(log: AuditLog, logger: Logger, clock: () => number): RunTrail {
  /** In the log, or on their way there. */
  const taken = new Map<string, Promise<void>>();
  const written = new Set<string>();

  async function flush(run: RunRecord): Promise<void> {
    for (const event of run.unaudited ?? []) {
      const { eventId } = event;
      if (written.has(eventId)) continue;
      const writing = taken.get(eventId) ?? log.append(event);
      taken.set(eventId, writing);
      try {
        await writing;
        if (written.size >= mostRemembered) written.clear();
        written.add(eventId);
      } finally {
        taken.delete(eventId);
      }
    }
  }

  return {
    note(before, after) {
      const atMs = clock();
      let { auditCount = 0 } = after;
      const left = (after.unaudited ?? []).filter(({ eventId }) => !written.has(eventId));
      const events = runEvents(before, after).map((happened) => {
        auditCount += 1;
        return { ...happened, eventId: `${after.id}/${auditCount}`, atMs, about: aboutRun(after) };
      });
      if (events.length === 0 && left.length === (after.unaudited ?? []).length) return after;
      return { ...after, auditCount, unaudited: [...left, ...events] };
    },
    flushSoon(run) {
      flush(run).catch((thrown: unknown) => {
        // they stand in the run's record and are tried again with its next write
        logger.warn({ runId: run.id, error: toError(thrown).message }, "audit log not written");
      });
    },
    flush,
  };
}
