import { expect, test } from "@jest/globals";

import { formatDiagnostic } from "../../src/base/diagnostics.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { buildCatalog } from "../../src/catalog/build.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { fieldsOf } from "../../src/scaffold/fields.ts";
import { completeValues } from "../../src/scaffold/form-values.ts";
import type { Template } from "../../src/scaffold/model.ts";
import { parseTemplate } from "../../src/scaffold/parse-template.ts";
import { validateValues } from "../../src/scaffold/validate-values.ts";
import { sampleCatalogFiles } from "./sample-files.ts";
import { templateCases } from "./template-cases.ts";

const { catalog } = buildCatalog({
  sources: [{ id: "sample", readAtMs: 0, files: sampleCatalogFiles() }],
});
const parsed = [...catalog.entities.values()]
  .filter(({ entity }) => entity.kind === "Template")
  .map((entity) => parseTemplate(entity));
const templates = parsed.flatMap(({ template }) => (template === undefined ? [] : [template]));
const scope = { user: { ref: "user:default/dario.costa" } };

function templateOf(name: string): Template {
  const template = templates.find(({ ref }) => ref === `template:default/${name}`);
  if (template === undefined) throw new Error(`there is no template ${name}`);
  return template;
}

function faultsOf(name: string, values: JsonObject): string[] {
  const form = buildForm(templateOf(name));
  const complete = completeValues(form, values, scope);
  return validateValues(form, complete, scope).map((fault) => `${fault.key}: ${fault.message}`);
}

test("our templates load without a finding", () => {
  const findings = parsed.flatMap(({ diagnostics }) => diagnostics.map(formatDiagnostic));

  expect(findings).toEqual([]);
  expect(templates.map(({ ref }) => ref.replace("template:default/", "")).toSorted()).toEqual([
    "access-request",
    "add-runbook",
    "node-service",
    "python-job",
  ]);
});

test("titles of our templates and their pages fit a Slack modal", () => {
  const titles = templates.flatMap((template) => [
    template.title,
    ...buildForm(template).pages.map((page) => page.title),
  ]);

  expect(titles.filter((title) => title.length > 24)).toEqual([]);
});

test("every field of our forms is one that Slack can show", () => {
  const fallbacks = templates.flatMap((template) =>
    buildForm(template).pages.flatMap((page) =>
      fieldsOf(page, {}, scope).filter((field) => field.fallbackFrom !== undefined),
    ),
  );

  expect(fallbacks).toEqual([]);
});

test.each(templateCases)("$template takes the values of: $what", ({ template, values }) => {
  expect(faultsOf(template, values)).toEqual([]);
});

test("nobody has to choose themselves when they ask for access", () => {
  const form = buildForm(templateOf("access-request"));

  expect(completeValues(form, {}, scope)["person"]).toBe("user:default/dario.costa");
});

test.each<[string, JsonObject, RegExp]>([
  ["node-service", { name: "Seat Upgrades" }, /^name: /],
  ["node-service", { name: "1st-service" }, /^name: /],
  ["node-service", { port: 80 }, /^port: /],
  ["node-service", { slackChannel: "seat-upgrades" }, /^slackChannel: /],
  ["node-service", { tags: ["Node JS"] }, /^tags/],
  ["python-job", { schedule: "custom" }, /^cron: /],
  ["python-job", { schedule: "custom", cron: "every day" }, /^cron: /],
  ["python-job", { timeoutMinutes: 0 }, /^timeoutMinutes: /],
  ["access-request", { hasReadRules: false }, /^hasReadRules: /],
  ["access-request", { level: "admin" }, /^ticket: /],
  ["access-request", { reason: "because" }, /^reason: /],
  ["add-runbook", { alert: "checkout is slow" }, /^alert: /],
  ["add-runbook", { dashboard: "the big one" }, /^dashboard: /],
])("%s refuses %j at its field", (template, wrong, expected) => {
  const good = templateCases.find((entry) => entry.template === template)?.values ?? {};

  const faults = faultsOf(template, { ...good, ...wrong });

  expect(faults).toEqual([expect.stringMatching(expected)]);
});
