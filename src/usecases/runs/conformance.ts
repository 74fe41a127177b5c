import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";

import { CallboardError, toError } from "../../base/errors.ts";
import type { CatalogEntity } from "../../catalog/model.ts";
import { createFileSource } from "../../catalog/sources/file.ts";
import type { ActionContext, ActionRegistry, CatalogAccess } from "../../scaffold/action.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import type { FetchSource } from "../../scaffold/fetching/contract.ts";
import { createFileFetch } from "../../scaffold/fetching/file-fetch.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import type { Form } from "../../scaffold/form-model.ts";
import type { Template } from "../../scaffold/model.ts";
import { parseTemplate } from "../../scaffold/parse-template.ts";
import type { Publisher } from "../../scaffold/publishers/contract.ts";
import type { Renderer } from "../../scaffold/renderer.ts";
import { sampleValues } from "../../scaffold/sample-values.ts";
import { loadCatalog } from "../catalog/load-catalog.ts";
import { runTemplateLocally } from "./run-template.ts";

/** How well one template of a folder works here. */
export interface TemplateConformance {
  /** Relative to the folder. */
  file: string;
  /** Absent when it could not even be read that far. */
  ref?: string;
  loaded: boolean;
  /** Why it was refused. */
  reason?: string;
  unknownActions: string[];
  form: { pages: number; fields: number; fallbacks: string[] };
  /** `skipped`: it was not loaded, or uses actions or files that are not here. */
  dryRun: "completed" | "failed" | "skipped";
  error?: string;
  /** What fetch steps name but is not below the folder (URLs too): it counts as an empty folder. */
  missingSources: string[];
}

export interface ConformanceOptions {
  actions: ActionRegistry;
  renderer: Renderer;
  publisher: Publisher;
  signal: AbortSignal;
  clock: () => number;
}

/** Loads every template below a folder, fills in its form with sample values and dry-runs it. */
export async function conformance(
  folder: string,
  options: ConformanceOptions,
): Promise<{ templates: TemplateConformance[] }> {
  const root = resolve(folder);
  const templates: TemplateConformance[] = [];
  for (const path of await yamlFiles(root)) {
    options.signal.throwIfAborted();
    templates.push(...(await conformanceOfFile(root, path, options)));
  }
  return { templates };
}

async function yamlFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** Each file is a catalog of its own, so that two templates of one name do not hide each other. */
async function conformanceOfFile(
  folder: string,
  path: string,
  options: ConformanceOptions,
): Promise<TemplateConformance[]> {
  const file = relative(folder, path);
  // As a folder's file: what is no entity in it is passed over.
  const source = createFileSource({ path, baseDir: folder });
  const { catalog, diagnostics } = await loadCatalog(
    [{ ...source, read: async (signal) => implied(await source.read(signal)) }],
    { signal: options.signal, nowMs: options.clock() },
  );
  const own = [...catalog.entities.values()].filter((entity) => entity.origin.base === path);
  const found = own.filter((entity) => entity.entity.kind === "Template");
  const results: TemplateConformance[] = [];
  for (const entity of found) results.push(await conformanceOf(file, entity, folder, options));
  const refused = diagnostics.find(
    (finding) => finding.severity === "error" && finding.ref?.startsWith("template:") === true,
  );
  if (refused !== undefined && !found.some((entity) => entity.ref === refused.ref)) {
    results.push({
      ...nothing(file),
      ...(refused.ref === undefined ? {} : { ref: refused.ref }),
      reason: refused.message,
    });
  }
  return results;
}

function implied<T extends { files: object[] }>(result: T): T {
  return { ...result, files: result.files.map((file) => ({ ...file, isImplied: true })) };
}

function nothing(file: string): TemplateConformance {
  const form = { pages: 0, fields: 0, fallbacks: [] };
  return { file, loaded: false, unknownActions: [], form, dryRun: "skipped", missingSources: [] };
}

async function conformanceOf(
  file: string,
  entity: CatalogEntity,
  folder: string,
  options: ConformanceOptions,
): Promise<TemplateConformance> {
  const { template, diagnostics } = parseTemplate(entity, { actions: options.actions });
  const broken = diagnostics.find(
    (finding) => finding.severity === "error" && finding.code !== "template-action-unknown",
  );
  if (template === undefined || broken !== undefined) {
    const reason = broken?.message ?? "it cannot be read as a template";
    return { ...nothing(file), ref: entity.ref, reason };
  }
  const form = buildForm(template);
  const values = sampleValues(form);
  const fields = form.pages.flatMap((page) => fieldsOf(page, values));
  const unknownActions = template.steps
    .map((step) => step.action)
    .filter((action) => !options.actions.has(action));
  const result: TemplateConformance = {
    file,
    ref: entity.ref,
    loaded: true,
    unknownActions: [...new Set(unknownActions)],
    form: {
      pages: form.pages.length,
      fields: fields.length,
      fallbacks: [...new Set(fields.flatMap((field) => field.fallbackFrom ?? []))],
    },
    dryRun: "skipped",
    missingSources: [],
  };
  if (unknownActions.length > 0) return result;
  return { ...result, ...(await dryRun(template, form, values, folder, options)) };
}

async function dryRun(
  template: Template,
  form: Form,
  values: TemplateValues,
  folder: string,
  options: ConformanceOptions,
): Promise<Pick<TemplateConformance, "dryRun" | "error" | "missingSources">> {
  const empty = await mkdtemp(join(tmpdir(), "callboard-empty-"));
  const missing = new Set<string>();
  try {
    const report = await runTemplateLocally({
      ...options,
      template,
      form,
      values,
      isDryRun: true,
      user: sampleUser,
      fetch: lenientFetch(createFileFetch({ roots: [folder] }), empty, missing),
      catalog: emptyCatalog,
    });
    const missingSources = [...missing];
    if (report.status === "completed") return { dryRun: "completed", missingSources };
    const failed = report.steps.find((step) => step.error !== undefined);
    const error = failed?.error?.message ?? "it failed without a reason";
    // A file of a source that is not here says nothing about the template.
    const isSourceMissing = failed?.error?.code === "file-not-found" && missing.size > 0;
    return { dryRun: isSourceMissing ? "skipped" : "failed", error, missingSources };
  } catch (thrown) {
    const error = toError(thrown);
    const hint = "hint" in error && typeof error.hint === "string" ? `: ${error.hint}` : "";
    return { dryRun: "failed", error: `${error.message}${hint}`, missingSources: [...missing] };
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

/** Templates are judged by themselves: what they copy from elsewhere is as good as empty. */
function lenientFetch(source: FetchSource, empty: string, missing: Set<string>): FetchSource {
  return {
    async fetch(url, base, signal) {
      try {
        return await source.fetch(url, base, signal);
      } catch (thrown) {
        const isElsewhere =
          thrown instanceof CallboardError &&
          ["fetch-not-found", "fetch-url-unsupported"].includes(thrown.code);
        if (!isElsewhere) throw thrown;
        missing.add(url);
        return { path: empty, isFolder: true };
      }
    },
  };
}

type TemplateValues = ReturnType<typeof sampleValues>;

const sampleUser: ActionContext["user"] = { name: "Robin", ref: "user:default/robin" };

/** Finds nothing, and takes everything. */
const emptyCatalog: CatalogAccess = {
  get: () => undefined,
  register: async () => ["component:default/ledger"],
};
