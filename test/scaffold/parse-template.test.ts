import { describe, expect, test } from "@jest/globals";

import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { scanText } from "../../src/scaffold/expression-scan.ts";
import { parseTemplate } from "../../src/scaffold/parse-template.ts";
import { templateEntity } from "../helpers/scaffold.ts";

const known = { actions: builtinActions };
const log = { id: "log", action: "debug:log", input: { message: "x" } };

/** `severity code @path-length: message` of each finding. */
function findings(spec: Record<string, unknown>): string[] {
  return parseTemplate(templateEntity(spec), known).diagnostics.map(
    ({ severity, code, message, fix }) =>
      `${severity} ${code}: ${message}${fix === undefined ? "" : ` → ${fix}`}`,
  );
}

test("pages are a list, and steps get an id and a name", () => {
  const { template, diagnostics } = parseTemplate(
    templateEntity({
      parameters: { title: "One" },
      owner: "team-a",
      steps: [{ action: "debug:log" }, { ...log, name: "Say it" }],
      output: { text: [] },
    }),
    known,
  );

  expect(diagnostics).toEqual([]);
  expect(template).toMatchObject({
    ref: "template:default/sample",
    title: "Sample",
    type: "service",
    owner: "team-a",
    base: "/nowhere/template.yaml",
    pages: [{ title: "One" }],
    steps: [
      { id: "step-1", name: "debug:log", action: "debug:log", input: {} },
      { id: "log", name: "Say it", action: "debug:log", input: { message: "x" } },
    ],
    output: { text: [] },
  });
});

describe("refuses what cannot be run at all", () => {
  test.each([
    [{}, "error template-steps-missing: spec.steps must be a list, found nothing"],
    [{ steps: "x" }, 'error template-steps-missing: spec.steps must be a list, found "x"'],
    [{ steps: ["x"] }, 'error template-step-invalid: step 1 must be an object, found "x"'],
    [
      { steps: [{}] },
      "error template-step-invalid: action of step 1 must be the id of an action, found nothing",
    ],
    [
      { steps: [{ action: "x", id: 3 }] },
      "error template-step-invalid: id of step 1 must be a text, found 3",
    ],
    [
      { steps: [{ action: "x", id: null }] },
      "error template-step-invalid: id of step 1 must be a text, found null",
    ],
    [
      { steps: [{ action: "x", input: [] }] },
      "error template-step-invalid: input of step 1 must be an object, found a list",
    ],
    [
      { steps: [], parameters: "x" },
      'error template-parameters-invalid: spec.parameters must be an object or a list of objects, found "x"',
    ],
    [
      { steps: [], parameters: [{}, null] },
      "error template-parameters-invalid: spec.parameters must be an object or a list of objects, found null",
    ],
  ])("%j", (spec, wanted) => {
    const { template } = parseTemplate(templateEntity(spec), known);

    expect(template).toBeUndefined();
    expect(findings(spec)).toContain(wanted);
  });
});

describe("says at load what Backstage says late or never", () => {
  test.each([
    [
      "an unknown action",
      { steps: [{ action: "fetch:tempalte" }] },
      "error template-action-unknown: there is no action “fetch:tempalte” → did you mean “fetch:template”?",
    ],
    [
      "one that may be skipped",
      { steps: [{ action: "acme:x", if: "${{ parameters.a }}" }] },
      "warning template-action-unknown: there is no action “acme:x” → `docs/actions.md` lists the actions and how to add one",
    ],
    [
      "a ternary",
      { steps: [{ ...log, input: { message: "${{ a ? b : c }}" } }] },
      'warning template-expression-invalid: “${{ a ? b : c }}” cannot be parsed: Unexpected character "?" → write `a if condition else b` instead of `condition ? a : b`',
    ],
    [
      "two bars",
      { steps: [{ ...log, if: "${{ a || b }}" }] },
      'warning template-expression-invalid: “${{ a || b }}” cannot be parsed: Expected name, received "|" → write `or` instead of `||`',
    ],
    [
      "an unknown filter",
      { steps: [{ ...log, input: { message: "${{ 'a' | uper }}" } }] },
      "warning template-filter-unknown: there is no filter “uper” → did you mean “upper”?",
    ],
    [
      "a filter in a tag",
      { steps: [{ ...log, input: { message: "{% if a | nosuchthing %}x{% endif %}" } }] },
      "warning template-filter-unknown: there is no filter “nosuchthing”",
    ],
    [
      "a step that does not exist",
      { steps: [log], output: { x: "${{ steps.lgo.output.y }}" } },
      "warning template-step-unknown: there is no step “lgo”: it is undefined here → did you mean “log”?",
    ],
    [
      "a step that comes later",
      {
        steps: [
          { ...log, id: "a", input: { message: "${{ steps.b.output.x }}" } },
          { ...log, id: "b" },
        ],
      },
      "warning template-step-unknown: steps.b is used before the step has run: it is undefined here",
    ],
    [
      "a subtraction",
      {
        steps: [
          { ...log, id: "fetch-base" },
          { ...log, id: "b", input: { message: "${{ steps.fetch-base.output.x }}" } },
        ],
      },
      "warning template-step-unknown: “steps.fetch-base” is a subtraction → write steps['fetch-base']",
    ],
    [
      "the same id twice",
      { steps: [log, log] },
      "warning template-step-duplicate: the id “log” is taken by an earlier step, whose output this one replaces",
    ],
    [
      "an unknown field",
      {
        steps: [],
        parameters: { properties: { a: { type: "number", "ui:field": "ReplicaSlider" } } },
      },
      "warning template-field-unknown: ui:field “ReplicaSlider” is not known; it is shown as number by its schema type",
    ],
    [
      "a field behind a condition",
      {
        steps: [],
        parameters: {
          dependencies: { a: { oneOf: [{ properties: { b: { "ui:field": "X" } } }] } },
        },
      },
      "warning template-field-unknown: ui:field “X” is not known; it is shown as text by its schema type",
    ],
    [
      "a list of secrets, which would be typed into Slack",
      {
        steps: [],
        parameters: {
          properties: { a: { type: "array", items: { type: "string", "ui:widget": "password" } } },
        },
      },
      "error template-secret-list: a list of secrets cannot be asked for → make each entry an object with the secret as one of its properties",
    ],
    [
      "a schema that is none",
      { steps: [], parameters: { properties: { a: { type: "texte" } } } },
      "error template-schema-invalid: this page is not a JSON Schema: type must be JSONType or JSONType[]: texte",
    ],
  ])("%s", (_name, spec, wanted) => {
    expect(findings(spec)).toEqual([wanted]);
  });

  test("with the place of the value in the file", () => {
    const spec = { steps: [log, { ...log, id: "b", input: { deep: [{ x: "${{ 1 | nope }}" }] } }] };

    const [finding] = parseTemplate(templateEntity(spec), known).diagnostics;

    // the made-up entity reports the length of the path as the line: spec.steps.1.input.deep.0.x
    expect(finding).toMatchObject({
      file: "template.yaml",
      line: 7,
      ref: "template:default/sample",
    });
  });
});

test("what names a feature flag is there when the flag is on", () => {
  const spec = {
    parameters: [
      {
        required: ["a", "b"],
        properties: {
          a: { type: "string" },
          b: { type: "string", "backstage:featureFlag": "beta" },
          c: { type: "string", "ui:backstage": { featureFlag: "alpha" } },
        },
      },
      { title: "Beta", "backstage:featureFlag": "beta", properties: {} },
    ],
    steps: [log],
  };
  const pagesWith = (featureFlags?: string[]) =>
    parseTemplate(templateEntity(spec), {
      ...known,
      ...(featureFlags === undefined ? {} : { featureFlags }),
    }).template?.pages;

  expect(pagesWith([])).toEqual([{ required: ["a"], properties: { a: { type: "string" } } }]);
  expect(pagesWith(["beta"])).toMatchObject([
    { required: ["a", "b"], properties: { b: { type: "string" } } },
    { title: "Beta" },
  ]);
  expect(pagesWith()).toHaveLength(2);
});

test("good templates have no findings", () => {
  const spec = {
    parameters: [
      { properties: { a: { "ui:field": "RepoUrlPicker" }, b: { "ui:field": "StringField" } } },
    ],
    steps: [
      {
        ...log,
        id: "fetch-base",
        input: { message: "${{ parameters.repoUrl | parseRepoUrl | pick('owner') }}" },
      },
      {
        ...log,
        id: "two",
        if: "${{ always() }}",
        input: {
          message:
            "${{ steps['fetch-base'].output.x or steps[\"fetch-base\"].output.y }}{% raw %}${{ a ? b : c | nope }}{% endraw %}{# ${{ | #}",
        },
      },
    ],
    output: { links: [{ url: "${{ steps.two.output.url }}" }] },
  };

  expect(findings(spec)).toEqual([]);
});

test.each([
  ["${{ a | b | c('|') | d.e }}", { filters: ["b", "c", "d.e"], steps: [] }],
  ["{% filter upper %}x{% endfilter %}", { filters: ["upper"], steps: [] }],
  ['${{ "a | b" }} | c', { filters: [], steps: [] }],
  [
    "${{ steps.a.output.b }} ${{ steps['c-d'].x ~ steps[\"e\"] }} ${{ my.steps.f }}",
    { filters: [], steps: ["a", "c-d", "e"] },
  ],
  ["steps.a | b", { filters: [], steps: [] }],
  ["{% set steps = 1 %}", { filters: [], steps: [] }],
])("finds filters and steps in %j", (text, wanted) => {
  expect(scanText(text)).toEqual(wanted);
});

test("a huge text is scanned in no time", () => {
  const before = performance.now();

  scanText(
    `\${{ ${"a | b ".repeat(20_000)} }}${"{% raw %}".repeat(5_000)}${"${{ 'x".repeat(5_000)}`,
  );

  expect(performance.now() - before).toBeLessThan(10_000);
});
