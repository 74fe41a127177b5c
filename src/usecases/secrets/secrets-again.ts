import type { JsonObject } from "../../base/json.ts";
import { isRecord } from "../../base/json.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import type { Form } from "../../scaffold/form-model.ts";
import { everyEntry } from "../../scaffold/text-at.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { SecretField } from "./secret-fields.ts";

/** A form that asks for nothing but the secrets of a run, which were erased when it ended. */
export function secretsAgain(run: Pick<RunRecord, "template" | "values" | "secrets">): Form {
  const labels = new Map(
    buildForm(run.template).pages.flatMap((page) =>
      fieldsOf(page, run.values).map(({ path, label }) => [path.join("."), label] as const),
    ),
  );
  const page = (run.secrets?.fields ?? []).reduce<JsonObject>(
    (schema, field) =>
      withField(schema, field.path, field, lastPart(labels.get(field.path.join(".")))),
    { title: "Its secrets again", description: "They were erased when the run ended." },
  );
  return buildForm({ title: run.template.title, pages: [page] });
}

function withField(
  schema: JsonObject,
  path: readonly string[],
  field: SecretField,
  label: string | undefined,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const inner = isRecord(properties[name])
    ? properties[name]
    : { type: "object", title: titleOf(name) };
  const leaf: JsonObject = {
    type: "string",
    title: label ?? name,
    ...(field.readAs === "secrets" ? { "ui:field": "Secret" } : { "ui:widget": "password" }),
  };
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    ...schema,
    type: "object",
    properties: {
      ...properties,
      [name]: rest.length === 0 ? leaf : withField(inner, rest, field, label),
    },
    required: [...new Set([...required, name])],
  };
}

/** Entries of lists are counted from one, as in the form. */
function titleOf(name: string): string {
  if (name === everyEntry) return "all entries";
  return /^\d+$/.test(name) ? String(Number(name) + 1) : name;
}

/** A label without those of the objects around, which this form shows by themselves. */
function lastPart(label: string | undefined): string | undefined {
  return label?.split(": ").at(-1);
}
