import { expect, test } from "@jest/globals";

import { findPlaceholders, replacePlaceholders } from "../../src/catalog/placeholders.ts";

const texts: Record<string, string> = {
  "a.txt": "hello",
  "a.json": '{"x": [1]}',
  "a.yaml": "x: 1\n",
  "two.yaml": "a: 1\n---\nb: 2\n",
  "broken.yaml": "a: [",
  "broken.json": "{",
  "deep.json": `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
};

function replace(value: unknown) {
  const result = replacePlaceholders(value, ({ target }) => {
    const text = texts[target];
    return text === undefined ? { problem: "which does not exist" } : { text };
  });
  return { value: result.value, messages: result.findings.map(({ message }) => message) };
}

test("replaces texts, JSON and YAML at any depth", () => {
  const value = {
    spec: {
      definition: { $text: "a.txt" },
      list: [{ $json: "a.json" }, { deep: { $yaml: "a.yaml" } }],
    },
  };

  expect(replace(value)).toEqual({
    value: { spec: { definition: "hello", list: [{ x: [1] }, { deep: { x: 1 } }] } },
    messages: [],
  });
});

test("leaves unknown keys, several keys and values that are no paths as they are", () => {
  const value = {
    a: { $ref: "x" },
    b: { $text: "a.txt", $json: "b" },
    c: { $text: 5 },
    d: { $text: ["a"] },
  };

  expect(replace(value).value).toBe(value);
  expect(findPlaceholders(value)).toEqual([]);
});

test("does not replace inside of what was read", () => {
  texts["self.yaml"] = "$yaml: self.yaml\n";

  expect(replace({ a: { $yaml: "self.yaml" } }).value).toEqual({ a: { $yaml: "self.yaml" } });
});

test.each([
  [{ $text: "none" }, "a: $text names “none”, which does not exist"],
  [{ $json: "broken.json" }, "a: $json names “broken.json”, which is no valid JSON"],
  [{ $json: "deep.json" }, "a: $json names “deep.json”, which is nested too deep"],
  [{ $yaml: "deep.json" }, "a: $yaml names “deep.json”, which is no valid YAML"],
  [{ $yaml: "broken.yaml" }, "a: $yaml names “broken.yaml”, which is no valid YAML"],
  [{ $yaml: "two.yaml" }, "a: $yaml names “two.yaml”, which holds 2 YAML documents, expected one"],
])("says why %j cannot be replaced", (placeholder, message) => {
  expect(replace({ a: placeholder }).messages).toEqual([message]);
});
