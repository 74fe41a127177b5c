import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("starts, answers and stops on SIGTERM", () => {
  const script = fileURLToPath(new URL("../bin/smoke.js", import.meta.url));

  const run = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 20_000 });

  assert.equal(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /\/readyz 200/);
});
