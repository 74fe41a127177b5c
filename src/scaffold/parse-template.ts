import type { Diagnostic } from "../base/diagnostics.ts";
import {
  isRecord,
  toJsonObject,
  toJsonValue,
  type JsonObject,
  type JsonValue,
} from "../base/json.ts";
import { displayName, relationTargets, type CatalogEntity } from "../catalog/model.ts";
import { checkTemplate, type KnownExtensions } from "./check-template.ts";
import { withoutFlagged } from "./feature-flags.ts";
import type { Template, TemplateStep } from "./model.ts";
import { readApprovals } from "./read-approvals.ts";
import { createTemplateFindings, type TemplateFindings } from "./template-findings.ts";

/**
 * Reads a Template entity into what can be run, and says everything that is wrong with it. A template with a finding of
 * severity `error` must not be run; without `template` it cannot even be shown.
 * Faults that Backstage passes over in silence (an expression that does not parse, a filter or step that does not exist) are
 * warnings: the step that needs them fails when it is reached.
 * @see https://backstage.io/docs/features/software-templates/writing-templates
 */
export function parseTemplate(entity: CatalogEntity, known: KnownExtensions = {}): ParsedTemplate {
  const before = parsedBefore.get(entity.entity);
  if (
    before !== undefined &&
    before.base === entity.origin.base &&
    before.actions === known.actions
  ) {
    return before.parsed;
  }
  const parsed = parse(entity, known);
  parsedBefore.set(entity.entity, { base: entity.origin.base, actions: known.actions, parsed });
  return parsed;
}

/** A template as far as it could be read, and everything that is wrong with it. */
export interface ParsedTemplate {
  template?: Template;
  diagnostics: Diagnostic[];
}

/** A refresh of the catalog keeps the entities of unchanged files, and compiling schemas anew would hold everybody up. */
const parsedBefore = new WeakMap<
  CatalogEntity["entity"],
  { base: string; actions: KnownExtensions["actions"]; parsed: ParsedTemplate }
>();

function parse(entity: CatalogEntity, known: KnownExtensions): ParsedTemplate {
  const findings = createTemplateFindings(entity);
  const spec = toJsonObject(entity.entity.spec);
  const pages = readPages(spec["parameters"], findings);
  const steps = readSteps(spec["steps"], findings);
  if (pages === undefined || steps === undefined) return { diagnostics: findings.diagnostics };
  const template: Template = {
    ref: entity.ref,
    title: displayName(entity),
    type: textOf(spec["type"]) ?? "other",
    tags: entity.entity.metadata.tags ?? [],
    base: entity.origin.base,
    pages,
    steps,
    output: isRecord(spec["output"]) ? spec["output"] : {},
  };
  const description = entity.entity.metadata.description;
  if (description !== undefined) template.description = description;
  const owner = relationTargets(entity, "ownedBy")[0] ?? textOf(spec["owner"]);
  if (owner !== undefined) template.owner = owner;
  const secrets = isRecord(spec["secrets"]) ? spec["secrets"]["schema"] : undefined;
  if (isRecord(secrets)) template.secretsSchema = secrets;
  readApprovals(entity, template, findings);
  checkTemplate(template, known, findings);
  const { featureFlags } = known;
  if (featureFlags !== undefined) template.pages = withoutFlagged(template.pages, featureFlags);
  return { template, diagnostics: findings.diagnostics };
}

function readPages(
  written: JsonValue | undefined,
  findings: TemplateFindings,
): JsonObject[] | undefined {
  if (written === undefined || written === null) return [];
  const pages = Array.isArray(written) ? written : [written];
  const bad = pages.findIndex((page) => !isRecord(page));
  if (bad < 0) return pages.filter((page) => isRecord(page));
  findings.add(
    "error",
    Array.isArray(written) ? ["spec", "parameters", bad] : ["spec", "parameters"],
    "template-parameters-invalid",
    `spec.parameters must be an object or a list of objects, found ${kindOf(pages[bad])}`,
  );
  return undefined;
}

function readSteps(
  written: JsonValue | undefined,
  findings: TemplateFindings,
): TemplateStep[] | undefined {
  if (!Array.isArray(written)) {
    findings.add(
      "error",
      ["spec", "steps"],
      "template-steps-missing",
      `spec.steps must be a list, found ${kindOf(written)}`,
    );
    return undefined;
  }
  const steps = written.map((step, index) => readStep(step, index, findings));
  const good = steps.filter((step) => step !== undefined);
  return good.length === steps.length ? good : undefined;
}

function readStep(
  written: JsonValue,
  index: number,
  findings: TemplateFindings,
): TemplateStep | undefined {
  const path = ["spec", "steps", index];
  if (!isRecord(written)) {
    findings.add(
      "error",
      path,
      "template-step-invalid",
      `step ${index + 1} must be an object, found ${kindOf(written)}`,
    );
    return undefined;
  }
  const { id, name, action, input, if: condition, each } = written;
  const wrong = stepShape.find(([key, , fits]) => !fits(written[key]));
  if (wrong !== undefined) {
    const [key, wanted] = wrong;
    const message = `${key} of step ${index + 1} must be ${wanted}, found ${kindOf(written[key])}`;
    findings.add("error", [...path, key], "template-step-invalid", message);
    return undefined;
  }
  const actionId = textOf(action) ?? "";
  const step: TemplateStep = {
    id: textOf(id) ?? `step-${index + 1}`,
    name: textOf(name) ?? actionId,
    action: actionId,
    input: isRecord(input) ? input : {},
  };
  if (condition !== undefined) step.if = condition;
  if (each !== undefined) step.each = each;
  const tags = permissionTags(written);
  if (tags.length > 0) step.permissionTags = tags;
  return step;
}

const isTextOrAbsent = (value: unknown): boolean =>
  value === undefined || typeof value === "string";

/** Key, what it must be, and the check. */
const stepShape: readonly [string, string, (value: unknown) => boolean][] = [
  ["action", "the id of an action", (value) => typeof value === "string" && value !== ""],
  ["id", "a text", isTextOrAbsent],
  ["name", "a text", isTextOrAbsent],
  ["input", "an object", (value) => value === undefined || value === null || isRecord(value)],
];

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The tags of `backstage:permissions`; everything else there is for others. */
function permissionTags(written: JsonObject): string[] {
  const permissions = written["backstage:permissions"];
  const tags = isRecord(permissions) ? permissions["tags"] : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** What stands there, in a word, with short values as written. */
function kindOf(value: unknown): string {
  const json = toJsonValue(value);
  if (json === undefined) return "nothing";
  if (Array.isArray(json)) return "a list";
  if (isRecord(json)) return "an object";
  return JSON.stringify(json).slice(0, 60);
}
