import { expect, test } from "@jest/globals";

import { maxCatalogFileLength, parseJsonText, parseYamlText } from "../../src/catalog/parse.ts";
import { testSwitch } from "../helpers/environment.ts";
import { fc } from "../helpers/properties.ts";

function parse(text: string) {
  return parseYamlText(text, "x.yaml");
}

function codes(text: string): string[] {
  return parse(text).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

test("reads several documents, skips empty ones and counts them", () => {
  const { documents, diagnostics } = parse("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n---\n");

  expect(documents.map(({ index, value, line }) => ({ index, value, line }))).toEqual([
    { index: 1, value: { a: 1 }, line: 3 },
    { index: 3, value: { b: 2 }, line: 7 },
  ]);
  expect(diagnostics).toEqual([]);
});

test("keeps the healthy documents beside a broken one", () => {
  const { documents, diagnostics, broken } = parse("a: 1\n---\nb: [1\n---\nc: 3\n");

  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
  expect(broken).toBe(1);
  expect(diagnostics).toEqual([
    {
      file: "x.yaml",
      line: 4,
      column: 1,
      severity: "error",
      code: "yaml-syntax",
      message: expect.stringContaining("invalid YAML: "),
      fix: expect.stringContaining("mend the YAML"),
    },
  ]);
});

test("reads YAML 1.2: yes and no are texts, merge keys are not expanded", () => {
  const text = "a: yes\nb: no\nc: 12:30\nd: 1.20\ne: 2020-01-01\nf: {<<: {g: 1}}\n";

  expect(parse(text).documents[0]?.value).toEqual({
    a: "yes",
    b: "no",
    c: "12:30",
    d: 1.2,
    e: "2020-01-01",
    f: { "<<": { g: 1 } },
  });
});

test.each([
  ["a byte order mark", "\ufeffa: x\n"],
  ["Windows line ends", "a: x\r\nb: y\r\n"],
])("reads files with %s and places their values right", (_what, text) => {
  const [document] = parse(text).documents;

  expect(document?.value).toMatchObject({ a: "x" });
  expect(document?.locate(["a"])).toEqual({ line: 1, column: 4 });
});

test.each([
  ["a tab as indentation", "a:\n\tb: 1\n", "2:1 yaml-syntax"],
  ["a key that stands twice", "a: 1\nb:\n  c: 1\n  c: 2\n", "4:3 yaml-duplicate-key"],
  ["an alias without anchor", "a: *b\n", "1:1 yaml-aliases"],
  ["an alias that contains itself", "a: &a [*a]\n", "1:1 yaml-cycle"],
  ["an unknown tag", "a: !!js/function x\n", "1:4 yaml-tag-unknown"],
  ["a prototype key", "__proto__:\n  polluted: 1\n", "1:1 yaml-key-reserved"],
  ["text behind a quoted value", 'a: "b" c\n', "1:8 yaml-syntax"],
])("reports %s with its place", (_what, text, expected) => {
  expect(codes(text)).toEqual([expected]);
});

test("does not let prototype keys through", () => {
  const { documents } = parse("__proto__: {polluted: 1}\na: {__proto__: {polluted: 2}, b: 1}\n");

  expect(documents[0]?.value).toEqual({ a: { b: 1 } });
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(JSON.stringify(documents[0]?.value)).toBe('{"a":{"b":1}}');
});

test.each([
  ["list", "["],
  ["block list", "- "],
  ["mapping", "{a: "],
  ["key", "? "],
  ["compact mapping", "a: "],
])("refuses a deeply nested %s without composing it", (_what, part) => {
  const { diagnostics, documents } = parse(part.repeat(40_000));

  expect(documents).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(["yaml-too-deep"]);
});

const read = (text: string) => parseJsonText(text, "x.json", 200_000);

test("reads JSON of other programs with the same limits", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

  expect(read(deep).diagnostics.map(({ code }) => code)).toEqual(["yaml-too-deep"]);
  expect(read("x".repeat(200_001)).diagnostics.map(({ code }) => code)).toEqual(["file-too-large"]);
  expect(read('{"a": ').broken).toBe(1);
  const [document] = read('{\n  "__proto__": {"polluted": 1},\n  "a": {"b": 1}\n}').documents;
  expect(document?.value).toEqual({ a: { b: 1 } });
  // programs write it on one line: there is nothing to point at
  expect(document?.locate(["a", "b"])).toEqual({ line: 1, column: 1 });
});

test("accepts nesting that people write", () => {
  const text = Array.from({ length: 40 }, (_, level) => `${" ".repeat(level)}a:`).join("\n");

  expect(parse(`${text} 1\n`).diagnostics).toEqual([]);
});

test("refuses alias bombs", () => {
  const laughs = Array.from(
    { length: 9 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]`,
  );

  expect(codes(["a0: &a0 [x]", ...laughs].join("\n"))).toEqual(["1:1 yaml-aliases"]);
  expect(codes(`a: &a x\nb:\n${"  - *a\n".repeat(101)}`)[0]).toContain("yaml-aliases");
  expect(codes(`a: &a x\nb:\n${"  - *a\n".repeat(90)}`)).toEqual([]);
});

test("does not take text that begins with a star for an alias", () => {
  const text = `a: |\n${"  *bold* text\n".repeat(300)}`;

  expect(codes(text)).toEqual([]);
});

test("refuses files beyond the limit and says how large they are", () => {
  const text = `a: ${"x".repeat(maxCatalogFileLength)}`;

  expect(parse(text).diagnostics).toEqual([
    expect.objectContaining({
      code: "file-too-large",
      message: "the file has 257 KB, at most 256 KB are read",
    }),
  ]);
});

test("finds values, keys and the nearest parent of what is absent", () => {
  const text = [
    "# comment",
    "kind: Component",
    "metadata:",
    "  name: pay",
    "  tags: [a, b]",
    "spec:",
    "  owner:",
    "  list:",
    "    - one",
    "    - x: 1",
    "---",
    "kind: Second",
  ].join("\n");
  const [first, second] = parse(text).documents;

  expect(first?.line).toBe(2);
  expect(first?.locate(["kind"])).toEqual({ line: 2, column: 7 });
  expect(first?.locate(["metadata", "name"])).toEqual({ line: 4, column: 9 });
  expect(first?.locate(["metadata", "tags", 1])).toEqual({ line: 5, column: 13 });
  expect(first?.locate(["spec", "owner"])).toEqual({ line: 7, column: 3 });
  expect(first?.locate(["spec", "list", 0])).toEqual({ line: 9, column: 7 });
  expect(first?.locate(["spec", "list", 1, "x"])).toEqual({ line: 10, column: 10 });
  expect(first?.locate(["spec", "system"])).toEqual({ line: 6, column: 1 });
  expect(first?.locate(["nothing", "at", "all"])).toEqual({ line: 2, column: 1 });
  expect(second?.locate(["kind"])).toEqual({ line: 12, column: 7 });
});

test("finds values through an alias", () => {
  const [document] = parse("a: &x\n  b: 1\nc: *x\n").documents;

  expect(document?.locate(["c", "b"])).toEqual({ line: 2, column: 6 });
});

test("never throws, and places every finding inside the text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ..."a: |b: |- |? |[|]|{|}|,|\n|  |\n  |---\n|...\n|&a |*a|!t |!!str |'|\"|# |%YAML 1.1\n|>\n|: |<<: |\t|\r\n|\0".split(
        "|",
      ),
      "|\n",
      "|",
    ),
    fc.string({ maxLength: 4, unit: "binary" }),
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

  fc.assert(
    fc.property(texts, (text) => {
      const { documents, diagnostics } = parse(text);
      for (const { line, column } of [
        ...diagnostics,
        ...documents.map(({ locate }) => locate(["a", "b", 0])),
      ]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
      }
      // Whatever came through can be stored.
      for (const { value } of documents) expect(JSON.stringify(value)).toBeDefined();
    }),
    { numRuns: Number(testSwitch("TEST_FUZZ_RUNS") ?? 2000) },
  );
});
