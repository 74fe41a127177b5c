import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { createMetrics } from "../../src/http/metrics.ts";
import { projectRoot } from "./sample-files.ts";

const guide = readFileSync(join(projectRoot, "docs/operations.md"), "utf8");

test("docs/operations.md lists every metric of ours, with its type, and no other", async () => {
  const { registry } = createMetrics({
    catalog: () => ({ entities: 0, documents: 0, templates: 0, errors: 0, readAtMs: 0 }),
    jobs: async () => ({}),
    clock: () => 0,
  });
  const isOfNode = /^callboard_(?:process|nodejs)_/;
  const metrics = await registry.getMetricsAsJSON();

  // a row of the table: | `name` | type |
  const listed = [...guide.matchAll(/^\| `(callboard_\w+)` \| (\w+) \|/gm)];

  expect(listed.map(([, name, type]) => `${name} ${type}`).toSorted()).toEqual(
    metrics
      .filter(({ name }) => !isOfNode.test(name))
      .map(({ name, type }) => `${name} ${String(type)}`)
      .toSorted(),
  );
});

test("docs/operations.md names only environment variables and codes that exist", () => {
  const reference = readFileSync(join(projectRoot, "docs/configuration.md"), "utf8");
  const errors = readFileSync(join(projectRoot, "docs/errors.md"), "utf8");
  const sources = readFileSync(join(projectRoot, "src/storage/redis-preflight.ts"), "utf8");

  const variables = guide.match(/`[A-Z]+_[A-Z_]+`/g) ?? [];
  const codes = guide.match(/`(?:storage|redis)-[a-z-]+`/g) ?? [];

  expect(variables.length).toBeGreaterThan(2);
  expect(variables.filter((name) => !reference.includes(name.replaceAll("`", "")))).toEqual([]);
  expect(codes.length).toBeGreaterThan(2);
  expect(codes.filter((code) => !`${errors}${sources}`.includes(code.replaceAll("`", "")))).toEqual(
    [],
  );
});
