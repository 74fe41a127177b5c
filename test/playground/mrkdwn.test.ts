import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";

import { isRecord } from "../../src/base/json.ts";
import { fc } from "../helpers/properties.ts";

type Part = { type: string; [field: string]: unknown };
type Block = { type: string; [field: string]: unknown };
const publicFolder = new URL("../../src/playground/public/", import.meta.url);
const load = (file: string): Promise<Record<string, (text: string) => Block[]>> =>
  import(new URL(file, publicFolder).href);
const { parseMrkdwn, parseInline } = await load("mrkdwn.js");
const { parseMarkdown } = await load("markdown.js");

/** Every text in a parsed structure. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => textsIn(entry));
  if (!isRecord(value)) return [];
  const { type: _type, ...rest } = value;
  return Object.values(rest).flatMap((entry) =>
    typeof entry === "string" ? [entry] : textsIn(entry),
  );
}

const hostilePieces = ["*", "_", "~", "`", "```", "<", ">", "<@U1>", "\n", " ", "a", "&lt;", ":x:"];
const countOf = (letter: string, source: string): number => source.split(letter).length - 1;
const text = (value: string): Part => ({ type: "text", text: value });

describe("mrkdwn", () => {
  test.each<[string, Part[]]>([
    ["plain", [text("plain")]],
    [
      "*bold* and _it_",
      [
        { type: "bold", children: [text("bold")] },
        text(" and "),
        { type: "italic", children: [text("it")] },
      ],
    ],
    [
      "~gone~ `a*b`",
      [{ type: "strike", children: [text("gone")] }, text(" "), { type: "code", text: "a*b" }],
    ],
    [
      "*a _b_*",
      [{ type: "bold", children: [text("a "), { type: "italic", children: [text("b")] }] }],
    ],
    ["2*3*4 a_b_c * x *", [text("2*3*4 a_b_c * x *")]],
    ["<https://a.example|Docs>", [{ type: "link", url: "https://a.example", text: "Docs" }]],
    [
      "<https://a.example?x=1&amp;y>",
      [{ type: "link", url: "https://a.example?x=1&y", text: "https://a.example?x=1&y" }],
    ],
    [
      "<@U1> <#C1|general> <!subteam^S1> <!here>",
      [
        { type: "user", id: "U1", label: undefined },
        text(" "),
        { type: "channel", id: "C1", label: "general" },
        text(" "),
        { type: "group", id: "S1", label: undefined },
        text(" "),
        { type: "broadcast", range: "here" },
      ],
    ],
    ["&lt;!channel&gt; &amp;lt;", [text("<!channel> &lt;")]],
    [
      ":tada: 10:30:00",
      [{ type: "emoji", name: "tada" }, text(" 10"), { type: "emoji", name: "30" }, text("00")],
    ],
    ["<not a reference>", [text("<not a reference>")]],
  ])("reads %s", (source, parts) => {
    expect(parseInline?.(source)).toEqual(parts);
  });

  test("reads quotes, code blocks and lines", () => {
    const blocks = parseMrkdwn?.("Say:\n&gt; one\n> two\n```\nif (a &lt; b) *x*\n```\nend");

    expect(blocks).toEqual([
      { type: "lines", lines: [[text("Say:")]] },
      { type: "quote", lines: [[text("one")], [text("two")]] },
      { type: "pre", text: "if (a < b) *x*\n" },
      { type: "lines", lines: [[text("end")]] },
    ]);
  });

  test("never throws, loses no word and stays quick", () => {
    const pieces = fc.constantFrom(...hostilePieces);
    const hostile = fc.array(pieces, { maxLength: 200 }).map((all) => all.join(""));

    fc.assert(
      fc.property(hostile, (source) => {
        const shown = textsIn(parseMrkdwn?.(source)).join("");
        return countOf("a", shown) >= countOf("a", source);
      }),
    );
    for (const mark of ["*", "_", "*a ", "`", "<", "<@", ":a", "*_~"]) {
      const startedAt = performance.now();
      parseMrkdwn?.(mark.repeat(12_000 / mark.length));
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
  });
});

describe("Markdown", () => {
  test("reads headings, lists, tables, code, quotes and rules", () => {
    const blocks = parseMarkdown?.(
      "# Title\n\nA **b** [c](https://d.example)\n\n- one\n  - [x] two\n1. three\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```sh\nls\n```\n> said\n\n---",
    );

    expect(blocks).toEqual([
      { type: "heading", level: 1, children: [text("Title")] },
      {
        type: "lines",
        lines: [
          [
            text("A "),
            { type: "bold", children: [text("b")] },
            text(" "),
            { type: "link", url: "https://d.example", text: "c" },
          ],
        ],
      },
      {
        type: "list",
        items: [
          { depth: 0, isOrdered: false, box: undefined, children: [text("one")] },
          { depth: 1, isOrdered: false, box: true, children: [text("two")] },
          { depth: 0, isOrdered: true, box: undefined, children: [text("three")] },
        ],
      },
      { type: "table", head: [[text("a")], [text("b")]], rows: [[[text("1")], [text("2")]]] },
      { type: "pre", text: "ls" },
      { type: "quote", lines: [[text("said")]] },
      { type: "rule" },
    ]);
  });

  test("ends for any text", () => {
    const pieces = fc.constantFrom(
      "#",
      "-",
      "*",
      "_",
      "`",
      "```",
      "|",
      ">",
      "\n",
      " ",
      "a",
      "[",
      "](",
      ")",
      "1.",
      "~~",
      "\\",
    );
    const hostile = fc.array(pieces, { maxLength: 150 }).map((all) => all.join(""));

    fc.assert(fc.property(hostile, (source) => Array.isArray(parseMarkdown?.(source))));
    const startedAt = performance.now();
    for (const mark of ["**", "[", "*a", "`", "| ", "- ", "> "]) parseMarkdown?.(mark.repeat(6000));
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

test("the page never turns a text into markup, and loads nothing from elsewhere", () => {
  const files = readdirSync(publicFolder, { recursive: true, encoding: "utf8" });
  const sources = files
    .filter((file) => /\.(js|html|css|svg)$/.test(file))
    .map((file) => [file, readFileSync(new URL(file, publicFolder), "utf8")] as const);
  const risky = /\.innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
  const remote = /(?:src|href)="https?:|url\(["']?https?:|from "https?:/;

  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter(([, source]) => risky.test(source)).map(([file]) => file)).toEqual([]);
  expect(sources.filter(([, source]) => remote.test(source)).map(([file]) => file)).toEqual([]);
});

test("the page knows every emoji that the bot writes by its name", async () => {
  const { emojiOf }: { emojiOf: (name: string) => string } = await import(
    new URL("emoji.js", publicFolder).href
  );
  const views = new URL("../../src/slack/views/", import.meta.url);
  const names = readdirSync(views).flatMap((file) => {
    const source = readFileSync(new URL(file, views), "utf8");
    return [...source.matchAll(/:([a-z_]{3,30}):/g)].map(([, name = ""]) => name);
  });

  expect(names).toContain("white_large_square");
  expect(names.filter((name) => emojiOf(name) === `:${name}:`)).toEqual([]);
});
