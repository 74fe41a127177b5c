import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { createGithubReader } from "../../src/app/github-reader.ts";
import { silentLogger } from "../../src/base/logger.ts";
import type { CheckReport } from "../../src/catalog/report.ts";
import { createGithubSource } from "../../src/catalog/sources/github.ts";
import { type Config, parseConfig } from "../../src/config/load.ts";
import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { connect } from "../emulators/github/harness.ts";
import { addManyRepositories } from "../emulators/github/many-repositories.ts";
import { deliver, pushPayload, repositoryPayload } from "../emulators/github/webhooks.ts";
import { commitFiles, type Repository } from "../emulators/github/world.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { waitFor } from "../helpers/wait.ts";

const secret = "a-long-enough-secret";
let github: GithubEmulator;
let dataDir: string;
let folder: string;
let app: App | undefined;

beforeEach(async () => {
  github = await startGithubEmulator();
  dataDir = await newDataDir();
  folder = await mkdtemp(join(tmpdir(), "callboard-org-"));
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await github.close();
  await rm(dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

function configured(): Config {
  const { config, faults } = parseConfig({
    env: {
      CALLBOARD_DATA_DIR: dataDir,
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: github.token,
      GITHUB_WEBHOOK_SECRET: secret,
      PORT: "0",
    },
    cwd: folder,
    file: {
      path: "callboard.yaml",
      text: JSON.stringify({ catalog: { sources: [{ type: "github", org: "acme" }] } }),
    },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  return config;
}

async function start(): Promise<App> {
  app = await startApp({ config: configured(), logger: silentLogger });
  return app;
}

async function stop(): Promise<void> {
  await app?.stop();
  app = undefined;
}

const component = (name: string, owner = "team-a"): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: ${owner}}\n---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${owner}-of-${name}}\nspec: {type: team, children: []}\n`;

const ownerOf = (name: string): unknown =>
  app?.catalog.snapshot().catalog.entities.get(`component:default/${name}`)?.entity.spec?.["owner"];

function repositoryNamed(name: string): Repository {
  const found = github.repository("acme", name);
  if (found === undefined) throw new Error(`no repository ${name}`);
  return found;
}

async function pushTo(name: string, text: string, path = "catalog-info.yaml"): Promise<Response> {
  const repository = repositoryNamed(name);
  const sha = await commitFiles(github.world, repository, "main", { [path]: text }, "Change");
  const payload = pushPayload(github.world, repository, sha, [path]);
  return deliver(`http://127.0.0.1:${app?.port}/github/webhook`, secret, {
    event: "push",
    payload,
  });
}

test("an organisation of 300 repositories is found, changed by webhooks, and survives GitHub's absence", async () => {
  await addManyRepositories(github, 300, (name) => ({ "catalog-info.yaml": component(name) }));

  const { services, port } = await start();
  const found = app?.catalog.status().entities;
  const startedAtMs = performance.now();
  const pushed = await pushTo("service-7", component("service-7", "team-b"));
  await waitFor("the push to be seen", () => ownerOf("service-7") === "team-b");
  const pushMs = performance.now() - startedAtMs;
  await github.addRepository("acme", "brand-new", {
    files: { "catalog-info.yaml": component("brand-new") },
  });
  await deliver(`http://127.0.0.1:${port}/github/webhook`, secret, {
    event: "repository",
    payload: {
      action: "created",
      repository: repositoryPayload(github.world, repositoryNamed("brand-new")),
    },
  });
  await waitFor("the new repository", () => ownerOf("brand-new"));
  const answer = await services.answerQuestion("who owns service-7", { nowMs: Date.now() });
  await stop();

  github.unsettle(1, () => 0);
  await start();
  await waitFor("the failure", () => app?.catalog.sources()[0]?.error);

  expect(found).toBe(600);
  expect(pushed.status).toBe(202);
  expect(pushMs).toBeLessThan(10_000);
  expect(answer.text).toContain("Owned by team-b");
  expect(app?.catalog.status().entities).toBe(602);
  expect(ownerOf("service-7")).toBe("team-b");
  expect(app?.catalog.snapshot().diagnostics.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^the source failed: .* its 602 entities of .* are kept$/),
  );
  github.unsettle(0, () => 1);
}, 60_000);

test("evidence says when the repository was last pushed to, while what it says stands unchanged", async () => {
  github.world.now = () => "2026-02-01T09:00:00Z";
  await github.addRepository("acme", "ledger", {
    files: { "catalog-info.yaml": component("ledger") },
  });
  await start();
  const ask = async () => app?.services.answerQuestion("who owns ledger", { nowMs: Date.now() });

  const first = await ask();
  if (first?.claim === undefined) throw new Error("nothing to confirm");
  await app?.services.feedback?.confirm(first, first.claim.fingerprint, "Mei");
  github.world.now = () => "2026-02-05T09:00:00Z";
  await pushTo("ledger", "no entity", "README.md");
  await waitFor("the push to be seen", async () => (await ask())?.text.includes("2026-02-05"));
  const second = await ask();
  await stop();
  github.unsettle(1, () => 0);
  await start();
  const later = await ask();
  github.unsettle(0, () => 1);

  expect(first?.text).toContain("spec.owner: team-a, last push 2026-02-01");
  expect(second?.text).toContain("spec.owner: team-a, last push 2026-02-05");
  expect(second?.claim?.confirmed?.by).toBe("Mei");
  expect(later?.text).toContain("spec.owner: team-a, last push 2026-02-05");
}, 60_000);

test("runbooks and CODEOWNERS of a repository answer questions, also after a restart without GitHub", async () => {
  await github.addRepository("acme", "ledger", {
    files: {
      "catalog-info.yaml": component("ledger"),
      "mkdocs.yml": "nav: [{Operations: [{Late copies: runbooks/lag.md}]}]\n",
      "docs/runbooks/lag.md": "# Replication lag\n\n## Mitigation\n\nRestart the follower.\n",
      CODEOWNERS: "/migrations/ @acme/data\n",
    },
  });
  await start();
  await waitFor("the runbook", () => app?.catalog.status().documents === 1);
  const ask = (question: string) =>
    app?.services.answerQuestion(question, { nowMs: Date.now() }).then(({ text }) => text);

  const runbook = await ask("runbook for ledger replication lag");
  await stop();
  github.unsettle(1, () => 0);
  await start();
  const later = await ask("runbook for ledger replication lag");
  const path = await ask("who owns acme/ledger:migrations/001.sql");
  const page = "https://github.com/acme/ledger/blob/main/docs/runbooks/lag.md";
  const document = app?.services.readDocument(page);
  github.unsettle(0, () => 1);

  expect(runbook).toContain("Restart the follower.");
  expect(runbook).toMatch(/Last changed \d{4}-/);
  expect(later).toContain("Restart the follower.");
  expect(later).toMatch(/Last changed \d{4}-/);
  expect(document).toMatchObject({
    ref: "component:default/ledger",
    url: page,
    title: "Late copies",
  });
  expect(path).toContain(
    "For migrations/001.sql CODEOWNERS names @acme/data, which the catalog does not know",
  );
  expect(path).toContain("https://github.com/acme/ledger/blob/main/CODEOWNERS:1");
}, 60_000);

test("a repository is checked as it is now, against the company, and nothing outside of it", async () => {
  await addManyRepositories(github, 3, (name) => ({ "catalog-info.yaml": component(name) }));
  await github.addRepository("acme", "wip", {
    files: {
      "catalog-info.yaml": component("wip", "team-a-of-service-1").replace(
        "lifecycle",
        "livecycle",
      ),
      "ok/catalog-info.yaml": component("ok", "team-a-of-service-1").replace(/---[^]*/, ""),
    },
  });
  const { services } = await start();
  const check = (target: string): Promise<CheckReport> =>
    services.catalog?.check?.(target) ?? Promise.reject(new Error("the bot cannot check"));

  const broken = await check("acme/wip");
  const page = await check("https://github.com/acme/wip/blob/main/ok/catalog-info.yaml");
  const missing = await check("https://github.com/acme/nothing");
  const other = check("https://evil.example/catalog-info.yaml");
  const foreign = check("octocat/private");

  expect(broken.diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
    "https://github.com/acme/wip/blob/HEAD/catalog-info.yaml:4 entity-field-missing",
    expect.stringMatching(/group-unused$/),
  ]);
  expect(page).toEqual({ files: 1, entities: 1, diagnostics: [] });
  expect(missing.diagnostics.map(({ code }) => code)).toEqual(["source-missing"]);
  await expect(other).rejects.toMatchObject({ code: "check-target-unknown" });
  await expect(foreign).rejects.toMatchObject({ code: "check-target-unknown" });
}, 60_000);

test("a push that nobody could have signed changes nothing", async () => {
  await addManyRepositories(github, 2, (name) => ({ "catalog-info.yaml": component(name) }));
  const { port } = await start();
  github.journal.splice(0);

  const payload = pushPayload(github.world, repositoryNamed("service-1"), "f".repeat(40), []);
  const answer = await deliver(`http://127.0.0.1:${port}/github/webhook`, "guessed", {
    event: "push",
    payload,
  });

  expect(answer.status).toBe(401);
  expect(github.count("POST", "/graphql")).toBe(0);
});

test("an unchanged organisation costs one uncounted request for each hundred repositories", async () => {
  const count = 1_250;
  await addManyRepositories(github, count, (name) => ({ "catalog-info.yaml": component(name) }));
  const everything = { topic: [], excludeTopic: [], name: [], exclude: [] };
  const source = createGithubSource({
    reader: createGithubReader(connect(github)),
    org: "acme",
    path: "/catalog-info.yaml",
    filters: { ...everything, archived: false, forks: false },
    clock: Date.now,
    listEveryMs: 1,
  });
  const { signal } = new AbortController();

  const { files } = await source.read(signal);
  const cold = github.journal.splice(0);
  await source.read(signal);
  const unchanged = github.journal.splice(0);

  expect(files).toHaveLength(count);
  expect(cold).toHaveLength(13 + 13 + 25);
  expect(unchanged.map(({ status }) => status)).toEqual(Array.from({ length: 13 }, () => 304));
}, 60_000);
