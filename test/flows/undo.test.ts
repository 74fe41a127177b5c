import { access } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import type { SlackMessage } from "../../src/playground/slack-shapes.ts";
import {
  type CompanyBench,
  dario,
  general,
  startCompanyBench,
  theo,
} from "../helpers/company-bench.ts";
import { waitFor } from "../helpers/wait.ts";

let bench: CompanyBench;

/** Publishes and registers, opens an issue, and then fails. */
const failing = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: failing, title: Failing service }
spec:
  type: service
  parameters:
    - required: [name]
      properties: { name: { title: Name, type: string } }
  steps:
    - { id: write, name: Write, action: "catalog:write", input: { entity: { apiVersion: backstage.io/v1alpha1, kind: Component, metadata: { name: "\${{ parameters.name }}" }, spec: { type: service, lifecycle: production, owner: team-a } } } }
    - { id: publish, name: Publish, action: "publish:github", input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
    - { id: ticket, name: Ticket, action: "github:issues:create", input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}", title: First steps } }
    - { id: register, name: Register, action: "catalog:register", input: { repoContentsUrl: "\${{ steps.publish.output.repoContentsUrl }}", catalogInfoPath: /catalog-info.yaml } }
    - { id: broken, name: Broken, action: "fs:rename", input: { files: [{ from: nowhere, to: somewhere }] } }
`;

/** What has a name already. */
const falcon = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: falcon }
spec: { type: service, lifecycle: production, owner: builders }
`;

beforeAll(async () => {
  bench = await startCompanyBench({
    files: { "templates/failing.yaml": failing, "templates/falcon.yaml": falcon },
  });
}, 60_000);
afterAll(async () => await bench.close());

async function isPublished(name: string): Promise<boolean> {
  return await access(join(bench.dataDir, "git", "acme", `${name}.git`)).then(
    () => true,
    () => false,
  );
}

/** Waits longer than others do: six steps take their time on a busy machine. */
async function shows(parent: SlackMessage, words: string): Promise<void> {
  await bench.driver.waitFor(
    () =>
      bench.driver
        .messages(general)
        .some(({ ts, text }) => ts === parent.ts && text.includes(words)),
    { timeoutMs: 90_000, what: words },
  );
}

/** The button is there a moment before the end is told for good, and is refused until then. */
async function isTold(parent: SlackMessage): Promise<void> {
  await shows(parent, "Failed at “Broken”");
  const look = async () => (await bench.runOf(parent)).message?.isResultPosted;
  await waitFor("the end to be told", look, 90_000);
}

const press = async (user: string, parent: SlackMessage) =>
  await bench.driver.click({ user, channel: general, ts: parent.ts, actionId: "run-undo" });

test("what a failed run made is listed, and taken back when its requester says so", async () => {
  const parent = await bench.request(dario, "failing", "phoenix");
  await isTold(parent);
  expect(await isPublished("phoenix")).toBe(true);

  await press(dario, parent);
  const view = await bench.driver.waitFor(() => bench.driver.currentView(dario), {
    timeoutMs: 60_000,
  });
  const shown = JSON.stringify(view.blocks);
  const order = ["out of the catalog", "Closes issue 1", "Deletes the repository"];
  expect(order.map((words) => shown.indexOf(words))).toEqual(
    order.map((words) => shown.indexOf(words)).toSorted((a, b) => a - b),
  );
  expect(shown).toContain("Deletes the repository github.com/acme/phoenix");
  await bench.driver.submitView({ user: dario });
  await shows(parent, "Undone.");

  expect(await isPublished("phoenix")).toBe(false);
  const report = await bench.driver.waitFor(
    () =>
      bench.driver
        .messages(general, { threadTs: parent.ts })
        .find(({ ts, text }) => ts !== parent.ts && text.includes("Undone.")),
    { timeoutMs: 90_000 },
  );
  expect(JSON.stringify(report.blocks)).toContain("Deleted the repository github.com/acme/phoenix");
  const buttons = JSON.stringify(
    bench.driver.messages(general).find(({ ts }) => ts === parent.ts)?.blocks,
  );
  expect(buttons).not.toContain("run-undo");
  expect(buttons).not.toContain("run-retry");
}, 240_000);

test("nobody but the requester may take a run back", async () => {
  const parent = await bench.request(dario, "failing", "osprey");
  await isTold(parent);

  await press(theo, parent);

  await bench.driver.waitFor(
    () =>
      bench.driver.ephemerals(theo).some(({ text }) => text.includes("only they can change it")),
    { timeoutMs: 60_000 },
  );
  expect(bench.driver.currentView(theo)).toBeUndefined();
  expect(await isPublished("osprey")).toBe(true);
}, 240_000);

test("a name that the catalog knows already is refused with who has it, and what to do", async () => {
  const parent = await bench.request(dario, "failing", "falcon");
  await shows(parent, "Failed at “Register”");

  const step = (await bench.runOf(parent)).steps.find(({ id }) => id === "register");
  expect(step?.error).toMatchObject({
    code: "catalog-name-taken",
    message: expect.stringMatching(
      /the name component:default\/falcon is taken in the catalog by .*falcon\.yaml:1, which belongs to group:default\/builders$/,
    ),
    hint: expect.stringContaining("another name, or ask group:default/builders"),
  });
}, 120_000);
