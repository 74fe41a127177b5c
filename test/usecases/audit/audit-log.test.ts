import { rm } from "node:fs/promises";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import {
  type AuditEntry,
  auditFault,
  type AuditLog,
  createAuditLog,
} from "../../../src/usecases/audit/audit-log.ts";
import { newDataDir } from "../../helpers/embedded.ts";
import { testSwitch } from "../../helpers/environment.ts";

const places = [
  ["the embedded database", undefined],
  ["Redis", "TEST_REDIS_URL"],
  ["PostgreSQL", "TEST_DATABASE_URL"],
] as const;

const event = (n: number) => ({ eventId: `e${n}`, atMs: n, type: "tried", details: { n } });

async function allOf(log: AuditLog): Promise<AuditEntry[]> {
  const all: AuditEntry[] = [];
  for await (const entry of log.readAll()) all.push(entry);
  return all;
}

const faultsOf = (entries: readonly AuditEntry[]) =>
  entries.flatMap((entry, index) => auditFault(entry, entries[index - 1]) ?? []);

for (const [name, variable] of places) {
  const url = variable === undefined ? undefined : testSwitch(variable);
  const suite = variable !== undefined && url === undefined ? describe.skip : describe;
  suite(`the audit log on ${name}`, () => {
    let dataDir: string;
    let storage: Storage;
    let logs = 0;
    beforeAll(async () => {
      dataDir = await newDataDir();
    });
    beforeEach(async () => {
      logs += 1;
      await storage?.close();
      if (variable === undefined) {
        await rm(dataDir, { recursive: true });
        dataDir = await newDataDir();
      }
      storage = await openStorage({
        dataDir,
        logger: silentLogger,
        namespace: `audit_${process.pid}_${logs}`,
        ...(variable === "TEST_REDIS_URL" && url !== undefined ? { redisUrl: url } : {}),
        ...(variable === "TEST_DATABASE_URL" && url !== undefined ? { databaseUrl: url } : {}),
      });
    });
    afterAll(async () => {
      await storage.close();
      await rm(dataDir, { recursive: true, force: true });
    });

    test("keeps what several processes write at once in one unbroken chain", async () => {
      const one = createAuditLog(storage.records, 60_000);
      const other = createAuditLog(storage.records, 60_000);

      await Promise.all(
        Array.from(
          { length: 40 },
          async (_, n) => await (n % 2 === 0 ? one : other).append(event(n)),
        ),
      );
      const all = await allOf(one);

      expect(all).toHaveLength(40);
      expect(all.map((entry) => entry.id)).toEqual(all.map((entry) => entry.id).toSorted());
      expect(new Set(all.map((entry) => entry.eventId)).size).toBe(40);
      expect(faultsOf(all)).toEqual([]);
      expect((await other.latest(2)).map((entry) => entry.id)).toEqual([
        "000000000040",
        "000000000039",
      ]);
    });

    test("shows an entry that was changed, and one that was taken out", async () => {
      const log = createAuditLog(storage.records, 60_000);
      for (let n = 1; n <= 5; n += 1) await log.append(event(n));
      const second = await storage.records.get("audit", "000000000002");
      await storage.records.put("audit", "000000000002", {
        ...Object(second?.value),
        details: { n: "something else" },
      });
      await storage.records.delete("audit", "000000000004");

      expect(faultsOf(await allOf(log))).toEqual([
        { id: "000000000002", fault: "changed" },
        { id: "000000000005", fault: "entries missing before it" },
      ]);
    });
  });
}
