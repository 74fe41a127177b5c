import { findClockSkew } from "./clock-skew.ts";
import type { StorageFinding } from "./contract.ts";
import type { Database } from "./sql-records.ts";

/** Settings that decide whether a committed job survives, with what they should be. */
const durability = [
  {
    name: "fsync",
    severity: "error",
    why: "a crash of its machine can destroy the database",
  },
  {
    name: "full_page_writes",
    severity: "warning",
    why: "a power cut can destroy the database",
  },
  {
    name: "synchronous_commit",
    severity: "warning",
    why: "a crash can lose the jobs accepted in the last moments",
  },
] as const;

/** Reads the server's settings. */
export async function inspectPostgres(db: Database): Promise<StorageFinding[]> {
  const beforeMs = Date.now();
  const { rows } = await db.query(
    `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now_ms, pg_is_in_recovery() AS is_replica,
       current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('server_encoding') AS encoding`,
  );
  const row = rows[0] ?? {};
  return [...findSettings(row), ...findClockSkew(Number(row["now_ms"]), beforeMs, Date.now())];
}

/** What in the settings endangers jobs and records. */
export function findSettings(row: Record<string, unknown>): StorageFinding[] {
  const findings: StorageFinding[] = [];
  for (const { name, severity, why } of durability) {
    if (row[name] === "off") {
      findings.push({
        severity,
        code: `postgres-${name.replaceAll("_", "-")}-off`,
        message: `PostgreSQL runs with ${name} off: ${why}`,
        hint: `set ${name} to on`,
      });
    }
  }
  if (row["is_replica"] === true) {
    findings.push({
      severity: "error",
      code: "postgres-read-only",
      message: "DATABASE_URL leads to a replica, which accepts no writes",
      hint: "give the address of the primary",
    });
  }
  if (row["encoding"] !== "UTF8") {
    findings.push({
      severity: "error",
      code: "postgres-encoding",
      message: `the database is encoded as ${String(row["encoding"])}, which cannot hold every name`,
      hint: "create the database with ENCODING 'UTF8'",
    });
  }
  return findings;
}
