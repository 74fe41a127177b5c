import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { deliver, pushPayload } from "../emulators/github/webhooks.ts";
import { commitFiles, type Repository } from "../emulators/github/world.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { waitFor } from "../helpers/wait.ts";

const secret = "a-long-enough-secret";
const dario = "U0DARIOCO1";
const author = { name: "Dario", email: "dario.costa@footlight.example", username: "dario" };
let github: GithubEmulator;
let repository: Repository;
let dataDir: string;
let folder: string;
let app: App | undefined;

beforeEach(async () => {
  github = await startGithubEmulator();
  dataDir = await newDataDir();
  folder = await mkdtemp(join(tmpdir(), "callboard-feedback-"));
  repository = await github.addRepository("acme", "pay", {
    files: { "catalog-info.yaml": component("pay") },
  });
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await github.close();
  await rm(dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

async function start(credentials: Record<string, string>, hasFeedback = true): Promise<App> {
  const catalog = { sources: [{ type: "github", org: "acme" }], feedback: hasFeedback };
  const { config, faults } = parseConfig({
    env: {
      CALLBOARD_DATA_DIR: dataDir,
      GITHUB_API_URL: github.url,
      GITHUB_WEBHOOK_SECRET: secret,
      PORT: "0",
      ...credentials,
    },
    cwd: folder,
    file: { path: "callboard.yaml", text: JSON.stringify({ catalog }) },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  app = await startApp({ config, logger: silentLogger });
  return app;
}

function asApp(): Record<string, string> {
  const { appId, privateKey } = github.addApp(["acme"]);
  return { GITHUB_APP_ID: appId, GITHUB_APP_PRIVATE_KEY: privateKey };
}

const component = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-a\n---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n`;
const broken = component("pay").replace("  lifecycle: production\n", "");

async function push(text: string, pushedBy = author): Promise<string> {
  const files = { "catalog-info.yaml": text };
  const sha = await commitFiles(github.world, repository, "main", files, "Change");
  const payload = pushPayload(github.world, repository, sha, Object.keys(files), pushedBy);
  const url = `http://127.0.0.1:${app?.port}/github/webhook`;
  // two hooks may tell of the same push
  for (const hook of ["of the organisation", "of the App"]) {
    const id = `${sha} ${hook}`;
    const response = await deliver(url, secret, { event: "push", payload, id });
    expect(response.status).toBe(202);
  }
  return sha;
}

const directMessages = (): string[] =>
  app?.playground?.driver.directMessages(dario).map((each) => JSON.stringify(each.blocks)) ?? [];

test("a broken push gets one check run with its lines, and its author one message", async () => {
  await start(asApp());

  const sha = await push(broken);
  await waitFor("the message", () => directMessages().length > 0);
  await push(component("pay"));
  await waitFor("the sound push to be seen", () =>
    app?.catalog.snapshot().diagnostics.every(({ severity }) => severity !== "error"),
  );
  await app?.stop();

  expect(repository.checkRuns).toEqual([
    {
      id: expect.any(Number),
      name: "Callboard catalog",
      headSha: sha,
      conclusion: "failure",
      title: "1 error",
      annotations: [
        expect.objectContaining({
          path: "catalog-info.yaml",
          start_line: 5,
          annotation_level: "failure",
          title: "entity-field-missing",
        }),
      ],
    },
  ]);
  expect(directMessages()).toHaveLength(1);
  expect(directMessages()[0]).toContain("catalog-info.yaml:5");
  expect(directMessages()[0]).toContain("lifecycle");
});

test("with a token, which may make no check runs, the author is told all the same", async () => {
  await start({ GITHUB_TOKEN: github.token });

  await push(broken);
  await waitFor("the message", () => directMessages().length > 0);

  expect(repository.checkRuns).toEqual([]);
});

test("bots and people whom nobody knows are told nothing, and neither is anybody while it is off", async () => {
  await start(asApp());
  await push(broken, {
    name: "renovate[bot]",
    email: "29139614@users.noreply.github.com",
    username: "renovate[bot]",
  });
  await push(broken.replace("pay", "pay2"), {
    name: "Nobody",
    email: "nobody@elsewhere.example",
    username: "nobody",
  });
  await waitFor("both check runs", () => repository.checkRuns.length === 2);
  await app?.stop();
  await start(asApp(), false);

  await push(broken.replace("pay", "pay3"));
  await waitFor("the push to be seen", () =>
    app?.catalog.snapshot().diagnostics.some(({ severity }) => severity === "error"),
  );

  expect(repository.checkRuns).toHaveLength(2);
  expect(directMessages()).toEqual([]);
});
