import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { chromiumFlags, chromiumPath } from "./chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Fails as long as there is no folder `parts` beside it. */
const lateTemplate = `
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: late-parts, title: Late parts }
spec:
  type: request
  owner: group:default/team-platform
  steps:
    - { id: get, name: Get the parts, action: "fetch:plain", input: { url: ./parts } }
    - { id: say, name: Say so, action: "debug:log", input: { message: here they are } }
`;

// Without a Chromium on this machine nobody can walk.
(chromiumPath === undefined ? describe.skip : describe)("the sample company in a browser", () => {
  let browser: Browser;
  let app: App;
  let dataDir: string;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    dataDir = await newDataDir();
    await mkdir(join(dataDir, "late"));
    await writeFile(join(dataDir, "late", "template.yaml"), lateTemplate);
    const sample = readFileSync(`${root}callboard.yaml`, "utf8");
    const { config, faults } = parseConfig({
      env: { PORT: "0", CALLBOARD_DATA_DIR: dataDir },
      cwd: root,
      file: {
        path: `${root}callboard.yaml`,
        text: sample.replace(
          "    - { type: file, path: ./templates }",
          `    - { type: file, path: ./templates }\n    - { type: file, path: ${dataDir}/late }`,
        ),
      },
    });
    if (config === undefined) throw new Error(JSON.stringify(faults));
    [app, browser] = await Promise.all([
      startApp({ config, logger: silentLogger }),
      chromium.launch({ executablePath: chromiumPath ?? "", args: chromiumFlags }),
    ]);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);
  beforeEach(async () => {
    page = await openPage({ width: 1280, height: 800 }, "light");
  });
  afterEach(async () => {
    // a form that a failed walk left open would stand in the way of the next one
    await page.keyboard.press("Escape");
    await page.close();
    const [trouble] = troubles.splice(0);
    if (trouble !== undefined) throw new Error(`The page is in trouble: ${trouble}`);
  });

  async function openPage(
    viewport: { width: number; height: number },
    colorScheme: "light" | "dark",
  ): Promise<Page> {
    const opened = await browser.newPage({ viewport, colorScheme });
    opened.setDefaultTimeout(45_000);
    opened.on("pageerror", (error) => troubles.push(error.message));
    await opened.goto(app.playground?.url ?? "");
    await opened.locator(".composer").waitFor();
    return opened;
  }
  async function goTo(channel: string): Promise<void> {
    // with what is new there in its name
    await page.getByRole("button", { name: new RegExp(`^${channel}(, |$)`) }).click();
  }
  async function become(personId: string): Promise<void> {
    await page.getByLabel("You are").selectOption(personId);
  }
  async function send(text: string): Promise<void> {
    await page.locator("#main .composer-input").fill(text);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
  }
  const modal = (): Locator => page.getByRole("dialog");

  /** Presses the form's own button, and waits for what only the next page has. */
  async function submit(next: Locator): Promise<void> {
    await modal().locator("button[type=submit]").click();
    await next.waitFor();
  }
  async function choose(label: string, typed: string): Promise<void> {
    await modal().getByRole("combobox", { name: label }).pressSequentially(typed);
    await modal()
      .getByRole("option", { name: new RegExp(typed, "i") })
      .first()
      .click();
  }

  test("who owns it: owner, channel, on call and the line that says so, for the asker alone", async () => {
    await goTo("checkout");
    await send("/whoowns chekout");

    const answer = page.locator(".message-ephemeral").last();
    await answer.waitFor();
    const text = await answer.innerText();

    expect(text).toContain("Only visible to you");
    expect(text).toContain("Checkout team");
    expect(text).toContain("#checkout");
    expect(text).toMatch(/On call\s+\S/);
    expect(text).toContain("catalog/ticketing/checkout.yaml:");
  });

  test("a runbook at night: the section, then its checklist, ticked off by name, with a summary", async () => {
    await become("U0NINAKOW1");
    await goTo("payments");
    await send("@Callboard runbook for ledger stuck payouts");
    await page.getByRole("button", { name: /1 reply/ }).click();
    const thread = page.getByRole("complementary", { name: "Thread" });
    await thread.getByRole("button", { name: /^Start checklist/ }).click();
    const list = thread.locator(".message", { hasText: "Checklist:" });
    await list.getByRole("button", { name: "Done", exact: true }).first().click();
    await list.getByText(/1 of \d+ steps done/).waitFor();
    const ticked = await list.innerText();
    await list.getByRole("button", { name: "Finish" }).click();
    const summary = thread.locator(".message", { hasText: "finished by" }).last();
    await summary.waitFor();

    expect(ticked).toMatch(/done by Nina Kowalski/i);
    expect(await summary.innerText()).toContain("1 of ");
  });

  /** Fills in the form of a Node service up to its review. */
  async function orderNodeService(name: string, repository: string): Promise<void> {
    await goTo("platform");
    await send("/newservice node-service");
    await modal().getByLabel("Name").first().fill(name);
    await modal().getByLabel("What does it do?").fill("Offers better seats before the show.");
    await choose("Owner", "check");
    await submit(modal().getByLabel("Port"));
    await submit(modal().getByLabel("Repository: name"));
    await modal().getByLabel("Repository: name").fill(repository);
    await submit(modal().getByRole("button", { name: "Dry run" }));
  }
  async function tryItOut(): Promise<string> {
    await modal().getByRole("button", { name: "Dry run" }).click();
    await modal().getByText("package.json").first().waitFor();
    const tried = await modal().innerText();
    await modal().getByRole("button", { name: "Back", exact: true }).last().click();
    return tried;
  }
  /** Fills in the form that asks for access, and sends it. */
  async function askForAccess(): Promise<void> {
    await goTo("engineering");
    await send("/newservice access-request");
    await choose("Access to", "ledger");
    await submit(modal().getByLabel("Why?"));
    await modal().getByLabel("Why?").fill("Reconciling the payouts of last night by hand.");
    await modal().getByRole("checkbox").check();
    await submit(modal().getByRole("button", { name: "Create" }));
    await modal().getByRole("button", { name: "Create" }).click();
  }
  const lastRun = (title: string): Locator =>
    page.locator("#main .message", { hasText: title }).last();

  test("a new service: form, dry run, creation, and the way to clone it in the thread", async () => {
    await orderNodeService("seat-upgrades", "seat-upgrades");
    const tried = await tryItOut();
    await modal().getByRole("button", { name: "Create" }).click();
    const run = lastRun("Node service");
    await run.getByText("Done.").waitFor();

    expect(tried).toContain("package.json");
    expect(await run.innerText()).toContain("git clone ");
  });

  test("a name that is taken: the dry run warns, the run says who has it, and its repository is taken back", async () => {
    await orderNodeService("checkout", "checkout-again");
    const tried = await tryItOut();
    await modal().getByRole("button", { name: "Create" }).click();
    const run = lastRun("Node service checkout");
    await run.getByText("Failed at “Add it to the catalog”.").waitFor();
    const failed = await run.innerText();
    await run.getByRole("button", { name: /^Undo/ }).click();
    await modal().getByText("Deletes the repository").waitFor();
    const plan = await modal().innerText();
    await modal().locator("button[type=submit]").click();
    await run.getByText("Undone.").waitFor();
    await run.getByRole("button", { name: /replies/ }).click();
    const thread = page.getByRole("complementary", { name: "Thread" });
    await thread.getByText("Deleted the repository").waitFor();

    expect(tried).toContain("component:default/checkout is in the catalog already");
    expect(failed).toContain("The name component:default/checkout is taken in the catalog by");
    expect(failed).toContain("Start again with another name, or ask group:default/");
    // what the catalog never took is not taken back
    expect(plan).not.toContain("out of the catalog");
    expect(await run.getByRole("button", { name: /^Undo|^Retry/ }).count()).toBe(0);
    expect(await thread.getByRole("button", { name: /^Undo|^Retry/ }).count()).toBe(0);
  });

  test("a run that waits is cancelled: the question is taken back, and it can be asked for again", async () => {
    await askForAccess();
    const run = lastRun("Request access");
    await run.getByText("Waiting for approval by Platform team").waitFor();
    await run.getByRole("button", { name: /^Cancel/ }).click();
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await run.getByText("Cancelled before the first step.").waitFor();
    await goTo("platform");
    const question = lastRun("asks for approval");
    await question.getByText("Not needed any more").waitFor();
    const asked = await question.innerText();
    const decisions = await question.getByRole("button", { name: /^Approve|^Reject/ }).count();
    await goTo("engineering");
    await run.getByRole("button", { name: /^Change values/ }).click();
    await modal().getByText("Step 1 of 3").waitFor();
    await modal().getByRole("button", { name: "Cancel", exact: true }).click();
    await modal().waitFor({ state: "hidden" });

    expect(decisions).toBe(0);
    expect(asked).toContain("For how long: A month");
    expect(asked).toContain("Asked of Platform team");
  });

  test("access: asked by one, not decided by them, approved by another, and proposed", async () => {
    await askForAccess();
    const run = lastRun("Request access");
    await run
      .getByText(/waiting|approv/i)
      .first()
      .waitFor();
    await goTo("platform");
    const question = page.locator("#main .message", { hasText: "asks for approval" }).last();
    await question.getByRole("button", { name: /^Approve/ }).click();
    const refusal = page.locator(".message-ephemeral").last();
    await refusal.waitFor();
    const refused = await refusal.innerText();

    await become("U0VICTORI1");
    await goTo("platform");
    await question.getByRole("button", { name: /^Approve/ }).click();
    await question.getByText("Approved").first().waitFor();
    await become("U0DARIOCO1");
    await goTo("engineering");
    await run.getByText("Done.").waitFor();

    expect(refused).toContain("Nobody can approve what they asked for themselves");
  });

  test("a run that fails says at which step and why, and goes on from there when it is tried again", async () => {
    await goTo("general");
    await send("/newservice late-parts");
    await modal().getByRole("button", { name: "Create" }).click();
    const run = page.locator("#main .message", { hasText: "Late parts" }).last();
    await run.getByText("Failed at “Get the parts”.").waitFor();
    const failed = await run.innerText();

    await mkdir(join(dataDir, "late", "parts"));
    await writeFile(join(dataDir, "late", "parts", "bolt.txt"), "a bolt");
    await run.getByRole("button", { name: /^Retry/ }).click();
    await run.getByText("Done.").waitFor();

    expect(failed).toContain("parts");
  });

  test("Home on a phone in the dark: the team, what it owns, what can be created, nothing for axe to find", async () => {
    await page.close();
    page = await openPage({ width: 390, height: 780 }, "dark");
    await page.getByRole("button", { name: "Channels" }).click();
    await page.getByRole("button", { name: "Callboard" }).first().click();
    await page.locator(".home .blocks").waitFor();
    const home = await page.locator(".home").innerText();
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8"));
    const serious: unknown = await page.evaluate(
      "axe.run().then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id))",
    );

    expect(serious).toEqual([]);
    expect(home).toContain("Your team: Checkout team");
    expect(home).toContain("Create something");
  });
});
