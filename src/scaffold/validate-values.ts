import type { ErrorObject } from "ajv/dist/2019.js";

import { toError } from "../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asObject, dereference, resolveObject } from "./conditions.ts";
import { withoutChoices } from "./conditions.ts";
import {
  deepestObject,
  type FormScope,
  isPageShown,
  isWithin,
  mostObjects,
} from "./default-values.ts";
import { fieldKind, typeOf } from "./field-kinds.ts";
import { fieldsOf } from "./fields.ts";
import type { FieldFault, Form, FormField, FormPage } from "./form-model.ts";
import { cleanSchema, pointerParts, schemaErrors } from "./json-schema.ts";
import { repoValueFault } from "./repo-field.ts";
import { everyEntry } from "./text-at.ts";

/** Values larger than this are refused before anything looks at them. */
const maxValueLength = 200_000;

/** Checks the values of one page: at most one fault a field, in plain words. */
export function validatePage(
  page: FormPage,
  values: JsonObject,
  scope: FormScope = {},
): FieldFault[] {
  if (JSON.stringify(values).length > maxValueLength) {
    return [{ key: "", message: "The values are too long together (200,000 characters at most)." }];
  }
  const fields = fieldsOf(page, values, scope);
  const faults = new Map<string, string>();
  const add = (key: string, message: string): void => {
    if (!faults.has(key)) faults.set(key, message);
  };
  try {
    const { schema, names } = flattened(page, values);
    for (const error of schemaErrors(schema, values)) report(error, fields, names, add);
    for (const field of fields) {
      const fault = pickerFault(field, valueAt(values, field.path));
      if (fault !== undefined) add(field.key, fault);
    }
    // What conditions alone demand, such as "one of these two": only when nothing nearer was found.
    if (faults.size === 0) {
      const secrets = fields.filter((field) => field.widget === "secret");
      for (const error of schemaErrors(page.schema, withoutChoices(values))) {
        const path = pointerParts(error.instancePath);
        if (!secrets.some((field) => isAt(field, path))) report(error, fields, names, add);
      }
    }
  } catch (thrown) {
    add("", `This page cannot be checked: its schema is broken (${toError(thrown).message}).`);
  }
  return [...faults].map(([key, message]) => ({ key, message }));
}

/** Checks the values of a whole form, page by page. */
export function validateValues(
  form: Form,
  values: JsonObject,
  scope: FormScope = {},
): FieldFault[] {
  const faults = form.pages.flatMap((page) =>
    isPageShown(page, values, scope) ? validatePage(page, values, scope) : [],
  );
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const id = fault.key === "" ? fault.message : fault.key;
    return seen.has(id) ? false : seen.add(id);
  });
}

/** The page as one plain schema for these values, with its conditions decided, and its property names. */
function flattened(page: FormPage, values: JsonObject): { schema: JsonObject; names: Set<string> } {
  const names = new Set<string>();
  const inner = { left: mostObjects };
  const flatten = (
    schema: JsonObject,
    value: JsonObject,
    prefix: string,
    depth: number,
  ): JsonObject => {
    const resolved = resolveObject(schema, value, page.written);
    const properties: JsonObject = {};
    for (const [name, written] of resolved.properties) {
      const property = dereference(written, page.written);
      names.add(prefix + name);
      const isObject = typeOf(property) === "object" && depth < deepestObject && isWithin(inner);
      const within = isObject ? asObject(value[name]) : {};
      const clean = isObject
        ? { ...property, ...flatten(property, within, `${prefix}${name}.`, depth + 1) }
        : property;
      // what stands there is a mask; the value itself is checked by whoever knows it
      const isSecret = fieldKind(property).widget === "secret";
      properties[name] = isSecret
        ? {}
        : cleanSchema(withoutConditions(withoutSecretRules(clean, page.written), isObject));
    }
    const required = [...resolved.required].filter((name) => resolved.properties.has(name));
    return { properties, ...(required.length > 0 ? { required } : {}) };
  };
  return {
    schema: { type: "object", ...flatten(page.written, values, "", 0), ...definitionsOf(page) },
    names,
  };
}

/** A list whose entries hold secrets, with no rules for these. */
function withoutSecretRules(list: JsonObject, root: JsonObject): JsonObject {
  const items = asObject(list["items"]);
  const { properties, ...rest } = dereference(items, root);
  if (typeOf(list) !== "array" || !isRecord(properties)) return list;
  const free = Object.entries(properties).map(([name, written]): [string, JsonValue] => {
    const property = dereference(asObject(written), root);
    return [name, fieldKind(property).widget === "secret" ? {} : (written ?? {})];
  });
  return { ...list, items: { ...rest, properties: Object.fromEntries(free) } };
}

function definitionsOf(page: FormPage): JsonObject {
  const { definitions, $defs } = page.schema;
  return {
    ...(definitions === undefined ? {} : { definitions }),
    ...($defs === undefined ? {} : { $defs }),
  };
}

function withoutConditions(schema: JsonObject, isObject: boolean): JsonObject {
  if (!isObject) return schema;
  const gone = [
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "allOf",
    "oneOf",
    "anyOf",
  ];
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !gone.includes(key)));
}

function report(
  error: ErrorObject,
  fields: FormField[],
  names: Set<string>,
  add: (key: string, message: string) => void,
): void {
  // "must match then schema" says nothing: what it stands for has errors of its own.
  if (error.keyword === "if") return;
  const path = pointerParts(error.instancePath);
  const missing: unknown = error.params["missingProperty"];
  if (typeof missing === "string") path.push(missing);
  const dotted = path.join(".");
  const field = fieldAt(fields, path);
  if (field !== undefined) {
    add(field.key, messageOf(error, field, path.slice(field.path.length)));
    return;
  }
  const inner = dotted === "" ? [] : fields.filter((one) => one.key.startsWith(`${dotted}.`));
  if (inner.length > 0 && error.keyword === "required") {
    // A nested object that is missing as a whole: at what has to be filled in.
    const wanted = inner.filter((one) => one.isRequired);
    for (const one of wanted.length > 0 ? wanted : inner.slice(0, 1))
      add(one.key, "This is required.");
    return;
  }
  const where = dotted === "" || names.has(dotted) ? dotted : `“${dotted}”`;
  add("", `${where === "" ? "" : `${where}: `}${plainMessage(error)}`);
}

function fieldAt(fields: FormField[], path: string[]): FormField | undefined {
  const dotted = path.join(".");
  const exact = fields.find((one) => isAt(one, path));
  return exact ?? fields.find((one) => dotted.startsWith(`${one.key}.`));
}

/** True for the field of this place, also where it stands for all entries of a list. */
function isAt(field: FormField, path: readonly string[]): boolean {
  return (
    field.path.length === path.length &&
    field.path.every((name, index) => name === everyEntry || name === path[index])
  );
}

function messageOf(error: ErrorObject, field: FormField, inner: string[]): string {
  if (error.keyword === "required" && inner.length === 0) return "This is required.";
  const place = inner.length === 0 ? "" : `Entry ${entryName(inner)}: `;
  const message = plainMessage(error, field);
  return place === "" ? message : place + message;
}

/** `["0", "port"]` → `1, port`: people count from one. */
function entryName(path: string[]): string {
  return path.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part)).join(", ");
}

type Words = (error: ErrorObject, field: FormField | undefined) => string;

const limit = (error: ErrorObject): string => String(error.params["limit"]);
const shown = (error: ErrorObject): string => {
  const text = typeof error.data === "string" ? error.data : JSON.stringify(error.data ?? null);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};
const plural = (error: ErrorObject, word: string): string =>
  `${limit(error)} ${word}${error.params["limit"] === 1 ? "" : "s"}`;

/** One sentence for each keyword of JSON Schema. */
const words: Record<string, Words> = {
  required: (error) => `“${String(error.params["missingProperty"])}” is required.`,
  type: (error) => `Give ${typeNames(error.params["type"])}, not “${shown(error)}”.`,
  enum: (error, field) => `“${shown(error)}” is not one of the choices: ${choices(error, field)}.`,
  const: (error) => `This must be ${JSON.stringify(error.params["allowedValue"])}.`,
  pattern: (error, field) => patternMessage(error, field),
  format: (error) => `“${shown(error)}” is not a valid ${formatName(error.params["format"])}.`,
  minLength: (error) => `Write at least ${plural(error, "character")}.`,
  maxLength: (error) => `Write at most ${plural(error, "character")}.`,
  minimum: (error) => `Give ${limit(error)} or more.`,
  maximum: (error) => `Give ${limit(error)} or less.`,
  exclusiveMinimum: (error) => `Give more than ${limit(error)}.`,
  exclusiveMaximum: (error) => `Give less than ${limit(error)}.`,
  multipleOf: (error) => `Give a multiple of ${String(error.params["multipleOf"])}.`,
  minItems: (error) => `Give at least ${plural(error, "entry").replace("entrys", "entries")}.`,
  maxItems: (error) => `Give at most ${plural(error, "entry").replace("entrys", "entries")}.`,
  uniqueItems: () => "Every entry must be different.",
  additionalProperties: (error) =>
    `There is no field “${String(error.params["additionalProperty"])}” here.`,
  not: () => "This value is not allowed.",
  oneOf: () => "The values fit none of the alternatives, or more than one.",
  anyOf: () => "The values fit none of the alternatives.",
  dependencies: (error) => `“${String(error.params["missingProperty"])}” is required as well.`,
};

function plainMessage(error: ErrorObject, field?: FormField): string {
  const word = words[error.keyword];
  return word === undefined ? `This ${error.message ?? "does not fit"}.` : word(error, field);
}

function patternMessage(error: ErrorObject, field: FormField | undefined): string {
  const pattern = String(error.params["pattern"]);
  const why = field?.help === undefined ? "" : ` (${field.help})`;
  return `“${shown(error)}” does not fit the pattern ${pattern}${why}`.slice(0, 400);
}

function choices(error: ErrorObject, field: FormField | undefined): string {
  const allowed: unknown = error.params["allowedValues"];
  const labels = field?.options?.map((option) => option.label);
  const list =
    labels ?? (Array.isArray(allowed) ? allowed.map((value) => JSON.stringify(value)) : []);
  return list.length > 10 ? `${list.slice(0, 10).join(", ")} …` : list.join(", ");
}

function typeNames(types: unknown): string {
  const names: Record<string, string> = {
    string: "a text",
    number: "a number",
    integer: "a whole number",
    boolean: "yes or no",
    array: "a list",
    object: "an object",
    null: "nothing",
  };
  return [types]
    .flat()
    .map((type) => names[String(type)] ?? String(type))
    .join(" or ");
}

function formatName(format: unknown): string {
  const names: Record<string, string> = { uri: "address (URL)", email: "e-mail address" };
  return names[String(format)] ?? String(format);
}

/** The name rule of Backstage, which EntityNamePicker promises. */
const entityName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
/** Backstage's rule for tags: lower case, digits, `:+#`, single inner hyphens. */
const tagName = /^(?=.{1,63}$)[a-z0-9:+#]+(?:-[a-z0-9:+#]+)*$/;

/** Rules that a picker carries without the schema saying so. */
function pickerFault(field: FormField, value: JsonValue | undefined): string | undefined {
  if (field.widget === "repo-url" && typeof value === "string") {
    return repoValueFault(field.repo, value);
  }
  if (field.rule === "entity-name" && typeof value === "string" && !entityName.test(value)) {
    const rule = "1 to 63 letters, digits, “-”, “_” or “.”, the first and last a letter or digit";
    return `“${value.slice(0, 60)}” is not a valid name: use ${rule}.`;
  }
  if (field.rule === "entity-tags" && Array.isArray(value)) {
    const bad = value.find((tag) => typeof tag !== "string" || !tagName.test(tag));
    if (bad !== undefined) {
      return `“${JSON.stringify(bad).slice(0, 60)}” is not a valid tag: use lower case, digits and hyphens.`;
    }
  }
  return undefined;
}

function valueAt(values: JsonObject, path: string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const name of path)
    value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
