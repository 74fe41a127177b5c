import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Compiles `src` to `dist` when something there is newer: tests that start processes of their own need the compiled code. */
export function ensureBuilt(): void {
  const built = statSync("dist/cli/main.js", { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isStale = readdirSync("src", { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > built,
  );
  if (isStale) execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
