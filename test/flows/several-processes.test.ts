import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { addManyRepositories } from "../emulators/github/many-repositories.ts";
import { deliver, pushPayload } from "../emulators/github/webhooks.ts";
import { commitFiles } from "../emulators/github/world.ts";
import { ensureBuilt } from "../helpers/built.ts";
import { testSwitch } from "../helpers/environment.ts";
import {
  freePort,
  hasRedisServer,
  type RedisServer,
  startRedisServer,
} from "../helpers/servers.ts";
import { waitFor } from "../helpers/wait.ts";
import { startWebServer, type WebServer } from "../helpers/web-server.ts";

const secret = "a-long-enough-secret";
/** Processes start slowly where others are at work. */
const startMs = 60_000;

let folder: string;
let github: GithubEmulator;
/** What a process asks that should ask nothing: it answers 500. */
let silence: WebServer;
let redis: RedisServer | undefined;
let started: { child: ChildProcess; url: string }[] = [];

const component = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: team-a}\n`;

/** Starts the program itself and resolves with where it answers. */
async function start(apiUrl: string, storage: Record<string, string>): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ["dist/cli/main.js", "start"], {
    stdio: "ignore",
    env: {
      PORT: String(port),
      ...storage,
      CALLBOARD_CONFIG: join(folder, "callboard.yaml"),
      CALLBOARD_DATA_DIR: join(folder, `data-${port}`),
      GITHUB_API_URL: apiUrl,
      GITHUB_TOKEN: github.token,
      GITHUB_WEBHOOK_SECRET: secret,
      LOG_LEVEL: "error",
    },
  });
  started.push({ child, url });
  return url;
}

/** How many entities a process has; undefined while it does not answer. */
async function entitiesOf(url: string): Promise<number | undefined> {
  const text = await fetch(`${url}/metrics`).then(
    (answer) => answer.text(),
    () => "",
  );
  const [, count] =
    /^callboard_catalog_entries\{[^}]*type="entities"[^}]*\} (\d+)$/m.exec(text) ?? [];
  return count === undefined ? undefined : Number(count);
}

beforeEach(async () => {
  ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "callboard-several-"));
  const sources = [{ type: "github", org: "acme" }];
  await writeFile(join(folder, "callboard.yaml"), JSON.stringify({ catalog: { sources } }));
  github = await startGithubEmulator();
  silence = await startWebServer((_request, response) => void response.writeHead(500).end());
}, startMs);
afterEach(async () => {
  for (const { child } of started) {
    if (child.exitCode !== null) continue;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
  started = [];
  await Promise.all([github.close(), silence.close(), redis?.destroy()]);
  redis = undefined;
  await rm(folder, { recursive: true, force: true });
}, startMs);

/** Reads by one process, changes by a webhook to the other, and the other asks GitHub nothing. */
async function followEachOther(
  storage: Record<string, string>,
): Promise<{ status: number; tookMs: number; asked: unknown[] }> {
  await addManyRepositories(github, 5, (name) => ({ "catalog-info.yaml": component(name) }));
  const reader = await start(github.url, storage);
  await waitFor("the reader", async () => (await entitiesOf(reader)) === 5, startMs);
  // a process that has no way to GitHub
  const follower = await start(silence.url, storage);
  await waitFor("the newcomer", async () => (await entitiesOf(follower)) === 5, startMs);
  await waitFor("its readiness", async () => (await fetch(`${follower}/readyz`)).ok, startMs);

  const repository = github.repository("acme", "service-3");
  if (repository === undefined) throw new Error("no repository");
  const files = {
    "catalog-info.yaml": `${component("service-3")}---\n${component("brand-new")}`,
  };
  const sha = await commitFiles(github.world, repository, "main", files, "Change");
  const payload = pushPayload(github.world, repository, sha, ["catalog-info.yaml"]);
  const toldAtMs = performance.now();
  // the webhook may reach either
  const told = await deliver(`${follower}/github/webhook`, secret, { event: "push", payload });
  await waitFor("the change in the follower", async () => (await entitiesOf(follower)) === 6);
  const tookMs = performance.now() - toldAtMs;

  expect(github.journal.length).toBeGreaterThan(0);
  return { status: told.status, tookMs, asked: silence.requests };
}

(hasRedisServer() ? describe : describe.skip)("several processes (needs redis-server)", () => {
  test("one reads GitHub, the others follow within ten seconds, and a newcomer asks GitHub nothing", async () => {
    redis = await startRedisServer();

    const { status, tookMs, asked } = await followEachOther({ REDIS_URL: redis.url });

    expect({ status, asked }).toEqual({ status: 202, asked: [] });
    expect(tookMs).toBeLessThan(10_000);
  }, 240_000);
});

const databaseUrl = testSwitch("TEST_DATABASE_URL");
const onPostgres = databaseUrl === undefined ? describe.skip : describe;
onPostgres("several processes (needs TEST_DATABASE_URL)", () => {
  test("the same holds on PostgreSQL", async () => {
    const namespace = `several_${process.pid}_${Date.now()}`;
    const storage = { DATABASE_URL: databaseUrl ?? "", CALLBOARD_NAMESPACE: namespace };

    const { status, tookMs, asked } = await followEachOther(storage);

    expect({ status, asked }).toEqual({ status: 202, asked: [] });
    expect(tookMs).toBeLessThan(10_000);
  }, 240_000);
});
