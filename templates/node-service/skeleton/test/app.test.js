import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { createApp } from "../src/app.js";

const state = { isReady: true };
const lines = [];
const server = createApp({ state, log: (level, message, data) => lines.push({ level, message, ...data }) });
let base = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

test("says its name", async () => {
  const response = await fetch(base);

  assert.equal(response.status, 200);
  assert.equal((await response.json()).name, ${{ values.name | dump }});
});

test("is healthy", async () => {
  const response = await fetch(`${base}/healthz?verbose`);

  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: "ok" });
});

test("is ready only when it says so", async () => {
  state.isReady = false;
  const stopping = await fetch(`${base}/readyz`);
  state.isReady = true;
  const running = await fetch(`${base}/readyz`);

  assert.equal(stopping.status, 503);
  assert.equal(running.status, 200);
});

test("refuses unknown paths and wrong methods", async () => {
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);
  assert.equal((await fetch(`${base}/__proto__`)).status, 404);
  assert.equal((await fetch(`${base}/healthz`, { method: "POST" })).status, 405);
});

test("serves its icon as a PNG", async () => {
  const response = await fetch(`${base}/favicon.png`);
  const bytes = new Uint8Array(await response.arrayBuffer());

  assert.equal(response.headers.get("content-type"), "image/png");
  assert.deepEqual([...bytes.slice(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
});

test("logs a request without its query", async () => {
  lines.length = 0;
  await (await fetch(`${base}/healthz?token=secret`)).text();

  assert.equal(lines.at(-1).path, "/healthz");
  assert.ok(!JSON.stringify(lines).includes("secret"));
});
