import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { renderErrors } from "../scripts/list-errors.ts";
import { renderConfigReference, renderEnvExample } from "../src/config/reference.ts";

test.each([
  [".env.example", renderEnvExample],
  ["docs/configuration.md", renderConfigReference],
  ["docs/errors.md", () => renderErrors("src")],
])("%s is what the code says (npm run docs writes it)", (file, render) => {
  expect(readFileSync(file, "utf8")).toBe(render());
});
