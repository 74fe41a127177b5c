import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { formatDiagnostic } from "../../../src/base/diagnostics.ts";
import type { CatalogSource } from "../../../src/catalog/sources/contract.ts";
import { createFileSource } from "../../../src/catalog/sources/file.ts";
import {
  type LoadedCatalog,
  loadCatalog,
  type LoadOptions,
} from "../../../src/usecases/catalog/load-catalog.ts";
import { createMemorySource } from "../../helpers/memory-source.ts";

const { signal } = new AbortController();

function load(
  sources: CatalogSource[],
  options: Partial<LoadOptions> = {},
): Promise<LoadedCatalog> {
  return loadCatalog(sources, { signal, nowMs: 1000, ...options });
}

const component = (name: string, more = ""): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-a\n${more}`;
const location = (spec: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n${spec}`;
const team =
  "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n";

function refs(loaded: LoadedCatalog): string[] {
  return [...loaded.catalog.entities.keys()];
}

test("follows locations to files that the source does not list, each once", async () => {
  const source = createMemorySource(
    {
      "all.yaml": location("  target: ./a.yaml\n  targets:\n    - b/b.yaml\n    - ./team.yaml\n"),
      "team.yaml": team,
    },
    {
      "a.yaml": component("a"),
      "b/b.yaml": location("  targets: [../a.yaml, ./c.yaml]\n").replace("all", "more"),
      "b/c.yaml": component("c"),
    },
  );

  const loaded = await load([source]);

  expect(loaded.diagnostics).toEqual([]);
  expect(refs(loaded)).toEqual([
    "location:default/all",
    "group:default/team-a",
    "component:default/a",
    "location:default/more",
    "component:default/c",
  ]);
  expect(
    loaded.catalog.entities.get("component:default/c")?.entity.metadata.annotations,
  ).toMatchObject({
    "backstage.io/managed-by-location": "file:/memory/b/c.yaml",
    "backstage.io/managed-by-origin-location": "file:/memory/all.yaml",
  });
});

test("ends when locations lead in a circle", async () => {
  const source = createMemorySource(
    { "a.yaml": location("  target: ./b.yaml\n") },
    { "b.yaml": location("  targets: [./a.yaml, ./b.yaml]\n").replace("all", "other") },
  );

  const loaded = await load([source]);

  expect(refs(loaded)).toEqual(["location:default/all", "location:default/other"]);
});

test("reports targets that are missing, unless they are optional, and targets outside", async () => {
  const source = createMemorySource({
    "a.yaml": location(
      "  targets:\n    - ./none.yaml\n    - ../../etc/passwd\n    - javascript:alert(1)\n",
    ),
    "b.yaml": location("  target: ./none.yaml\n  presence: optional\n").replace("all", "b"),
    "c.yaml": location("  type: s3\n  target: x\n").replace("all", "c"),
  });

  const { diagnostics } = await load([source]);

  expect(diagnostics.map(formatDiagnostic)).toEqual([
    "a.yaml:7:7: error: “./none.yaml” does not exist (correct it, or write presence: optional) [location-target-missing]",
    "a.yaml:8:7: error: “../../etc/passwd” cannot be read: ../../etc/passwd lies outside (see that the bot may read it, or remove it) [location-target-unreadable]",
    "a.yaml:9:7: error: “javascript:alert(1)” is a script, no place (write a path or an address with https://) [location-target-invalid]",
    "c.yaml:6:9: error: locations of type “s3” are not followed, only file and url (write type: url, or leave the type out) [location-type-unknown]",
  ]);
});

const api = (name: string, target: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: ${name}}\nspec:\n  type: openapi\n  lifecycle: a\n  owner: team-a\n  definition:\n    $text: ${target}\n`;

test("reads placeholders, and refuses an entity whose placeholder cannot be read", async () => {
  const source = createMemorySource(
    { "a.yaml": `${team}---\n${api("good", "./openapi.json")}---\n${api("bad", "./none.json")}` },
    { "openapi.json": "{}" },
  );

  const loaded = await load([source]);

  expect(loaded.catalog.entities.get("api:default/good")?.entity.spec?.["definition"]).toBe("{}");
  expect(refs(loaded)).not.toContain("api:default/bad");
  expect(loaded.diagnostics.map(formatDiagnostic)).toEqual([
    "a.yaml:23:3: error: spec.definition: $text names “./none.json”, which does not exist (correct the path, or add the file to the same repository) [placeholder-unreadable]",
  ]);
});

test("keeps what a failing source gave before, and says how old it is", async () => {
  const good = createMemorySource({ "team.yaml": team }, {}, "good");
  const flaky = createMemorySource({ "a.yaml": component("a") }, {}, "flaky");
  const first = await load([good, flaky]);
  flaky.failure = "no answer";

  const second = await load([good, flaky], { lastGood: first, nowMs: 2000 });
  const third = await load([good, flaky], { lastGood: second, nowMs: 3000 });
  const ageOf = (ref: string): unknown => third.catalog.entities.get(ref)?.origin.readAtMs;
  const [ageOfKept, ageOfGood] = [ageOf("component:default/a"), ageOf("group:default/team-a")];
  flaky.failure = undefined;
  const fourth = await load([good, flaky], { lastGood: third, nowMs: 4000 });

  for (const loaded of [first, second, third, fourth]) expect(refs(loaded)).toEqual(refs(first));
  expect(ageOfKept).toBe(1000);
  expect(ageOfGood).toBe(3000);
  expect(third.sources).toEqual([
    { id: "good", isFresh: true, readAtMs: 3000, files: 1, entities: 1, diagnostics: [] },
    {
      id: "flaky",
      isFresh: false,
      readAtMs: 1000,
      files: 1,
      entities: 1,
      error: { code: "memory-down", message: "no answer" },
      diagnostics: [expect.objectContaining({ file: "flaky", code: "memory-down" })],
    },
  ]);
  expect(third.diagnostics.map(formatDiagnostic)).toEqual([
    "flaky:1:1: error: the source failed: no answer; its 1 entities of 1970-01-01T00:00:01.000Z are kept [memory-down]",
  ]);
  expect(fourth.catalog.entities.get("component:default/a")?.origin.readAtMs).toBe(4000);
  expect(fourth.diagnostics).toEqual([]);
});

test("starts without a source that was never read", async () => {
  const source = createMemorySource({});
  source.failure = "no answer";

  const loaded = await load([source, createMemorySource({ "team.yaml": team }, {}, "good")]);

  expect(refs(loaded)).toEqual(["group:default/team-a"]);
  expect(loaded.sources[0]).toEqual({
    id: "memory",
    isFresh: false,
    files: 0,
    entities: 0,
    error: { code: "memory-down", message: "no answer" },
    diagnostics: [expect.objectContaining({ file: "memory", code: "memory-down" })],
  });
});

test("keeps the last good state of an entity that breaks, until it is mended or removed", async () => {
  const source = createMemorySource({
    "a.yaml": `${component("a")}---\n${component("b")}---\n${team}`,
  });
  const first = await load([source]);

  source.files.set("a.yaml", `${component("a").replace("  owner: team-a\n", "")}---\n${team}`);
  const broken = await load([source], { lastGood: first, nowMs: 2000 });
  const again = await load([source], { lastGood: broken, nowMs: 3000 });

  expect(refs(again)).toEqual(["group:default/team-a", "component:default/a"]);
  expect(again.catalog.entities.get("component:default/a")?.origin.readAtMs).toBe(1000);
  expect(again.diagnostics.filter(({ severity }) => severity === "error")).toHaveLength(1);

  source.files.set("a.yaml", "kind: [\n");
  const unreadable = await load([source], { lastGood: again, nowMs: 4000 });
  expect(refs(unreadable)).toEqual(["group:default/team-a", "component:default/a"]);

  source.files.set("a.yaml", team);
  const mended = await load([source], { lastGood: unreadable, nowMs: 5000 });
  expect(refs(mended)).toEqual(["group:default/team-a"]);
});

test("reports a file of a folder that held entities and is no YAML any more", async () => {
  const folder = await mkdtemp(join(tmpdir(), "callboard-load-"));
  await writeFile(join(folder, "a.yaml"), component("a"));
  await writeFile(join(folder, "values.yaml"), "kind: {{ chart }}\n");
  const source = createFileSource({ path: ".", baseDir: folder });
  const first = await load([source]);

  await writeFile(join(folder, "a.yaml"), "kind: [\n");
  const second = await load([source], { lastGood: first });
  const third = await load([source], { lastGood: second });
  await rm(folder, { recursive: true });

  expect(first.diagnostics.map(({ code }) => code)).toEqual(["ref-kind-absent"]);
  for (const loaded of [second, third]) {
    expect(refs(loaded)).toEqual(["component:default/a"]);
    expect(loaded.diagnostics.map(({ file, code }) => `${file} ${code}`)).toContain(
      "a.yaml yaml-syntax",
    );
  }
});

test("lets another file take over an entity that its old file broke", async () => {
  const source = createMemorySource({ "a.yaml": component("a"), "team.yaml": team });
  const first = await load([source]);

  source.files.set("a.yaml", component("a").replace("owner", "ownr"));
  source.files.set("z.yaml", component("a", "  system: x\n"));
  const second = await load([source], { lastGood: first, nowMs: 2000 });

  expect(second.catalog.entities.get("component:default/a")?.origin.file).toBe("z.yaml");
  expect(second.diagnostics.map(({ code }) => code)).not.toContain("entity-duplicate");
});

test("keeps files behind a location that cannot be fetched this time", async () => {
  const source = createMemorySource(
    { "all.yaml": location("  target: ./a.yaml\n"), "team.yaml": team },
    { "a.yaml": component("a") },
  );
  const first = await load([source]);

  source.relatedFailure = "timeout";
  const second = await load([source], { lastGood: first, nowMs: 2000 });
  source.relatedFailure = undefined;
  const third = await load([source], { lastGood: second, nowMs: 3000 });

  expect(refs(second)).toEqual(refs(first));
  expect(second.diagnostics.map(({ code }) => code)).toEqual(["location-target-unreadable"]);
  expect(third.diagnostics).toEqual([]);
});

test("drops an entity that no file holds any more, or keeps it as an orphan when told to", async () => {
  const source = createMemorySource({ "a.yaml": component("a"), "team.yaml": team });
  const first = await load([source]);
  source.files.delete("a.yaml");

  const dropped = await load([source], { lastGood: first });
  const kept = await load([source], { lastGood: first, orphans: "keep" });
  const still = await load([source], { lastGood: kept, orphans: "keep" });
  source.files.set("a.yaml", component("a"));
  const back = await load([source], { lastGood: still, orphans: "keep" });

  expect(refs(dropped)).toEqual(["group:default/team-a"]);
  for (const loaded of [kept, still]) {
    const orphan = loaded.catalog.entities.get("component:default/a")?.entity;
    expect(orphan?.metadata.annotations?.["backstage.io/orphan"]).toBe("true");
  }
  const adopted = back.catalog.entities.get("component:default/a")?.entity;
  expect(adopted?.metadata.annotations).not.toHaveProperty("backstage.io/orphan");
});

const many = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`c${index}.yaml`, component(`c${index}`)]),
  );

test("holds a reading back that lacks more than a fifth of the entities, until that is accepted", async () => {
  const source = createMemorySource(many(20));
  let acceptedId: string | undefined;
  const holdBack = { share: 0.2, isAccepted: (_: string, id: string) => id === acceptedId };
  const first = await load([source], { holdBack });
  for (let index = 0; index < 5; index += 1) source.files.delete(`c${index}.yaml`);

  const held = await load([source], { holdBack, lastGood: first, nowMs: 2000 });
  const still = await load([source], { holdBack, lastGood: held, nowMs: 3000 });
  const readAtMs = still.catalog.entities.get("component:default/c7")?.origin.readAtMs;
  acceptedId = still.sources[0]?.heldBack?.id;
  const accepted = await load([source], { holdBack, lastGood: still, nowMs: 4000 });

  expect(held.catalog.entities.size).toBe(20);
  expect(still.sources[0]).toMatchObject({
    isFresh: false,
    readAtMs: 1000,
    entities: 20,
    heldBack: { dropped: 5, of: 20, sinceMs: 2000 },
  });
  expect(readAtMs).toBe(1000);
  expect(still.diagnostics.map(formatDiagnostic)).toContain(
    "memory:1:1: error: its last reading is without 5 of 20 entities (component:default/c0, component:default/c1, component:default/c2, component:default/c3, component:default/c4) and is held back; what was known before is kept (mend the source, or accept it: callboard catalog accept) [source-held-back]",
  );
  expect(accepted.catalog.entities.size).toBe(15);
  expect(accepted.sources[0]).not.toHaveProperty("heldBack");
});

test.each([
  ["a fifth", 20, 4],
  ["two of a few", 4, 2],
])("lets %s go at once", async (_what, count, removed) => {
  const source = createMemorySource(many(count));
  const holdBack = { share: 0.2, isAccepted: () => false };
  const first = await load([source], { holdBack });
  for (let index = 0; index < removed; index += 1) source.files.delete(`c${index}.yaml`);

  const second = await load([source], { holdBack, lastGood: first });

  expect(second.catalog.entities.size).toBe(count - removed);
});

test("takes a held-back source again when its entities come back", async () => {
  const source = createMemorySource(many(5));
  const holdBack = { share: 0.2, isAccepted: () => false };
  const first = await load([source], { holdBack });
  source.files.clear();
  const held = await load([source], { holdBack, lastGood: first, nowMs: 2000 });
  for (const [name, text] of Object.entries(many(5))) source.files.set(name, text);

  const back = await load([source], { holdBack, lastGood: held, nowMs: 3000 });

  expect(held.catalog.entities.size).toBe(5);
  expect(back.sources[0]).toMatchObject({ isFresh: true, readAtMs: 3000 });
  expect(back.sources[0]).not.toHaveProperty("heldBack");
});

const entityOf = (loaded: LoadedCatalog): unknown =>
  loaded.readings.get("memory")?.[0]?.documents[0]?.entity;

test("does not parse unchanged files again", async () => {
  const source = createMemorySource({ "a.yaml": component("a"), "team.yaml": team });
  const first = await load([source]);

  const second = await load([source], { lastGood: first, nowMs: 2000 });

  expect(entityOf(second)).toBe(entityOf(first));
  expect(second.catalog.entities.get("component:default/a")?.origin.readAtMs).toBe(2000);
});

test("repeats findings of unchanged files at every load, each once", async () => {
  const source = createMemorySource({
    "a.yaml": location("  targets: [./none.yaml]\n  type: file\n"),
    "b.yaml": component("b").replace("owner", "ownr"),
  });
  const first = await load([source]);

  const second = await load([source], { lastGood: first });

  expect(second.diagnostics).toEqual(first.diagnostics);
});

test("allows only the kinds it is told", async () => {
  const source = createMemorySource({ "a.yaml": component("a"), "team.yaml": team });

  const loaded = await load([source], { allow: ["Group"] });

  expect(refs(loaded)).toEqual(["group:default/team-a"]);
  expect(loaded.diagnostics.map(({ code }) => code)).toContain("entity-kind-not-allowed");
});

test("takes from a source only the kinds that it may define, whichever others may", async () => {
  const user =
    "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: eva}\nspec: {memberOf: [team-a]}\n";
  const everybody: CatalogSource = {
    ...createMemorySource({
      "a.yaml": component("a"),
      "more.yaml": location("  target: ./user.yaml\n"),
      "user.yaml": user,
    }),
    id: "everybody",
    allow: new Set(["component", "location"]),
  };
  const platform = { ...createMemorySource({ "team.yaml": team }), id: "platform" };

  const first = await load([everybody, platform]);
  const second = await load([everybody, platform], { lastGood: first });

  expect(refs(first)).toEqual([
    "component:default/a",
    "location:default/all",
    "group:default/team-a",
  ]);
  expect(first.diagnostics.map(formatDiagnostic)).toEqual([
    "user.yaml:2:7: error: the kind User is not allowed in the source everybody (define it in another source, or add the kind to the source's allow in the configuration) [entity-kind-not-allowed]",
  ]);
  expect(second.diagnostics).toEqual(first.diagnostics);
  expect(refs(second)).toEqual(refs(first));
});

test("keeps the groups that a source makes of teams, whatever kinds its files may define", async () => {
  const memory = createMemorySource({ "team.yaml": team });
  const derived: CatalogSource = {
    ...memory,
    allow: new Set(["component"]),
    read: async (...given) => {
      const { files, ...rest } = await memory.read(...given);
      return { ...rest, files: files.map((file) => ({ ...file, isDerived: true })) };
    },
  };

  expect(refs(await load([derived]))).toEqual(["group:default/team-a"]);
});

test("stops with the signal's reason", async () => {
  const source = createMemorySource({ "a.yaml": component("a") });

  await expect(load([source], { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
    "enough",
  );
});

test("lets the event loop turn while it works", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`${index}.yaml`, component(`c${index}`)]),
  );
  let turns = 0;
  const ticker = setInterval(() => (turns += 1), 1);

  await load([createMemorySource(files)]);
  clearInterval(ticker);

  expect(turns).toBeGreaterThan(2);
});

test("takes the same source given twice for one", async () => {
  const source = createMemorySource({ "a.yaml": component("a"), "team.yaml": team });

  const loaded = await load([source, source]);

  expect(loaded.sources).toHaveLength(1);
  expect(loaded.diagnostics).toEqual([]);
});

test("reads one file once when two sources hold it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "callboard-load-"));
  await mkdir(join(folder, "catalog"));
  await writeFile(join(folder, "catalog/a.yaml"), `${component("a")}---\n${team}`);
  const sources = ["catalog", "catalog/a.yaml"].map((path) =>
    createFileSource({ path, baseDir: folder }),
  );

  const loaded = await load(sources);
  await rm(folder, { recursive: true });

  expect(loaded.diagnostics).toEqual([]);
  expect(loaded.catalog.entities.get("component:default/a")?.origin.source).toBe("file:catalog");
});
