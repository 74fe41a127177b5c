import { setTimeout as sleep } from "node:timers/promises";

import type { PGlite } from "@electric-sql/pglite";
import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from "bullmq";

type NotificationListener = (notification: PgNotification) => void;
type Query = (
  text: string,
  params?: readonly unknown[],
) => Promise<PgQueryResult<Record<string, unknown>>>;

/** Called before each query; what it returns is thrown instead of asking the database. */
export type Gate = () => Error | undefined;

/** PGlite as a pool, and what is known of its health. */
export interface PglitePool {
  pool: PgPool;
  /** The failure that ended the database, after which it must not be touched any more; undefined while it lives. */
  readonly fatal: () => Error | undefined;
}

/**
 * BullMQ's worker asks again at once when a request failed. PGlite answers without ever giving way to timers and sockets, so
 * on a full disk that would starve the whole process; therefore failures are reported this much later.
 */
const failureDelayMs = 200;

/**
 * One embedded PGlite as a `pg.Pool` of any number of clients, as BullMQ's Postgres backend wants it. All clients share
 * PGlite's single session, so nobody may leave a transaction open or change session settings while others work.
 * After a panic, as on a full disk, PGlite would run in circles for ever if it were asked again: from then on all fails.
 */
export function createPglitePool(
  db: PGlite,
  gate: Gate,
  broken: (cause: Error) => Error,
): PglitePool {
  let fatal: Error | undefined;
  // our own line in front of PGlite's: those who wait in its line could not be called back after a panic
  let turn: Promise<unknown> = Promise.resolve();

  async function ask(text: string, params: readonly unknown[]) {
    const refusal = fatal ?? gate();
    if (refusal !== undefined) throw refusal;
    try {
      return await send(db, text, params);
    } catch (thrown) {
      if (thrown instanceof Error && isFatal(thrown)) fatal = broken(thrown);
      throw thrown;
    }
  }

  const query: Query = async (text, params = []) => {
    const previous = turn;
    const answer = previous.then(() => ask(text, params));
    turn = answer.catch(() => undefined);
    try {
      return await answer;
    } catch (thrown) {
      await sleep(failureDelayMs);
      throw thrown;
    }
  };

  const pool = {
    // tells BullMQ that a broken LISTEN connection would be noticed: there is none to break
    options: { keepAlive: true },
    query,
    connect: async () => createClient(db, query),
    end: async () => undefined,
    on: () => pool,
    removeAllListeners: () => pool,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- BullMQ types results as any
  return { pool: pool as PgPool, fatal: () => fatal };
}

async function send(
  db: PGlite,
  text: string,
  params: readonly unknown[],
): Promise<PgQueryResult<Record<string, unknown>>> {
  if (params.length > 0) return db.query<Record<string, unknown>>(text, [...params]);
  // like pg's simple protocol: several statements, the last result counts (migrations come this way)
  const results = await db.exec(text);
  return { rows: results.at(-1)?.rows ?? [] };
}

/** True for a panic of PostgreSQL and for an abort of the WebAssembly that runs it. */
function isFatal(error: Error): boolean {
  if ("severity" in error) return error.severity === "PANIC" || error.severity === "FATAL";
  return (
    error.name === "RuntimeError" || error.name === "ExitStatus" || /Abort/.test(error.message)
  );
}

function createClient(db: PGlite, query: Query): PgPoolClient {
  const unsubscribes = new Map<NotificationListener, () => void>();

  function removeAll(): void {
    for (const unsubscribe of unsubscribes.values()) unsubscribe();
    unsubscribes.clear();
  }

  const client = {
    query,
    on(event: string, listener: NotificationListener) {
      // PGlite has no connection, so 'error' and 'end' never come
      if (event === "notification") {
        unsubscribes.set(
          listener,
          db.onNotification((channel, payload) => listener({ channel, payload })),
        );
      }
      return client;
    },
    removeListener(_event: string, listener: NotificationListener) {
      unsubscribes.get(listener)?.();
      unsubscribes.delete(listener);
      return client;
    },
    removeAllListeners() {
      removeAll();
      return client;
    },
    release: removeAll,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- BullMQ types results as any
  return client as PgPoolClient;
}
