import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { addManyRepositories } from "../emulators/github/many-repositories.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { dario, guest, nina, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";
import { waitFor } from "../helpers/wait.ts";

/** A channel with a guest in it. */
const checkout = "C0CHECKOU1";
let github: GithubEmulator;
let dataDir: string;
let folder: string;
let app: App;
let bench: SlackBench;

const company = `apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: nina}
spec: {memberOf: [platform], profile: {email: nina.kowalski@footlight.example}}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: platform}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ledger}
spec: {type: service, lifecycle: production, owner: platfrom}
`;

const component = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: platform}\n`;

beforeEach(async () => {
  github = await startGithubEmulator();
  dataDir = await newDataDir();
  folder = await mkdtemp(join(tmpdir(), "callboard-commands-"));
  await writeFile(join(folder, "company.yaml"), company);
  await addManyRepositories(github, 10, (name) => ({ "catalog-info.yaml": component(name) }));
});
afterEach(async () => {
  await bench.close();
  await app.stop();
  await github.close();
  await rm(dataDir, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** The whole bot, and a Slack that sends it signed requests. */
async function start(operators: string[] = []): Promise<void> {
  const sources = [
    { type: "file", path: "./company.yaml" },
    { type: "github", org: "acme" },
  ];
  const { config, faults } = parseConfig({
    env: {
      CALLBOARD_DATA_DIR: dataDir,
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: github.token,
      PORT: "0",
    },
    cwd: folder,
    file: { path: "callboard.yaml", text: JSON.stringify({ catalog: { sources }, operators }) },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  app = await startApp({ config, logger: silentLogger });
  bench = await startSlackBench({ services: app.services });
}

async function type(
  text: string,
  user = dario,
): Promise<{ text: string; blocks: string; ts: string }> {
  const command = "/callboard";
  const { message, error } = await bench.driver.slash({ user, channel: checkout, command, text });
  expect(error).toBeUndefined();
  // an answer that took longer than the acknowledgement takes its place
  const shown = await bench.driver.waitFor(() => {
    const now = bench.driver.ephemerals(user).find(({ ts }) => ts === message?.ts) ?? message;
    return now?.text.startsWith("One moment") === true ? undefined : now;
  });
  return { text: shown.text, blocks: JSON.stringify(shown.blocks), ts: shown.ts };
}

/** Takes the catalog file away from most repositories. */
async function loseMost(): Promise<void> {
  github.world.repositories = github.world.repositories.filter(
    ({ name }) => !/^service-[1-6]$/.test(name),
  );
  app.catalog.readSoon();
  await waitFor("it to be held back", () => app.catalog.sources()[1]?.heldBack);
}

test("check answers with line, code and fix, for a repository, its name alone, a page and a name of the catalog", async () => {
  await github.addRepository("acme", "wip", {
    files: { "catalog-info.yaml": component("wip").replace("lifecycle", "livecycle") },
  });
  await start();

  const repository = await type("check acme/wip");
  const nameAlone = await type("check wip");
  const page = await type("check https://github.com/acme/service-1/blob/main/catalog-info.yaml");
  const named = await type("check ledger");
  const file = await type("check company.yaml");

  expect(repository.text).toContain("acme/wip: 1 error, 0 warnings in 1 file with 1 entity");
  expect(repository.text).toContain("catalog-info.yaml:4:");
  expect(repository.blocks).toContain("entity-field-missing");
  expect(repository.blocks).toContain(
    "<https://github.com/acme/wip/blob/HEAD/catalog-info.yaml#L4|catalog-info.yaml:4>",
  );
  expect(nameAlone.text).toContain("wip: 1 error");
  expect(page.text).toContain("0 errors, 0 warnings in 1 file with 1 entity");
  expect(named.text).toMatch(
    /company.yaml:14:\d+: warning: .*did you mean platform\?.*owner-unknown/,
  );
  expect(file.text).toContain("company.yaml: 0 errors, 1 warning in 1 file with 3 entities");
}, 60_000);

test("check says what may be named, and never reads elsewhere", async () => {
  await start();

  const nothing = await type("check");
  const elsewhere = await type("check https://evil.example/catalog-info.yaml");
  const typo = await type("check octocat/ledgre");
  const byGuest = await type("check ledger", guest);

  expect(nothing.text).toContain("/callboard check acme/payments");
  expect(elsewhere.text).toContain("is nothing that I may read");
  expect(typo.text).toContain("name something of the catalog, acme/&lt;repository&gt;");
  expect(byGuest.text).toContain("Guests cannot");
}, 60_000);

test("a reading that lost too much is shown to everybody and let through by an operator alone", async () => {
  await start(["platform"]);
  await loseMost();

  const status = await type("catalog");
  const refused = await type("catalog accept");
  await bench.driver.click({
    user: dario,
    channel: checkout,
    ts: status.ts,
    actionId: "catalog-accept/1",
  });
  const stillHeld = app.catalog.sources()[1]?.heldBack?.dropped;
  const accepted = await type("catalog accept github:acme", nina);
  await waitFor("the end of holding back", () => app.catalog.sources()[1]?.heldBack === undefined);
  const after = await type("status");

  expect(status.text).toContain("github:acme: 10 entities, read just now");
  expect(status.text).toContain("held back: without 6 of 10 entities, such as component:default/");
  expect(status.blocks).toContain("catalog-accept/1");
  expect(refused.text).toContain(
    "Only people of group:default/platform may use /callboard catalog accept",
  );
  expect(stillHeld).toBe(6);
  expect(accepted.text).toBe("github:acme: accepted without 6 entities");
  expect(after.text).toContain("github:acme: 4 entities, read just now");
  expect(after.text).not.toContain("held back");
}, 60_000);

test("without operators every member accepts by the button, a guest does not", async () => {
  await start();
  await loseMost();
  const byGuest = await type("catalog accept", guest);
  const unknown = await type("catalog accept github:amce");
  const { ts } = await type("catalog");

  await bench.driver.click({ user: dario, channel: checkout, ts, actionId: "catalog-accept/1" });
  await waitFor("the end of holding back", () => app.catalog.sources()[1]?.heldBack === undefined);

  expect(byGuest.text).toContain("Guests cannot");
  expect(unknown.text).toContain("There is no source github:amce — expected one of");
  expect(app.catalog.sources()[1]?.entities).toBe(4);
}, 60_000);

test("an answer from a source that fails says so, and how old it is", async () => {
  await start();
  const fresh = await type("who owns service-1");
  github.unsettle(1, () => 0);
  app.catalog.readSoon();
  await waitFor("the failure", () => app.catalog.sources()[1]?.error);

  const kept = await type("who owns service-1");
  const other = await type("who owns ledger");
  github.unsettle(0, () => 1);

  expect(fresh.text).not.toContain("⚠");
  expect(kept.text).toMatch(/⚠ github:acme cannot be read now \(.+\): this was read just now$/);
  expect(kept.blocks).toContain("github:acme cannot be read now");
  expect(other.text).not.toContain("⚠");
}, 60_000);

test("an answer from a file that was just broken says so, and how old it is", async () => {
  await start();

  await writeFile(
    join(folder, "company.yaml"),
    company.replace("kind: Component", "kind: [Component"),
  );
  await app.catalog.refresh();
  const kept = await type("who owns ledger");
  await writeFile(join(folder, "company.yaml"), company);
  await app.catalog.refresh();
  const mended = await type("who owns ledger");

  expect(kept.text).toContain(
    "⚠ company.yaml is broken: this is what it said of ledger when it was last sound, read just now",
  );
  expect(kept.blocks).toContain("company.yaml is broken");
  expect(mended.text).not.toContain("⚠");
}, 60_000);
