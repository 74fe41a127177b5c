import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asTexts } from "./conditions.ts";
import { uiSetting } from "./field-kinds.ts";
import type { Form, FormPage } from "./form-model.ts";
import { cleanSchema } from "./json-schema.ts";
import type { Template } from "./model.ts";

/**
 * Builds the form of a template: one page for each entry of `spec.parameters`, and one for secrets that only
 * `spec.secrets.schema` names. Pure, and total: odd pages become empty ones.
 */
export function buildForm(template: Pick<Template, "title" | "pages" | "secretsSchema">): Form {
  const secrets = secretsPage(template);
  const pages = secrets === undefined ? template.pages : [...template.pages, secrets];
  return {
    pages: pages.map((written, index) => {
      const title = text(written, "title") ?? defaultTitle(template, index);
      const description = text(written, "ui:description") ?? text(written, "description");
      const page: FormPage = { title, schema: pageSchema(written), written };
      if (description !== undefined) page.description = description;
      const when = written["when"];
      if (when !== undefined) page.when = when;
      return page;
    }),
  };
}

function defaultTitle(template: Pick<Template, "title" | "pages">, index: number): string {
  return template.pages.length === 1 ? template.title : `Page ${index + 1}`;
}

/** A page that asks for the secrets which no field of the other pages asks for; undefined when there are none. */
function secretsPage({
  pages,
  secretsSchema,
}: Pick<Template, "pages" | "secretsSchema">): JsonObject | undefined {
  const properties = secretsSchema?.["properties"];
  if (!isRecord(properties)) return undefined;
  const asked = new Set(pages.flatMap((page) => secretNamesIn(page, 0)));
  const missing = Object.entries(properties).filter(([name]) => !asked.has(name));
  if (missing.length === 0) return undefined;
  const required = secretsSchema?.["required"];
  return {
    title: "Secrets",
    properties: Object.fromEntries(
      missing.map(([name, schema]) => [name, { ...secretSchema(schema), "ui:field": "Secret" }]),
    ),
    required: asTexts(required).filter((name) => !asked.has(name)),
  };
}

/** How a secret is called; what it must look like is checked when its value is known. */
function secretSchema(schema: JsonValue | undefined): JsonObject {
  const { title, description }: JsonObject = isRecord(schema) ? schema : {};
  return {
    type: "string",
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}

function secretNamesIn(value: JsonValue | undefined, depth: number): string[] {
  if (depth > 30) return [];
  if (Array.isArray(value)) return value.flatMap((item) => secretNamesIn(item, depth + 1));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    isRecord(item) && uiSetting(item, "field") === "Secret"
      ? [name]
      : secretNamesIn(item, depth + 1),
  );
}

function pageSchema(written: JsonObject): JsonObject {
  const { when: _when, ...schema } = written;
  const clean = cleanSchema(schema);
  return { type: "object", ...(isRecord(clean) ? clean : {}) };
}

function text(schema: JsonObject, key: string): string | undefined {
  const value = schema[key];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
