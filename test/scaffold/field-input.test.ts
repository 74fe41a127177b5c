import { describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../src/base/json.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import {
  encodeInitial,
  encodeOption,
  readFieldInput,
  type FieldReading,
  type RawInput,
} from "../../src/scaffold/field-input.ts";
import { fieldsOf } from "../../src/scaffold/fields.ts";
import type { FormField } from "../../src/scaffold/form-model.ts";

function fieldOf(property: JsonObject): FormField {
  const [page] = buildForm({ title: "T", pages: [{ properties: { it: property } }] }).pages;
  const [field] = page === undefined ? [] : fieldsOf(page, {});
  if (field === undefined) throw new Error("no field");
  return field;
}

const repo = {
  type: "string",
  "ui:field": "RepoUrlPicker",
  "ui:options": { allowedHosts: ["github.com"], allowedOwners: ["acme"] },
};
const owner = {
  type: "string",
  "ui:field": "OwnerPicker",
  "ui:options": { allowedKinds: ["Group"] },
};
const strict = {
  type: "string",
  "ui:field": "EntityPicker",
  "ui:options": {
    allowArbitraryValues: false,
    catalogFilter: [{ kind: "API" }, { kind: "Component" }],
  },
};

const cases: [string, JsonObject, RawInput, FieldReading][] = [
  ["text", { type: "string" }, "  x ", { value: "x" }],
  ["no text", { type: "string" }, "   ", { value: undefined }],
  ["nothing at all", { type: "string" }, undefined, { value: undefined }],
  ["number", { type: "number" }, "-1.5e3", { value: -1500 }],
  ["no number", { type: "number" }, "", { value: undefined }],
  ["not a number", { type: "number" }, "0x10", { fault: "“0x10” is not a number." }],
  ["infinity", { type: "number" }, "Infinity", { fault: "“Infinity” is not a number." }],
  ["huge", { type: "number" }, "1e999", { fault: "“1e999” is not a number." }],
  ["no whole number", { type: "integer" }, "1.5", { fault: "“1.5” is not a whole number." }],
  ["switch", { type: "boolean" }, true, { value: true }],
  ["box ticked", { type: "boolean" }, ["true"], { value: true }],
  ["box empty", { type: "boolean" }, [], { value: false }],
  ["choice", { enum: ["a", "b"] }, '"b"', { value: "b" }],
  ["choice by value", { enum: ["a", "b"] }, "b", { value: "b" }],
  ["number chosen", { enum: [1, 2] }, "2", { value: 2 }],
  ["yes chosen", { type: "boolean", enumNames: ["On", "Off"] }, "true", { value: true }],
  ["the empty choice", { enum: ["", "b"] }, '""', { value: "" }],
  ["not a choice", { enum: ["a"] }, '"z"', { fault: '“"z"” is not one of the choices: a.' }],
  [
    "choices",
    { type: "array", items: { enum: ["a", "b"] } },
    ['"a"', '"b"'],
    { value: ["a", "b"] },
  ],
  ["no choices", { type: "array", items: { enum: ["a"] } }, [], { value: undefined }],
  ["lines", { type: "array", items: { type: "string" } }, " a \r\n\n b", { value: ["a", "b"] }],
  [
    "objects by line",
    { type: "array", items: { type: "object" } },
    "name: web, port: 80\n{name: db}",
    { value: [{ name: "web", port: 80 }, { name: "db" }] },
  ],
  [
    "objects as JSON",
    { type: "array", items: { type: "object" } },
    '[{"a": 1}]',
    { value: [{ a: 1 }] },
  ],
  ["object as YAML", { type: "object" }, "a: 1\nb: [x]", { value: { a: 1, b: ["x"] } }],
  [
    "no object",
    { type: "object" },
    "just text",
    { fault: "Write it as YAML or JSON, such as `key: value`, one a line." },
  ],
  ["bare owner", owner, "team-a", { value: "group:default/team-a" }],
  ["chosen owner", owner, "user:default/robin", { value: "user:default/robin" }],
  ["entity in any case", owner, "Group:Infra/Team-A", { value: "group:infra/team-a" }],
  [
    "entity of no certain kind",
    strict,
    "ledger",
    {
      fault:
        "“ledger” has no kind; write it as kind:namespace/name, such as component:default/payments.",
    },
  ],
  [
    "arbitrary text",
    { type: "string", "ui:field": "EntityPicker" },
    "anything goes",
    { value: "anything goes" },
  ],
  [
    "entities",
    { type: "array", "ui:field": "MultiEntityPicker" },
    ["component:default/a", "component:default/b"],
    { value: ["component:default/a", "component:default/b"] },
  ],
  ["repository by parts", repo, ["acme", "ledger"], { value: "github.com?owner=acme&repo=ledger" }],
  [
    "repository with host",
    repo,
    ["github.com", "acme", "ledger"],
    { value: "github.com?owner=acme&repo=ledger" },
  ],
  ["repository by name", repo, "ledger", { value: "github.com?owner=acme&repo=ledger" }],
  ["repository as owner/name", repo, "acme/ledger", { value: "github.com?owner=acme&repo=ledger" }],
  [
    "repository in wire format",
    repo,
    "github.com?owner=acme&repo=ledger",
    { value: "github.com?owner=acme&repo=ledger" },
  ],
  ["no repository", repo, ["", ""], { value: undefined }],
  [
    "repository of another owner",
    repo,
    ["evil", "ledger"],
    { fault: "“evil” is not allowed here; use acme." },
  ],
  ["repository of which only what stood there is given", repo, ["acme", ""], { value: undefined }],
  [
    "repository without name",
    { type: "string", "ui:field": "RepoUrlPicker" },
    ["acme", ""],
    { fault: "Give a name for the repository." },
  ],
  [
    "repository that escapes",
    repo,
    ["acme", ".."],
    { fault: "“acme/..” cannot be used: “..” is not a name." },
  ],
  [
    "secret typed",
    { "ui:field": "Secret" },
    "hunter2",
    { fault: "Secrets are not typed into Slack, where they would stay in the history." },
  ],
  ["hidden", { default: "x", "ui:widget": "hidden" }, "changed", { value: "x" }],
  ["note", { const: "x", type: "string" }, undefined, { value: "x" }],
];

describe("reads what a person typed or chose", () => {
  test.each(cases)("%s", (_name, property, raw, wanted) => {
    expect(readFieldInput(fieldOf(property), raw)).toEqual(wanted);
  });
});

test("a repository that must be given says what it lacks", () => {
  const field = { ...fieldOf(repo), isRequired: true };

  expect(readFieldInput(field, ["acme", ""])).toEqual({ fault: "Give a name for the repository." });
});

test("an option too long for Slack goes by its number", () => {
  const field = fieldOf({ enum: ["short", "x".repeat(80)] });
  const codes = (field.options ?? []).map(encodeOption);

  expect(codes).toEqual(['"short"', "#1"]);
  expect(codes.every((code) => code.length <= 75)).toBe(true);
  expect(readFieldInput(field, "#1")).toEqual({ value: "x".repeat(80) });
});

test("the chosen options are known again", () => {
  expect(
    encodeInitial(fieldOf({ type: "array", items: { enum: ["a", "b"] }, default: ["b"] })),
  ).toEqual(['"b"']);
  expect(encodeInitial(fieldOf({ enum: [1, 2], default: 2 }))).toEqual(["2"]);
  expect(encodeInitial(fieldOf({ enum: ["a"] }))).toEqual([]);
});

test.each([
  "&a [*a]",
  "a: &x [1,1]\nb: [*x,*x,*x,*x,*x,*x,*x,*x,*x,*x,*x,*x]",
  "{".repeat(5000),
  "\u0000",
  "!!js/function x",
])("odd YAML in a list of objects is a fault or a value, never a crash: %j", (text) => {
  const reading = readFieldInput(fieldOf({ type: "array", items: { type: "object" } }), text);

  expect("fault" in reading || "value" in reading).toBe(true);
});
