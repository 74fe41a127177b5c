import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Browser, chromium, type Page } from "playwright-core";

import { createReleaser } from "../../src/base/releaser.ts";
import { chromiumFlags, chromiumPath } from "./chromium.ts";
import { type Bench, dario, general, startBench, theo } from "./sample-bot.ts";

// Without a Chromium on this machine the page is not tried.
(chromiumPath === undefined ? describe.skip : describe)("the page in a browser", () => {
  let browser: Browser;
  let bench: Bench;
  let page: Page;
  const releaser = createReleaser();
  const troubles: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: chromiumFlags });
  }, 60_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    bench = await startBench({
      hints: ["/whoowns payments"],
      commands: [
        { command: "/whoowns", description: "Who owns it", usageHint: "<name>" },
        { command: "/newservice", description: "Create a service" },
        { command: "/post", description: "Post" },
      ],
      shortcuts: [
        { callbackId: "new_service", name: "New service", type: "global" },
        { callbackId: "who_owns_this", name: "Who owns this?", type: "message" },
      ],
    });
    releaser.add("bench", () => bench.close());
    page = await openPage({ width: 1280, height: 800 });
  });
  afterEach(async () => {
    await releaser.releaseAll();
    // The page logs no error, and asks for nothing that is not there.
    const [trouble] = troubles.splice(0);
    if (trouble !== undefined) throw new Error(`The page is in trouble: ${trouble}`);
  });

  async function openPage(
    viewport: { width: number; height: number },
    colorScheme: "light" | "dark" = "light",
  ): Promise<Page> {
    const opened = await browser.newPage({ viewport, colorScheme });
    releaser.add("page", () => opened.close());
    opened.on("pageerror", (error) => troubles.push(error.message));
    opened.on("console", (message) => {
      if (message.type() === "error") troubles.push(message.text());
    });
    await opened.goto(bench.playground.url);
    await opened.locator(".composer").waitFor();
    return opened;
  }
  async function send(text: string): Promise<void> {
    await page.locator("#main .composer-input").fill(text);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
  }

  test("answers a command that was clicked together, for one person only", async () => {
    await page.getByRole("button", { name: "/whoowns payments" }).click();
    await page.keyboard.press("Enter");
    const answer = page.locator(".message-ephemeral");

    await answer.getByText("Only visible to you").waitFor();
    expect(await answer.innerText()).toContain("payments is owned by Payments.");
    await page.getByLabel("You are").selectOption(theo);
    await page.getByText("Callboard is listening").waitFor();
    expect(await page.locator(".message").count()).toBe(0);
  });

  test("completes commands and names with the keyboard", async () => {
    const input = page.locator("#main .composer-input");
    await input.pressSequentially("/wh");
    await page.getByRole("option", { name: "/whoowns" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await input.inputValue()).toBe("/whoowns ");

    await input.fill("");
    await input.pressSequentially("@call");
    await page.keyboard.press("Enter");
    expect(await input.inputValue()).toBe("@Callboard ");
  });

  test("answers a mention in the thread pane, live", async () => {
    await send("@Callboard hello");
    await page.getByRole("button", { name: /1 reply/ }).click();
    const thread = page.getByRole("complementary", { name: "Thread" });
    await thread.getByText("Heard:").waitFor();

    await thread.getByLabel("Reply in thread").fill("@Callboard and this?");
    await page.keyboard.press("Enter");

    await page.getByRole("button", { name: /3 replies/ }).waitFor();
    expect(await thread.locator(".message").count()).toBe(4);
  });

  test("fills in a form: required fields, search, the bot's error at its field, the end", async () => {
    await send("/newservice");
    const modal = page.getByRole("dialog", { name: "New service" });
    await modal.waitFor();
    await modal.getByRole("button", { name: "Next" }).click();
    await modal.locator(".error:not(:empty)").nth(1).waitFor();

    await modal.getByLabel("Name").fill("taken");
    await modal.getByRole("combobox", { name: "Owner" }).pressSequentially("pay");
    await modal.getByRole("option", { name: "team-payments" }).click();
    await modal.getByRole("button", { name: "Next" }).click();
    await modal.getByText("This name is taken.").waitFor();
    expect(await modal.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");

    await modal.getByLabel("Name").fill("pay-api");
    // not check(): the choice redraws the form, and the box that was clicked is gone
    await modal.getByLabel("Library").click();
    const redrawn = page.getByRole("dialog", { name: "New library" });
    await redrawn.waitFor();
    expect(await redrawn.getByLabel("Name").inputValue()).toBe("pay-api");
    await redrawn.getByRole("button", { name: "Next" }).click();

    await page.locator(".message").getByText("pay-api").waitFor();
    expect(await page.locator("dialog[open]").count()).toBe(0);
  });

  test("closes a modal with Escape and tells the bot", async () => {
    const { driver } = bench.playground;
    await page.getByRole("button", { name: "New service" }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");

    await driver.waitFor(() => driver.directMessages(dario).some((m) => m.text === "Closed"));
    expect(await page.locator("dialog[open]").count()).toBe(0);
  });

  test("shows Home and Messages of the app", async () => {
    await page.getByRole("button", { name: "Callboard" }).first().click();
    await page.getByRole("heading", { name: "Welcome" }).waitFor();
    await page.getByRole("button", { name: "Messages" }).click();
    await send("hi");

    await page.getByText("You said hi").waitFor();
    await page.getByRole("button", { name: "About" }).click();
    await page.getByRole("heading", { name: "About Callboard" }).waitFor();
    expect(await page.locator("#main").innerText()).toContain("/newservice");
  });

  test("runs a message shortcut from the keyboard", async () => {
    await send("payments is down");
    await page.locator(".message").first().waitFor();
    await page.getByRole("button", { name: "Message shortcuts" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");

    await page.locator(".message-ephemeral").getByText("About payments is down").waitFor();
    expect(await page.locator(".menu:visible").count()).toBe(0);
  });

  test("shows hostile text as text", async () => {
    const hostile = '<img src=x onerror="document.title=1"> <script>document.title=2</script> *x*';
    await send(hostile);
    await page.getByText('<img src=x onerror="document.title=1">').waitFor();

    expect(await page.locator(".message img, .message script").count()).toBe(0);
    expect(await page.title()).toBe("Callboard playground");
  });

  test("is told what happens while it looks elsewhere", async () => {
    await page.getByRole("button", { name: "payments", exact: true }).click();
    await bench.app.client.chat.postMessage({ channel: general, text: "news" });

    await page.getByRole("button", { name: "general, 1 new" }).click();
    await page.getByText("news").waitFor();
    expect(await page.getByRole("button", { name: "general, 1 new" }).count()).toBe(0);
  });

  test("shows the traffic with its bodies", async () => {
    await send("/post hello");
    await page.locator(".message").getByText("hello").waitFor();
    await page.getByRole("button", { name: "Traffic" }).click();
    const panel = page.getByRole("complementary", { name: "Traffic" });
    await panel.getByText("chat.postMessage").click();

    await panel.getByText('"channel": "C0GENERAL1"').first().waitFor();
    expect(await panel.innerText()).not.toContain("xoxb-");
  });

  test("works on a phone", async () => {
    await page.close();
    page = await openPage({ width: 375, height: 700 }, "dark");
    await page.getByRole("button", { name: "Channels" }).click();
    await page.getByRole("button", { name: "payments", exact: true }).click();
    await page.getByRole("heading", { name: "payments" }).waitFor();
    await send("@Callboard hi");
    await page.getByRole("button", { name: /1 reply/ }).click();

    await page.getByRole("complementary", { name: "Thread" }).getByText("Heard:").waitFor();
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow).toBeLessThanOrEqual(0);
  });

  test.each(["light", "dark"] as const)("has no accessibility faults in %s", async (scheme) => {
    await page.close();
    page = await openPage({ width: 1280, height: 800 }, scheme);
    const found: string[] = await axeFaults(page, "empty channel");
    await send("/whoowns payments");
    await page.locator(".message-ephemeral").waitFor();
    await send("@Callboard hello");
    await page.getByRole("button", { name: /1 reply/ }).click();
    await page.getByRole("complementary", { name: "Thread" }).getByText("Heard:").waitFor();
    found.push(...(await axeFaults(page, "thread")));
    await page.getByRole("button", { name: "Traffic" }).click();
    found.push(...(await axeFaults(page, "traffic")));
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New service" }).click();
    await page.getByRole("dialog").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("combobox", { name: "Owner" }).click();
    await page.getByRole("dialog").getByRole("option").first().waitFor();
    found.push(...(await axeFaults(page, "form")));

    expect(found).toEqual([]);
  });
});

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** What axe finds, as `where: rule: element`. */
async function axeFaults(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axeSource);
  const found: { violations: { id: string; nodes: { target: string[] }[] }[] } =
    await page.evaluate("axe.run(document)");
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${where}: ${id}: ${target.join(" ")}`),
  );
}
