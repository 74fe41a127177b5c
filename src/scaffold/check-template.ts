import { closest, distance } from "fastest-levenshtein";

import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { buildForm } from "./build-form.ts";
import { scanText } from "./expression-scan.ts";
import { createExpressionEngine, quickLimits } from "./expressions.ts";
import { fieldKind, isSecretText } from "./field-kinds.ts";
import { engineFilterNames, ownFilterNames } from "./filters.ts";
import { schemaProblem } from "./json-schema.ts";
import type { Template } from "./model.ts";
import type { TemplateFindings } from "./template-findings.ts";

/** What a template may use. Absent: not checked. */
export interface KnownExtensions {
  actions?: { has(id: string): boolean; keys(): Iterable<string> };
  /** Feature flags that count as on; absent: what names one is there all the same. */
  featureFlags?: readonly string[];
}

type Path = (string | number)[];

const engine = createExpressionEngine({ limits: quickLimits });
const knownFilters = new Set([...engineFilterNames, ...ownFilterNames]);

/** Reports what would only show when the template is run, or not at all. */
export function checkTemplate(
  template: Template,
  known: KnownExtensions,
  findings: TemplateFindings,
): void {
  checkForm(template, findings);
  checkActions(template, known, findings);
  checkStepIds(template, findings);
  const ids = template.steps.map((step) => step.id);
  template.steps.forEach((step, index) => {
    const path = ["spec", "steps", index];
    // Only finished steps can be referred to; the step itself and later ones are never there.
    const earlier = new Set(ids.slice(0, index));
    const check = (value: JsonValue | undefined, at: Path): void =>
      checkTexts(value, at, { earlier, all: ids }, findings);
    check(step.if, [...path, "if"]);
    check(step.each, [...path, "each"]);
    check(step.input, [...path, "input"]);
  });
  checkTexts(template.output, ["spec", "output"], { earlier: new Set(ids), all: ids }, findings);
}

function checkForm(template: Template, findings: TemplateFindings): void {
  buildForm(template).pages.forEach((page, index) => {
    const at: Path =
      template.pages.length === 1 ? ["spec", "parameters"] : ["spec", "parameters", index];
    const problem = schemaProblem(page.schema);
    if (problem !== undefined) {
      findings.add(
        "error",
        at,
        "template-schema-invalid",
        `this page is not a JSON Schema: ${problem}`,
      );
    }
    checkFieldNames(page.written, at, findings, 0);
  });
}

/** Walks all schemas of a page, also those behind conditions. */
function checkFieldNames(
  value: JsonValue,
  path: Path,
  findings: TemplateFindings,
  depth: number,
): void {
  if (depth > 30) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkFieldNames(item, [...path, index], findings, depth + 1));
  }
  if (!isRecord(value)) return;
  checkField(value, path, findings);
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "object" && item !== null && !key.startsWith("ui:") && key !== "default") {
      checkFieldNames(item, [...path, key], findings, depth + 1);
    }
  }
}

function checkField(schema: JsonObject, path: Path, findings: TemplateFindings): void {
  if (typeof schema["ui:field"] === "string") {
    const { fallbackFrom, widget } = fieldKind(schema);
    if (fallbackFrom !== undefined) {
      findings.add(
        "warning",
        [...path, "ui:field"],
        "template-field-unknown",
        `ui:field “${fallbackFrom}” is not known; it is shown as ${widget} by its schema type`,
      );
    }
  }
  const { items } = schema;
  if (isRecord(items) && isSecretText(items)) {
    findings.add(
      "error",
      [...path, "items"],
      "template-secret-list",
      "a list of secrets cannot be asked for",
      "make each entry an object with the secret as one of its properties",
    );
  }
}

function checkActions(
  template: Template,
  known: KnownExtensions,
  findings: TemplateFindings,
): void {
  const { actions } = known;
  if (actions === undefined) return;
  template.steps.forEach((step, index) => {
    if (actions.has(step.action)) return;
    const near = nearest(step.action, [...actions.keys()]);
    const fix =
      near === undefined
        ? "`docs/actions.md` lists the actions and how to add one"
        : `did you mean “${near}”?`;
    // A step with a condition may never be reached, so the rest can still be of use.
    findings.add(
      step.if === undefined ? "error" : "warning",
      ["spec", "steps", index, "action"],
      "template-action-unknown",
      `there is no action “${step.action}”`,
      fix,
    );
  });
}

function checkStepIds(template: Template, findings: TemplateFindings): void {
  const seen = new Set<string>();
  template.steps.forEach((step, index) => {
    if (seen.has(step.id)) {
      findings.add(
        "warning",
        ["spec", "steps", index, "id"],
        "template-step-duplicate",
        `the id “${step.id}” is taken by an earlier step, whose output this one replaces`,
      );
    }
    seen.add(step.id);
  });
}

interface StepIds {
  earlier: ReadonlySet<string>;
  all: readonly string[];
}

function checkTexts(
  value: JsonValue | undefined,
  path: Path,
  ids: StepIds,
  findings: TemplateFindings,
): void {
  if (typeof value === "string") checkText(value, path, ids, findings);
  else if (Array.isArray(value)) {
    value.forEach((item, index) => checkTexts(item, [...path, index], ids, findings));
  } else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value satisfies JsonObject)) {
      checkTexts(item, [...path, key], ids, findings);
    }
  }
}

function checkText(text: string, path: Path, ids: StepIds, findings: TemplateFindings): void {
  const fault = engine.syntaxFault(text);
  if (fault !== undefined) {
    const line =
      text.includes("\n") && fault.line !== undefined ? ` in line ${fault.line} of the text` : "";
    findings.add(
      "warning",
      path,
      "template-expression-invalid",
      `“${cut(text)}” cannot be parsed: ${fault.message}${line}`,
      hintFor(text),
    );
    return;
  }
  const { filters, steps } = scanText(text);
  for (const name of filters) {
    if (knownFilters.has(name)) continue;
    const near = nearest(name, [...knownFilters]);
    findings.add(
      "warning",
      path,
      "template-filter-unknown",
      `there is no filter “${name}”`,
      near === undefined ? undefined : `did you mean “${near}”?`,
    );
  }
  for (const id of steps) {
    if (!ids.earlier.has(id))
      findings.add("warning", path, "template-step-unknown", ...stepFinding(id, ids, text));
  }
}

function stepFinding(id: string, ids: StepIds, text: string): [string, string | undefined] {
  if (ids.all.includes(id)) {
    return [`steps.${id} is used before the step has run: it is undefined here`, undefined];
  }
  const dashed = ids.all.find((one) => one.startsWith(`${id}-`) && text.includes(`steps.${one}`));
  if (dashed !== undefined) {
    return [`“steps.${dashed}” is a subtraction`, `write steps['${dashed}']`];
  }
  const near = nearest(id, [...ids.all]);
  return [
    `there is no step “${id}”: it is undefined here`,
    near === undefined ? undefined : `did you mean “${near}”?`,
  ];
}

/** What people bring along from other languages. */
function hintFor(text: string): string | undefined {
  if (text.includes("||")) return "write `or` instead of `||`";
  if (text.includes("&&")) return "write `and` instead of `&&`";
  if (/\?[^.]*:/.test(text)) return "write `a if condition else b` instead of `condition ? a : b`";
  return undefined;
}

/** The nearest name, when it is near enough to be what was meant. */
function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, near.length / 4) ? near : undefined;
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
