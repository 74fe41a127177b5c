import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import type { RecordStore, StoredRecord } from "../storage/contract.ts";

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
  /** Says that these events, accepted or taken over by this process, are still being handled. */
  renew(keys: ReadonlySet<string>): Promise<void>;
  /** Takes over events that nobody has finished or renewed in `patienceMs`, ten seconds by default; each is given to one caller only. */
  takeUnfinished(patienceMs?: number): Promise<UnfinishedEvent[]>;
}

const inbox = "inbox";
const seen = "seen";
/** Longer than Slack's last redelivery, and than people's patience. */
const seenTtlMs = 2 * 3600_000;
/** Whoever handles an event renews it long before. */
const usualPatienceMs = 10_000;
/** So long an event needs no renewal; two of these and the time between two looks are less than the patience. */
const renewedAfterMs = 2_000;
/** An event that ends the process each time is given up. */
const mostTries = 5;
const pageSize = 200;

/** An event as it is stored. */
interface Entry {
  body: JsonObject;
  /** When it was accepted, taken over or renewed last. */
  atMs: number;
  tries: number;
}

/** Creates the inbox over any backend's records. */
export function createEventInbox(records: RecordStore, clock: () => number): EventInbox {
  // what this process wrote last of the events that it works on
  const held = new Map<string, Entry & { version: number }>();
  /** False when somebody else wrote in between. */
  const write = async (key: string, entry: Entry, ifVersion?: number): Promise<boolean> => {
    const { body, atMs, tries } = entry;
    const value: JsonValue = { body, atMs, tries };
    const condition = ifVersion === undefined ? {} : { ifVersion };
    const version = await records.put(inbox, key, value, { ...condition, ttlMs: seenTtlMs });
    if (version === undefined) return false;
    held.set(key, { ...entry, version });
    return true;
  };
  return {
    async accept(key, body) {
      const entry: Entry = { body, atMs: clock(), tries: 1 };
      // stored before it is remembered: after a crash in between Slack sends it again, and it is accepted again
      const isStored = await write(key, entry, 0);
      const version = await records.put(seen, key, true, { ifVersion: 0, ttlMs: seenTtlMs });
      if (version === undefined) {
        if (isStored) await forget(key);
        return false;
      }
      if (!isStored) await write(key, entry);
      return true;
    },
    async done(key) {
      held.delete(key);
      await records.delete(inbox, key);
    },
    async renew(keys) {
      for (const [key, { version, ...entry }] of held) {
        const isOld = clock() - entry.atMs >= renewedAfterMs;
        // what failed is let go, so that it is taken over
        if (!keys.has(key)) held.delete(key);
        else if (isOld && !(await write(key, { ...entry, atMs: clock() }, version))) {
          held.delete(key);
        }
      }
    },
    async takeUnfinished(patienceMs = usualPatienceMs) {
      const taken: UnfinishedEvent[] = [];
      for await (const { id, value, version } of everything(records)) {
        const entry = readEntry(value);
        if (entry === undefined || entry.tries >= mostTries) {
          await records.delete(inbox, id, { ifVersion: version });
          continue;
        }
        if (clock() - entry.atMs < patienceMs) continue;
        // whoever writes first has it
        const next: Entry = { body: entry.body, atMs: clock(), tries: entry.tries + 1 };
        if (!(await write(id, next, version))) continue;
        // the process may have died before it could remember the key: Slack's next delivery is not a new event
        await records.put(seen, id, true, { ttlMs: seenTtlMs });
        taken.push({ key: id, body: entry.body });
      }
      return taken;
    },
  };

  /** An event that was handled before, and stored once more to find that out. */
  async function forget(key: string): Promise<void> {
    const version = held.get(key)?.version;
    held.delete(key);
    if (version !== undefined) await records.delete(inbox, key, { ifVersion: version });
  }
}

async function* everything(records: RecordStore): AsyncGenerator<StoredRecord> {
  for (let afterId: string | undefined; ;) {
    const page = await records.list(inbox, {
      limit: pageSize,
      ...(afterId === undefined ? {} : { afterId }),
    });
    yield* page;
    afterId = page.at(-1)?.id;
    if (afterId === undefined || page.length < pageSize) return;
  }
}

function readEntry(value: JsonValue): Entry | undefined {
  if (!isRecord(value)) return undefined;
  const { body, atMs, tries } = value;
  return isRecord(body) && typeof atMs === "number" && typeof tries === "number"
    ? { body, atMs, tries }
    : undefined;
}
