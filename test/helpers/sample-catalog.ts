import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import { buildCatalog } from "../../src/catalog/build.ts";
import type { Answerer } from "../../src/usecases/answers/answer-question.ts";
import { createAnswerer } from "../../src/usecases/answers/answer-question.ts";
import { buildSnapshot, type Snapshot } from "../../src/usecases/catalog/snapshot.ts";
import { loadDocuments } from "../../src/usecases/documents/documents.ts";

const projectFolder = resolve(import.meta.dirname, "../..");

/** The sample company's catalog, templates and documents, read from the project itself. */
export async function loadSampleSnapshot(nowMs: number): Promise<Snapshot> {
  const files = [...yamlFiles("catalog"), ...yamlFiles("templates")].map((path) => ({
    file: relative(projectFolder, path),
    base: path,
    text: readFileSync(path, "utf8"),
  }));
  const { catalog } = buildCatalog({ sources: [{ id: "file:.", readAtMs: nowMs, files }] });
  const { documents, diagnostics } = await loadDocuments({
    catalog,
    sources: [{ path: "./catalog/runbooks" }],
    folder: projectFolder,
    nowMs,
    signal: new AbortController().signal,
  });
  return buildSnapshot({ version: 1, catalog, documents, diagnostics, readAtMs: nowMs });
}

/** An answerer over one snapshot. */
export function answererOver(snapshot: Snapshot): Answerer {
  return createAnswerer({ snapshot: () => snapshot });
}

/** Catalog files: everything in `catalog/`, and `template.yaml` of each template, not the files it generates. */
function yamlFiles(folder: string): string[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .filter((path) => folder === "catalog" || /^[^/]+\/template\.yaml$/.test(path))
    .toSorted()
    .map((path) => join(projectFolder, folder, path));
}
