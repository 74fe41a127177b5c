import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { packageRoot } from "./context.ts";

/** The version of this Callboard, as in package.json. */
export function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(resolve(packageRoot, "package.json"), "utf8"),
  );
  return manifest.version;
}
