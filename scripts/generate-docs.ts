// Writes the files that are made from the code: `npm run docs`. A test fails when they are stale.
import { readFileSync, writeFileSync } from "node:fs";

import { renderConfigReference, renderEnvExample } from "../src/config/reference.ts";
import { renderActionsPage } from "./list-actions.ts";
import { renderErrors } from "./list-errors.ts";

writeFileSync("docs/errors.md", renderErrors("src"));
writeFileSync(".env.example", renderEnvExample());
writeFileSync("docs/configuration.md", renderConfigReference());
writeFileSync("docs/actions.md", renderActionsPage(readFileSync("docs/actions.md", "utf8")));
