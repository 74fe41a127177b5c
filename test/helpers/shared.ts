import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of reference material that stands beside the project where it is developed; undefined elsewhere, and tests that need it are skipped. */
export function sharedPath(path: string): string | undefined {
  const found = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  return existsSync(found) ? found : undefined;
}
