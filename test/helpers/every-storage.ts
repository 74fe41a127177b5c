import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";

import { afterAll, beforeAll, describe } from "@jest/globals";
import { Redis } from "ioredis";
import { Client } from "pg";

import { silentLogger } from "../../src/base/logger.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { newDataDir } from "./embedded.ts";
import { testSwitch } from "./environment.ts";

interface Place {
  storage: Storage;
  destroy(): Promise<void>;
}

/** A storage that is there, or a name of what says where it is. */
interface Offer {
  name: string;
  open: (() => Promise<Place>) | undefined;
}

/** Runs a suite on the embedded database, and on Redis and PostgreSQL where they are given. */
export function describeEveryStorage(about: string, suite: (storage: () => Storage) => void): void {
  const redisUrl = testSwitch("TEST_REDIS_URL");
  const databaseUrl = testSwitch("TEST_DATABASE_URL");
  const offers: Offer[] = [
    { name: "embedded", open: openEmbedded },
    {
      name: "redis (TEST_REDIS_URL)",
      open: redisUrl === undefined ? undefined : () => openRedis(redisUrl),
    },
    {
      name: "postgres (TEST_DATABASE_URL)",
      open: databaseUrl === undefined ? undefined : () => openPostgres(databaseUrl),
    },
  ];
  for (const { name, open } of offers) {
    const run = open === undefined ? describe.skip : describe;
    run(`${about}, ${name}`, () => {
      let place: Place | undefined;
      const storage = (): Storage => {
        if (place === undefined) throw new Error("the storage is not open");
        return place.storage;
      };
      beforeAll(async () => {
        place = await open?.();
      });
      afterAll(async () => {
        await place?.storage.close();
        await place?.destroy();
      });
      suite(storage);
    });
  }
}

async function openEmbedded(): Promise<Place> {
  const dataDir = await newDataDir();
  return {
    storage: await openStorage({ dataDir, logger: silentLogger }),
    destroy: () => rm(dataDir, { recursive: true, force: true }),
  };
}

async function openRedis(redisUrl: string): Promise<Place> {
  const namespace = `test-${randomBytes(6).toString("hex")}`;
  return {
    storage: await openStorage({ redisUrl, namespace, dataDir: "unused", logger: silentLogger }),
    async destroy() {
      const redis = new Redis(redisUrl);
      const keys = await redis.keys(`{${namespace}}*`);
      if (keys.length > 0) await redis.del(...keys);
      await redis.quit();
    },
  };
}

async function openPostgres(databaseUrl: string): Promise<Place> {
  const namespace = `test_${randomBytes(6).toString("hex")}`;
  return {
    storage: await openStorage({ databaseUrl, namespace, dataDir: "unused", logger: silentLogger }),
    async destroy() {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS ${namespace} CASCADE`);
      await client.end();
    },
  };
}
