import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import type { Catalog } from "../../../src/catalog/model.ts";
import { loadDocuments, type LoadedDocuments } from "../../../src/usecases/documents/documents.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "callboard-documents-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  const absolute = join(folder, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
}

function component(name: string, annotations: Record<string, string> = {}): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations: ${JSON.stringify({ "a/b": "c", ...annotations })}
spec: { type: service, lifecycle: production, owner: team-a }
`;
}

function catalogOf(files: Record<string, string>): Catalog {
  return buildCatalog({
    sources: [
      {
        id: "file:.",
        readAtMs: 0,
        files: Object.entries(files).map(([file, text]) => ({
          file,
          base: join(folder, file),
          text,
        })),
      },
    ],
  }).catalog;
}

async function load(
  catalog: Catalog,
  sources: readonly string[] = ["./runbooks"],
  previous?: LoadedDocuments,
): Promise<LoadedDocuments> {
  return loadDocuments({
    catalog,
    sources: sources.map((path) => ({ path })),
    folder,
    previous,
    nowMs: 5,
    signal: new AbortController().signal,
  });
}

const refsByPath = (loaded: LoadedDocuments): Record<string, string[]> =>
  Object.fromEntries(loaded.documents.map((document) => [document.path, document.refs]));

test("ties documents by front matter, file name, heading and folder", async () => {
  const catalog = catalogOf({
    "a.yaml": component("payments-api", { "callboard.dev/aliases": "pay" }),
  });
  write("runbooks/x.md", "---\nentity: component:default/payments-api\n---\n# X\n");
  write("runbooks/by-name.md", "---\nentity: Payments API\n---\n# X\n");
  write("runbooks/payments-api.md", "# Anything\n");
  write("runbooks/payments-api-is-slow.md", "# Anything\n");
  write("runbooks/heading.md", "# When PaymentsApi is slow\n");
  write("runbooks/payments-api/latency.md", "# Latency\n");
  write("runbooks/pay/latency.md", "# Latency\n");
  write("runbooks/general.md", "# General advice\n");

  const loaded = await load(catalog);

  const ref = ["component:default/payments-api"];
  expect(refsByPath(loaded)).toEqual({
    "runbooks/x.md": ref,
    "runbooks/by-name.md": ref,
    "runbooks/payments-api.md": ref,
    "runbooks/payments-api-is-slow.md": ref,
    "runbooks/heading.md": ref,
    "runbooks/payments-api/latency.md": ref,
    "runbooks/pay/latency.md": ref,
    "runbooks/general.md": [],
  });
  expect(loaded.diagnostics).toEqual([]);
});

test("reads techdocs folders and runbook annotations beside the entity's file", async () => {
  const catalog = catalogOf({
    "pay/catalog-info.yaml": component("payments", {
      "backstage.io/techdocs-ref": "dir:./handbook",
      "callboard.dev/runbooks": "ops/oom.md, ../shared-runbooks",
    }),
  });
  write("pay/handbook/index.md", "# Payments\n");
  write("pay/ops/oom.md", "# Out of memory\n");
  write("shared-runbooks/lag.md", "# Lag\n");

  const loaded = await load(catalog, []);

  expect(loaded.documents.map(({ path, isRunbook, refs }) => ({ path, isRunbook, refs }))).toEqual([
    { path: "pay/ops/oom.md", isRunbook: true, refs: ["component:default/payments"] },
    { path: "shared-runbooks/lag.md", isRunbook: true, refs: ["component:default/payments"] },
    { path: "pay/handbook/index.md", isRunbook: false, refs: ["component:default/payments"] },
  ]);
  expect(loaded.watchPaths).toEqual([
    join(folder, "pay/ops/oom.md"),
    join(folder, "shared-runbooks"),
    join(folder, "pay/handbook"),
  ]);
});

const techdocs = { "backstage.io/techdocs-ref": "dir:." };

test("an mkdocs.yml beside the entity says where its documents lie, in which order and how they are called", async () => {
  const catalog = catalogOf({ "pay/catalog-info.yaml": component("payments", techdocs) });
  write(
    "pay/mkdocs.yml",
    `docs_dir: handbook
nav:
  - Home: index.md
  - Operations:
      - Restart safely: ops/restart.md
      - ops/alone.md
  - Elsewhere: https://example.com/a.md
  - Gone: gone.md
theme: { icon: !!python/name:os.system "" }
`,
  );
  write("pay/README.md", "# Not part of the documents\n");
  write("pay/handbook/a-first-by-name.md", "# In no navigation\n");
  write("pay/handbook/index.md", "# Payments handbook\n");
  write("pay/handbook/ops/alone.md", "# Alone\n");
  write("pay/handbook/ops/restart.md", "# How we restart\n");

  const loaded = await load(catalog, []);

  expect(loaded.documents.map(({ path, title, aliases }) => ({ path, title, aliases }))).toEqual([
    { path: "pay/handbook/index.md", title: "Payments handbook", aliases: undefined },
    {
      path: "pay/handbook/ops/restart.md",
      title: "Restart safely",
      aliases: ["How we restart", "Operations Restart safely"],
    },
    { path: "pay/handbook/ops/alone.md", title: "Alone", aliases: ["Operations Alone"] },
    { path: "pay/handbook/a-first-by-name.md", title: "In no navigation", aliases: undefined },
  ]);
  expect(loaded.diagnostics.map(({ file, line, message }) => [file, line, message])).toEqual([
    ["pay/mkdocs.yml", 8, "its nav names gone.md, which is not there"],
  ]);
});

test("the order of a navigation holds for documents that a configured folder had already given", async () => {
  const catalog = catalogOf({ "catalog-info.yaml": component("payments", techdocs) });
  write("mkdocs.yaml", "nav: [z.md, a.md]\n");
  write("docs/a.md", "# A\n");
  write("docs/z.md", "# Z\n");

  const loaded = await load(catalog, ["./docs"]);

  expect(loaded.documents.map(({ path }) => path)).toEqual(["docs/z.md", "docs/a.md"]);
});

test.each([
  ["nav:\n  - [", "mkdocs.yml", 2],
  ["docs_dir: ../../other", "mkdocs.yml", 1],
  ["nav:\n  - Out: ../../secret.md\n", "mkdocs.yml", 2],
  [`nav: ${"[".repeat(5000)}`, "mkdocs.yml", 1],
  ["nav: [!!python/name:os.system a.md]", "mkdocs.yml", 1],
  ["docs_dir: missing", "mkdocs.yml", 1],
])(
  "a broken mkdocs.yml is reported, and its folder is read without it (%#)",
  async (text, file, line) => {
    const catalog = catalogOf({ "pay/catalog-info.yaml": component("payments", techdocs) });
    write("pay/mkdocs.yml", text);
    write("pay/README.md", "# Read\n");
    write("pay/docs/a.md", "# A\n");

    const loaded = await load(catalog, []);

    expect(loaded.documents.map(({ path }) => path)).toEqual(["pay/README.md", "pay/docs/a.md"]);
    expect(loaded.diagnostics).toMatchObject([
      { file: `pay/${file}`, line, code: "document-mkdocs", severity: "warning" },
    ]);
  },
);

test("an mkdocs.yml that is a link to another place is not read", async () => {
  const outside = mkdtempSync(join(tmpdir(), "callboard-outside-"));
  try {
    writeFileSync(join(outside, "mkdocs.yml"), "docs_dir: other\n");
    const catalog = catalogOf({ "a.yaml": component("a", techdocs) });
    symlinkSync(join(outside, "mkdocs.yml"), join(folder, "mkdocs.yml"));
    write("README.md", "# Read\n");

    const loaded = await load(catalog, []);

    expect(loaded.documents.map(({ path }) => path)).toEqual(["README.md"]);
    expect(loaded.diagnostics).toEqual([]);
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test("a document that two entities name belongs to both and is read once", async () => {
  const annotation = { "callboard.dev/runbooks": "./both.md" };
  const catalog = catalogOf({
    "a.yaml": `${component("a", annotation)}---\n${component("b", annotation)}`,
  });
  write("both.md", "# Both\n");

  const loaded = await load(catalog, []);

  expect(refsByPath(loaded)).toEqual({ "both.md": ["component:default/a", "component:default/b"] });
});

test("reads nothing outside its folders, whatever an entity names", async () => {
  const outside = mkdtempSync(join(tmpdir(), "callboard-outside-"));
  try {
    writeFileSync(join(outside, "secret.md"), "# Secret\n");
    symlinkSync(outside, join(folder, "link"));
    mkdirSync(join(folder, "docs"));
    symlinkSync(join(outside, "secret.md"), join(folder, "docs/inner.md"));
    const catalog = catalogOf({
      "a.yaml": component("a", {
        "callboard.dev/runbooks": `${outside}/secret.md, ../../../../etc, ./link, ./docs`,
        "backstage.io/techdocs-ref": `dir:${outside}`,
      }),
    });

    const loaded = await load(catalog, []);

    expect(loaded.documents).toEqual([]);
    expect(new Set(loaded.diagnostics.map(({ code }) => code))).toEqual(
      new Set(["document-outside"]),
    );
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test("broken documents are reported and hide no others", async () => {
  const catalog = catalogOf({ "a.yaml": component("a") });
  write("runbooks/a.md", "# Good\n");
  write("runbooks/broken.md", "---\nentity: [\n---\n# Broken front matter\n");
  write("runbooks/unknown.md", "---\nentity: component:default/nobody\n---\n# Unknown\n");
  write("runbooks/huge.md", "x".repeat(300 * 1024));
  write("runbooks/binary.md", "\u0000\uFFFD\u0000");
  write("runbooks/picture.png", "not markdown");

  const loaded = await load(catalog, ["./runbooks", "./missing"]);

  expect(loaded.documents.map(({ path }) => path)).toEqual([
    "runbooks/a.md",
    "runbooks/binary.md",
    "runbooks/broken.md",
    "runbooks/unknown.md",
  ]);
  expect(loaded.diagnostics.map(({ file, code }) => `${file} ${code}`).toSorted()).toEqual([
    "missing document-missing",
    "runbooks/broken.md document-front-matter",
    "runbooks/huge.md document-too-large",
    "runbooks/unknown.md document-entity-unknown",
  ]);
});

test("takes a glob or a single file as a source", async () => {
  const catalog = catalogOf({ "a.yaml": component("a") });
  write("books/one.md", "# One\n");
  write("books/deep/two.md", "# Two\n");
  write("books/three.markdown", "# Three\n");
  write("single.md", "# Single\n");

  const loaded = await load(catalog, ["./books/**/t*.{md,markdown}", "./single.md"]);

  expect(loaded.documents.map(({ path }) => path).toSorted()).toEqual([
    "books/deep/two.md",
    "books/three.markdown",
    "single.md",
  ]);
});

test("parses unchanged files once", async () => {
  const catalog = catalogOf({ "a.yaml": component("a") });
  write("runbooks/a.md", "# A\n");
  write("runbooks/b.md", "# B\n");
  const before = await load(catalog);
  write("runbooks/b.md", "# Changed B\n");

  const after = await load(catalog, ["./runbooks"], before);

  const [a, b] = [join(folder, "runbooks/a.md"), join(folder, "runbooks/b.md")];
  expect(after.files.get(a)).toBe(before.files.get(a));
  expect(after.files.get(b)).not.toBe(before.files.get(b));
  expect(after.documents.map(({ title }) => title)).toEqual(["A", "Changed B"]);
});

test("tells runbooks from other documents", async () => {
  const catalog = catalogOf({ "a.yaml": component("a") });
  write("pages/alert.md", "---\nalerts: [Down]\n---\n# Down\n");
  write("pages/steps.md", "# Slow\n\n## Mitigation\n\nWait.\n");
  write("pages/design.md", "# Design\n\nWhy it is so.\n");

  const loaded = await load(catalog, ["./pages"]);

  expect(loaded.documents.map(({ path, isRunbook }) => [path, isRunbook])).toEqual([
    ["pages/alert.md", true],
    ["pages/design.md", false],
    ["pages/steps.md", true],
  ]);
});
