import { randomUUID } from "node:crypto";

import { Redis } from "ioredis";

import { silentLogger } from "../../src/base/logger.ts";
import { openStorage } from "../../src/storage/open.ts";
import { describeStorage } from "../contracts/storage.ts";
import { testSwitch } from "../helpers/environment.ts";

const given = testSwitch("TEST_REDIS_URL");
const redisUrl = given ?? "";

describeStorage(
  "redis",
  async () => {
    const namespace = `test-${randomUUID()}`;
    const place = { redisUrl, namespace, dataDir: "unused" };
    return {
      place,
      canShare: true,
      open: (tuning) => openStorage({ ...place, logger: silentLogger, tuning }),
      async destroy() {
        const redis = new Redis(redisUrl);
        const keys = await redis.keys(`{${namespace}}*`);
        if (keys.length > 0) await redis.del(...keys);
        await redis.quit();
      },
    };
  },
  given === undefined ? "TEST_REDIS_URL is not set" : undefined,
);
