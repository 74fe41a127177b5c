import { expect, test } from "@jest/globals";

import { toJsonObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { validateValues } from "../../src/scaffold/validate-values.ts";

const faultsOf = (written: JsonObject, values: JsonObject): [string, string][] =>
  validateValues(buildForm({ title: "T", pages: [written] }), values).map(({ key, message }) => [
    key,
    message,
  ]);

const one = (property: JsonObject, value: JsonValue): string | undefined =>
  faultsOf({ properties: { it: property } }, { it: value })[0]?.[1];

test.each([
  [{ type: "string" }, 3, "Give a text, not “3”."],
  [{ type: "number" }, "x", "Give a number, not “x”."],
  [{ type: "integer" }, 1.5, "Give a whole number, not “1.5”."],
  [{ type: ["integer", "null"] }, "x", "Give a whole number or nothing, not “x”."],
  [
    { enum: ["a", "b"], enumNames: ["First", "Second"] },
    "c",
    "“c” is not one of the choices: First, Second.",
  ],
  [{ type: "string", pattern: "^[a-z]+$" }, "Big", "“Big” does not fit the pattern ^[a-z]+$"],
  [
    { type: "string", pattern: "^[a-z]+$", description: "Lower case only." },
    "Big",
    "“Big” does not fit the pattern ^[a-z]+$ (Lower case only.)",
  ],
  [{ type: "string", minLength: 3 }, "ab", "Write at least 3 characters."],
  [{ type: "string", maxLength: 1 }, "ab", "Write at most 1 character."],
  [{ type: "number", minimum: 3 }, 2, "Give 3 or more."],
  [{ type: "number", maximum: 3 }, 4, "Give 3 or less."],
  [{ type: "number", exclusiveMinimum: 3 }, 3, "Give more than 3."],
  [{ type: "number", multipleOf: 5 }, 3, "Give a multiple of 5."],
  [{ type: "array", minItems: 2 }, ["a"], "Give at least 2 entries."],
  [{ type: "array", maxItems: 1 }, ["a", "b"], "Give at most 1 entry."],
  [{ type: "array", uniqueItems: true }, ["a", "a"], "Every entry must be different."],
  [
    { type: "array", items: { type: "string", pattern: "^a" } },
    ["a", "b"],
    "Entry 2: “b” does not fit the pattern ^a",
  ],
  [
    {
      type: "array",
      items: { type: "object", required: ["port"], properties: { port: { type: "integer" } } },
    },
    [{ port: 1 }, {}],
    "Entry 2, port: “port” is required.",
  ],
  [{ type: "string", format: "email" }, "nobody", "“nobody” is not a valid e-mail address."],
  [{ type: "string", format: "uri" }, "no url", "“no url” is not a valid address (URL)."],
  [{ type: "string", format: "date" }, "2026-13-01", "“2026-13-01” is not a valid date."],
  [{ type: "boolean", const: true }, false, "This must be true."],
  [{ type: "string", not: { const: "root" } }, "root", "This value is not allowed."],
  [
    { type: "string", "ui:field": "EntityNamePicker" },
    "-x",
    "“-x” is not a valid name: use 1 to 63 letters, digits, “-”, “_” or “.”, the first and last a letter or digit.",
  ],
  [
    { type: "array", "ui:field": "EntityTagsPicker" },
    ["ok", "Java"],
    '“"Java"” is not a valid tag: use lower case, digits and hyphens.',
  ],
  [
    { type: "string", "ui:field": "RepoUrlPicker" },
    "github.com?owner=acme",
    "“github.com?owner=acme” is not a repository address: write it as github.com?owner=acme&repo=ledger",
  ],
  [
    { type: "string", "ui:field": "RepoUrlPicker", "ui:options": { allowedOwners: ["acme"] } },
    "github.com?owner=evil&repo=x",
    "“evil” is not allowed here; use acme.",
  ],
])("%j with %j", (property, value, message) => {
  expect(one(property, value)).toBe(message);
});

test.each([
  [{ type: "string", format: "made-up" }, "x"],
  [{ type: ["string", "null"] }, null],
  [{ anyOf: [{ type: "null" }, { type: "integer" }] }, null],
  [{ type: "string", required: true }, "x"],
  [{ type: "string", $id: "http://x/same", enumNames: ["x"], "ui:help": "h" }, "x"],
  [
    { type: "string", "ui:field": "RepoUrlPicker" },
    "dev.azure.com?organization=o&project=p&repo=r",
  ],
])("%j takes %j", (property, value) => {
  expect(one(property, value)).toBeUndefined();
});

test("what is missing is said at its field, also inside objects that are missing as a whole", () => {
  const written: JsonObject = {
    required: ["name", "db"],
    properties: {
      name: { type: "string" },
      db: { type: "object", required: ["engine"], properties: { engine: {}, size: {} } },
      free: { type: "object", required: ["key"], properties: { key: {} } },
    },
  };

  expect(faultsOf(written, {})).toEqual([
    ["name", "This is required."],
    ["db.engine", "This is required."],
  ]);
  expect(faultsOf(written, { name: "x", db: {}, free: {} })).toEqual([
    ["db.engine", "This is required."],
    ["free.key", "This is required."],
  ]);
});

test("only the branch that is shown is asked for", () => {
  const written: JsonObject = {
    properties: { ci: { enum: ["actions", "none"] } },
    dependencies: {
      ci: {
        oneOf: [
          {
            properties: { ci: { const: "actions" }, runner: { type: "string" } },
            required: ["runner"],
          },
          { properties: { ci: { const: "none" } } },
        ],
      },
    },
  };

  expect(faultsOf(written, { ci: "none" })).toEqual([]);
  expect(faultsOf(written, { ci: "actions" })).toEqual([["runner", "This is required."]]);
  expect(faultsOf(written, { ci: "actions", runner: "x" })).toEqual([]);
});

test("what only the whole page can say comes as a fault of the page", () => {
  const written: JsonObject = {
    properties: { a: {}, b: {} },
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
    additionalProperties: false,
  };

  expect(faultsOf(written, { a: 1 })).toEqual([]);
  expect(faultsOf(written, {}).length).toBeGreaterThan(0);
  expect(faultsOf(written, { a: 1, c: 2 })).toEqual([["", "There is no field “c” here."]]);
});

test("one fault a field, one page after the other", () => {
  const form = buildForm({
    title: "T",
    pages: [
      { required: ["a"], properties: { a: { type: "string", minLength: 5, pattern: "^x" } } },
      { required: ["b"], properties: { b: { type: "string" } } },
    ],
  });

  expect(validateValues(form, { a: "y" }).map((fault) => fault.key)).toEqual(["a", "b"]);
});

test("two patterns on one page are kept apart", () => {
  const written = { properties: { a: { pattern: "^a$" }, b: { pattern: "^b$" } } };

  expect(faultsOf(written, { a: "a", b: "b" })).toEqual([]);
  expect(faultsOf(written, { a: "b", b: "a" }).map(([key]) => key)).toEqual(["a", "b"]);
});

test("a pattern that would take forever is given up quickly", () => {
  const before = performance.now();

  const message = one({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(60)}!`);

  expect(message).toContain("does not fit the pattern");
  expect(performance.now() - before).toBeLessThan(5000);
});

test("a schema that is none gives one fault, not a crash", () => {
  expect(faultsOf({ properties: { a: { type: "texte" } } }, { a: "x" })[0]?.[1]).toContain(
    "schema is broken",
  );
  expect(faultsOf({ properties: { a: { pattern: "(" } } }, { a: "x" })[0]?.[1]).toContain(
    "schema is broken",
  );
  expect(faultsOf({ properties: { a: { $ref: "http://evil/x" } } }, { a: "x" })[0]?.[1]).toContain(
    "schema is broken",
  );
});

test("values that are too long together are refused before anything looks at them", () => {
  expect(faultsOf({ properties: { a: {} } }, { a: "x".repeat(300_000) })[0]?.[1]).toContain(
    "too long",
  );
});

test("names from Object's own are names like any other", () => {
  const written = toJsonObject(
    JSON.parse(
      '{"required": ["__proto__"], "properties": {"__proto__": {"type": "string"}, "constructor": {"type": "string"}}}',
    ),
  );

  expect(() => faultsOf(written, toJsonObject(JSON.parse('{"constructor": 3}')))).not.toThrow();
  expect(({} as Record<string, unknown>)["type"]).toBeUndefined();
});
