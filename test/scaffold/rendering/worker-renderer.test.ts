import { monitorEventLoopDelay } from "node:perf_hooks";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import type { Renderer } from "../../../src/scaffold/renderer.ts";
import { createWorkerRenderer } from "../../../src/scaffold/rendering/worker-renderer.ts";

const world = { nowMs: Date.UTC(2026, 0, 2) };
let renderer: Renderer;

beforeAll(async () => {
  renderer = createWorkerRenderer({ timeoutMs: 10_000 });
  // the first rendering from source also compiles the thread
  await renderer.renderTexts(["warm"], {}, world);
});
afterAll(() => renderer.close());

test("renders values with their types, faults and holes as in this thread", async () => {
  const context = { parameters: { n: 3, list: [1, 2] }, user: undefined };

  const rendered = await renderer.renderDeep(
    {
      n: "${{ parameters.n }}",
      gone: "${{ parameters.x }}",
      bad: "${{ 1 | nope }}",
      list: ["${{ parameters.list }}"],
    },
    context,
    world,
  );

  expect(rendered.value).toEqual({ n: 3, bad: "${{ 1 | nope }}", list: [[1, 2]] });
  expect(rendered.faults.map((one) => one.path)).toEqual([["bad"]]);
  expect(await renderer.renderDeep("${{ parameters.x }}", context, world)).toEqual({
    value: undefined,
    faults: [],
  });
});

test("renders texts in their style", async () => {
  const scope = { cookiecutter: { name: "x" } };

  expect(
    await renderer.renderTexts(["{{ cookiecutter.name }} ${{ y }}"], scope, world, {
      cookiecutterCompat: true,
    }),
  ).toEqual([{ value: "x $" }]);
  expect(
    await renderer.renderTexts(["{% if true %}\nx\n{% endif %}\n"], {}, world, {
      trimBlocks: true,
    }),
  ).toEqual([{ value: "x\n" }]);
});

test("regular expressions of templates work here", async () => {
  const [rendered] = await renderer.renderTexts(["${{ 'a-b' | replace(r/-/g, '_') }}"], {}, world);

  expect(rendered).toEqual({ value: "a_b" });
});

test("knows the time and whether the run has failed", async () => {
  const { value } = await renderer.renderDeep(
    ["${{ '' | now }}", "${{ failure() }}"],
    {},
    { ...world, hasFailed: true },
  );

  expect(value).toEqual(["2026-01-02T00:00:00.000Z", true]);
});

describe("hostile templates", () => {
  test("a regular expression that never ends is ended, and the next one in line is served", async () => {
    const small = createWorkerRenderer({ timeoutMs: 1_000, threads: 1 });
    try {
      const endless = small.renderTexts(
        [`\${{ "${"a".repeat(40)}!" | replace(r/^(a+)+$/, "x") }}`],
        {},
        world,
      );
      const next = small.renderTexts(["${{ 1 + 1 }}"], {}, world);
      const longestMs = await longestLagDuring(endless.catch(() => undefined));

      await expect(endless).rejects.toMatchObject({ code: "render-timeout" });
      expect(await next.catch(() => small.renderTexts(["${{ 1 + 1 }}"], {}, world))).toEqual([
        { value: "2" },
      ]);
      expect(longestMs).toBeLessThan(5_000);
    } finally {
      await small.close();
    }
  });

  test.each([
    "${{ range(0, 100000000) | length }}",
    '${{ "a" | center(200000000) }}',
    '${{ "a" | indent(200000000) }}',
    "{% macro f(n) %}${{ f(n) }}{% endmacro %}${{ f(1) }}",
    "{% for i in range(0,9000) %}{% for j in range(0,9000) %}{% for k in range(0,9000) %}x{% endfor %}{% endfor %}{% endfor %}",
    '{% set x = "aaaaaaaaaa" %}{% for i in range(0, 60) %}{% set x = x + x %}{% endfor %}${{ x }}',
    '${{ range.constructor("return process")() }}',
  ])("%s only fails", async (source) => {
    const [rendered] = await renderer.renderTexts([source], {}, world);

    expect(rendered).toMatchObject({ failed: { message: expect.any(String) } });
  });
});

test("what waits is told when it closes", async () => {
  const closing = createWorkerRenderer();
  const waiting = closing.renderTexts(["x"], {}, world);

  const [told] = await Promise.allSettled([waiting, closing.close()]);

  expect(told).toMatchObject({ status: "rejected", reason: { message: "the renderer is closed" } });
  await expect(closing.renderTexts(["x"], {}, world)).rejects.toThrow("closed");
});

/** The longest gap between turns of this event loop, in milliseconds, until `work` is done. */
async function longestLagDuring(work: Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await work;
  delay.disable();
  return delay.max / 1e6;
}
