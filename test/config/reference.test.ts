import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { renderConfigReference, renderEnvExample } from "../../src/config/reference.ts";

test("docs/configuration.md and .env.example are what the schema says (npm run docs writes them)", () => {
  expect(readFileSync("docs/configuration.md", "utf8")).toBe(renderConfigReference());
  expect(readFileSync(".env.example", "utf8")).toBe(renderEnvExample());
});
