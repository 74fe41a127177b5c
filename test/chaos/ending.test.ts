import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { waitFor } from "../helpers/wait.ts";

const parentScript = fileURLToPath(new URL("./tied-parent.ts", import.meta.url));

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("a campaign that is ended by %s leaves no frozen bot behind", async (signal, code) => {
  const parent = spawn(process.execPath, ["--import", "tsx", parentScript], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said]: unknown[] = await once(parent.stdout, "data");
  const frozen = Number(String(said));
  expect(isThere(frozen)).toBe(true);

  parent.kill(signal);

  expect(await once(parent, "exit")).toEqual([code, null]);
  await waitFor("the frozen child to be gone", () => !isThere(frozen));
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
