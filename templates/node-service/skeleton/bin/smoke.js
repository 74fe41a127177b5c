#!/usr/bin/env node
// Starts the service as production does, asks for its health and stops it. Ends with 0 when all of that worked.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.js", import.meta.url));
const child = spawn(process.execPath, [main], {
  env: { ...process.env, PORT: "0", LOG_LEVEL: "info" },
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = new Promise((resolve) => child.once("exit", resolve));
const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);

for await (const line of createInterface({ input: child.stdout })) {
  const entry = JSON.parse(line);
  if (entry.message !== "listening") continue;
  for (const path of ["/healthz", "/readyz"]) {
    const response = await fetch(`http://127.0.0.1:${entry.port}${path}`);
    console.log(`${path} ${response.status}`);
    if (!response.ok) process.exitCode = 1;
  }
  child.kill("SIGTERM");
}

const code = await ended;
clearTimeout(timer);
if (code !== 0) {
  console.error(`the service ended with ${code ?? "a signal"}, expected 0`);
  process.exitCode = 1;
}
