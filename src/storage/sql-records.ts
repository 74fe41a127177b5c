import type { JsonValue } from "../base/json.ts";
import type { RecordStore, StoredRecord } from "./contract.ts";
import { checkId, toStorageError, type BackendName } from "./failure.ts";
import { encodeValue, expectTtl, toRecord } from "./record-value.ts";

/** The part of a `pg.Pool` that records need; PGlite's pool has it too. */
export interface Database {
  query(text: string, params?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Lists return this many records when nobody says otherwise. */
const defaultLimit = 100;

/**
 * Statements that create the table of records, `<schema>.callboard_record`, when it is missing.
 * Ids sort by their bytes (collation C), as they do in Redis.
 */
export function recordTableSql(schema: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${schema}.callboard_record (
      collection text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      version bigint NOT NULL,
      value text NOT NULL,
      expires_at timestamptz,
      PRIMARY KEY (collection, id)
    );
    CREATE INDEX IF NOT EXISTS callboard_record_expiry
      ON ${schema}.callboard_record (expires_at) WHERE expires_at IS NOT NULL;`;
}

/** Records in the table of `recordTableSql`. Values are JSON in a text column: jsonb would reorder keys and refuse `\u0000`. */
export function createSqlRecords(db: Database, schema: string, backend: BackendName): RecordStore {
  const sql = statements(`${schema}.callboard_record`);

  async function run(text: string, params: unknown[]): Promise<Record<string, unknown>[]> {
    try {
      return (await db.query(text, params)).rows;
    } catch (thrown) {
      throw toStorageError(thrown, backend);
    }
  }

  return {
    async get<T extends JsonValue>(collection: string, id: string) {
      checkKey(collection, id);
      const [row] = await run(sql.get, [collection, id]);
      return row === undefined ? undefined : fromRow<T>(row);
    },
    async put(collection, id, value, { ifVersion, ttlMs } = {}) {
      checkKey(collection, id);
      const params = [collection, id, encodeValue(value), expectTtl(ttlMs) ?? null];
      const [row] =
        ifVersion === undefined
          ? await run(sql.upsert, params)
          : ifVersion === 0
            ? await run(sql.insert, params)
            : await run(sql.update, [...params, ifVersion]);
      return row === undefined ? undefined : Number(row["version"]);
    },
    async delete(collection, id, { ifVersion } = {}) {
      checkKey(collection, id);
      const rows = await run(sql.delete, [collection, id, ifVersion ?? null]);
      return rows.length > 0;
    },
    async list<T extends JsonValue>(
      collection: string,
      { afterId = "", limit = defaultLimit }: { afterId?: string; limit?: number } = {},
    ) {
      checkId("collection", collection);
      const rows = await run(sql.list, [collection, afterId, limit]);
      return rows.map((row) => fromRow<T>(row));
    },
  };
}

/** Deletes what has expired; reads never show it, so this only gives its room back. */
export async function sweepExpired(db: Database, schema: string): Promise<void> {
  await db.query(`DELETE FROM ${schema}.callboard_record WHERE expires_at <= now()`);
}

function statements(table: string) {
  const isLive = `(r.expires_at IS NULL OR r.expires_at > now())`;
  const values = `($1, $2, 1, $3, now() + $4::double precision * interval '1 millisecond')`;
  const insert = `INSERT INTO ${table} AS r (collection, id, version, value, expires_at) VALUES ${values}
    ON CONFLICT (collection, id) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at,
      version = CASE WHEN ${isLive} THEN r.version + 1 ELSE 1 END`;
  return {
    get: `SELECT id, version, value FROM ${table} r WHERE collection = $1 AND id = $2 AND ${isLive}`,
    upsert: `${insert} RETURNING version`,
    insert: `${insert} WHERE NOT ${isLive} RETURNING version`,
    update: `UPDATE ${table} r SET version = version + 1, value = $3,
        expires_at = now() + $4::double precision * interval '1 millisecond'
      WHERE collection = $1 AND id = $2 AND version = $5 AND ${isLive} RETURNING version`,
    delete: `DELETE FROM ${table} r WHERE collection = $1 AND id = $2 AND ${isLive}
      AND ($3::bigint IS NULL OR version = $3) RETURNING id`,
    list: `SELECT id, version, value FROM ${table} r WHERE collection = $1 AND id > $2 AND ${isLive}
      ORDER BY id LIMIT $3`,
  };
}

function checkKey(collection: string, id: string): void {
  checkId("collection", collection);
  checkId("record", id);
}

function fromRow<T extends JsonValue>(row: Record<string, unknown>): StoredRecord<T> {
  return toRecord(String(row["id"]), String(row["value"]), Number(row["version"]));
}
