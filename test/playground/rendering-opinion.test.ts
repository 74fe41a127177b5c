import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { KnownBlock } from "@slack/types";
import { WebClient } from "@slack/web-api";
import { type Browser, chromium, type Page } from "playwright-core";

import { createReleaser } from "../../src/base/releaser.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { chromiumFlags, chromiumPath } from "./chromium.ts";
import { sampleBlocks } from "./sample-blocks.ts";
import { general, quiet } from "./sample-bot.ts";

const peers = fileURLToPath(new URL("../../bench/node_modules/", import.meta.url));
const isInstalled = existsSync(join(peers, "slack-blocks-to-jsx"));

const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });
const markup = [
  "*bold* _italic_ ~struck~ `code`",
  "*bold _and italic_* plain",
  "<https://example.com|a link> and <https://example.com/bare>",
  "&lt;b&gt; &amp; &lt;i&gt;",
  "one\ntwo\n\nfour",
  "&gt; quoted\nnot quoted",
  "```\nif (a &lt; b) { x }\n```",
  "*a* *b* *c*",
];
const richText: KnownBlock = {
  type: "rich_text",
  elements: [
    {
      type: "rich_text_section",
      elements: [{ type: "text", text: "Hello ", style: { bold: true } }],
    },
    {
      type: "rich_text_list",
      style: "ordered",
      elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "one" }] }],
    },
    { type: "rich_text_preformatted", elements: [{ type: "text", text: "code\nmore" }] },
    {
      type: "rich_text_quote",
      elements: [{ type: "link", url: "https://a.example", text: "said" }],
    },
  ],
};
const compared = [
  ...markup.map((text) => section(text)),
  ...sampleBlocks.filter(({ type }) => ["header", "alert", "markdown", "divider"].includes(type)),
  richText,
];
/** Where it is wrong: marks inside of words and of code are no marks, and an escaped mention is none. */
const known: [string, string][] = [
  ["2*3*4 and snake_case_name", "234 and snake_case_name"],
  ["`*not bold*`", "**not bold**"],
  ["&lt;!channel&gt;", "@channel"],
];

// The other renderer is installed with the peers of the benches (`npm install` in bench/).
const isPossible = isInstalled && chromiumPath !== undefined;
(isPossible ? describe : describe.skip)("beside slack-blocks-to-jsx", () => {
  let playground: Playground;
  let client: WebClient;
  let browser: Browser;
  let page: Page;
  let theirs: string[][];
  const releaser = createReleaser();

  beforeAll(async () => {
    theirs = renderTheirs(compared);
    playground = await createPlayground({ hasRateLimits: false });
    releaser.add("playground", () => playground.close());
    client = new WebClient(playground.botToken, {
      slackApiUrl: playground.apiUrl,
      logger: quiet,
    });
    browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: chromiumFlags });
    releaser.add("browser", () => browser.close());
    page = await browser.newPage();
    await page.goto(playground.url);
    await page.locator(".composer").waitFor();
  }, 60_000);
  afterAll(() => releaser.releaseAll());

  async function ours(block: KnownBlock): Promise<string[]> {
    const { ts } = await client.chat.postMessage({ channel: general, text: "x", blocks: [block] });
    const blocks = page.locator(`[data-ts="${ts}"] .blocks`);
    await blocks.waitFor({ state: "attached" });
    return wordsIn(await blocks.innerText());
  }

  test.each(compared.map((block, index) => [JSON.stringify(block).slice(0, 90), index] as const))(
    "reads the same in %s",
    async (_name, index) => {
      const block = compared[index];
      if (block === undefined) throw new Error("no block");
      expect(await ours(block)).toEqual(theirs[index]);
    },
  );

  test.each(known)("knows better than it in %s", async (text, shownThere) => {
    const shownHere = text.replaceAll("`", "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");

    expect(renderTheirs([section(text)])).toEqual([wordsIn(shownThere)]);
    expect(await ours(section(text))).toEqual(wordsIn(shownHere));
  });
});

/** Renders blocks, given as JSON on standard input, to HTML; in a process of its own since Jest cannot load it. */
const script = `
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const load = createRequire(process.cwd() + "/package.json");
const { createElement } = load("react");
const { renderToStaticMarkup } = load("react-dom/server");
const { Message } = load("slack-blocks-to-jsx");
const html = JSON.parse(readFileSync(0, "utf8")).map((block) => {
  const props = { logo: "", name: "", time: new Date(0), blocks: [block], withoutWrapper: true };
  return renderToStaticMarkup(createElement(Message, props));
});
process.stdout.write(JSON.stringify(html));
`;

/** The words that the other renderer draws of each block. */
function renderTheirs(blocks: readonly KnownBlock[]): string[][] {
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: new URL("../../bench/", import.meta.url),
    input: JSON.stringify(blocks),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
  const pages: string[] = JSON.parse(printed);
  return pages.map((html) => wordsIn(textOf(html)));
}

function textOf(html: string): string {
  return html
    .replaceAll(/<(?:br|p|div|li|blockquote|pre)\b[^>]*>/g, " ")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&amp;", "&");
}

/** Words in order; marks of lists and icons are drawn by each in its own way. */
function wordsIn(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "" && !/^(?:[•\u200B]+|\d+\.)$/.test(word));
}
