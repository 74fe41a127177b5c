import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { checkRequest } from "./check.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(`${root}/access`, { recursive: true })
  .map((path) => `access/${String(path).replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".yaml"));

for (const path of files) {
  for (const fault of checkRequest(path, readFileSync(`${root}/${path}`, "utf8"))) {
    console.error(`${path}: ${fault}`);
    process.exitCode = 1;
  }
}
console.log(`${files.length} requests checked`);
