import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";

import type { Renderer } from "../../../src/scaffold/renderer.ts";
import { createWorkerRenderer } from "../../../src/scaffold/rendering/worker-renderer.ts";
import { fc } from "../../helpers/properties.ts";

const world = { nowMs: 0 };
const context = { parameters: { name: "x", list: [1] }, values: { name: "x" } };
let renderer: Renderer;

beforeAll(async () => {
  renderer = createWorkerRenderer({ timeoutMs: 20_000 });
  await renderer.renderTexts(["warm"], {}, world);
});
afterAll(() => renderer.close());

/** What ran code, or came near to it, in a plain Nunjucks. */
const payloads = [
  `range.constructor("return process")()`,
  `range.constructor("return process.env.PATH")()`,
  `parameters.name.constructor.constructor("return 41 + 1")()`,
  `parameters.list.map.constructor("return 41 + 1")()`,
  `cycler.constructor("return 41 + 1")()`,
  `joiner.constructor.constructor("return 41 + 1")()`,
  `""["const" + "ructor"]["const" + "ructor"]("return 41 + 1")()`,
  `[]["fill"]["constructor"]("return 41 + 1")()`,
  `(parameters | dump).constructor.constructor("return 41 + 1")()`,
  `parameters.__proto__.constructor("return 41 + 1")()`,
  `parameters["__proto__"]["polluted"]`,
  `always.constructor("return 41 + 1")()`,
  `parseRepoUrl.constructor("return 41 + 1")()`,
  `process.env.PATH`,
  `globalThis.process.env`,
  `this.constructor.constructor("return 41 + 1")()`,
  `require("child_process").execSync("id")`,
  `import("fs")`,
  `self.constructor`,
  `loop.constructor`,
  `caller.constructor("return 41 + 1")()`,
  `("" | attr("constructor")).constructor("return 41 + 1")()`,
  `([1] | map("constructor") | first).constructor("return 41 + 1")()`,
  `([[1]] | sort(false, false, "constructor") | first)["constructor"]["constructor"]("return 41 + 1")()`,
  `([parameters.name] | groupby("constructor") | dump)`,
];

test.each(payloads)("runs no code: %s", async (payload) => {
  const texts = [
    `\${{ ${payload} }}`,
    `{% set x = ${payload} %}\${{ x }}`,
    `{% macro m() %}\${{ ${payload} }}{% endmacro %}\${{ m() }}`,
    `{% for x in [1] %}\${{ ${payload} }}{% endfor %}`,
    `{% call(x) range(1) %}\${{ ${payload} }}{% endcall %}`,
  ];

  const rendered = JSON.stringify([
    await renderer.renderTexts(texts, context, world),
    (await renderer.renderDeep(texts, context, world)).value,
  ]);

  expect(rendered).not.toMatch(/"42"|\/bin|object process|uid=|function/);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test.each([
  "{% for a in range(0, 1e8) %}{% for b in range(0, 1e8) %}x{% endfor %}{% endfor %}",
  "${{ 'x' | center(200000000) }}",
  "${{ 'x\\n' | indent(200000000) }}",
  "${{ range(0, 100000000) | join }}",
  "${{ 'x' * 1e9 }}${{ 'x'.repeat(1000000000) }}",
])(
  "ends what would take all time or memory, and goes on: %s",
  async (text) => {
    const quick = createWorkerRenderer({ timeoutMs: 3_000, heapMb: 128 });
    try {
      const outcome = await quick
        .renderTexts([text], context, world)
        .then(([rendered]) =>
          rendered !== undefined && "failed" in rendered ? "refused" : "rendered",
        )
        .catch((thrown: unknown) => Reflect.get(Object(thrown), "code"));

      expect(["refused", "render-timeout", "rendered"]).toContain(outcome);
      expect(await quick.renderTexts(["${{ 1 + 1 }}"], {}, world)).toEqual([{ value: "2" }]);
    } finally {
      await quick.close();
    }
  },
  60_000,
);

test("values come through YAML as they were, whatever is in them, and are never rendered again", async () => {
  const nasty = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom(
      "${{ secrets.x }}",
      "a: b # c",
      "- x\n- y",
      "{% raw %}",
      "yes",
      "1.20",
      "'\"",
      "\t",
      "${{ ".repeat(200),
      "long: \n".repeat(14_000),
    ),
  );
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      const source = "value: ${{ values.text | dump }}\n";
      const [rendered] = await renderer.renderTexts([source], { values: { text } }, world);

      expect(rendered).toHaveProperty("value");
      const value = rendered !== undefined && "value" in rendered ? rendered.value : undefined;
      const yaml = typeof value === "string" ? value : "";
      expect(parse(yaml)).toEqual({ value: text });
    }),
    { numRuns: 100 },
  );
});
