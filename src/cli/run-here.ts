import { resolve } from "node:path";

import type { CatalogState } from "../app/create-catalog.ts";
import { createPublishing } from "../app/create-publisher.ts";
import { createFetch, loadActions } from "../app/load-actions.ts";
import type { JsonObject } from "../base/json.ts";
import { silentLogger } from "../base/logger.ts";
import { createWorkerRenderer } from "../scaffold/rendering/worker-renderer.ts";
import { runTemplateLocally, type LocalRunReport } from "../usecases/runs/run-template.ts";
import type { LoadedTemplate } from "../usecases/services.ts";
import { loadConfig, type CliContext } from "./context.ts";

/** Flags of `callboard template run`. */
export interface TemplateRunFlags {
  /** A file; absent: made up, for a dry run. */
  values?: string;
  dryRun?: boolean;
  out?: string;
  json?: boolean;
}

export interface RunHereOptions {
  context: CliContext;
  catalog: CatalogState;
  loaded: LoadedTemplate;
  values: JsonObject;
  flags: TemplateRunFlags;
}

/** Runs a template in this process and prints what it did: 0 completed, 1 failed. */
export async function runHere({
  context,
  catalog,
  loaded,
  values,
  flags,
}: RunHereOptions): Promise<number> {
  const config = loadConfig(context);
  const renderer = createWorkerRenderer();
  const { publisher, github } = createPublishing(config, silentLogger);
  const isJson = flags.json === true;
  try {
    const report = await runTemplateLocally({
      template: loaded.template,
      form: loaded.form,
      values,
      isDryRun: flags.dryRun === true,
      ...(flags.out === undefined ? {} : { outDir: resolve(context.cwd, flags.out) }),
      user: { name: "terminal" },
      actions: await loadActions(config),
      renderer,
      fetch: createFetch(config, { reach: "nearby", github }),
      publisher,
      catalog: {
        get: (ref) => catalog.snapshot().catalog.entities.get(ref),
        // the terminal has no storage to keep it in: the entity is in the repository, where a source can read it
        register: async () => [],
      },
      clock: Date.now,
      signal: new AbortController().signal,
      environment: config.file.scaffolder.environment,
      environmentSecrets: config.file.scaffolder.environmentSecrets,
      onLog: (stepId, line) => void (isJson || context.stdout.write(`  ${stepId}: ${line}\n`)),
    });
    context.stdout.write(isJson ? `${JSON.stringify(report)}\n` : toText(report));
    return report.status === "completed" ? 0 : 1;
  } finally {
    await renderer.close();
  }
}

const marks: Record<string, string> = { completed: "✓", failed: "✗", skipped: "–" };

function toText(report: LocalRunReport): string {
  const steps = report.steps.flatMap(({ name, status, error }) => [
    `${marks[status] ?? "·"} ${name}`,
    ...(error === undefined
      ? []
      : [`    ${error.message}`, ...(error.hint === undefined ? [] : [`    → ${error.hint}`])]),
  ]);
  const files = report.files.map(({ path, executable }) => `  ${path}${executable ? " *" : ""}`);
  const links = report.output.links.map(
    ({ title, url, entityRef }) => `  ${title}: ${url ?? entityRef ?? ""}`,
  );
  return [
    ...steps,
    ...(files.length === 0 ? [] : ["", `${files.length} files`, ...files]),
    ...(links.length === 0 ? [] : ["", ...links]),
    "",
    report.status,
    "",
  ].join("\n");
}
