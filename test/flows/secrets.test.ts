import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { createLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { Driver } from "../../src/playground/driver.ts";
import type { RunRecord } from "../../src/usecases/runs/run-record.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { dario, general } from "../helpers/slack-bench.ts";
import { waitFor } from "../helpers/wait.ts";

const token = "tok-3e8f-hunter2";
const password = "pa$$ w0rd/ä-hunter2";

/** A template that blurts its secrets out wherever it can, then fails when it is told to. */
const template = `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: with-secrets, title: With secrets }
spec:
  type: service
  parameters:
    - title: Access
      required: [name, token]
      properties:
        name: { title: Name, type: string }
        token: { title: API token, type: string, minLength: 12, ui:field: Secret }
        database:
          title: Database
          type: object
          required: [password]
          properties:
            password: { title: Password, type: string, ui:widget: password }
  steps:
    - id: say
      action: debug:log
      input:
        message: "\${{ secrets.token }} \${{ parameters.database.password }} \${{ parameters.name }} ok"
    - id: hold
      if: "\${{ parameters.name === 'held' }}"
      action: debug:wait
      input: { minutes: 5 }
    - id: keep
      action: roadiehq:utils:jsonata
      input:
        data: { t: "\${{ secrets.token }}", p: "\${{ parameters.database.password | urlencode }}" }
        expression: $
    - id: use
      action: roadiehq:utils:jsonata
      input:
        data: "\${{ steps.keep.output.result.t }}"
        expression: "$length($)"
    - id: break
      if: "\${{ parameters.name === 'broken' }}"
      action: fs:read
      input: { path: "\${{ secrets.token }}" }
  output:
    text:
      - title: Done
        content: "token \${{ steps.keep.output.result.t }}, \${{ steps.use.output.result }} characters"
`;

/** A password for each entry of a list, and a token that is one for all of them. */
const listTemplate = `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: with-entries, title: With entries }
spec:
  type: service
  parameters:
    - title: Access
      properties:
        databases:
          title: Database
          type: array
          default: [{ name: first }]
          items:
            type: object
            required: [name, password, token]
            properties:
              name: { title: Name, type: string }
              password: { title: Password, type: string, minLength: 12, ui:widget: password }
              token: { title: Token, type: string, ui:field: Secret }
  steps:
    - id: each
      action: roadiehq:utils:jsonata
      input:
        data:
          list: "\${{ parameters.databases }}"
          token: "\${{ secrets.token }}"
        expression: "$join(list.(name & ':' & $substring(password, 0, 3)), ' ') & ' ' & $substring(token, 0, 3)"
  output:
    text:
      - title: Done
        content: "\${{ steps.each.output.result }}"
`;

let folder: string;
let dataDir: string;
let app: App;
let log = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-secrets-"));
  dataDir = await newDataDir();
  await writeFile(join(folder, "template.yaml"), template.trimStart());
  await writeFile(join(folder, "entries.yaml"), listTemplate.trimStart());
  const { config, faults } = parseConfig({
    env: { CALLBOARD_DATA_DIR: dataDir, PORT: "0" },
    cwd: folder,
    file: {
      path: "callboard.yaml",
      text: JSON.stringify({ catalog: { sources: [{ type: "file", path: "." }] } }),
    },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  app = await startApp({ config, logger: createLogger("trace", sink) });
}, 60_000);
afterAll(async () => {
  await app.stop();
  for (const each of [folder, dataDir]) await rm(each, { recursive: true, force: true });
});

function slack(): Driver {
  if (app.playground === undefined) throw new Error("no playground");
  return app.playground.driver;
}

const shown = (): string => JSON.stringify(slack().currentView(dario)?.blocks ?? []);

/** The link of the button for a secret, as it stands in the modal now. */
function linkOf(key: string): string {
  const blocks: { block_id?: string; elements?: { url?: string }[] }[] = JSON.parse(shown());
  const block = blocks.find(({ block_id: id = "" }) => id.endsWith(`:secret:${key}`));
  return block?.elements?.[0]?.url ?? "";
}

async function enter(key: string, value: string): Promise<Response> {
  return await fetch(linkOf(key), { method: "POST", body: new URLSearchParams({ value }) });
}

async function openForm(name: string): Promise<void> {
  await slack().slash({
    user: dario,
    channel: general,
    command: "/newservice",
    text: "with-secrets",
  });
  await slack().enter({ user: dario, blockId: "0::name", value: name });
}

/** Presses the button of a secret and enters its value on the page, then waits for the form to show it. */
async function give(key: string, value: string): Promise<void> {
  await slack().click({ user: dario, blockId: `0:secret:${key}`, actionId: "form-secret" });
  const before = shown().split("Stored, and never shown").length;
  const answer = await enter(key, value);
  expect(answer.status).toBe(200);
  await waitFor(
    "the form to show it",
    () => shown().split("Stored, and never shown").length > before,
  );
}

async function ended(): Promise<RunRecord> {
  return await waitFor("the run to end", lastEnded, 30_000);
}

async function lastEnded(): Promise<RunRecord | undefined> {
  const [run] = (await app.services.runs.recent?.(dario, 1)) ?? [];
  if (run === undefined) return undefined;
  const isOver = ["completed", "failed", "cancelled"].includes(run.status);
  return isOver && run.message?.isResultPosted === true ? run : undefined;
}

/** Everything that is kept or was sent, in one text. */
async function everything(run: RunRecord): Promise<string> {
  const files = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => await readFile(join(file.parentPath, file.name), "latin1")),
  );
  const talk = [
    slack().journal(),
    slack().messages(general),
    slack().messages(general, { threadTs: run.message?.ts ?? "" }),
    slack().directMessages(dario),
    slack().ephemerals(dario),
  ];
  const records = await Promise.all(
    ["runs", "drafts", "secrets", "secret-links", "seen"].map(
      async (name) => await app.storage.records.list(name, { limit: 1000 }),
    ),
  );
  return [...texts, log, JSON.stringify(talk), JSON.stringify([records, run])].join("\n");
}

/** The secrets in every form they could take in a text. */
const forms = [token, password].flatMap((value) => [
  value,
  Buffer.from(value).toString("latin1"),
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString("base64"),
  Buffer.from(value).toString("base64url"),
]);

async function assertNowhere(run: RunRecord): Promise<void> {
  const text = await everything(run);
  // it does hold what was typed into Slack, and the run
  expect(text.includes("template:default/with-secrets")).toBe(true);
  expect(text.includes('"token":"******"')).toBe(true);
  expect(forms.filter((form) => text.includes(form))).toEqual([]);
}

const kept = async (): Promise<number> =>
  (await app.storage.records.list("secrets", { limit: 10 })).length;

test("a required secret is filled in from Slack, used by the steps, found nowhere, and erased", async () => {
  await openForm("ledger");
  const missing = await slack().submitView({ user: dario, values: { "0::name": "ledger" } });
  expect(JSON.stringify(missing.view?.blocks)).toContain("API token: This is required.");

  await give("token", token);
  await give("database.password", password);
  expect(await kept()).toBe(1);
  expect(shown()).toContain("ledger");
  const review = await slack().submitView({ user: dario, values: {} });
  expect(JSON.stringify(review.view?.blocks)).toContain("*API token*: •••");
  await slack().submitView({ user: dario });
  const run = await ended();

  expect(run).toMatchObject({ status: "completed", values: { name: "ledger", token: "******" } });
  expect(run.output?.text[0]?.content).toBe("token ***, 16 characters");
  expect(run.log.map(({ line }) => line)).toContain("*** *** ledger ok");
  await waitFor("them to be erased", async () => (await kept()) === 0);
  await assertNowhere(run);
}, 60_000);

test("a failed run has forgotten them too; Retry asks for them again and goes on", async () => {
  await openForm("broken");
  await give("token", token);
  await give("database.password", password);
  await slack().submitView({ user: dario, values: { "0::name": "broken" } });
  await slack().submitView({ user: dario });
  const failed = await ended();
  expect(failed.status).toBe("failed");
  expect(failed.error?.message).not.toContain(token);
  await waitFor("them to be erased", async () => (await kept()) === 0);

  await slack().click({
    user: dario,
    channel: general,
    ts: failed.message?.ts ?? "",
    actionId: "run-retry",
  });
  await waitFor("the form", () => shown().includes("Its secrets again"));
  await give("token", token);
  await give("database.password", password);
  const review = await slack().submitView({ user: dario });
  expect(review.view?.submit?.text).toBe("Retry");
  await slack().submitView({ user: dario });
  const again = await waitFor("the second end", async () => {
    const run = await ended();
    return run.retries === 1 ? run : undefined;
  });

  expect(again.id).toBe(failed.id);
  expect(again.steps.map(({ status }) => status)).toEqual([
    "completed",
    "skipped",
    "completed",
    "completed",
    "failed",
  ]);
  await waitFor("them to be erased", async () => (await kept()) === 0);
  await assertNowhere(again);
}, 60_000);

test("a run that is cancelled has forgotten them too", async () => {
  await openForm("held");
  await give("token", token);
  await give("database.password", password);
  await slack().submitView({ user: dario, values: { "0::name": "held" } });
  await slack().submitView({ user: dario });
  const held = await waitFor(
    "the run to wait",
    async () => {
      const [run] = (await app.services.runs.recent?.(dario, 1)) ?? [];
      return ["running", "parked"].includes(run?.steps[1]?.status ?? "") ? run : undefined;
    },
    30_000,
  );
  expect(await kept()).toBe(1);

  await app.services.runs.cancel(held.id, { slackUserId: dario, name: "dario.costa" });
  const run = await ended();

  expect(run.status).toBe("cancelled");
  await waitFor("them to be erased", async () => (await kept()) === 0);
  await assertNowhere(run);
}, 60_000);

/** Keys of the secrets that the open form asks for. */
function askedFor(): string[] {
  const blocks: { block_id?: string }[] = JSON.parse(shown());
  return blocks.flatMap(({ block_id: id = "" }) =>
    id.startsWith("0:secret:") ? [id.slice("0:secret:".length)] : [],
  );
}

test("each entry of a list has a password of its own, which stays with it when others are taken out", async () => {
  await slack().slash({
    user: dario,
    channel: general,
    command: "/newservice",
    text: "with-entries",
  });
  const add = async (name: string) => {
    await slack().click({ user: dario, actionId: "form-entry-add" });
    expect(shown()).toContain("Asked for on the page when the entry is added: Password, Token");
    await slack().submitView({ user: dario, values: { "0::databases[].name": name } });
    await waitFor("the entry", () => shown().includes(`name: ${name}`));
  };
  await add("second");
  await add("third");
  expect(shown()).toContain("*Database 3: Password*");
  expect(shown()).toContain("*Database, all entries: Token*");
  const missing = await slack().submitView({ user: dario, values: {} });
  expect(JSON.stringify(missing.view?.blocks)).toContain("Database 1: Password: This is required.");

  const [first = "", shared = "", second = "", third = ""] = askedFor();
  await give(first, "111-hunter2-111");
  await give(second, "222-hunter2-222");
  await give(third, "333-hunter2-333");
  await give(shared, "tok-hunter2-tok");
  await slack().click({
    user: dario,
    blockId: "0:entry:databases:0",
    actionId: "form-entry-remove",
  });
  await waitFor("the removal", () => !shown().includes("name: first"));
  expect(askedFor()).toEqual([second, shared, third]);
  expect(
    Object.keys((await app.storage.records.list("secrets", { limit: 9 }))[0]?.value ?? {}),
  ).not.toContain(first);
  await slack().submitView({ user: dario, values: {} });
  expect(shown()).toContain("*Database 2: Password*: •••");
  expect(shown()).toMatch(/\(2\) name: third, (?:token|password): •••/);
  await slack().submitView({ user: dario });
  const run = await ended();

  expect(run.status).toBe("completed");
  expect(run.values["databases"]).toEqual([
    { name: "second", password: "******", token: "******" },
    { name: "third", password: "******", token: "******" },
  ]);
  expect(run.output?.text[0]?.content).toBe("second:222 third:333 tok");
  expect(await everything(run)).not.toContain("hunter2-");
  await waitFor("them to be erased", async () => (await kept()) === 0);
}, 60_000);
