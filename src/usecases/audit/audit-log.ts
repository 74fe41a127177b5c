import { createHash } from "node:crypto";

import { ConflictError } from "../../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { stableText } from "./stable-text.ts";

/** Something that was written, or refused. */
export interface AuditEvent {
  /** The same event noted twice has the same one; readers keep the first. */
  eventId: string;
  atMs: number;
  /** What happened, such as `run-accepted`. */
  type: string;
  /** Who did it; absent where nobody did, as when time ran out. */
  by?: { slackUserId?: string; name: string; userRef?: string; workspace?: { teamId: string } };
  /** About what: a run, a source. */
  about?: JsonObject;
  /** What else is known, secrets masked: inputs, reasons, errors. */
  details?: JsonObject;
}

/** An event in the log. `hash` covers everything else, `previous` the entry before: nothing can be changed or left out unseen. */
export interface AuditEntry extends AuditEvent {
  /** Twelve digits, in the order of time. */
  id: string;
  previous: string;
  hash: string;
}

/** Everything that was written, in order. Nothing is ever changed; entries go when their time is over. */
export interface AuditLog {
  /** @throws UpstreamError as the storage answered; ConflictError `audit-busy` */
  append(event: AuditEvent): Promise<void>;
  /** The newest entries, newest first. */
  latest(limit: number): Promise<AuditEntry[]>;
  /** All entries in order; an event that was noted twice comes twice. */
  readAll(): AsyncGenerator<AuditEntry>;
}

const collection = "audit";
const heads = "audit-head";
/** What the first entry follows. */
const beginning = "0".repeat(64);
const pageSize = 200;
const maxAttempts = 50;
/** Entries between two notes of where the end is: as many as are read at once to find it. */
const headEvery = 50;

interface Head {
  sequence: number;
  hash: string;
}

/** Creates the log over any backend's records; several processes may write at the same time. */
export function createAuditLog(records: RecordStore, ttlMs: number): AuditLog {
  let known: Head | undefined;
  let tail: Promise<void> = Promise.resolve();

  /** The last entry: where the head was noted last, and from there on. */
  async function findHead(): Promise<Head> {
    const stored = await records.get(heads, "head");
    let head: Head = known ?? headOf(stored?.value);
    for (;;) {
      const page = await records.list(collection, {
        afterId: idOf(head.sequence),
        limit: pageSize,
      });
      const last = page.at(-1);
      if (last === undefined) return head;
      head = { sequence: Number(last.id), hash: toEntry(last.value).hash };
    }
  }

  async function put(event: AuditEvent): Promise<void> {
    known ??= await findHead();
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const sequence = known.sequence + 1;
      const entry = chain({ ...event, id: idOf(sequence), previous: known.hash });
      const written = await records.put(collection, entry.id, toJson(entry), {
        ifVersion: 0,
        ttlMs,
      });
      if (written !== undefined) {
        known = { sequence, hash: entry.hash };
        // only where to begin looking: it may lag behind
        if (sequence % headEvery === 0) await records.put(heads, "head", { ...known });
        return;
      }
      known = await findHead();
    }
    throw new ConflictError("audit-busy", "the audit log is being written by too many at once");
  }

  return {
    async append(event) {
      // one after the other, so that a process does not compete with itself
      const done = tail.then(async () => await put(event));
      tail = done.catch(() => {
        known = undefined;
      });
      await done;
    },
    async latest(limit) {
      const head = await findHead();
      const afterId = idOf(Math.max(0, head.sequence - limit));
      const page = await records.list(collection, { afterId, limit });
      return page.map((record) => toEntry(record.value)).toReversed();
    },
    async *readAll() {
      let afterId = idOf(0);
      for (;;) {
        const page = await records.list(collection, { afterId, limit: pageSize });
        for (const record of page) yield toEntry(record.value);
        const last = page.at(-1);
        if (last === undefined) return;
        afterId = last.id;
      }
    },
  };
}

function idOf(sequence: number): string {
  return String(sequence).padStart(12, "0");
}

function chain(entry: Omit<AuditEntry, "hash">): AuditEntry {
  return { ...entry, hash: hashOf(entry) };
}

function hashOf(entry: Omit<AuditEntry, "hash">): string {
  return createHash("sha256").update(stableText(entry)).digest("hex");
}

/** Where the chain is broken. */
export interface AuditFault {
  /** Of the entry that does not fit. */
  id: string;
  fault: "changed" | "entries missing before it";
}

/**
 * Checks one entry against the one before it; undefined when it fits. The first entry that is still kept has nothing to be
 * compared with.
 */
export function auditFault(
  entry: AuditEntry,
  before: AuditEntry | undefined,
): AuditFault | undefined {
  const { hash, ...rest } = entry;
  if (hashOf(rest) !== hash) return { id: entry.id, fault: "changed" };
  const isBeginning = before === undefined && entry.id === idOf(1);
  const expected = isBeginning ? beginning : before?.hash;
  if (expected === undefined || entry.previous === expected) return undefined;
  return { id: entry.id, fault: "entries missing before it" };
}

function headOf(value: JsonValue | undefined): Head {
  const { sequence, hash } = isRecord(value) ? value : {};
  if (typeof sequence !== "number" || typeof hash !== "string")
    return { sequence: 0, hash: beginning };
  return { sequence, hash };
}

/** An entry is JSON by construction; going through text drops `undefined`. */
function toJson(entry: AuditEntry): JsonValue {
  const value: JsonValue = JSON.parse(JSON.stringify(entry));
  return value;
}

function toEntry(value: JsonValue): AuditEntry {
  const entry: AuditEntry = JSON.parse(JSON.stringify(value));
  return entry;
}
