import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { type Config, parseConfig } from "../../src/config/load.ts";
import type { Driver } from "../../src/playground/driver.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { dario, general, nina } from "../helpers/slack-bench.ts";
import { waitFor } from "../helpers/wait.ts";

const head = (name: string): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: ${name}, title: ${name} }\n`;

const makes = `${head("makes")}spec:
  type: service
  parameters:
    - title: Name
      required: [name]
      properties: { name: { title: Name, type: string } }
    - title: Where
      required: [repoUrl]
      properties:
        repoUrl: { title: Repository, type: string, ui:field: RepoUrlPicker }
  steps:
    - id: fetch
      action: fetch:template
      input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } }
    - id: publish
      action: publish:github
      input: { repoUrl: "\${{ parameters.repoUrl }}" }
`;
const changes = `${head("changes")}spec:
  type: service
  parameters:
    required: [repoUrl]
    properties:
      repoUrl: { title: Repository, type: string, ui:field: RepoUrlPicker }
  steps:
    - id: fetch
      action: fetch:template
      input: { url: ./skeleton, values: { name: changed } }
    - id: open
      action: publish:github:pull-request
      input: { repoUrl: "\${{ parameters.repoUrl }}", branchName: b, title: Change it, description: d }
`;

const lists = `${head("lists")}spec:
  type: service
  parameters:
    required: [ports]
    properties:
      name: { title: Name, type: string }
      masked: { title: Masked, type: string, default: visible-value, ui:backstage: { review: { mask: "(masked)" } } }
      unseen: { title: Unseen, type: string, default: x, ui:backstage: { review: { show: false } } }
      ports:
        title: Ports
        type: array
        minItems: 1
        items:
          type: object
          required: [name, port]
          properties:
            name: { title: Port name, type: string, pattern: "^[a-z]+$" }
            port: { title: Number, type: integer, default: 8080 }
  steps:
    - { id: say, action: debug:log, input: { message: "\${{ parameters.odd | nope }}" } }
`;

let folder: string;
let dataDir: string;
let app: App;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-forms-"));
  dataDir = await newDataDir();
  for (const [name, text] of Object.entries({ makes, changes, lists })) {
    await mkdir(join(folder, "catalog", name, "skeleton", "src"), { recursive: true });
    await writeFile(join(folder, "catalog", name, "template.yaml"), text);
    await writeFile(
      join(folder, "catalog", name, "skeleton", "README.md"),
      "# ${{ values.name }}\n\nSame line\n```\n",
    );
    await writeFile(join(folder, "catalog", name, "skeleton", "src", "index.ts"), "export {};\n");
  }
  await mkdir(join(folder, "there"));
  await writeFile(join(folder, "there", "README.md"), "# before\n\nSame line\n```\n");
  app = await startApp({ config: configured(), logger: silentLogger });
}, 60_000);
beforeEach(async () => {
  for (const user of [dario, nina]) {
    while (slack().currentView(user) !== undefined)
      await slack().closeView({ user, isCleared: true });
  }
});
afterAll(async () => {
  await app.stop();
  for (const each of [folder, dataDir]) await rm(each, { recursive: true, force: true });
});

function configured(): Config {
  const { config, faults } = parseConfig({
    env: { CALLBOARD_DATA_DIR: dataDir, PORT: "0" },
    cwd: folder,
    file: {
      path: "callboard.yaml",
      text: JSON.stringify({
        catalog: { sources: [{ type: "file", path: "./catalog" }] },
        scaffolder: { localRepositories: [{ name: "acme/there", from: "./there" }] },
      }),
    },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  return config;
}

function slack(): Driver {
  if (app.playground === undefined) throw new Error("no playground");
  return app.playground.driver;
}

const shown = (user = dario): string => JSON.stringify(slack().currentView(user)?.blocks ?? []);

async function open(text: string, user = dario): Promise<void> {
  await slack().slash({ user, channel: general, command: "/newservice", text });
}

const repo = (page: number, name: string) => ({
  [`${page}:owner:repoUrl`]: "acme",
  [`${page}:name:repoUrl`]: name,
});

test("a name that is taken is said at its field, before anything is started", async () => {
  await open("makes");
  await slack().submitView({ user: dario, values: { "0::name": "ledger" } });

  const taken = await slack().submitView({ user: dario, values: repo(1, "there") });
  const free = await slack().submitView({ user: dario, values: repo(1, "new") });

  expect(taken.errors).toEqual({
    "1:name:repoUrl": "acme/there is already taken: choose another name.",
  });
  expect(free.errors).toBeUndefined();
});

test("a repository that is to be changed has to be there", async () => {
  await open("changes");

  const missing = await slack().submitView({ user: dario, values: repo(0, "nowhere") });

  expect(missing.errors?.["0:name:repoUrl"]).toContain("There is no repository acme/nowhere");
});

test("the dry run shows the files of a new repository, and writes nothing", async () => {
  await open("makes");
  await slack().submitView({ user: dario, values: { "0::name": "ledger" } });
  await slack().submitView({ user: dario, values: repo(1, "ledger") });

  await slack().click({ user: dario, actionId: "form-dry-run" });
  await waitFor("the dry run", () => shown().includes("Nothing was written"), 30_000);

  expect(shown()).toContain("New repository acme/ledger");
  expect(shown()).toContain("README.md  24 B\\nsrc/\\n  index.ts  11 B");
  expect(
    await app.services.repositories?.fault(
      { host: "github.com", owner: "acme", repo: "ledger" },
      "new",
    ),
  ).toBeUndefined();
  expect(await app.services.runs.recent?.(dario, 5)).toEqual([]);
  await slack().closeView({ user: dario });
  expect(slack().currentView(dario)?.callback_id).toBe("form-review");
});

test("the dry run shows what a pull request changes, line by line", async () => {
  await open("changes");
  await slack().submitView({ user: dario, values: repo(0, "there") });

  await slack().click({ user: dario, actionId: "form-dry-run" });
  await waitFor("the dry run", () => shown().includes("Nothing was written"), 30_000);

  expect(shown()).toContain("Pull request to acme/there");
  expect(shown()).toContain("-# before\\n+# changed\\n \\n Same line\\n");
  expect(shown()).toContain("+export {};");
});

test("a list of objects grows and shrinks entry by entry, and the rest of the page stays", async () => {
  await open("lists");
  expect(shown()).toContain("*Ports*: _none yet_");
  const empty = await slack().submitView({ user: dario, values: { "0::name": "ledger" } });
  expect(JSON.stringify(empty.view?.blocks)).toContain("Ports: This is required.");

  const add = async (name: string, port: string) => {
    await slack().click({ user: dario, actionId: "form-entry-add" });
    return await slack().submitView({
      user: dario,
      values: { "0::ports[].name": name, "0::ports[].port": port },
    });
  };
  await add("web", "80");
  await waitFor("the first entry", () => shown().includes("1. name: web, port: 80"));
  const wrong = await add("Not OK", "1");
  expect(wrong.errors?.["0::ports[].name"]).toContain("does not fit the pattern");
  await slack().submitView({
    user: dario,
    values: { "0::ports[].name": "admin", "0::ports[].port": "81" },
  });
  await waitFor("the second entry", () => shown().includes("2. name: admin, port: 81"));
  await slack().click({ user: dario, blockId: "0:entry:ports:0", actionId: "form-entry-remove" });
  await waitFor("the removal", () => shown().includes("1. name: admin, port: 81"));
  expect(shown()).toContain('"initial_value":"ledger"');
  await slack().submitView({ user: dario });
  expect(shown()).toContain("*Masked*: (masked)");
  expect(shown()).not.toMatch(/visible-value|Unseen/);
  await slack().submitView({ user: dario });

  const run = await waitFor(
    "the run",
    async () => (await app.services.runs.recent?.(dario, 1))?.[0],
  );
  expect(run.values).toMatchObject({ name: "ledger", ports: [{ name: "admin", port: 81 }] });
});

test("the list of templates says what its author should mend, with its place", async () => {
  const list = await slack().slash({
    user: dario,
    channel: general,
    command: "/newservice",
    text: "",
  });

  expect(JSON.stringify(list.message?.blocks)).toMatch(
    /lists\/template\.yaml:23:\d+: there is no filter “nope”/,
  );
});

test("a form that was left is offered again to the same person, also after a restart", async () => {
  await open("makes", nina);
  await slack().submitView({ user: nina, values: { "0::name": "left-behind" } });
  await app.stop();
  app = await startApp({ config: configured(), logger: silentLogger });

  await open("makes", nina);
  expect(shown(nina)).toContain("You began this form");
  await slack().click({ user: nina, actionId: "form-continue" });
  await waitFor("its second page", () => shown(nina).includes("Step 2 of 3"));
  await slack().submitView({ user: nina, values: repo(1, "left-behind") });
  await slack().submitView({ user: nina });

  await waitFor("the run", async () => (await app.services.runs.recent?.(nina, 1))?.[0]);
  const [run] = (await app.services.runs.recent?.(nina, 1)) ?? [];
  expect(run?.values).toMatchObject({ name: "left-behind" });
  await open("makes", nina);
  expect(shown(nina)).not.toContain("You began this form");
}, 60_000);
