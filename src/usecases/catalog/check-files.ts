import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import type { CheckReport } from "../../catalog/report.ts";
import type { CatalogSource } from "../../catalog/sources/contract.ts";
import { createFileSource } from "../../catalog/sources/file.ts";
import type { FileChecker } from "./file-checker.ts";
import { loadCatalog, type LoadedCatalog, type SourceState } from "./load-catalog.ts";

export interface CheckOptions {
  signal: AbortSignal;
  nowMs: number;
  /** Kinds that are allowed; absent means all. */
  allow?: readonly string[] | undefined;
  /** Parses and checks; absent: that is done at once. */
  checker?: FileChecker;
  /** The rest of the catalog: references into it are known, its own findings are not reported. */
  context?: readonly CatalogSource[];
  /** The last load of the rest: what has not changed since is not read again. */
  lastGood?: LoadedCatalog;
  /** Further findings about a software template. */
  checkTemplate?: (entity: CatalogEntity, catalog: Catalog) => Diagnostic[];
}

/**
 * Checks catalog and template files, for `callboard check`.
 * @param paths Files, folders and globs, relative to `baseDir`; findings show them so.
 */
export function checkFiles(
  paths: readonly string[],
  options: CheckOptions & { baseDir: string },
): Promise<CheckReport> {
  const { baseDir } = options;
  return checkSources(
    paths.map((path) => createFileSource({ path, baseDir })),
    options,
  );
}

/** Checks everything that the sources hold. A source that cannot be read is an error of its own. */
export async function checkSources(
  sources: readonly CatalogSource[],
  options: CheckOptions,
): Promise<CheckReport> {
  const { context = [], checkTemplate } = options;
  // what is read here is not what others are answered from: their times of reading stay
  const lastGood = options.lastGood && { ...options.lastGood, readAt: new Map() };
  const loaded = await loadCatalog([...sources, ...context], { ...options, lastGood });
  const ids = new Set(sources.map(({ id }) => id));
  const states = loaded.sources.filter(({ id }) => ids.has(id));
  const readings = states.flatMap(({ id }) => loaded.readings.get(id) ?? []);
  const files = new Set(readings.map(({ file }) => file.file));
  const templates = [...loaded.catalog.entities.values()].filter(
    ({ entity, origin }) => entity.kind === "Template" && ids.has(origin.source),
  );
  return {
    files: readings.filter(({ entities, diagnostics }) => entities + diagnostics.length > 0).length,
    entities: readings.reduce((sum, { entities }) => sum + entities, 0),
    diagnostics: [
      ...states.flatMap(sourceDiagnostics),
      ...loaded.diagnostics.filter(({ file }) => files.has(file)),
      ...templates.flatMap((template) => checkTemplate?.(template, loaded.catalog) ?? []),
    ],
  };
}

/** A path that cannot be read is named as the person wrote it; there is no earlier state to speak of. */
function sourceDiagnostics({ id, error, diagnostics }: SourceState): Diagnostic[] {
  if (error === undefined) return diagnostics;
  const { code, message } = error;
  const file = id.replace(/^(?:file|check):/, "");
  return [{ file, line: 1, column: 1, severity: "error", code, message }];
}
