import { isRecord, type JsonObject } from "../base/json.ts";
import { asType } from "./as-type.ts";
import { asObject, dereference, resolveObject } from "./conditions.ts";
import {
  applyDefaults,
  deepestObject,
  type FormScope,
  isNested,
  isWithin,
  mostObjects,
  type ObjectBudget,
  renderStatic,
} from "./default-values.ts";
import { mayHoldExpression } from "./expressions.ts";
import { fieldKind, uiSetting } from "./field-kinds.ts";
import { maskedSecret, type FormField, type FormPage } from "./form-model.ts";
import { everyEntry } from "./text-at.ts";

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
    inner: { left: mostObjects },
  });
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

interface ObjectWalk {
  schema: JsonObject;
  value: JsonObject;
  root: JsonObject;
  path: string[];
  /** Titles of the objects around, such as `Database: `. */
  label: string;
  scope: FormScope;
  all: JsonObject;
  inner: ObjectBudget;
}

function fieldsOfObject(walk: ObjectWalk): FormField[] {
  const resolved = resolveObject(walk.schema, walk.value, walk.root);
  return ordered([...resolved.properties.keys()], resolved.order).flatMap((name) => {
    const property = dereference(resolved.properties.get(name) ?? {}, walk.root);
    const path = [...walk.path, name];
    const title = walk.label + titleOf(property, name, walk);
    const isOpened = isNested(property) && path.length < deepestObject && !isHidden(property);
    if (isOpened && isWithin(walk.inner)) {
      const value = asObject(walk.value[name]);
      return fieldsOfObject({ ...walk, schema: property, value, path, label: `${title}: ` });
    }
    const flags = {
      isRequired: resolved.required.has(name),
      isCondition: resolved.conditions.has(name),
    };
    const field = makeField(property, path, title, flags, walk);
    return [field, ...entrySecrets(field, walk)];
  });
}

/**
 * The secrets of a list's entries, asked for beside the list: a password of each entry, and a `Secret` once, since
 * `secrets.<name>` is one value.
 */
function entrySecrets(list: FormField, walk: ObjectWalk): FormField[] {
  const { items } = list;
  const entries = Array.isArray(list.initial) ? list.initial : [];
  if (list.widget !== "object-list" || items === undefined || !mayHoldSecret(items)) return [];
  const ids = walk.scope.entryIds?.[list.key] ?? [];
  const found = entries.slice(0, mostObjects).flatMap((entry, index) =>
    fieldsOfObject({
      ...walk,
      schema: items,
      value: asObject(entry),
      root: items,
      path: [...list.path, String(index)],
      label: "",
      inner: { left: mostObjects },
    })
      .filter(({ widget }) => widget === "secret")
      .map((field) => entrySecret(field, list, index, ids[index] ?? String(index))),
  );
  return [...new Map(found.map((field) => [field.key, field])).values()];
}

function entrySecret(field: FormField, list: FormField, index: number, id: string): FormField {
  const inner = field.path.slice(list.path.length + 1);
  if (field.secretReadAs !== "secrets") {
    return {
      ...field,
      key: `${list.key}[${id}].${inner.join(".")}`,
      label: `${list.label} ${index + 1}: ${field.label}`,
    };
  }
  return {
    ...field,
    path: [...list.path, everyEntry, ...inner],
    key: `${list.key}[].${inner.join(".")}`,
    label: `${list.label}, all entries: ${field.label}`,
  };
}

/** A quick look: most lists hold none. */
function mayHoldSecret(items: JsonObject): boolean {
  return /"(?:Secret|password)"/.test(JSON.stringify(items));
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
    ...fieldKind(withWholeItems(property, walk.root)),
    ...flags,
    ...limitsOf(property),
  };
  const help = helpOf(property, walk);
  if (help !== undefined) field.help = help;
  const review = reviewOf(property);
  if (review !== undefined) field.review = review;
  const emptyValue = asType(uiSetting(property, "emptyValue"), property);
  if (emptyValue !== undefined) field.emptyValue = emptyValue;
  const placeholder = uiSetting(property, "placeholder");
  if (typeof placeholder === "string" && placeholder !== "") field.placeholder = placeholder;
  if (field.widget === "boolean" && property["const"] === true) field.mustBeTrue = true;
  const name = path.at(-1) ?? "";
  const initial = Object.hasOwn(walk.value, name) ? walk.value[name] : undefined;
  // a secret that was given is only shown to be there
  if (initial !== undefined) field.initial = field.widget === "secret" ? maskedSecret : initial;
  return field;
}

/** A list's entries may be described elsewhere on the page, and are looked at by themselves. */
function withWholeItems(property: JsonObject, root: JsonObject): JsonObject {
  const { items } = property;
  if (!isRecord(items)) return property;
  const { definitions, $defs } = root;
  return {
    ...property,
    items: {
      ...dereference(items, root),
      ...(definitions === undefined ? {} : { definitions }),
      ...($defs === undefined ? {} : { $defs }),
    },
  };
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
  const parts = [
    property["ui:description"] ?? property["description"],
    uiSetting(property, "help"),
    uiSetting(property, "helperText"),
  ]
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
