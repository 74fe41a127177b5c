// Copies the playground's static files beside its compiled code: tsc only emits TypeScript.
import { chmodSync, cpSync } from "node:fs";

cpSync("src/playground/public", "dist/playground/public", { recursive: true });
chmodSync("dist/cli/main.js", 0o755);
