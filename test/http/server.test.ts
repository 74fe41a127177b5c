import { afterEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import {
  createHealthRouter,
  startHttpServer,
  type HttpServer,
  type ReadinessCheck,
} from "../../src/http/server.ts";

let running: HttpServer | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(readiness: Record<string, ReadinessCheck> = {}): Promise<string> {
  const metrics = createMetrics({
    catalog: () => ({ entities: 3, documents: 2, templates: 1, errors: 0, readAtMs: 1000 }),
    jobs: async () => ({ waiting: 4 }),
    clock: () => 61_000,
  });
  metrics.questions.inc({ intent: "owner", status: "answered" });
  running = await startHttpServer({
    port: 0,
    host: "127.0.0.1",
    logger: silentLogger,
    handlers: [
      createHealthRouter({ readiness, metrics }),
      (request, _response, next) => {
        if (request.path === "/broken") throw new Error("our bug with a secret in it");
        next();
      },
    ],
  });
  return `http://127.0.0.1:${running.port}`;
}

test("healthz says ok even when nothing else is well", async () => {
  const url = await start({ storage: async () => "gone" });

  const response = await fetch(`${url}/healthz`);

  expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
});

test("readyz names every part that is not well, also one whose check throws", async () => {
  const url = await start({
    catalog: async () => undefined,
    slack: async () => "not connected",
    storage: () => Promise.reject(new Error("no answer within 2 s")),
  });

  const response = await fetch(`${url}/readyz`);

  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    status: "not ready",
    checks: { catalog: "ok", slack: "not connected", storage: "no answer within 2 s" },
  });
});

test("metrics are Prometheus text with counters and gauges of ours", async () => {
  const url = await start();

  const text = await (await fetch(`${url}/metrics`)).text();

  expect(text).toContain('callboard_questions_total{intent="owner",status="answered"} 1');
  expect(text).toContain('callboard_catalog_entries{type="entities"} 3');
  expect(text).toContain("callboard_catalog_age_seconds 60");
  expect(text).toContain('callboard_jobs{state="waiting"} 4');
});

test("a handler that throws answers 500 without telling why", async () => {
  const url = await start();

  const response = await fetch(`${url}/broken`);

  expect([response.status, await response.text()]).toEqual([500, "internal error\n"]);
});

test("a taken port is refused with the way out", async () => {
  await start();

  const second = startHttpServer({
    port: running?.port ?? 0,
    host: "127.0.0.1",
    handlers: [],
    logger: silentLogger,
  });

  await expect(second).rejects.toMatchObject({ code: "port-in-use" });
});
