// Takes the pictures of README.md and docs/: the real bot in its playground, in Chromium. Run by `npm run screenshots`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { startApp } from "../dist/app/create-app.js";
import { createLogger } from "../dist/base/logger.js";
import { loadConfig } from "../dist/cli/context.js";

const folder = "docs/images";
const dataDir = mkdtempSync(join(tmpdir(), "callboard-"));
const { stdout, stderr } = process;
const env = { PORT: "0", CALLBOARD_DATA_DIR: dataDir, LOG_LEVEL: "warn" };
const config = loadConfig({ env, cwd: process.cwd(), stdout, stderr });
const app = await startApp({ config, logger: createLogger("warn") });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
mkdirSync(folder, { recursive: true });

try {
  await takeDesktop();
  await takePhone();
  stdout.write(`Pictures are in ${folder}/.\n`);
} finally {
  await browser.close();
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function open(viewport, colorScheme) {
  const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 1.5 });
  await page.goto(app.playground.url);
  await page.locator(".composer").waitFor();
  return page;
}

async function take(page, name) {
  // The pointer would leave its mark on whatever lies under it.
  await page.mouse.move(0, 0);
  await page.evaluate(hideFolder, dataDir);
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Runs in the page: the folder of this picture's data is a random one, and looks like that of anybody's installation. */
function hideFolder(own) {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode } = texts;
    currentNode.nodeValue = currentNode.nodeValue.replaceAll(own, "/srv/callboard");
  }
}

async function send(page, text) {
  await page.locator("#main .composer-input").fill(text);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
}

async function takeDesktop() {
  const page = await open({ width: 1180, height: 760 }, "light");
  await take(page, "first-steps");
  await page.getByRole("button", { name: "checkout", exact: true }).click();
  await send(page, "/whoowns checkout");
  await page.locator(".message-ephemeral").waitFor();
  await take(page, "who-owns");
  await page.getByRole("button", { name: "engineering", exact: true }).click();
  await send(page, "@Callboard what depends on the ledger?");
  await page.getByRole("button", { name: /1 reply/ }).click();
  await page.getByRole("complementary", { name: "Thread" }).locator(".message").nth(1).waitFor();
  await take(page, "question-in-thread");
  await page.getByRole("button", { name: "platform", exact: true }).click();
  await fillForm(page);
  await page.getByRole("button", { name: /repl(y|ies)/ }).click();
  await page.emulateMedia({ colorScheme: "dark" });
  await take(page, "run-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByRole("button", { name: "Callboard" }).first().click();
  await page.locator(".home .blocks").waitFor();
  await take(page, "home");
  await page.close();
}

async function fillForm(page) {
  await send(page, "/newservice node-service");
  const modal = page.getByRole("dialog");
  await modal.waitFor();
  await modal.getByLabel("Name").first().fill("seat-upgrades");
  await modal.getByLabel("What does it do?").fill("Offers better seats the day before the show.");
  await modal.getByRole("combobox", { name: "Owner" }).pressSequentially("check");
  await modal.getByRole("option").first().waitFor();
  await take(page, "new-service-form");
  await page.keyboard.press("Enter");
  for (let step = 0; step < 8 && (await modal.count()) > 0; step += 1) {
    const name = modal.getByLabel("Repository: name");
    if ((await name.count()) > 0) await name.fill("seat-upgrades");
    const before = await modal.innerText();
    await modal.locator("button[type=submit]").click();
    await page.waitForFunction(
      (text) => document.querySelector("dialog[open]")?.innerText !== text,
      before,
    );
  }
  await page.getByRole("button", { name: /repl(y|ies)/ }).waitFor({ timeout: 60_000 });
}

async function takePhone() {
  const page = await open({ width: 390, height: 780 }, "dark");
  await page.getByRole("button", { name: "Channels" }).click();
  await page.getByRole("button", { name: "payments", exact: true }).click();
  await send(page, "/runbook ledger");
  await page.locator(".message-ephemeral").waitFor();
  await take(page, "runbook-phone");
  await page.close();
}
