import assert from "node:assert/strict";
import { test } from "node:test";

import { readConfig } from "../src/config.js";

test("has defaults for everything", () => {
  assert.deepEqual(readConfig({}), {
    port: ${{ values.port }},
    shutdownTimeoutMs: 10_000,
    logLevel: "info",
  });
});

test("takes values from the environment", () => {
  assert.equal(readConfig({ PORT: "0", LOG_LEVEL: "debug" }).port, 0);
});

test("lists every wrong value at once", () => {
  assert.throws(() => readConfig({ PORT: "http", LOG_LEVEL: "loud" }), /PORT is "http".*LOG_LEVEL is "loud"/);
});
