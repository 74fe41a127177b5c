import { randomBytes } from "node:crypto";

import { Client } from "pg";

import { silentLogger } from "../../src/base/logger.ts";
import { openStorage } from "../../src/storage/open.ts";
import { describeStorage } from "../contracts/storage.ts";
import { testSwitch } from "../helpers/environment.ts";

const given = testSwitch("TEST_DATABASE_URL");
const databaseUrl = given ?? "";

describeStorage(
  "postgres",
  async () => {
    const namespace = `test_${randomBytes(6).toString("hex")}`;
    const place = { databaseUrl, namespace, dataDir: "unused" };
    return {
      place,
      canShare: true,
      open: (tuning) => openStorage({ ...place, logger: silentLogger, tuning }),
      async destroy() {
        const client = new Client({ connectionString: databaseUrl });
        await client.connect();
        await client.query(`DROP SCHEMA IF EXISTS ${namespace} CASCADE`);
        await client.end();
      },
    };
  },
  given === undefined ? "TEST_DATABASE_URL is not set" : undefined,
);
