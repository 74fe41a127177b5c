import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { parseWholeYaml } from "../../src/catalog/parse.ts";
import { readPlainYaml } from "../../src/catalog/plain-yaml.ts";
import { fc } from "../helpers/properties.ts";

/** Compares with the whole parser; false when the text is not plain. */
function readsAlike(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  const whole = parseWholeYaml(text, "x.yaml");
  expect(whole.diagnostics).toEqual([]);
  const documents = whole.documents.map(({ locate: _locate, ...rest }) => rest);
  // order of keys too
  expect(JSON.stringify(plain)).toBe(JSON.stringify(documents.map(inOrder)));
  expect(plain).toEqual(documents);
  return true;
}

type Read = Omit<ReturnType<typeof parseWholeYaml>["documents"][number], "locate">;

function inOrder({ index, value, line, places }: Read): Read {
  return { index, value, line, places };
}

const usual = `# the service
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  description: "Takes \\"money\\": all of it\\n"
  title: 'It''s checkout'
  annotations:
    github.com/project-slug: acme/checkout
    # a comment
    pagerduty.com/integration-key: 2024-01-01
  tags: [java, web]
  links:
    - url: https://example.com/a?b=c#d
      title: Dash (board)

    -   title: Other
        icon: web
spec:
  type: service
  size: 12 # of them
  isPublic: true
  empty:
  none: []
  dependsOn:
  - component:default/a
  - resource:b
  definition: |
    openapi: 3.1.0
      deep  

    end

  stripped: |-
    text
---
kind: Group
spec: {}
`;

test("reads what catalog files usually look like as the whole parser does", () => {
  expect(readsAlike(usual)).toBe(true);
  expect(readsAlike(usual.trimEnd())).toBe(true);
});

test.each([
  ["an anchor", "a: &x 1\nb: *x\n"],
  ["a tag", "a: !!str 1\n"],
  ["a key twice", "a: 1\na: 2\n"],
  ["the key __proto__", "__proto__: 1\n"],
  ["a folded text", "a: >\n  b\n"],
  ["a text of several lines", "a: b\n  c\n"],
  ["a comment behind a text in quotes", 'a: "b" # c\n'],
  ["a number with a point", "a: 1.50\n"],
  ["a mapping in braces", "a: { b: c }\n"],
  ["a space that does not break", "a: b\u00a0\n"],
  ["a tab", "a:\tb\n"],
  ["a carriage return", "a: b\r\n"],
  ["a list as document", "- a\n"],
  ["no document", "# nothing\n"],
  ["an empty document", "---\n---\na: b\n"],
  ["a colon in a text", "a: b: c\n"],
  ["a wrong indentation", "a:\n    b: 1\n  c: 2\n"],
])("leaves %s to the whole parser", (_what, text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});

const word = fc.constantFrom(
  ..."a b kind name x-y a.b/c true null 12 007 1e3 .5 0x1f 0o7 1.2.3 2024-01-01 yes ~ __proto__ constructor".split(
    " ",
  ),
);
const value = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.constantFrom(
    "",
    "|",
    "|-",
    ">",
    "[]",
    "{}",
    "[a, b]",
    "[ a,b ]",
    "[true]",
    "[a:b]",
    "[a, ]",
    '"q"',
    '"\\n\\"x"',
    '"\\u0041"',
    '"open',
    "'it''s'",
    "'a'b",
    "a # c",
    "a#b",
    "#c",
    "a: b",
    "a:b",
    "a:",
    "http://x.y/z?q=1",
    "- a",
    "-",
    "-5",
    "&a",
    "*a",
    "!t a",
    "@a",
    "`a",
    "%a",
    "a ",
    "  a",
    "(x) y",
    "ä ü",
    "a, b",
    "a]",
    "{a",
    "? a",
    "...",
    "---",
    "/p",
    "a\tb",
    "é: ",
    "\u{1f600} z",
  ),
  fc.string({ maxLength: 6 }),
);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(word, value).map(([key, text]) => `${key}: ${text}`) },
  { weight: 3, arbitrary: word.map((key) => `${key}:`) },
  { weight: 2, arbitrary: fc.tuple(word, value).map(([key, text]) => `- ${key}: ${text}`) },
  { weight: 2, arbitrary: value.map((text) => `- ${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "",
      "  ",
      "# c",
      "---",
      "...",
      "- ",
      "-   a: b",
      "- - a",
      "key : x",
    ),
  },
  { weight: 1, arbitrary: value },
);
const indented = fc
  .tuple(fc.constantFrom(0, 0, 2, 2, 2, 4, 4, 1, 3, 6), line)
  .map(([indent, text]) => `${" ".repeat(indent)}${text}`);

/** Lines that mostly fit below each other. */
const block: fc.Memo<string[]> = fc.memo((depth) => {
  const inner = depth > 1 ? block(depth - 1) : line.map((each) => [each]);
  const below = (by: number) => inner.map((lines) => lines.map((each) => " ".repeat(by) + each));
  const entry = fc.oneof(
    line.map((each) => [each]),
    fc
      .tuple(word, fc.constantFrom(0, 2, 2, 4).chain(below))
      .map(([key, lines]) => [`${key}:`, ...lines]),
    below(2).map(([first = "", ...rest]) => [`- ${first.slice(2)}`, ...rest]),
    below(2).map((lines) => ["text: |", ...lines]),
  );
  return fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) => entries.flat());
});
const texts = fc
  .tuple(
    fc.oneof(fc.array(indented, { minLength: 1, maxLength: 8 }), block(3)),
    fc.constantFrom("", "\n", "\n\n"),
  )
  .map(([lines, end]) => `${lines.join("\n")}${end}`);

test("whatever it reads, it reads as the whole parser does", () => {
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (readsAlike(text)) read += 1;
    }),
    { numRuns: 5_000 },
  );

  // else the comparison says little
  expect(read).toBeGreaterThan(50);
});

test("reads changed pieces of usual files as the whole parser does", () => {
  let read = 0;
  const lines = usual.split("\n");
  const change = fc.tuple(fc.nat(lines.length - 1), fc.nat(2), indented);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = [...lines];
      for (const [at, remove, text] of changes) changed.splice(at, remove, text);
      if (readsAlike(changed.join("\n"))) read += 1;
    }),
    { numRuns: 2_000 },
  );

  expect(read).toBeGreaterThan(50);
});

test("reads most of the sample company itself", () => {
  const files = readdirSync("catalog", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .map((path) => readFileSync(join("catalog", path), "utf8"));

  const read = files.filter(readsAlike);

  expect(read.length / files.length).toBeGreaterThan(0.5);
});
