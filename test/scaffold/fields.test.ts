/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema */
import { describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../src/base/json.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { isPageShown } from "../../src/scaffold/default-values.ts";
import { fieldsOf } from "../../src/scaffold/fields.ts";
import type { FormField, FormPage } from "../../src/scaffold/form-model.ts";
import { completeValues } from "../../src/scaffold/form-values.ts";
import { validatePage } from "../../src/scaffold/validate-values.ts";

function pageOf(written: JsonObject): FormPage {
  const [page] = buildForm({ title: "Sample", pages: [written] }).pages;
  if (page === undefined) throw new Error("no page");
  return page;
}

/** The field of a page that holds just this property, called `it`. */
function fieldOf(property: JsonObject, rest: JsonObject = {}): FormField {
  const [field] = fieldsOf(pageOf({ properties: { it: property }, ...rest }), {});
  if (field === undefined) throw new Error("no field");
  return field;
}

const keys = (written: JsonObject, values: JsonObject = {}): string[] =>
  fieldsOf(pageOf(written), values).map((field) => field.key);

describe("each kind of field", () => {
  const cases: [string, JsonObject, Partial<FormField>][] = [
    ["text", { type: "string" }, { widget: "text", type: "string", label: "it" }],
    ["no type at all", { title: "T" }, { widget: "text", label: "T" }],
    ["textarea", { type: "string", "ui:widget": "textarea" }, { widget: "textarea" }],
    [
      "textarea by option",
      { type: "string", "ui:options": { widget: "textarea" } },
      { widget: "textarea" },
    ],
    ["default", { type: "string", default: "x" }, { initial: "x" }],
    [
      "select with labels",
      { type: "string", enum: ["a", "b"], enumNames: ["First", "Second"] },
      {
        widget: "select",
        options: [
          { value: "a", label: "First" },
          { value: "b", label: "Second" },
        ],
      },
    ],
    [
      "labels by ui:enumNames",
      { enum: [1], "ui:enumNames": ["One"] },
      { type: "number", options: [{ value: 1, label: "One" }] },
    ],
    [
      "an empty choice",
      { enum: ["", "x"] },
      {
        options: [
          { value: "", label: "(none)" },
          { value: "x", label: "x" },
        ],
      },
    ],
    [
      "disabled choices",
      { enum: ["a", "b"], "ui:enumDisabled": ["b"] },
      { options: [{ value: "a", label: "a" }] },
    ],
    [
      "constants with titles",
      {
        type: "string",
        oneOf: [{ const: "a", title: "First", description: "why" }, { const: "b" }],
      },
      {
        widget: "select",
        options: [
          { value: "a", label: "First", description: "why" },
          { value: "b", label: "b" },
        ],
      },
    ],
    ["radio", { enum: ["a"], "ui:widget": "radio" }, { widget: "radio" }],
    ["boolean", { type: "boolean", default: false }, { widget: "boolean", initial: false }],
    [
      "boolean with words",
      { type: "boolean", enumNames: ["On", "Off"] },
      {
        widget: "radio",
        options: [
          { value: true, label: "On" },
          { value: false, label: "Off" },
        ],
      },
    ],
    ["boolean as select", { type: "boolean", "ui:widget": "select" }, { widget: "select" }],
    [
      "a promise to tick",
      { type: "boolean", const: true },
      { widget: "boolean", mustBeTrue: true },
    ],
    ["a constant text", { type: "string", const: "v1" }, { widget: "note", initial: "v1" }],
    [
      "number",
      { type: "number", minimum: 1, maximum: 9 },
      { widget: "number", minimum: 1, maximum: 9 },
    ],
    ["integer", { type: "integer" }, { widget: "number", type: "integer" }],
    ["lengths", { type: "string", minLength: 2, maxLength: 4 }, { minLength: 2, maxLength: 4 }],
    ["e-mail", { type: "string", format: "email" }, { widget: "email" }],
    ["address", { type: "string", format: "uri" }, { widget: "url" }],
    ["date", { type: "string", format: "date" }, { widget: "date" }],
    ["null and text", { type: ["null", "string"] }, { widget: "text", type: "string" }],
    ["union of schemas", { anyOf: [{ type: "null" }, { type: "integer" }] }, { widget: "number" }],
    ["only null", { type: "null", title: "Read this" }, { widget: "note" }],
    [
      "multi-select",
      { type: "array", items: { enum: ["a", "b"] } },
      { widget: "multi-select", type: "array" },
    ],
    [
      "checkboxes",
      { type: "array", items: { enum: ["a"] }, "ui:widget": "checkboxes" },
      { widget: "checkboxes" },
    ],
    ["list of texts", { type: "array", items: { type: "string" } }, { widget: "list" }],
    ["list of anything", { type: "array" }, { widget: "list" }],
    ["list of objects", { type: "array", items: { type: "object" } }, { widget: "object-list" }],
    ["object without properties", { type: "object" }, { widget: "textarea", type: "object" }],
    [
      "hidden",
      { type: "string", default: "x", "ui:widget": "hidden" },
      { widget: "hidden", initial: "x" },
    ],
    [
      "read-only",
      { type: "string", default: "x", "ui:readonly": true },
      { widget: "note", initial: "x" },
    ],
    ["disabled", { type: "string", "ui:disabled": true }, { widget: "note" }],
    ["password", { type: "string", "ui:widget": "password" }, { widget: "secret" }],
    ["secret", { type: "string", "ui:field": "Secret" }, { widget: "secret" }],
    [
      "name of an entity",
      { type: "string", "ui:field": "EntityNamePicker" },
      { widget: "text", rule: "entity-name", maxLength: 63 },
    ],
    [
      "tags",
      { type: "array", "ui:field": "EntityTagsPicker" },
      {
        widget: "suggest-list",
        rule: "entity-tags",
        suggest: { from: "tags", kinds: [], hasCounts: false },
      },
    ],
    [
      "branch",
      { type: "string", "ui:field": "RepoBranchPicker" },
      { widget: "suggest", suggest: { from: "branches" } },
    ],
    [
      "owner of repositories",
      { type: "string", "ui:field": "RepoOwnerPicker", "ui:options": { excludedOwners: ["x"] } },
      { widget: "suggest", suggest: { from: "owners", excluded: ["x"] } },
    ],
    [
      "owner",
      { type: "string", "ui:field": "OwnerPicker" },
      {
        widget: "entity",
        entity: {
          filter: [{ kind: ["Group", "User"] }],
          defaultKind: "Group",
          allowArbitraryValues: true,
        },
      },
    ],
    [
      "owner of allowed kinds",
      { type: "string", "ui:field": "OwnerPicker", "ui:options": { allowedKinds: ["Group"] } },
      {
        entity: { filter: [{ kind: ["Group"] }], defaultKind: "Group", allowArbitraryValues: true },
      },
    ],
    [
      "entity by filter",
      {
        type: "string",
        "ui:field": "EntityPicker",
        "ui:options": {
          catalogFilter: [
            { kind: "Component", "spec.type": ["service", "website"] },
            { kind: "API", "metadata.annotations.x": { exists: true } },
          ],
          defaultKind: "Component",
          defaultNamespace: false,
          allowArbitraryValues: false,
        },
      },
      {
        widget: "entity",
        entity: {
          filter: [
            { kind: ["Component"], "spec.type": ["service", "website"] },
            { kind: ["API"], "metadata.annotations.x": { exists: true } },
          ],
          defaultKind: "Component",
          defaultNamespace: false,
          allowArbitraryValues: false,
        },
      },
    ],
    [
      "several entities",
      { type: "array", "ui:field": "MultiEntityPicker" },
      { widget: "entities" },
    ],
    [
      "entities by item",
      { type: "array", items: { type: "string", "ui:field": "EntityPicker" } },
      { widget: "entities" },
    ],
    [
      "own entities",
      { type: "string", "ui:field": "OwnedEntityPicker" },
      { entity: { filter: [], allowArbitraryValues: true, only: "owned" } },
    ],
    ["own groups", { type: "string", "ui:field": "MyGroupsPicker" }, { widget: "entity" }],
    [
      "repository",
      {
        type: "string",
        "ui:field": "RepoUrlPicker",
        "ui:options": { allowedHosts: ["github.com"], allowedOwners: ["acme"] },
      },
      {
        widget: "repo-url",
        repo: { allowedHosts: ["github.com"], allowedOwners: ["acme"], allowedRepos: [] },
      },
    ],
    [
      "unknown ui:field",
      { type: "number", "ui:field": "ReplicaSlider" },
      { widget: "number", fallbackFrom: "ReplicaSlider" },
    ],
    [
      "unknown ui:field with choices",
      { enum: ["a"], "ui:field": "X" },
      { widget: "select", fallbackFrom: "X" },
    ],
    [
      "a name from Object's own",
      { type: "string", "ui:field": "constructor" },
      { widget: "text", fallbackFrom: "constructor" },
    ],
    [
      "help and placeholder",
      { description: "What.", "ui:help": "How.", "ui:placeholder": "p" },
      { help: "What. How.", placeholder: "p" },
    ],
    ["an expression in the default", { default: "${{ 'a' | upper }}-x" }, { initial: "A-x" }],
    ["a default of another type", { type: "string", default: 8080 }, { initial: "8080" }],
    ["a text for a switch", { type: "boolean", default: "true" }, { initial: true }],
    ["a text for a number", { type: "number", default: "3" }, { initial: 3 }],
  ];

  test.each(cases)("%s", (_name, property, wanted) => {
    expect(fieldOf(property)).toMatchObject(wanted);
  });
});

test("a default that cannot be meant is ignored", () => {
  expect(fieldOf({ type: "string", default: {} }).initial).toBeUndefined();
  expect(fieldOf({ type: "number", default: "many" }).initial).toBeUndefined();
});

test("an expression in a default sees what was typed before, and one that fails is nothing", () => {
  const page = pageOf({
    properties: {
      repo: { type: "string", default: "${{ parameters.name }}-service" },
      bad: { type: "string", default: "${{ a ? b : c }}" },
      who: { type: "string", default: "${{ user.ref }}" },
    },
  });

  const fields = fieldsOf(page, { name: "ledger" }, { user: { ref: "user:default/robin" } });

  expect(fields.map((field) => field.initial)).toEqual([
    "ledger-service",
    undefined,
    "user:default/robin",
  ]);
});

test("what was typed stays when the page is shown again", () => {
  const page = pageOf({
    properties: { a: { type: "string", default: "x" }, b: { type: "boolean", default: true } },
  });

  expect(fieldsOf(page, { a: "typed", b: false }).map((field) => field.initial)).toEqual([
    "typed",
    false,
  ]);
});

test("nested objects are fields of their own, with dotted keys and the object's title", () => {
  const written = {
    required: ["db"],
    properties: {
      db: {
        type: "object",
        title: "Database",
        required: ["engine"],
        default: { size: 3 },
        properties: {
          engine: { enum: ["pg"] },
          size: { type: "integer" },
          more: { properties: { x: {} } },
        },
      },
    },
  };

  const fields = fieldsOf(pageOf(written), {});

  expect(
    fields.map(({ key, path, label, isRequired, initial }) => ({
      key,
      path,
      label,
      isRequired,
      initial,
    })),
  ).toEqual([
    {
      key: "db.engine",
      path: ["db", "engine"],
      label: "Database: engine",
      isRequired: true,
      initial: undefined,
    },
    {
      key: "db.size",
      path: ["db", "size"],
      label: "Database: size",
      isRequired: false,
      initial: 3,
    },
    {
      key: "db.more.x",
      path: ["db", "more", "x"],
      label: "Database: more: x",
      isRequired: false,
      initial: undefined,
    },
  ]);
});

test("follows ui:order, with the rest at the star", () => {
  const properties = { a: {}, b: {}, c: {}, d: {} };

  expect(keys({ properties, "ui:order": ["c", "*", "a"] })).toEqual(["c", "b", "d", "a"]);
  expect(keys({ properties, "ui:order": ["d", "nope"] })).toEqual(["d", "a", "b", "c"]);
});

const dependent: JsonObject = {
  properties: { ci: { enum: ["actions", "tekton"], default: "actions" } },
  dependencies: {
    ci: {
      oneOf: [
        {
          properties: { ci: { const: "actions" }, runner: { type: "string" } },
          required: ["runner"],
        },
        { properties: { ci: { enum: ["tekton"] }, namespace: { type: "string" } } },
      ],
    },
  },
};

describe("conditions", () => {
  test("dependencies with oneOf show the branch that fits the value, or the default", () => {
    expect(keys(dependent)).toEqual(["ci", "runner"]);
    expect(keys(dependent, { ci: "tekton" })).toEqual(["ci", "namespace"]);
    expect(keys(dependent, { ci: "other" })).toEqual(["ci"]);
    const [ci, runner] = fieldsOf(pageOf(dependent), {});
    expect(ci?.isCondition).toBe(true);
    expect(runner).toMatchObject({ isCondition: false, isRequired: true });
  });

  test("dependencies of dependencies are found", () => {
    const written = {
      properties: { a: { type: "boolean", default: true } },
      dependencies: {
        a: {
          oneOf: [
            {
              properties: { a: { const: true }, b: { enum: ["x", "y"], default: "y" } },
              dependencies: { b: { oneOf: [{ properties: { b: { const: "y" }, c: {} } }] } },
            },
            { properties: { a: { const: false } } },
          ],
        },
      },
    };

    expect(keys(written)).toEqual(["a", "b", "c"]);
    expect(keys(written, { b: "x" })).toEqual(["a", "b"]);
    expect(keys(written, { a: false })).toEqual(["a"]);
  });

  test("a property that asks for others makes them required, or brings them", () => {
    const written = {
      properties: { card: {}, address: {} },
      dependencies: {
        card: ["address"],
        address: { properties: { city: {} }, required: ["city"] },
      },
    };

    expect(fieldsOf(pageOf(written), {}).map((field) => field.isRequired)).toEqual([false, false]);
    expect(
      fieldsOf(pageOf(written), { card: "1", address: "x" }).map((field) => [
        field.key,
        field.isRequired,
      ]),
    ).toEqual([
      ["card", false],
      ["address", true],
      ["city", true],
    ]);
  });

  test("if, then and else", () => {
    const written = {
      properties: { kind: { enum: ["db", "web"], default: "web" } },
      if: { properties: { kind: { const: "db" } } },
      then: { properties: { size: { type: "integer" } }, required: ["size"] },
      else: { properties: { host: {} } },
    };

    expect(keys(written)).toEqual(["kind", "host"]);
    expect(keys(written, { kind: "db" })).toEqual(["kind", "size"]);
    expect(fieldsOf(pageOf(written), {})[0]?.isCondition).toBe(true);
  });

  test("allOf with conditions inside", () => {
    const written = {
      properties: { a: { enum: ["1", "2"] }, b: { enum: ["1", "2"] } },
      allOf: [
        {
          if: { properties: { a: { const: "1" } }, required: ["a"] },
          then: { properties: { x: {} } },
        },
        {
          if: { properties: { b: { const: "2" } }, required: ["b"] },
          then: { properties: { y: {} } },
        },
      ],
    };

    expect(keys(written)).toEqual(["a", "b"]);
    expect(keys(written, { a: "1", b: "2" })).toEqual(["a", "b", "x", "y"]);
  });

  test("alternatives told apart by a constant become a select", () => {
    const written = {
      properties: { name: {} },
      oneOf: [
        { title: "A queue", properties: { kind: { const: "queue" }, depth: { type: "integer" } } },
        {
          title: "A topic",
          properties: { kind: { const: "topic" }, partitions: { type: "integer" } },
        },
      ],
    };

    const [, kind] = fieldsOf(pageOf(written), {});
    expect(kind).toMatchObject({
      key: "kind",
      widget: "select",
      isCondition: true,
      options: [
        { value: "queue", label: "A queue" },
        { value: "topic", label: "A topic" },
      ],
    });
    expect(keys(written, { kind: "topic" })).toEqual(["name", "kind", "partitions"]);
  });

  test("alternatives without a telling property are chosen by name, which the run never sees", () => {
    const written = {
      anyOf: [
        { title: "By name", properties: { name: { type: "string" } }, required: ["name"] },
        { title: "By id", properties: { id: { type: "integer" } }, required: ["id"] },
      ],
    };
    const form = buildForm({ title: "T", pages: [written] });

    expect(keys(written)).toEqual(["@choice", "name"]);
    expect(keys(written, { "@choice": "By id" })).toEqual(["@choice", "id"]);
    expect(keys(written, { id: 3 })).toEqual(["@choice", "id"]);
    expect(completeValues(form, { "@choice": "By id", id: 3 })).toEqual({ id: 3 });
    expect(validatePage(pageOf(written), { "@choice": "By id", id: 3 })).toEqual([]);
    expect(validatePage(pageOf(written), { "@choice": "By id" })).toEqual([
      { key: "id", message: "This is required." },
    ]);
  });

  test("each of several alternatives without a telling property is chosen for itself", () => {
    const written = {
      allOf: [{ oneOf: [one("a"), one("b")] }, { oneOf: [one("c"), one("d")] }],
      if: { additionalProperties: false },
      then: { properties: { empty: { type: "string" } } },
    };

    expect(keys(written)).toEqual(["@choice", "a", "@choice-2", "c", "empty"]);
    expect(keys(written, { "@choice": "b", "@choice-2": "d" })).toEqual([
      "@choice",
      "b",
      "@choice-2",
      "d",
      "empty",
    ]);
  });

  test("references within the page are followed, endless ones are not", () => {
    const written = {
      definitions: {
        owner: { type: "string", title: "Owner" },
        loop: { $ref: "#/definitions/loop" },
      },
      properties: {
        a: { $ref: "#/definitions/owner" },
        b: { $ref: "#/definitions/loop" },
        c: { $ref: "#/nowhere" },
      },
    };

    expect(fieldsOf(pageOf(written), {}).map((field) => field.label)).toEqual(["Owner", "b", "c"]);
  });

  test("a condition that is nonsense neither throws nor hides the rest", () => {
    const written = {
      properties: { a: {}, b: "x", c: null },
      dependencies: { a: 3, z: { oneOf: "x" } },
      if: { properties: { a: { pattern: "(" } } },
      then: { properties: { d: {} } },
      allOf: [null, 1, { properties: [] }],
      oneOf: {},
    };

    expect(keys(written as JsonObject, { a: "v", z: 1 })).toEqual(["a"]);
  });
});

test("a schema that refers to itself several times over ends soon", () => {
  const again = { $ref: "#/definitions/node" };
  const node = { type: "object", properties: { a: again, b: again, c: again, d: again } };
  const [page] = buildForm({
    title: "T",
    pages: [{ definitions: { node }, properties: { top: again } }],
  }).pages;

  expect(page === undefined ? [] : fieldsOf(page, {})).toHaveLength(301);
});

test("a schema that refers to itself ends", () => {
  const node: JsonObject = {
    type: "object",
    properties: { child: { $ref: "#/definitions/node" }, name: {} },
  };

  const fields = fieldsOf(
    pageOf({ definitions: { node }, properties: { tree: { $ref: "#/definitions/node" } } }),
    {},
  );

  expect(fields.length).toBeLessThan(30);
});

test("pages have titles, and may be left out by a condition", () => {
  const form = buildForm({
    title: "Service",
    pages: [
      { title: "Where", description: "Place" },
      {},
      { when: "${{ parameters.hasDb }}", properties: { size: { default: 3 } } },
    ],
  });

  expect(form.pages.map((page) => page.title)).toEqual(["Where", "Page 2", "Page 3"]);
  const last = form.pages[2];
  if (last === undefined) throw new Error("no page");
  expect(isPageShown(last, {})).toBe(false);
  expect(isPageShown(last, { hasDb: true })).toBe(true);
  expect(completeValues(form, {})).toEqual({});
  expect(completeValues(form, { hasDb: true })).toEqual({ hasDb: true, size: 3 });
});

function one(name: string): JsonObject {
  return { title: name, properties: { [name]: { type: "string" } } };
}
