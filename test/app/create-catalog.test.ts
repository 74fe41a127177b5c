import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import {
  createCatalog,
  type CatalogOptions,
  type CatalogState,
} from "../../src/app/create-catalog.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { createProgram } from "../../src/cli/program.ts";
import { type Config, parseConfig } from "../../src/config/load.ts";
import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { openStorage } from "../../src/storage/open.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { waitFor } from "../helpers/wait.ts";
import { startWebServer, type WebServer } from "../helpers/web-server.ts";

let folder: string;
let server: WebServer;
/** What the server holds, by path. */
let pages: Map<string, string>;
/** True while the server answers 503 to everything. */
let isDown: boolean;
const opened: CatalogState[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-catalog-"));
  pages = new Map();
  isDown = false;
  server = await startWebServer((request, response) => {
    const page = pages.get(request.url ?? "");
    if (isDown) response.writeHead(503).end();
    else if (page === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(page);
  });
});
afterEach(async () => {
  for (const catalog of opened.splice(0)) await catalog.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const component = (name: string, more = ""): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: team-a}\n${more}`;

/** Components c0 and so on, in one file. */
const components = (count: number): string =>
  Array.from({ length: count }, (_, at) => component(`c${at}`)).join("---\n");

function configured(catalog: Record<string, unknown> = {}): Config {
  const sources = [{ type: "url", urls: [`${server.url}/all.yaml`] }];
  const text = JSON.stringify({ catalog: { sources, ...catalog } });
  const { config, faults } = parseConfig({
    env: { CALLBOARD_DATA_DIR: join(folder, "data") },
    cwd: folder,
    file: { path: "callboard.yaml", text },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  return config;
}

async function open(given: Partial<CatalogOptions> = {}): Promise<CatalogState> {
  const catalog = await createCatalog({
    config: configured(),
    logger: silentLogger,
    clock: Date.now,
    actions: builtinActions,
    // longer than any test may take: however slow the machine is, the first reading is waited for
    firstWaitMs: 600_000,
    tickMs: 20,
    ...given,
  });
  opened.push(catalog);
  return catalog;
}

async function close(catalog: CatalogState): Promise<void> {
  opened.splice(opened.indexOf(catalog), 1);
  await catalog.close();
}

const refs = (catalog: CatalogState): string[] => [...catalog.snapshot().catalog.entities.keys()];

/** Reads everything anew, as the schedule does. */
async function readAgain(catalog: CatalogState): Promise<void> {
  const before = server.requests.length;
  catalog.readSoon();
  await waitFor("a request", () => server.requests.length > before);
}

test("what a source gave survives a restart without it, with the files that it led to", async () => {
  pages.set(
    "/all.yaml",
    `${component("a")}---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: more}\nspec: {target: ./b.yaml}\n---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: rest}\nspec: {type: openapi, lifecycle: production, owner: team-a, definition: {$text: ./openapi.json}}\n`,
  );
  pages.set("/b.yaml", component("b"));
  pages.set("/openapi.json", '{"openapi": "3.1.0"}');
  const first = await open({ clock: () => 1_000_000 });
  const known = refs(first);
  await close(first);
  isDown = true;

  const second = await open({ clock: () => 9_000_000 });
  await second.watch();
  await waitFor("the failure", () => second.sources()[0]?.error);

  expect(known).toEqual([
    "component:default/a",
    "location:default/more",
    "api:default/rest",
    "component:default/b",
  ]);
  expect(refs(second)).toEqual(known);
  const entities = second.snapshot().catalog.entities;
  expect(entities.get("api:default/rest")?.entity.spec?.["definition"]).toContain("3.1.0");
  expect(entities.get("component:default/b")?.origin.readAtMs).toBe(1_000_000);
  expect(second.sources()).toEqual([
    expect.objectContaining({
      id: `url:${server.url}/all.yaml`,
      readAtMs: 1_000_000,
      error: { code: "url-unreadable", message: `${server.url}/all.yaml answers 503` },
    }),
  ]);
});

const broken = (name: string): string => component(name).replace("owner", "ownr");

test("what a file said before it broke survives a restart, until it is mended or gone", async () => {
  const own = join(folder, "own.yaml");
  pages.set("/all.yaml", component("a"));
  await writeFile(own, `${component("b")}---\n${component("c")}`);
  const sources = [
    { type: "file", path: "./own.yaml" },
    { type: "url", urls: [`${server.url}/all.yaml`] },
  ];
  const config = configured({ sources });
  const all = ["component:default/b", "component:default/c", "component:default/a"];
  const first = await open({ config, clock: () => 1_000_000 });
  await first.watch();
  pages.set("/all.yaml", broken("a"));
  await writeFile(own, `${component("b")}---\n${broken("c")}`);
  await readAgain(first);
  await waitFor("both to be broken", () => {
    const errors = first.snapshot().diagnostics.filter(({ severity }) => severity === "error");
    return errors.length === 2;
  });
  await close(first);

  const second = await open({ config, clock: () => 9_000_000 });
  const kept = second.snapshot().catalog.entities.get("component:default/c");
  const answer = second.answer("who owns c", { nowMs: 9_000_000 });
  await close(second);
  const third = await open({ config });
  const still = refs(third);
  await writeFile(own, component("b"));
  await third.refresh();
  const mended = refs(third);
  await close(third);
  await writeFile(own, `${component("b")}---\n${broken("c")}`);
  const fourth = await open({ config });

  expect(refs(first).toSorted()).toEqual(all.toSorted());
  expect(kept?.origin).toMatchObject({ isKept: true, readAtMs: 1_000_000, file: "own.yaml" });
  expect(kept?.locate(["spec", "owner"]).line).toBe(9);
  expect(answer.caveats?.[0]).toMatch(/^own.yaml is broken: this is what it said of c/);
  expect(still.toSorted()).toEqual(all.toSorted());
  expect(mended).not.toContain("component:default/c");
  expect(refs(fourth)).not.toContain("component:default/c");
});

test("what cannot be understood of it is left out", async () => {
  await writeFile(join(folder, "own.yaml"), `${component("b")}---\n${component("c")}`);
  const config = configured({ sources: [{ type: "file", path: "./own.yaml" }] });
  const first = await open({ config });
  await writeFile(join(folder, "own.yaml"), `${component("b")}---\n${broken("c")}`);
  await first.refresh();
  await close(first);
  const kept = join(folder, "data/catalog-cache/last-sound");
  const [row] = JSON.parse(await readFile(kept, "utf8"));

  const results: string[][] = [];
  for (const text of ["nonsense", "{}", "[1]", JSON.stringify([{ ...row, entity: 1 }])]) {
    await writeFile(kept, text);
    const catalog = await open({ config });
    results.push(refs(catalog));
    await close(catalog);
  }

  expect(row.ref).toBe("component:default/c");
  expect(results).toEqual(Array.from({ length: 4 }, () => ["component:default/b"]));
});

test("a kept file that is damaged is as good as none", async () => {
  pages.set("/all.yaml", component("a"));
  await close(await open());
  const cache = join(folder, "data/catalog-cache");
  const names = (await readdir(cache)).filter((name) => name.includes("-"));
  await writeFile(join(cache, names[0] ?? ""), "H4sI nonsense");
  isDown = true;

  const catalog = await open();

  expect(refs(catalog)).toEqual([]);
  expect(catalog.sources()[0]?.error?.code).toBe("url-unreadable");
  await close(catalog);

  isDown = false;
  await close(await open());
  isDown = true;
  expect(refs(await open())).toEqual(["component:default/a"]);
});

test("a source of which nothing is kept is waited for only so long", async () => {
  pages.set("/all.yaml", component("a"));
  await close(await open());
  let release: (() => void) | undefined;
  const slow = await startWebServer((_request, response) => {
    release = () => void response.writeHead(200).end(component("late"));
  });
  const sources = [
    { type: "url", urls: [`${slow.url}/slow.yaml`] },
    { type: "url", urls: [`${server.url}/all.yaml`] },
  ];

  // the other source is known already, so that only the slow one is waited for
  const catalog = await open({ config: configured({ sources }), firstWaitMs: 200 });
  const atFirst = refs(catalog);
  const finding = catalog.snapshot().diagnostics.find(({ code }) => code === "source-loading");
  await catalog.watch();
  await waitFor("the request", () => release !== undefined);
  release?.();
  await waitFor("the late source", () => refs(catalog).includes("component:default/late"));
  await slow.close();

  expect(atFirst).toEqual(["component:default/a"]);
  expect(finding?.message).toContain("it is being read for the first time");
});

test("a change of a file does not make other hosts be asked again", async () => {
  pages.set("/all.yaml", component("a"));
  await writeFile(join(folder, "own.yaml"), component("own"));
  const sources = [
    { type: "url", urls: [`${server.url}/all.yaml`] },
    { type: "file", path: "./own.yaml" },
  ];
  const catalog = await open({ config: configured({ sources }) });
  const asked = server.requests.length;

  await writeFile(join(folder, "own.yaml"), component("own2"));
  await catalog.refresh();

  expect(refs(catalog)).toEqual(["component:default/a", "component:default/own2"]);
  expect(server.requests).toHaveLength(asked);
});

test("a reading that lost too much is held back, through a restart, until it is accepted", async () => {
  pages.set("/all.yaml", components(10));
  const first = await open();
  await first.watch();
  await readAgain(first);
  pages.set("/all.yaml", components(4));
  await readAgain(first);
  await waitFor("it to be held back", () => first.sources()[0]?.heldBack);
  const held = refs(first).length;
  await close(first);

  const second = await open();
  await second.watch();
  await waitFor("it to be held back again", () => second.sources()[0]?.heldBack);
  const still = refs(second).length;
  const taken = await second.accept();
  await waitFor("the smaller catalog", () => refs(second).length === 4);
  await waitFor("the end of holding back", () => second.sources()[0]?.heldBack === undefined);
  await close(second);
  isDown = true;
  const third = await open();

  expect([held, still]).toEqual([10, 10]);
  expect(taken).toEqual([expect.objectContaining({ id: `url:${server.url}/all.yaml` })]);
  expect(refs(third)).toHaveLength(4);
});

test("the command line shows what a running bot holds back, and accepts it", async () => {
  pages.set("/all.yaml", components(10));
  const catalog = await open();
  await catalog.watch();
  pages.set("/all.yaml", components(4));
  await readAgain(catalog);
  await waitFor("it to be held back", () => catalog.sources()[0]?.heldBack);
  const printed: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      printed.push(String(chunk));
      done();
    },
  });
  await writeFile(
    join(folder, "callboard.yaml"),
    JSON.stringify({ catalog: { sources: [{ type: "url", urls: [`${server.url}/all.yaml`] }] } }),
  );
  const env = { CALLBOARD_DATA_DIR: join(folder, "data") };
  const callboard = createProgram({ env, cwd: folder, stdout: out, stderr: out });

  const status = await waitFor("its state to be told", async () => {
    printed.length = 0;
    const exitCode = await callboard(["catalog", "status"]);
    return printed.join().includes("held back") ? exitCode : undefined;
  });
  const accept = await callboard(["catalog", "accept"]);
  await waitFor("the smaller catalog", () => refs(catalog).length === 4);

  expect([status, accept]).toEqual([1, 0]);
  expect(printed.join("")).toContain("held back: without 6 of 10 entities, such as component:");
  expect(printed.join("")).toContain(`url:${server.url}/all.yaml: accepted without 6 entities`);
});

test("an entity that no file holds any more stays where orphans are kept, and its answer says so", async () => {
  pages.set("/all.yaml", `${component("a")}---\n${component("b")}`);
  const catalog = await open({ config: configured({ orphans: "keep" }) });
  await catalog.watch();
  pages.set("/all.yaml", component("a"));
  await readAgain(catalog);
  const orphan = await waitFor("the orphan", () => {
    const found = catalog.snapshot().catalog.entities.get("component:default/b");
    return found?.entity.metadata.annotations?.["backstage.io/orphan"] === "true"
      ? found
      : undefined;
  });

  const answer = catalog.answer("who owns b", { nowMs: Date.now() });

  expect(orphan.origin.isKept).toBe(true);
  expect(answer.caveats).toEqual([
    `no file holds b any more: this is what ${server.url}/all.yaml said, read just now`,
  ]);
});

test("nothing can be accepted when nothing is held back, nor a source that does not exist", async () => {
  pages.set("/all.yaml", components(2));
  const catalog = await open();

  await expect(catalog.accept()).rejects.toMatchObject({ code: "nothing-held-back" });
  await expect(catalog.accept("github:acme")).rejects.toMatchObject({ code: "source-unknown" });
});

test("what is kept may be read by this user alone, and holds no token", async () => {
  pages.set("/all.yaml", component("a"));
  const sources = [{ type: "url", urls: [`${server.url}/all.yaml`], token: "hunter2" }];
  await close(await open({ config: configured({ sources }) }));

  const cache = join(folder, "data/catalog-cache");
  const names = await readdir(cache);
  const texts = await Promise.all(names.map((name) => readFile(join(cache, name), "utf8")));
  expect(names.length).toBeGreaterThan(1);
  expect(texts.join()).not.toContain("hunter2");
  expect(server.requests[0]?.headers.authorization).toBe("Bearer hunter2");
});

test("of several processes one reads, the others take over what it read, and one follows another", async () => {
  const dataDir = await newDataDir();
  const storage = await openStorage({ dataDir, logger: silentLogger });
  const shared = { sharedRecords: storage.records };
  try {
    pages.set("/all.yaml", components(10));
    const reader = await open(shared);
    await reader.watch();
    const other = await open(shared);
    await other.watch();
    await waitFor("the stored catalog", () => refs(other).length === 10);

    pages.set("/all.yaml", components(11));
    await readAgain(reader);
    await waitFor("the change", () => refs(other).length === 11);

    pages.set("/all.yaml", components(3));
    await readAgain(reader);
    await waitFor("the drop to be told", () => other.sources()[0]?.heldBack);
    expect(refs(other)).toHaveLength(11);
    await other.accept();
    await waitFor("the accepted drop", () => refs(other).length === 3);

    const asked = server.requests.length;
    await close(reader);
    pages.set("/all.yaml", components(4));
    await waitFor("the other to read", () => server.requests.length > asked);
    await waitFor("its reading", () => refs(other).length === 4);
    await close(other);
  } finally {
    await storage.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
