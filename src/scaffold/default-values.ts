import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asType } from "./as-type.ts";
import { asObject, dereference, resolveObject } from "./conditions.ts";
import { createExpressionEngine, mapStrings, quickLimits } from "./expressions.ts";
import { typeOf, uiSetting } from "./field-kinds.ts";
import type { FormPage } from "./form-model.ts";

/** What default values may refer to beside the values so far. */
export interface FormScope {
  user?: { ref?: string; entity?: unknown };
  /** What `now` prints. */
  nowMs?: number;
  /** Keys of fields that were emptied on purpose: their defaults do not come back. */
  emptied?: readonly string[];
  /** What the entries of each list are told apart by, by the list's key; absent: by their number, from 0. */
  entryIds?: Readonly<Record<string, readonly string[]>>;
}

const engine = createExpressionEngine({ limits: quickLimits });

/** Objects within objects that are shown property by property; deeper ones are one field. */
export const deepestObject = 12;

/** Objects of a page that are looked into, all together: schemas that refer to themselves grow without end. */
export const mostObjects = 100;

/** How many more objects may be looked into. */
export interface ObjectBudget {
  left: number;
}

/** Takes one from the budget; false when nothing is left of it. */
export function isWithin(budget: ObjectBudget): boolean {
  budget.left -= 1;
  return budget.left >= 0;
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
    const next = fillObject({
      schema: page.written,
      value: filled,
      root: page.written,
      path: [],
      all: filled,
      scope,
      inner: { left: mostObjects },
    });
    if (JSON.stringify(next) === JSON.stringify(filled)) return next;
    filled = next;
  }
  return filled;
}

interface FillWalk {
  schema: JsonObject;
  value: JsonObject;
  root: JsonObject;
  path: string[];
  scope: FormScope;
  all: JsonObject;
  inner: ObjectBudget;
}

function fillObject(walk: FillWalk): JsonObject {
  const { schema, value, root, path, all, scope } = walk;
  const filled: JsonObject = { ...value };
  const ownDefaults = asObject(schema["default"]);
  for (const [name, written] of resolveObject(schema, value, root).properties) {
    const property = dereference(written, root);
    const place = [...path, name];
    const isAsked = Object.hasOwn(filled, name) || scope.emptied?.includes(place.join("."));
    const initial =
      isAsked === true ? undefined : defaultOf(property, own(ownDefaults, name), { all, scope });
    if (initial !== undefined) filled[name] = initial;
    if (!isNested(property) || path.length >= deepestObject || !isWithin(walk.inner)) continue;
    const inner = fillObject({
      ...walk,
      schema: property,
      value: asObject(own(filled, name)),
      path: place,
    });
    if (Object.keys(inner).length > 0) filled[name] = inner;
  }
  return filled;
}

/** What an object itself holds under a name; `constructor` is a name like any other. */
function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The default that a property has, or that the object around gives it. */
function defaultOf(
  property: JsonObject,
  fromAround: JsonValue | undefined,
  { all, scope }: Pick<FillWalk, "all" | "scope">,
): JsonValue | undefined {
  const given = fromAround ?? property["default"] ?? property["const"];
  const rendered = given === undefined ? undefined : renderStatic(given, all, scope);
  return asType(rendered, property);
}

/** Renders the expressions in a part of the form; one that fails counts as not there. */
export function renderStatic(
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
export function isNested(property: JsonObject): boolean {
  if (typeOf(property) !== "object") return false;
  const field = uiSetting(property, "field");
  if (typeof field === "string") return false;
  const hasBranches = ["oneOf", "anyOf", "allOf", "if", "dependencies"].some(
    (key) => property[key] !== undefined,
  );
  return isRecord(property["properties"]) || hasBranches;
}
