import type { Clock } from "./ids.ts";

/** One exchange between the playground and the bot, for tests and for the page's inspector. */
export interface JournalEntry {
  id: number;
  atMs: number;
  /** `api`: the bot called a method; `delivery`: we sent a payload; `response_url`: the bot answered by URL. */
  kind: "api" | "delivery" | "response_url" | "fault";
  /** `chat.postMessage`, `slash_commands`, `block_actions`, `app_mention`. */
  name: string;
  /** What was sent, without tokens. */
  request: unknown;
  /** What came back; absent while it is awaited. */
  response?: unknown;
  /** `ok`, or an error's name. */
  status: string;
  elapsedMs?: number;
  /** What Slack would accept and a careful bot would avoid. */
  warnings?: string[];
}

/** Tells about every change, so that pages and waiting tests look again. */
export type ChangeListener = (change: Change) => void;

/** Something a person could see has changed, or traffic went by. */
export type Change =
  | { type: "message"; channel: string; ts: string }
  | { type: "message_removed"; channel: string; ts: string }
  | { type: "ephemeral"; channel: string; user: string; ts: string }
  | { type: "channels" }
  | { type: "modal"; user: string }
  | { type: "home"; user: string }
  | { type: "status"; channel: string }
  | { type: "connection" }
  | { type: "journal"; entry: JournalEntry };

/** Bodies longer than this, as JSON, are not kept; no view and no message comes near it. */
const bodyCharacters = 600_000;

/** A copy that later changes do not touch. */
function keep(body: unknown): unknown {
  const text = JSON.stringify(body);
  if (text === undefined) return undefined;
  const copy: unknown = JSON.parse(text);
  return text.length <= bodyCharacters ? copy : `(${text.length} characters, not kept)`;
}

/** Keeps the last exchanges and passes changes on. */
export class Journal {
  readonly #clock: Clock;
  readonly #listeners = new Set<ChangeListener>();
  readonly #entries: JournalEntry[] = [];
  readonly #capacity: number;
  #lastId = 0;

  constructor(clock: Clock, capacity = 500) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** The last exchanges, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Writes an exchange down; `finish` completes it. */
  open(kind: JournalEntry["kind"], name: string, request: unknown): JournalEntry {
    this.#lastId += 1;
    const entry: JournalEntry = {
      id: this.#lastId,
      atMs: this.#clock(),
      kind,
      name,
      request: keep(request),
      status: "pending",
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
    this.emit({ type: "journal", entry });
    return entry;
  }

  /** Completes an exchange. */
  finish(entry: JournalEntry, status: string, response?: unknown): void {
    entry.status = status;
    entry.elapsedMs = this.#clock() - entry.atMs;
    if (response !== undefined) entry.response = keep(response);
    this.emit({ type: "journal", entry });
  }

  /** Calls `listener` at every change until the returned function is called. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}
