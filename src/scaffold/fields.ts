import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asObject, choiceKey, dereference, resolveObject } from "./conditions.ts";
import {
  createExpressionEngine,
  mapStrings,
  mayHoldExpression,
  quickLimits,
} from "./expressions.ts";
import { fieldKind, typeOf, uiSetting } from "./field-kinds.ts";
import { maskedSecret, type Form, type FormField, type FormPage } from "./form-model.ts";

/** What default values may refer to beside the values so far. */
export interface FormScope {
  user?: { ref?: string; entity?: unknown };
  /** What `now` prints. */
  nowMs?: number;
}

const engine = createExpressionEngine({ limits: quickLimits });

/**
 * The fields of a page as they stand for the values so far: conditions are decided, defaults filled in.
 * The order is that of the file, or of `ui:order`. Nested objects come as fields of their own with a longer path.
 */
export function fieldsOf(page: FormPage, values: JsonObject, scope: FormScope = {}): FormField[] {
  const filled = applyDefaults(page, values, scope);
  return fieldsOfObject({
    schema: page.written,
    value: filled,
    root: page.written,
    path: [],
    label: "",
    scope,
    all: filled,
  });
}

/** True unless the page's `when` is false for the values so far. */
export function isPageShown(page: FormPage, values: JsonObject, scope: FormScope = {}): boolean {
  if (page.when === undefined) return true;
  const shown = renderStatic(page.when, values, scope);
  return !(shown === undefined || shown === false || shown === null || shown === "" || shown === 0);
}

/** The values with the defaults of the page where nothing was given. Conditions count defaults too, so it repeats until nothing changes. */
export function applyDefaults(
  page: FormPage,
  values: JsonObject,
  scope: FormScope = {},
): JsonObject {
  let filled = values;
  for (let round = 0; round < 8; round += 1) {
    const next = fillObject(page.written, filled, page.written, filled, scope, 0);
    if (JSON.stringify(next) === JSON.stringify(filled)) return next;
    filled = next;
  }
  return filled;
}

/**
 * The values a run gets: defaults of all pages filled in, what only the form needed taken out.
 * @see https://backstage.io/docs/features/software-templates/writing-templates (the server fills in no defaults, the form does)
 */
export function completeValues(form: Form, values: JsonObject, scope: FormScope = {}): JsonObject {
  const filled = form.pages.reduce(
    (soFar, page) => (isPageShown(page, soFar, scope) ? applyDefaults(page, soFar, scope) : soFar),
    values,
  );
  return withoutChoices(filled);
}

/** The values without the choices between unnamed alternatives, which only the form needs. */
export function withoutChoices(values: JsonObject): JsonObject {
  const entries = Object.entries(values).filter(([key]) => key !== choiceKey);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isRecord(value) ? withoutChoices(value) : value]),
  );
}

/** The schema of one property as it stands for the values, with its `ui:*` keys; undefined when it is not shown. */
export function propertyOf(
  page: FormPage,
  values: JsonObject,
  path: readonly string[],
): JsonObject | undefined {
  let schema = page.written;
  let value = values;
  for (const name of path) {
    const property = resolveObject(schema, value, page.written).properties.get(name);
    if (property === undefined) return undefined;
    schema = dereference(property, page.written);
    value = asObject(value[name]);
  }
  return schema;
}

const maxDepth = 12;

function fillObject(
  schema: JsonObject,
  value: JsonObject,
  root: JsonObject,
  all: JsonObject,
  scope: FormScope,
  depth: number,
): JsonObject {
  const filled: JsonObject = { ...value };
  const ownDefaults = asObject(schema["default"]);
  for (const [name, written] of resolveObject(schema, value, root).properties) {
    const property = dereference(written, root);
    if (!Object.hasOwn(filled, name)) {
      const given = ownDefaults[name] ?? property["default"] ?? property["const"];
      const rendered = given === undefined ? undefined : renderStatic(given, all, scope);
      const initial = rendered === undefined ? undefined : asType(rendered, property);
      if (initial !== undefined) filled[name] = initial;
    }
    if (!isNested(property) || depth >= maxDepth) continue;
    const inner = fillObject(property, asObject(filled[name]), root, all, scope, depth + 1);
    if (Object.keys(inner).length > 0) filled[name] = inner;
  }
  return filled;
}

/**
 * A default of another type than its field is common (`default: 8080` for a text): it is converted where that is plain, and
 * ignored where it cannot be meant (`default: {}` for a text), so that nobody is stopped by what they never typed.
 */
function asType(value: JsonValue, property: JsonObject): JsonValue | undefined {
  const written = property["type"];
  if (written === undefined || value === null) return value;
  const types = Array.isArray(written) ? written : [written];
  if (types.some((type) => isOfType(value, type))) return value;
  if (types.includes("string") && typeof value !== "object") return String(value);
  return typeof value === "string" ? fromText(value, types) : undefined;
}

function fromText(text: string, types: JsonValue[]): JsonValue | undefined {
  if (types.includes("boolean") && ["true", "false"].includes(text)) return text === "true";
  const isNumeric = types.includes("number") || types.includes("integer");
  const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
  return isNumeric && isNumber ? Number(text) : undefined;
}

function isOfType(value: JsonValue, type: JsonValue | undefined): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isRecord(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

interface ObjectWalk {
  schema: JsonObject;
  value: JsonObject;
  root: JsonObject;
  path: string[];
  /** Titles of the objects around, such as `Database: `. */
  label: string;
  scope: FormScope;
  all: JsonObject;
}

function fieldsOfObject(walk: ObjectWalk): FormField[] {
  const resolved = resolveObject(walk.schema, walk.value, walk.root);
  return ordered([...resolved.properties.keys()], resolved.order).flatMap((name) => {
    const property = dereference(resolved.properties.get(name) ?? {}, walk.root);
    const path = [...walk.path, name];
    const title = walk.label + titleOf(property, name, walk);
    if (isNested(property) && path.length < maxDepth && !isHidden(property)) {
      const value = asObject(walk.value[name]);
      return fieldsOfObject({ ...walk, schema: property, value, path, label: `${title}: ` });
    }
    const flags = {
      isRequired: resolved.required.has(name),
      isCondition: resolved.conditions.has(name),
    };
    return [makeField(property, path, title, flags, walk)];
  });
}

function makeField(
  property: JsonObject,
  path: string[],
  label: string,
  flags: { isRequired: boolean; isCondition: boolean },
  walk: ObjectWalk,
): FormField {
  const field: FormField = {
    path,
    key: path.join("."),
    label,
    ...fieldKind(property),
    ...flags,
    ...limitsOf(property),
  };
  const help = helpOf(property, walk);
  if (help !== undefined) field.help = help;
  const review = reviewOf(property);
  if (review !== undefined) field.review = review;
  const placeholder = uiSetting(property, "placeholder");
  if (typeof placeholder === "string" && placeholder !== "") field.placeholder = placeholder;
  const name = path.at(-1) ?? "";
  const initial = Object.hasOwn(walk.value, name) ? walk.value[name] : undefined;
  // a secret that was given is only shown to be there
  if (initial !== undefined) field.initial = field.widget === "secret" ? maskedSecret : initial;
  return field;
}

/** @see https://backstage.io/docs/features/software-templates/ui-options-examples */
function reviewOf(property: JsonObject): FormField["review"] {
  const { show, mask } = asObject(asObject(property["ui:backstage"])["review"]);
  if (show === false) return { isHidden: true };
  return typeof mask === "string" ? { mask } : undefined;
}

function limitsOf(property: JsonObject): Partial<FormField> {
  const limits: Partial<FormField> = {};
  for (const key of ["minLength", "maxLength", "minimum", "maximum"] as const) {
    const value = property[key];
    if (typeof value === "number") limits[key] = value;
  }
  if (uiSetting(property, "field") === "EntityNamePicker") limits.maxLength ??= 63;
  return limits;
}

function titleOf(property: JsonObject, name: string, walk: ObjectWalk): string {
  const written = property["ui:title"] ?? property["title"];
  const title = typeof written === "string" ? renderText(written, walk) : "";
  return title.trim() === "" ? name : title;
}

function helpOf(property: JsonObject, walk: ObjectWalk): string | undefined {
  const parts = [property["ui:description"] ?? property["description"], uiSetting(property, "help")]
    .filter((part) => typeof part === "string")
    .map((part) => renderText(part, walk).trim())
    .filter((part) => part !== "");
  return parts.length === 0 ? undefined : [...new Set(parts)].join(" ");
}

function renderText(text: string, walk: ObjectWalk): string {
  if (!mayHoldExpression(text)) return text;
  const rendered = renderStatic(text, walk.all, walk.scope);
  return typeof rendered === "object" ? JSON.stringify(rendered) : String(rendered ?? "");
}

/** Renders the expressions in a part of the form; one that fails counts as not there. */
function renderStatic(
  value: JsonValue,
  values: JsonObject,
  scope: FormScope,
): JsonValue | undefined {
  const context = { parameters: values, user: scope.user ?? {} };
  const world = { nowMs: scope.nowMs ?? 0 };
  return mapStrings(value, [], (text) => {
    const rendered = engine.renderString(text, context, world);
    return "value" in rendered ? rendered.value : undefined;
  });
}

/** An object with named properties is shown property by property; any other object is one field. */
function isNested(property: JsonObject): boolean {
  if (typeOf(property) !== "object") return false;
  const field = uiSetting(property, "field");
  if (typeof field === "string") return false;
  const hasBranches = ["oneOf", "anyOf", "allOf", "if", "dependencies"].some(
    (key) => property[key] !== undefined,
  );
  return isRecord(property["properties"]) || hasBranches;
}

function isHidden(property: JsonObject): boolean {
  return uiSetting(property, "widget") === "hidden";
}

/** `ui:order`: named first, the rest at `*` (or the end). */
function ordered(names: string[], order: string[]): string[] {
  if (order.length === 0) return names;
  const rest = names.filter((name) => !order.includes(name));
  const wildcard = order.indexOf("*");
  const before = (wildcard < 0 ? order : order.slice(0, wildcard)).filter((name) =>
    names.includes(name),
  );
  const after =
    wildcard < 0 ? [] : order.slice(wildcard + 1).filter((name) => names.includes(name));
  return [...new Set([...before, ...rest, ...after])];
}
