import { isRecord, type JsonObject } from "../base/json.ts";
import type { Form, FormPage } from "./form-model.ts";
import { cleanSchema } from "./json-schema.ts";
import type { Template } from "./model.ts";

/** Builds the form of a template: one page for each entry of `spec.parameters`. Pure, and total: odd pages become empty ones. */
export function buildForm(template: Pick<Template, "title" | "pages">): Form {
  return {
    pages: template.pages.map((written, index) => {
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

function pageSchema(written: JsonObject): JsonObject {
  const { when: _when, ...schema } = written;
  const clean = cleanSchema(schema);
  return { type: "object", ...(isRecord(clean) ? clean : {}) };
}

function text(schema: JsonObject, key: string): string | undefined {
  const value = schema[key];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
