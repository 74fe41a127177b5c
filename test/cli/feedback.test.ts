import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createProgram } from "../../src/cli/program.ts";
import { dayOf } from "../../src/usecases/feedback/counters.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-cli-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Runs a command line; what it prints. */
async function callboard(...argv: string[]): Promise<string> {
  let out = "";
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      out += chunk.toString();
      done();
    },
  });
  const env = { CALLBOARD_DATA_DIR: folder };
  const code = await createProgram({ env, cwd: folder, stdout, stderr: stdout })(argv);
  expect(code).toBe(0);
  return out;
}

test("before anything was asked, there is nothing to tell", async () => {
  expect(await callboard("stats")).toBe("Nothing was asked in 30 days.\n");
  expect(await callboard("gaps", "--json")).toBe('{"gaps":[]}\n');
});

test("what the running bot wrote beside its database is printed", async () => {
  await mkdir(join(folder, "feedback"));
  const gap = { kind: "unanswered", words: "warp drive", count: 3, reports: 1, notes: [] };
  const day = { asked: 4, answered: 3, unanswered: 1, things: { "component:default/ledger": 3 } };
  await writeFile(
    join(folder, "feedback", "counts.json"),
    JSON.stringify({ days: { [dayOf(Date.now())]: day }, gaps: [gap] }),
  );

  const stats = await callboard("stats", "--days", "2");
  const json: unknown = JSON.parse(await callboard("stats", "--days", "2", "--json"));
  const gaps = await callboard("gaps");

  expect(stats).toContain("4 asked, 3 answered, 0 asked back, 1 without an answer");
  expect(stats).toContain("3  component:default/ledger");
  expect(json).toMatchObject({ total: { asked: 4 } });
  expect(gaps).toBe("asked in vain: warp drive  asked 3, reported 1\n");
});
