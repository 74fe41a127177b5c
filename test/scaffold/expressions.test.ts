import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";

import { toJsonValue, type JsonValue } from "../../src/base/json.ts";
import {
  createExpressionEngine,
  quickLimits,
  type RenderContext,
} from "../../src/scaffold/expressions.ts";
import { engineFilterNames } from "../../src/scaffold/filters.ts";

const vectors = fileURLToPath(new URL("../../../shared/vectors/render.json", import.meta.url));
const engine = createExpressionEngine();
const world = { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5) };

interface Vectors {
  context: RenderContext;
  cases: { template: string; backstage_4_2: { value?: JsonValue; undefined?: boolean } }[];
}

(existsSync(vectors) ? describe : describe.skip)("renders as Backstage does", () => {
  const { context, cases }: Vectors = existsSync(vectors)
    ? JSON.parse(readFileSync(vectors, "utf8"))
    : { context: {}, cases: [] };

  test.each(cases.map((one) => [one.template, one.backstage_4_2] as const))(
    "%j",
    (template, wanted) => {
      const rendered = engine.renderString(template, context, world);
      // Backstage passes the raw text on where an expression fails; here the step that uses it fails.
      const value = "failed" in rendered ? template : rendered.value;

      expect(value).toEqual(wanted.undefined === true ? undefined : wanted.value);
    },
  );
});

test("removes keys and slots whose expression comes to nothing, and reports the strings that fail", () => {
  const rendered = engine.renderDeep(
    {
      a: "${{ parameters.missing }}",
      b: ["${{ parameters.missing }}", "x"],
      "${{ k }}": "${{ 1 | nope }}",
    },
    { parameters: {} },
    world,
  );

  expect(rendered.value).toEqual({ b: ["x"], "${{ k }}": "${{ 1 | nope }}" });
  expect(rendered.faults).toEqual([
    {
      path: ["${{ k }}"],
      fault: expect.objectContaining({
        kind: "evaluation",
        message: expect.stringContaining("nope"),
      }),
    },
  ]);
});

test.each([
  ["${{ parameters.list.replaceAll(',', '-') }}", "a-b-c"],
  ['${{ parameters.list.replaceAll(",", parameters.list[0]) | upper }}', "AABAC"],
  ["<${{ parameters.list.replaceAll('a', ')').replaceAll(',', ', ') }}>", "<), b, c>"],
])("knows replaceAll, which its engine lacks: %s", (template, wanted) => {
  const rendered = engine.renderString(template, { parameters: { list: "a,b,c" } }, world);

  expect(rendered).toEqual({ value: wanted });
});

test.each([
  "${{ parameters.list.replaceAll(r/,/, '-') }}",
  "${{ parameters.list.replaceAll(',' }}",
])("leaves another replaceAll to the engine: %s", (template) => {
  const rendered = engine.renderString(template, { parameters: { list: "a,b" } }, world);

  expect(rendered).toHaveProperty("failed");
});

test("never renders a value a second time", () => {
  const rendered = engine.renderString(
    "${{ parameters.name }}",
    { parameters: { name: "${{ secrets.T }}" }, secrets: { T: "s3" } },
    world,
  );

  expect(rendered).toEqual({ value: "${{ secrets.T }}" });
});

test.each([
  ["${{ '' | now }}", "2026-01-02T03:04:05.000Z"],
  ["${{ {a: 1} | json }}", '{"a":1}'],
  ["${{ '{\"a\":[1]}' | fromJson }}", { a: [1] }],
  ["${{ {a: [1, 'x']} | yaml }}", "a:\n  - 1\n  - x"],
  ["${{ 'github.com?owner=acme&repo=ledger' | githubRepoUrl }}", "https://github.com/acme/ledger"],
  ["${{ 'github.com?owner=acme&repo=ledger' | projectSlug }}", "acme/ledger"],
  ["${{ 'team-a' | parseEntityRef({defaultKind: 'group'}) | pick('namespace') }}", "default"],
  ["${{ {a: [{b: 7}]} | pick('a[0].b') }}", 7],
  ["${{ always() }}", true],
  ["${{ failure() }}", false],
])("filter or function in %s", (source, wanted) => {
  expect(engine.renderString(source, {}, world)).toEqual({ value: wanted });
});

function isKnownFilter(name: string): boolean {
  const rendered = engine.renderString(`\${{ [1] | ${name} }}`, {}, world);
  return !("failed" in rendered && rendered.failed.message.includes("Unknown template filter"));
}

test("knows each filter of the engine, and no other", () => {
  expect(engineFilterNames.filter((name) => !isKnownFilter(name))).toEqual([]);
  expect(["nosuch", "tojson", "format", "map", "min"].filter(isKnownFilter)).toEqual([]);
});

test("finds syntax faults without evaluating anything", () => {
  expect(engine.syntaxFault("x ${{ a ? b : c }}")).toMatchObject({
    kind: "syntax",
    line: 1,
    column: expect.any(Number),
  });
  expect(engine.syntaxFault("{% for x in range(0, 100000000) %}{% endfor %}")).toBeUndefined();
  expect(engine.syntaxFault("${{ 1 | nope }}")).toBeUndefined();
});

const hostile = [
  '${{ range.constructor("return process")() }}',
  '${{ parameters.name.constructor.constructor("return process")() }}',
  '${{ cycler.constructor("return process")() }}',
  '${{ ""["const" + "ructor"]["const" + "ructor"]("return process")() }}',
  '{% macro m() %}${{ caller.constructor("return process")() }}{% endmacro %}{% call m() %}{% endcall %}',
  '${{ joiner.constructor("return process")() }}',
  "${{ parameters.__proto__.polluted }}",
  '${{ [].concat.constructor("return process")() }}',
];

test.each(hostile)("runs no code from %s", (source) => {
  const rendered = engine.renderString(source, { parameters: { name: "n" } }, world);

  expect("failed" in rendered ? "failed" : rendered.value).toBe("failed");
});

const endless = [
  "${{ range(0, 100000000) | length }}",
  "{% for i in range(0,9000) %}{% for j in range(0,9000) %}{% for k in range(0,9000) %}x{% endfor %}{% endfor %}{% endfor %}",
  '${{ "a" | center(200000000) }}',
  '${{ "a" | indent(200000000) }}',
  "{% macro f(n) %}${{ f(n) }}{% endmacro %}${{ f(1) }}",
  '{% set x = "aaaaaaaaaa" %}{% for i in range(0, 60) %}{% set x = x + x %}{% endfor %}${{ x }}',
  '${{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" | replace(r/^(a+)+$/, "x") }}',
];

test.each(endless)("gives up quickly on %s", (source) => {
  const quick = createExpressionEngine({ limits: quickLimits });
  const before = process.cpuUsage();

  const rendered = quick.renderString(source, {}, world);

  // of this process alone: the machine may be busy with other things
  const { user, system } = process.cpuUsage(before);
  expect("failed" in rendered).toBe(true);
  expect((user + system) / 1000).toBeLessThan(500);
});

test("ignores reserved names, undefined and functions in the context", () => {
  const context = {
    parameters: toJsonValue(
      JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "ok": 3}'),
    ),
    user: undefined,
    odd: () => 1,
  };

  expect(engine.renderString("${{ parameters.ok }}", context, world)).toEqual({ value: 3 });
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
