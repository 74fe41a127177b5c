// Writes the files that are made from the code: `npm run docs`. A test fails when they are stale.
import { writeFileSync } from "node:fs";

import { renderConfigReference, renderEnvExample } from "../src/config/reference.ts";
import { renderErrors } from "./list-errors.ts";

writeFileSync("docs/errors.md", renderErrors("src"));
writeFileSync(".env.example", renderEnvExample());
writeFileSync("docs/configuration.md", renderConfigReference());
