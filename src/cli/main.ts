#!/usr/bin/env node
import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { exitCodeOf, failureText } from "./exit-code.ts";
import { createProgram } from "./program.ts";

// variables that are already set win over those of the file
if (existsSync(resolve(".env"))) process.loadEnvFile();

const program = createProgram({
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
});

// a closed pipe (callboard search x | head) is the end of the work, not a failure
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await program(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${failureText(thrown)}\n`);
  process.exitCode = exitCodeOf(thrown);
}
