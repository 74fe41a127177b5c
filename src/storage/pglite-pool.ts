import type { PGlite } from "@electric-sql/pglite";
import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from "bullmq";

type NotificationListener = (notification: PgNotification) => void;

/**
 * One embedded PGlite as a `pg.Pool` of any number of clients, as BullMQ's Postgres backend wants it. All clients share
 * PGlite's single session, so nobody may leave a transaction open or change session settings while others work.
 */
export function createPglitePool(db: PGlite): PgPool {
  const pool = {
    // tells BullMQ that a broken LISTEN connection would be noticed: there is none to break
    options: { keepAlive: true },
    query: (text: string, params?: readonly unknown[]) => query(db, text, params),
    connect: async () => createClient(db),
    end: async () => undefined,
    on: () => pool,
    removeAllListeners: () => pool,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- BullMQ types results as any
  return pool as PgPool;
}

async function query(
  db: PGlite,
  text: string,
  params: readonly unknown[] = [],
): Promise<PgQueryResult<Record<string, unknown>>> {
  if (params.length > 0) return db.query<Record<string, unknown>>(text, [...params]);
  // like pg's simple protocol: several statements, the last result counts (migrations come this way)
  const results = await db.exec(text);
  return { rows: results.at(-1)?.rows ?? [] };
}

function createClient(db: PGlite): PgPoolClient {
  const unsubscribes = new Map<NotificationListener, () => void>();

  function removeAll(): void {
    for (const unsubscribe of unsubscribes.values()) unsubscribe();
    unsubscribes.clear();
  }

  const client = {
    query: (text: string, params?: readonly unknown[]) => query(db, text, params),
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
