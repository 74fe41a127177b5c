import { readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { toError } from "../../base/errors.ts";
import type { CatalogEntity } from "../../catalog/model.ts";
import { createFileSource } from "../../catalog/sources/file.ts";
import type { ActionContext, ActionRegistry, CatalogAccess } from "../../scaffold/action.ts";
import { buildForm } from "../../scaffold/build-form.ts";
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
import { createSampleSources } from "./sample-sources.ts";

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
  /** Why it did not get to the end; absent when it did. */
  because?: ConformanceReason;
  /** What fetch steps name but is not below the folder (URLs too): it counts as a nearly empty folder. */
  missingSources: string[];
}

/**
 * `refused`: it was not loaded. `action-unknown`: a step that is reached uses an action that is not here. `source-missing`: a
 * step needs a file of a source that is not below the folder. `expression-invalid`: the template holds an expression that cannot
 * be parsed, which was said when it was loaded. `other`: anything else, which is ours to look into.
 */
export type ConformanceReason =
  | "refused"
  | "action-unknown"
  | "source-missing"
  | "expression-invalid"
  | "other";

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
  const lacking = { unknownActions: [], missingSources: [] };
  return { file, loaded: false, form, dryRun: "skipped", because: "refused", ...lacking };
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
  // An unknown action that only conditional steps use may never be reached.
  const isStopped = template.steps.some(
    (step) => step.if === undefined && unknownActions.includes(step.action),
  );
  if (isStopped) return { ...result, because: "action-unknown" };
  return { ...result, ...(await dryRun({ template, form, values, diagnostics }, folder, options)) };
}

interface Trial {
  template: Template;
  form: Form;
  values: TemplateValues;
  /** What was found when it was loaded. */
  diagnostics: Diagnostic[];
}

type TrialResult = Pick<TemplateConformance, "dryRun" | "error" | "because" | "missingSources">;

async function dryRun(
  { template, form, values, diagnostics }: Trial,
  folder: string,
  options: ConformanceOptions,
): Promise<TrialResult> {
  const sources = await createSampleSources(createFileFetch({ roots: [folder] }));
  try {
    const report = await runTemplateLocally({
      ...options,
      template,
      form,
      values,
      isDryRun: true,
      user: sampleUser,
      fetch: sources,
      catalog: emptyCatalog,
    });
    const missingSources = [...sources.missing];
    if (report.status === "completed") return { dryRun: "completed", missingSources };
    const failure = report.steps.find((step) => step.error !== undefined)?.error;
    const error = failure?.message ?? "it failed without a reason";
    const wasTold = diagnostics.some(({ code }) => code === "template-expression-invalid");
    const because = reasonOf(failure?.code, missingSources.length > 0, wasTold);
    // What is not here says nothing about the template.
    const isLacking = because === "source-missing" || because === "action-unknown";
    return { dryRun: isLacking ? "skipped" : "failed", because, error, missingSources };
  } catch (thrown) {
    const error = toError(thrown);
    const hint = "hint" in error && typeof error.hint === "string" ? `: ${error.hint}` : "";
    const missingSources = [...sources.missing];
    return { dryRun: "failed", because: "other", error: `${error.message}${hint}`, missingSources };
  } finally {
    await sources.close();
  }
}

function reasonOf(
  code: string | undefined,
  isSourceMissing: boolean,
  wasTold: boolean,
): ConformanceReason {
  if (code === "expression-failed" && wasTold) return "expression-invalid";
  if (code === "step-action-unknown") return "action-unknown";
  return code === "file-not-found" && isSourceMissing ? "source-missing" : "other";
}

type TemplateValues = ReturnType<typeof sampleValues>;

const sampleUser: ActionContext["user"] = { name: "Robin", ref: "user:default/robin" };

/** Finds nothing, and takes everything. */
const emptyCatalog: CatalogAccess = {
  get: () => undefined,
  register: async () => ["component:default/ledger"],
};
