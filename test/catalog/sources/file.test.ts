import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createFileSource } from "../../../src/catalog/sources/file.ts";
import { describeCatalogSource } from "../../contracts/catalog-source.ts";
import { waitFor } from "../../helpers/wait.ts";

const { signal } = new AbortController();
let folder: string;

async function makeFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), "callboard-source-")));
}

beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string, top = folder): Promise<string> {
  const file = join(top, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const entity = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\n`;

describeCatalogSource("a folder", async () => {
  const top = await makeFolder();
  await mkdir(join(top, "catalog"));
  return {
    source: createFileSource({ path: "./catalog", baseDir: top }),
    write: async (path, text) => void (await write(join("catalog", path), text, top)),
    remove: (path) => rm(join(top, "catalog", path)),
    breakDown: () => rm(join(top, "catalog"), { recursive: true }),
    close: () => rm(top, { recursive: true, force: true }),
  };
});

test("shows paths relative to the configuration file's folder", async () => {
  const path = await write("catalog/pay/catalog-info.yaml", entity("pay"));

  const { files } = await createFileSource({ path: "catalog", baseDir: folder }).read(signal);

  expect(files).toEqual([
    {
      file: "catalog/pay/catalog-info.yaml",
      base: path,
      text: entity("pay"),
      isImplied: true,
    },
  ]);
});

test("reads one file as named, not implied", async () => {
  await write("all.yaml", "not an entity");

  const { files } = await createFileSource({ path: "./all.yaml", baseDir: folder }).read(signal);

  expect(files).toEqual([
    { file: "all.yaml", base: join(folder, "all.yaml"), text: "not an entity" },
  ]);
});

test("expands globs", async () => {
  await write("services/a/catalog-info.yaml", entity("a"));
  await write("services/b/catalog-info.yaml", entity("b"));
  await write("services/b/other.yaml", entity("c"));

  const source = createFileSource({ path: "services/*/catalog-info.yaml", baseDir: folder });

  expect((await source.read(signal)).files.map(({ file }) => file)).toEqual([
    "services/a/catalog-info.yaml",
    "services/b/catalog-info.yaml",
  ]);
});

test("leaves out node_modules, .git, other file types and what Kubernetes mounts twice", async () => {
  await write("a.yaml", entity("a"));
  await write("a.yml", entity("b"));
  await write("a.json", "{}");
  await write("node_modules/x/catalog-info.yaml", entity("x"));
  await write(".git/catalog-info.yaml", entity("x"));
  await write("..data/catalog-info.yaml", entity("x"));

  const { files } = await createFileSource({ path: ".", baseDir: folder }).read(signal);

  expect(files.map(({ file }) => file)).toEqual(["a.yaml", "a.yml"]);
});

test("leaves out the skeletons of software templates, whatever their folder is called", async () => {
  await write(
    "node/template.yaml",
    "kind: Template\nspec:\n  steps:\n    - input:\n        url: ./content\n    - input: {}\n",
  );
  await write("node/content/catalog-info.yaml", entity("x"));
  await write("node/skeleton/catalog-info.yaml", entity("x"));
  await write("node/docs/catalog-info.yaml", entity("docs"));
  await write("python/my.yaml", "kind: Template\nspec:\n  steps:\n    - url: '../shared/base'\n");
  await write("shared/base/catalog-info.yaml", entity("x"));
  await write("own/template.yaml", "kind: Template\nspec:\n  steps:\n    - url: ./\n");
  await write("own/more.yaml", entity("more"));

  const { files } = await createFileSource({ path: ".", baseDir: folder }).read(signal);

  expect(files.map(({ file }) => file)).toEqual([
    "node/docs/catalog-info.yaml",
    "node/template.yaml",
    "own/more.yaml",
    "own/template.yaml",
    "python/my.yaml",
  ]);
});

test("follows links inside its folder once and refuses those that lead outside", async () => {
  const outside = await makeFolder();
  await write("secret.yaml", "kind: x", outside);
  await write("catalog/a.yaml", entity("a"));
  await symlink("a.yaml", join(folder, "catalog/b.yaml"));
  await symlink(".", join(folder, "catalog/loop"));
  await symlink(join(outside, "secret.yaml"), join(folder, "catalog/out.yaml"));
  await symlink("nowhere.yaml", join(folder, "catalog/dangling.yaml"));

  const result = await createFileSource({ path: "catalog", baseDir: folder }).read(signal);

  expect(result.files.map(({ file }) => file)).toEqual(["catalog/a.yaml"]);
  expect(result.diagnostics).toEqual([
    expect.objectContaining({ file: "catalog/out.yaml", code: "path-outside" }),
  ]);
  await rm(outside, { recursive: true });
});

test("does not tell whether a file outside exists", async () => {
  const base = await write("catalog/a.yaml", entity("a"));
  const source = createFileSource({ path: "catalog", baseDir: folder });

  for (const target of ["/etc/passwd", "/etc/no-such-file", "../../no-such-file"]) {
    await expect(source.readRelated(base, target, signal)).rejects.toMatchObject({
      code: "path-outside",
    });
  }
});

test("says what is wrong with a file that cannot be read, and reads the others", async () => {
  await write("catalog/a.yaml", entity("a"));
  await writeFile(join(folder, "catalog/catalog-info.yaml"), Buffer.from([0xff, 0xfe, 0x41]));
  await writeFile(join(folder, "catalog/data.yaml"), Buffer.from([0xff, 0xfe, 0x41]));

  const result = await createFileSource({ path: "catalog", baseDir: folder }).read(signal);

  expect(result.files.map(({ file }) => file)).toEqual(["catalog/a.yaml"]);
  expect(result.diagnostics.map(({ file, code }) => [file, code])).toEqual([
    ["catalog/catalog-info.yaml", "file-not-utf8"],
  ]);
});

test("does not wait for a pipe into which nobody writes", async () => {
  await write("catalog/a.yaml", entity("a"));
  await promisify(execFile)("mkfifo", [join(folder, "catalog/pipe.yaml")]);

  const result = await createFileSource({ path: "catalog", baseDir: folder }).read(signal);

  expect(result.files.map(({ file }) => file)).toEqual(["catalog/a.yaml"]);
  expect(result.diagnostics.map(({ file, code }) => [file, code])).toEqual([
    ["catalog/pipe.yaml", "file-is-folder"],
  ]);
});

test("expands a related glob and refuses URLs", async () => {
  const base = await write("all.yaml", "");
  await write("parts/b.yaml", entity("b"));
  await write("parts/a.yaml", entity("a"));
  const source = createFileSource({ path: "all.yaml", baseDir: folder });

  const files = await source.readRelated(base, "./parts/*.yaml", signal);

  expect(files?.map(({ file }) => file)).toEqual(["parts/a.yaml", "parts/b.yaml"]);
  expect(await source.readRelated(base, "./none/*.yaml", signal)).toEqual([]);
  await expect(
    source.readRelated(base, "https://example.com/x.yaml", signal),
  ).rejects.toMatchObject({ code: "url-not-read" });
});

test("says that the path of a source does not exist", async () => {
  const source = createFileSource({ path: "./catalgo", baseDir: folder });

  await expect(source.read(signal)).rejects.toMatchObject({
    code: "source-missing",
    message: "./catalgo does not exist",
  });
});

test("tells of changed, new and removed files once, and is silent after it was closed", async () => {
  await write("catalog/a.yaml", entity("a"));
  const related = await write("docs/openapi.json", "{}");
  const source = createFileSource({ path: "catalog", baseDir: folder, debounceMs: 30 });
  let told: (() => void) | undefined;
  let count = 0;
  const next = () => new Promise<void>((resolve) => (told = resolve));
  const close = await source.watch(() => {
    count += 1;
    told?.();
  });

  const changed = next();
  await Promise.all([write("catalog/a.yaml", entity("a2")), write("catalog/b.yaml", entity("b"))]);
  await changed;
  const removed = next();
  await rm(join(folder, "catalog/b.yaml"));
  await removed;
  // Editors save by renaming a new file over the old one.
  const replaced = next();
  await write("new.tmp", entity("a3"));
  await rename(join(folder, "new.tmp"), join(folder, "catalog/a.yaml"));
  await replaced;
  await source.readRelated(join(folder, "catalog/a.yaml"), "../docs/openapi.json", signal);
  const relatedChanged = next();
  // The watcher takes a moment to see a file it was only just told of.
  const again = setInterval(() => void writeFile(related, `{"at": ${Date.now()}}`), 50);
  await relatedChanged;
  clearInterval(again);
  await close();
  const atClose = count;
  // Another watcher proves that the change could have been seen.
  const witness = createFileSource({ path: "catalog", baseDir: folder, debounceMs: 60 });
  const witnessed = new Promise<void>((resolve) => (told = resolve));
  const closeWitness = await witness.watch(() => told?.());
  await write("catalog/c.yaml", entity("c"));
  await witnessed;
  await closeWitness();

  expect(count).toBe(atClose);
});

test("sees how Kubernetes exchanges all files of a mounted ConfigMap at once", async () => {
  await write("catalog/..2026_01/a.yaml", entity("a"));
  await symlink("..2026_01", join(folder, "catalog/..data"));
  await symlink("..data/a.yaml", join(folder, "catalog/a.yaml"));
  const source = createFileSource({ path: "catalog", baseDir: folder, debounceMs: 30 });
  await source.read(signal);
  let told = 0;
  const close = await source.watch(() => (told += 1));

  await write("catalog/..2026_02/a.yaml", entity("a2"));
  await symlink("..2026_02", join(folder, "catalog/..data_tmp"));
  await rename(join(folder, "catalog/..data_tmp"), join(folder, "catalog/..data"));
  await rm(join(folder, "catalog/..2026_01"), { recursive: true });
  const readQuickly = () => source.read(signal, { isQuick: true });
  await waitFor("the new text", async () => (await readQuickly()).files[0]?.text === entity("a2"));
  const { files, diagnostics } = await readQuickly();
  await waitFor("the exchange to be told of", () => told > 0);
  await close();

  expect(files.map(({ file, text }) => [file, text])).toEqual([["catalog/a.yaml", entity("a2")]]);
  expect(diagnostics).toEqual([]);
});
