import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import { configuredApprovals } from "../../app/configured-policy.ts";
import type { CatalogState } from "../../app/create-catalog.ts";
import { loadActions } from "../../app/load-actions.ts";
import { parseBoundedYaml } from "../../base/bounded-yaml.ts";
import { formatDiagnostic } from "../../base/diagnostics.ts";
import { ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import { isRecord, toJsonObject, type JsonObject } from "../../base/json.ts";
import { createFileSource } from "../../catalog/sources/file.ts";
import type { Config } from "../../config/load.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import { sampleValues } from "../../scaffold/sample-values.ts";
import { requiredApprovals } from "../../usecases/approvals/required-approval.ts";
import { loadCatalog } from "../../usecases/catalog/load-catalog.ts";
import { buildTemplates } from "../../usecases/runs/templates.ts";
import type { LoadedTemplate } from "../../usecases/services.ts";
import { type CliContext, loadConfig } from "../context.ts";
import { openCatalog } from "../open-catalog.ts";
import type { TemplateRunFlags } from "../run-here.ts";

/** `callboard template list`. */
export async function runTemplateList(
  context: CliContext,
  options: { json?: boolean },
): Promise<number> {
  const catalog = await openCatalog(context);
  try {
    const templates = catalog.templates().list();
    const lines = templates.map(({ ref, title, description, problem }) => {
      const about = problem === undefined ? (description ?? "") : `cannot be run: ${problem}`;
      return `${ref}\n  ${title}${about === "" ? "" : ` – ${about}`}\n`;
    });
    context.stdout.write(
      options.json === true ? `${JSON.stringify({ templates })}\n` : lines.join(""),
    );
    return 0;
  } finally {
    await catalog.close();
  }
}

/** `callboard template show`: pages, fields and steps. */
export async function runTemplateShow(
  context: CliContext,
  name: string,
  options: { json?: boolean },
): Promise<number> {
  const catalog = await openCatalog(context);
  try {
    const { template, form } = await findTemplate(name, catalog, context);
    const pages = form.pages.map((page) => ({ title: page.title, fields: fieldsOf(page, {}) }));
    if (options.json === true) {
      context.stdout.write(
        `${JSON.stringify({ ref: template.ref, title: template.title, pages, steps: template.steps })}\n`,
      );
      return 0;
    }
    const lines = [
      `${template.title} (${template.ref})`,
      ...(template.description === undefined ? [] : [template.description]),
    ];
    for (const page of pages) {
      lines.push("", page.title);
      for (const field of page.fields) {
        const initial = field.initial === undefined ? "" : ` = ${JSON.stringify(field.initial)}`;
        lines.push(
          `  ${field.key}${field.isRequired ? "*" : ""}: ${field.widget}${initial}  ${field.label}`,
        );
      }
    }
    lines.push(
      "",
      "Steps",
      ...template.steps.map((step) => `  ${step.id}: ${step.action}  ${step.name}`),
    );
    context.stdout.write(`${lines.join("\n")}\n`);
    return 0;
  } finally {
    await catalog.close();
  }
}

/** `callboard template run`: 0 completed, 1 failed, 2 bad input. */
export async function runTemplateRun(
  context: CliContext,
  name: string,
  flags: TemplateRunFlags,
): Promise<number> {
  const given = flags.values === undefined ? undefined : readValues(flags.values, context.cwd);
  const catalog = await openCatalog(context);
  try {
    const loaded = await findTemplate(name, catalog, context);
    if (loaded.problem !== undefined) {
      throw new InputError("template-broken", `the template cannot be run: ${loaded.problem}`, {
        hint: "`callboard check` lists every finding",
      });
    }
    const values = given ?? madeUpValues(loaded, flags, context);
    if (flags.dryRun !== true) assertNobodyMustApprove(loaded, values, loadConfig(context));
    const { runHere } = await import("../run-here.ts");
    return await runHere({ context, catalog, loaded, values, flags });
  } finally {
    await catalog.close();
  }
}

/** Values for a first look, said so. @throws InputError `values-needed` for a real run */
function madeUpValues(
  { form }: LoadedTemplate,
  flags: TemplateRunFlags,
  context: CliContext,
): JsonObject {
  if (flags.dryRun !== true) {
    throw new InputError("values-needed", "a run needs the values of its form", {
      hint: "write them into a file and give it with --values; `callboard template show` lists the fields, and --dry-run makes values up",
    });
  }
  const values = sampleValues(form);
  context.stderr.write(`values made up from the form: ${JSON.stringify(values)}\n`);
  return values;
}

/** A terminal asks nobody. @throws ForbiddenError `approval-needed` */
function assertNobodyMustApprove(
  { template }: LoadedTemplate,
  values: JsonObject,
  config: Config,
): void {
  const rules = configuredApprovals(config.file);
  const [first] = requiredApprovals({ template, values }, rules);
  if (first === undefined) return;
  throw new ForbiddenError(
    "approval-needed",
    `the template ${template.title} must be approved by ${first.requirement.groups.join(" or ")}`,
    { hint: "start it in Slack, or look at what it would do with --dry-run" },
  );
}

/** A template by name or reference from the catalog, or from a file that is given by its path. */
async function findTemplate(
  name: string,
  catalog: CatalogState,
  context: CliContext,
): Promise<LoadedTemplate> {
  const path = resolve(context.cwd, name);
  if (/\.ya?ml$/i.test(name) && existsSync(path)) return readTemplateFile(path, context);
  const found = catalog.templates().get(name);
  if (found !== undefined) return found;
  const near = catalog
    .templates()
    .suggest(name)
    .map((template) => template.ref);
  throw new NotFoundError("template-unknown", `there is no template ${name}`, {
    hint:
      near.length === 0
        ? "`callboard template list` shows what there is"
        : `did you mean ${near.join(", ")}?`,
  });
}

async function readTemplateFile(path: string, context: CliContext): Promise<LoadedTemplate> {
  const source = createFileSource({ path, baseDir: context.cwd });
  const loaded = await loadCatalog([source], {
    signal: new AbortController().signal,
    nowMs: Date.now(),
  });
  const config = loadConfig(context);
  const templates = buildTemplates(loaded.catalog, {
    actions: await loadActions(config),
    featureFlags: config.file.scaffolder.featureFlags,
  });
  const [first] = templates.list();
  const template = first === undefined ? undefined : templates.get(first.ref);
  if (template !== undefined) return template;
  const findings = [...loaded.diagnostics, ...templates.diagnostics].map(formatDiagnostic);
  throw new InputError("template-broken", `${path} holds no template that can be shown`, {
    hint: findings.length === 0 ? "it needs a document of kind Template" : findings.join("\n  "),
  });
}

function readValues(file: string, cwd: string): JsonObject {
  let value: unknown;
  try {
    value = parseBoundedYaml(readFileSync(resolve(cwd, file), "utf8"));
  } catch (thrown) {
    throw new InputError(
      "values-unreadable",
      `the values file ${file} cannot be read as YAML or JSON`,
      { cause: thrown },
    );
  }
  if (!isRecord(value)) {
    throw new InputError("values-unreadable", `the values file ${file} holds no mapping`, {
      hint: "write one line for each field: name: seat-upgrades",
    });
  }
  return toJsonObject(value);
}
