import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import type { RecordStore } from "../storage/contract.ts";

/** An event that was accepted but not handled to its end, because the process died. */
export interface UnfinishedEvent {
  key: string;
  body: JsonObject;
}

/**
 * Keeps what Slack was told we have: an event that was acknowledged is handled, even when the process dies in the next
 * moment, and one that is sent again is not.
 */
export interface EventInbox {
  /** Stores the event; false when it was accepted before. When it resolves, a crash loses nothing. */
  accept(key: string, body: JsonObject): Promise<boolean>;
  /** The event was handled; only its key is remembered. */
  done(key: string): Promise<void>;
  /** Takes over events that nobody has finished in `patienceMs`, ten seconds by default; each is given to one caller only. */
  takeUnfinished(patienceMs?: number): Promise<UnfinishedEvent[]>;
}

const inbox = "inbox";
const seen = "seen";
/** Longer than Slack's last redelivery, and than people's patience. */
const seenTtlMs = 2 * 3600_000;
/** Whoever handles an event is done with it long before. */
const usualPatienceMs = 10_000;
/** An event that ends the process each time is given up. */
const mostTries = 5;
/** Far more than are ever unfinished at once. */
const pageSize = 200;

/** Creates the inbox over any backend's records. */
export function createEventInbox(records: RecordStore, clock: () => number): EventInbox {
  return {
    async accept(key, body) {
      if ((await records.get(seen, key)) !== undefined) return false;
      // stored before it is remembered: after a crash in between Slack sends it again, and it is accepted again
      await records.put(inbox, key, { body, atMs: clock(), tries: 1 }, { ttlMs: seenTtlMs });
      return (await records.put(seen, key, true, { ifVersion: 0, ttlMs: seenTtlMs })) !== undefined;
    },
    async done(key) {
      await records.delete(inbox, key);
    },
    async takeUnfinished(patienceMs = usualPatienceMs) {
      const taken: UnfinishedEvent[] = [];
      for (const { id, value, version } of await records.list(inbox, { limit: pageSize })) {
        const entry = readEntry(value);
        if (entry === undefined || entry.tries >= mostTries) {
          await records.delete(inbox, id, { ifVersion: version });
          continue;
        }
        if (clock() - entry.atMs < patienceMs) continue;
        const next: JsonValue = { body: entry.body, atMs: clock(), tries: entry.tries + 1 };
        // whoever writes first has it
        const isOurs = await records.put(inbox, id, next, { ifVersion: version, ttlMs: seenTtlMs });
        if (isOurs === undefined) continue;
        // the process may have died before it could remember the key: Slack's next delivery is not a new event
        await records.put(seen, id, true, { ttlMs: seenTtlMs });
        taken.push({ key: id, body: entry.body });
      }
      return taken;
    },
  };
}

function readEntry(
  value: JsonValue,
): { body: JsonObject; atMs: number; tries: number } | undefined {
  if (!isRecord(value)) return undefined;
  const { body, atMs, tries } = value;
  return isRecord(body) && typeof atMs === "number" && typeof tries === "number"
    ? { body, atMs, tries }
    : undefined;
}
