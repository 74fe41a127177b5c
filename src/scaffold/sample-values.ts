import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { applyDefaults, isPageShown } from "./default-values.ts";
import { typeOf } from "./field-kinds.ts";
import { fieldsOf, propertyOf } from "./fields.ts";
import type { Form, FormField, FormPage } from "./form-model.ts";
import { completeValues } from "./form-values.ts";
import { cleanSchema, fitsSchema } from "./json-schema.ts";

/** Texts tried in this order until one fits a field's pattern, length and format. */
const texts = [
  "ledger",
  "ledger-service",
  "Ledger",
  "LedgerService",
  "ledger_service",
  "com.example.ledger",
  "ledger-service-one",
  "A sentence that says in a few words what this is for.",
  "robin@example.com",
  "https://example.com/ledger",
  "https://example.com/acme/ledger.git",
  "example.com",
  "2026-01-02",
  "2026-01-02T03:04:05Z",
  "12:30",
  "1.2.3",
  "1.2",
  "v1.2.3",
  "1",
  "12",
  "123",
  "1234",
  "12345678",
  "123456789012",
  "10Gi",
  "100Mi",
  "500m",
  "5m",
  "1h",
  "#channel",
  "@team",
  "/ledger",
  "/apps/ledger",
  "ABC",
  "ABC-123",
  "ABCD",
  "ab",
  "abcd",
  "10.0.0.0/16",
  "10.0.0.1",
  "eu-west-1",
  "arn:aws:iam::123456789012:role/ledger",
  "0 4 * * *",
  "main",
  "true",
  "{}",
  "a",
  "A",
  "group:default/team-ledger",
  "123e4567-e89b-12d3-a456-426614174000",
];

/**
 * Values that fit a form, made from its schema alone: the first choice of each select, defaults, and for texts the first of
 * a list that fits. Fields that nothing fits are left out, so `validateValues` still has the last word.
 */
export function sampleValues(form: Form): JsonObject {
  let values: JsonObject = {};
  for (const page of form.pages) {
    if (!isPageShown(page, values)) continue;
    values = fillPage(page, applyDefaults(page, values));
  }
  return completeValues(form, values);
}

/** Filling a field may bring up others, so it repeats until nothing is missing. */
function fillPage(page: FormPage, start: JsonObject): JsonObject {
  let values = start;
  for (let round = 0; round < 6; round += 1) {
    const missing = fieldsOf(page, values).filter(
      (field) => field.isRequired && (field.initial === undefined || isBad(field, page, values)),
    );
    const before = JSON.stringify(values);
    for (const field of missing) {
      const value = sampleOf(field, page, values);
      if (value !== undefined) values = withValue(values, field.path, value);
    }
    values = applyDefaults(page, values);
    if (JSON.stringify(values) === before) return values;
  }
  return values;
}

function isBad(field: FormField, page: FormPage, values: JsonObject): boolean {
  const schema = schemaOf(field, page, values);
  return schema !== undefined && !fitsSchema(schema, field.initial);
}

function sampleOf(field: FormField, page: FormPage, values: JsonObject): JsonValue | undefined {
  if (field.widget === "repo-url") return repoSample(field);
  const schema = schemaOf(field, page, values);
  if (field.widget === "entity") return entitySample(field);
  if (field.widget === "entities") return [entitySample(field)];
  const candidates = candidatesOf(field, schema ?? {});
  return candidates.find((value) => schema === undefined || fitsSchema(schema, value));
}

function schemaOf(field: FormField, page: FormPage, values: JsonObject): JsonObject | undefined {
  const written = propertyOf(page, values, field.path);
  const schema = written === undefined ? undefined : cleanSchema(written);
  return isRecord(schema) ? schema : undefined;
}

function candidatesOf(field: FormField, schema: JsonObject): JsonValue[] {
  const options = (field.options ?? []).map((option) => option.value);
  if (field.type === "array") return listCandidates(schema, options);
  if (options.length > 0) return options;
  if (field.type === "boolean") return [true, false];
  if (field.type === "number" || field.type === "integer") return numbers(field);
  if (field.type === "object") return [...objectSamples(schema), { key: "value" }];
  const letters = "abcdefghijklmnopqrstuvwxyz".repeat(40);
  const exact = [field.minLength, field.maxLength]
    .filter((length) => length !== undefined)
    .map((length) => letters.slice(0, length));
  return [...texts, ...exact];
}

function numbers(field: FormField): number[] {
  const { minimum, maximum } = field;
  return [minimum, maximum, 1, 2, 3, 10, 100, 1024, 8080, 30_000, 0]
    .filter((value) => value !== undefined)
    .flatMap((value) => [value, value + 1]);
}

function listCandidates(schema: JsonObject, options: JsonValue[]): JsonValue[] {
  const items = isRecord(schema["items"]) ? schema["items"] : {};
  const fitting = (options.length > 0 ? options : itemSamples(items)).filter((value) =>
    fitsSchema(items, value),
  );
  const wanted = typeof schema["minItems"] === "number" ? schema["minItems"] : 1;
  return [fitting.slice(0, 1), fitting.slice(0, Math.max(1, wanted)), fitting.slice(0, 2), []];
}

function itemSamples(items: JsonObject): JsonValue[] {
  if (typeOf(items) !== "object") return [...texts, 1, 2, 3];
  const required = Array.isArray(items["required"]) ? items["required"] : [];
  return [...objectSamples(items), required.length === 0 ? {} : { key: "value" }];
}

/** With all its properties, then with those that are required. */
function objectSamples(schema: JsonObject): JsonObject[] {
  const page: FormPage = { title: "", schema, written: schema };
  const properties = Object.keys(isRecord(schema["properties"]) ? schema["properties"] : {});
  const all: FormPage = { ...page, written: { ...schema, required: properties } };
  return [fillPage(all, {}), fillPage(page, {})];
}

function entitySample(field: FormField): string {
  const kinds = field.entity?.filter.flatMap((filter) => filter["kind"] ?? []) ?? [];
  const [kind] = kinds.filter((one) => typeof one === "string");
  return `${(kind ?? field.entity?.defaultKind ?? "component").toLowerCase()}:default/ledger`;
}

function repoSample(field: FormField): string {
  const { allowedHosts = [], allowedOwners = [], allowedRepos = [] } = field.repo ?? {};
  const host = allowedHosts[0] ?? "github.com";
  return `${host}?owner=${allowedOwners[0] ?? "acme"}&repo=${allowedRepos[0] ?? "ledger"}`;
}

function withValue(values: JsonObject, path: string[], value: JsonValue): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return values;
  const inner = values[name];
  const next = rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value);
  return { ...values, [name]: next };
}
