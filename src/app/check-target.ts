import { InputError } from "../base/errors.ts";
import type { CatalogEntity } from "../catalog/model.ts";
import type { CheckReport } from "../catalog/report.ts";
import type { CatalogSource } from "../catalog/sources/contract.ts";
import { nearest } from "../catalog/suggest.ts";
import type { ActionRegistry } from "../scaffold/action.ts";
import { parseTemplate } from "../scaffold/parse-template.ts";
import { approvalGroupFindings } from "../usecases/approvals/unknown-groups.ts";
import { checkSources } from "../usecases/catalog/check-files.ts";
import type { FileChecker } from "../usecases/catalog/file-checker.ts";
import type { LoadedCatalog } from "../usecases/catalog/load-catalog.ts";
import type { Snapshot } from "../usecases/catalog/snapshot.ts";
import type { SourcesOptions } from "./catalog-sources.ts";
import { createTargetSource } from "./catalog-target.ts";

export interface CheckTargetOptions extends SourcesOptions {
  actions: ActionRegistry;
  checker: FileChecker;
  /** The whole catalog: references into it are known. */
  sources: readonly CatalogSource[];
  loaded: LoadedCatalog;
  snapshot: Snapshot;
}

/** Reading one file or repository takes seconds; more is a GitHub that hangs. */
const checkLimitMs = 30_000;

/**
 * Checks what a person named: something of the catalog by its name, a file of it, a repository or an address.
 * @throws InputError `check-target-unknown`
 */
export async function checkTarget(
  target: string,
  options: CheckTargetOptions,
): Promise<CheckReport> {
  const files = filesNamed(target, options.snapshot);
  const [file, ...others] = files;
  if (file === undefined) return await checkAnew(openTarget(target, options), options);
  const source = others.length === 0 ? readableAnew(file, options) : undefined;
  return source === undefined ? reportOf(files, options) : await checkAnew(source, options);
}

async function checkAnew(source: CatalogSource, options: CheckTargetOptions): Promise<CheckReport> {
  const { actions, checker, sources, loaded } = options;
  return await checkSources([source], {
    signal: AbortSignal.timeout(checkLimitMs),
    nowMs: options.clock(),
    checker,
    context: sources,
    lastGood: loaded,
    checkTemplate(entity, catalog) {
      const { template, diagnostics } = parseTemplate(entity, { actions });
      return [...diagnostics, ...approvalGroupFindings(entity, template, catalog)];
    },
  });
}

/** The files, as they are shown, that a name, a reference or a file's own path leads to. */
function filesNamed(target: string, { catalog }: Snapshot): string[] {
  const wanted = target.toLowerCase();
  const isMeant = ({ ref, entity, origin }: CatalogEntity): boolean =>
    ref === wanted || entity.metadata.name.toLowerCase() === wanted || origin.file === target;
  const found = [...catalog.entities.values()].filter(isMeant);
  return [...new Set(found.map(({ origin }) => origin.file))];
}

/** Files of this machine are watched: what was found is what they are like. */
function readableAnew(file: string, options: CheckTargetOptions): CatalogSource | undefined {
  if (!/^https?:/i.test(file)) return undefined;
  try {
    return createTargetSource(options, file);
  } catch (thrown) {
    if (thrown instanceof InputError) return undefined;
    throw thrown;
  }
}

function reportOf(files: readonly string[], { loaded, snapshot }: CheckTargetOptions): CheckReport {
  const readings = [...loaded.readings.values()].flat();
  return {
    files: files.length,
    entities: readings
      .filter(({ file }) => files.includes(file.file))
      .reduce((sum, { entities }) => sum + entities, 0),
    diagnostics: snapshot.diagnostics.filter(({ file }) => files.includes(file)),
  };
}

/** A repository or address; a single word is a repository of the only organisation. */
function openTarget(target: string, options: CheckTargetOptions): CatalogSource {
  const orgs = options.config.file.catalog.sources.filter((source) => source.type === "github");
  const [org, ...others] = orgs;
  const isWord = /^[\w.-]+$/.test(target);
  if (isWord && org !== undefined && others.length === 0) {
    return createTargetSource(options, `${org.org}/${target}`);
  }
  const near = nearest(target, namesIn(options.snapshot));
  try {
    return createTargetSource(options, target);
  } catch (thrown) {
    if (!(thrown instanceof InputError) || near === undefined) throw thrown;
    const hint = `did you mean ${near}? ${thrown.hint ?? ""}`;
    throw new InputError(thrown.code, thrown.message, { hint, cause: thrown });
  }
}

function* namesIn({ catalog }: Snapshot): Generator<string> {
  for (const { entity } of catalog.entities.values()) yield entity.metadata.name;
}
