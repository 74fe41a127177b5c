import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { renderActionsPage } from "../scripts/list-actions.ts";
import { renderErrors } from "../scripts/list-errors.ts";
import { renderConfigReference, renderEnvExample } from "../src/config/reference.ts";

test.each([
  [".env.example", renderEnvExample],
  ["docs/configuration.md", renderConfigReference],
  ["docs/errors.md", () => renderErrors("src")],
  ["docs/actions.md", () => renderActionsPage(readFileSync("docs/actions.md", "utf8"))],
])("%s is what the code says (npm run docs writes it)", (file, render) => {
  expect(readFileSync(file, "utf8")).toBe(render());
});
