import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createFolderStore } from "../../../src/usecases/catalog/kept-in-folder.ts";
import type { KeptSource } from "../../../src/usecases/catalog/kept-source.ts";
import {
  type KeptStore,
  loadKept,
  readManifest,
  saveKept,
} from "../../../src/usecases/catalog/kept-store.ts";

let folder: string;
let store: KeptStore;
/** Keys that were written. */
let written: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-kept-"));
  const inner = createFolderStore(folder);
  written = [];
  store = {
    ...inner,
    async write(key, text) {
      written.push(key);
      await inner.write(key, text);
    },
  };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function kept(count: number, readAtMs: number): KeptSource {
  const files = Array.from({ length: count }, (_, at) => {
    const base = `https://github.com/acme/s${String(at).padStart(5, "0")}/blob/main/catalog-info.yaml`;
    return { file: base, base, text: `name: s${at}\n`, version: `v${at}` };
  });
  return {
    files,
    diagnostics: [
      {
        file: "x",
        line: 2,
        column: 3,
        severity: "error",
        code: "file-too-large",
        message: "large",
      },
    ],
    related: [
      { base: "a", target: "./b", files: [{ file: "b", base: "b", text: "{}" }] },
      { base: "a", target: "./none" },
      { base: "a", target: "./c", failure: { code: "x", message: "y", mayComeBack: true } },
    ],
    companions: [{ kind: "codeowners", repository: "r", slug: "acme/r", file: "f", text: "* @a" }],
    memory: new Map<string, string | null>([
      ["page 0", "etag"],
      ["nothing", null],
    ]),
    readAtMs,
  };
}

async function load(): Promise<KeptSource | undefined> {
  const manifest = await readManifest(store, "github:acme");
  return manifest === undefined ? undefined : loadKept(store, "github:acme", manifest);
}

test("gives back what was stored, in its order", async () => {
  await saveKept(store, "github:acme", kept(300, 1000));

  expect(await load()).toEqual(kept(300, 1000));
});

test("keeps the order of a source that is not sorted", async () => {
  const source = kept(5, 1000);
  source.files.reverse();

  await saveKept(store, "github:acme", source);

  expect((await load())?.files).toEqual(source.files);
});

test("one changed file writes one bucket and the manifest, and removes the old bucket", async () => {
  const before = kept(3_000, 1000);
  const manifest = await saveKept(store, "github:acme", before);
  written = [];
  const after = kept(3_000, 2000);
  const [changed] = after.files;
  if (changed !== undefined) changed.text = "name: changed\n";

  const next = await saveKept(store, "github:acme", after, manifest);

  expect(manifest.buckets.length).toBeGreaterThan(30);
  expect(written).toHaveLength(2);
  expect(next.buckets).toHaveLength(manifest.buckets.length);
  expect(await load()).toEqual(after);
});

test("writes everything again after another process stored something", async () => {
  const manifest = await saveKept(store, "github:acme", kept(100, 1000));
  await saveKept(store, "github:acme", kept(90, 1500));
  written = [];

  await saveKept(store, "github:acme", kept(100, 2000), manifest);

  expect(written.length).toBeGreaterThan(2);
  expect(await load()).toEqual(kept(100, 2000));
});

test("whoever reads while something is stored finds the old or the new, or nothing", async () => {
  let manifest = await saveKept(store, "github:acme", kept(500, 0));
  const found = new Set<number | undefined>();
  const over = new AbortController();
  const reading = (async () => {
    while (!over.signal.aborted) found.add((await load())?.files.length);
  })();

  for (let round = 1; round <= 5; round += 1) {
    manifest = await saveKept(store, "github:acme", kept(500 + round, round), manifest);
  }
  over.abort();
  await reading;

  const possible = new Set([undefined, 500, 501, 502, 503, 504, 505]);
  expect([...found].filter((count) => !possible.has(count))).toEqual([]);
  expect((await load())?.files).toHaveLength(505);
});

test.each([
  ["no JSON", "{"],
  ["something else", '{"readAtMs": "now", "buckets": 3}'],
  ["too many pieces", '{"readAtMs": 1, "buckets": [{"digest": "x", "pieces": 1e9}]}'],
])("a manifest that is %s is as good as none", async (_what, text) => {
  await saveKept(store, "github:acme", kept(1, 1000));
  // the manifest is written last
  await store.write(written.at(-1) ?? "", text);

  expect(await load()).toBeUndefined();
});
