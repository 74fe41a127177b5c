import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { fitsSchema } from "./json-schema.ts";

/**
 * Decides the conditions of a JSON Schema for the values so far, as react-jsonschema-form does for Backstage: what is left has
 * plain `properties` and `required`.
 * @see https://rjsf-team.github.io/react-jsonschema-form/docs/json-schema/dependencies
 */
export interface ResolvedObject {
  properties: Map<string, JsonObject>;
  required: Set<string>;
  /** `ui:order`, where given. */
  order: string[];
  /** Properties on which the shape depends. */
  conditions: Set<string>;
}

/** The key under which the choice between `oneOf` branches without a telling property is kept (a second one's is `@choice-2`). */
const choiceKey = "@choice";

/** The values without the choices between unnamed alternatives, which only the form needs and no run gets. */
export function withoutChoices(values: JsonObject): JsonObject {
  const entries = Object.entries(values).filter(([key]) => !/^@choice(?:-\d+)?$/.test(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value === undefined ? value : withoutChoicesIn(value)]),
  );
}

function withoutChoicesIn(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => withoutChoicesIn(item));
  return isRecord(value) ? withoutChoices(value) : value;
}

/** Enough for the largest forms seen by a factor of ten; a hostile schema ends here. */
const maxMerges = 500;

/** Resolves an object schema for `value`. `root` is the page, for `$ref`. */
export function resolveObject(
  schema: JsonObject,
  value: JsonObject,
  root: JsonObject,
): ResolvedObject {
  const resolved: ResolvedObject = {
    properties: new Map(),
    required: new Set(),
    order: [],
    conditions: new Set(),
  };
  const pending: JsonObject[] = [schema];
  for (let merges = 0; merges < maxMerges; merges += 1) {
    const first = pending.shift();
    if (first === undefined) break;
    const next = dereference(first, root);
    mergePlain(resolved, next);
    pending.unshift(...branchesOf(next, value, resolved));
  }
  return resolved;
}

/** Follows local references such as `#/definitions/owner`, at most ten in a row. */
export function dereference(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let hops = 0; hops < 10; hops += 1) {
    const ref = current["$ref"];
    if (typeof ref !== "string" || !ref.startsWith("#/")) return current;
    let target: JsonValue | undefined = root;
    for (const part of ref.slice(2).split("/")) {
      target = isRecord(target) && Object.hasOwn(target, part) ? target[part] : undefined;
    }
    if (!isRecord(target)) return current;
    const { $ref: _gone, ...siblings } = current;
    current = { ...target, ...siblings };
  }
  return current;
}

function mergePlain(resolved: ResolvedObject, schema: JsonObject): void {
  for (const [name, property] of Object.entries(asObject(schema["properties"]))) {
    // as a key of a plain object it would be no key at all
    if (!isRecord(property) || name === "__proto__") continue;
    const before = resolved.properties.get(name);
    resolved.properties.set(name, before === undefined ? property : mergeSchemas(before, property));
  }
  for (const name of asTexts(schema["required"])) resolved.required.add(name);
  const order = asTexts(schema["ui:order"]);
  if (order.length > 0) resolved.order = order;
}

/** A later mention of a property narrows the earlier one; nested properties and required lists are united. */
function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const merged: JsonObject = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = merged[key];
    if (isRecord(before) && isRecord(value)) merged[key] = mergeSchemas(before, value);
    else if (key === "required" && Array.isArray(before) && Array.isArray(value)) {
      merged[key] = [...new Set([...before, ...value])];
    } else merged[key] = value;
  }
  return merged;
}

/** The schemas that apply beside `schema` for these values. */
function branchesOf(schema: JsonObject, value: JsonObject, resolved: ResolvedObject): JsonObject[] {
  return [
    ...asList(schema["allOf"]),
    ...dependencyBranches(schema, value, resolved),
    ...conditionBranch(schema, value, resolved),
    ...choiceBranch(schema, "oneOf", value, resolved),
    ...choiceBranch(schema, "anyOf", value, resolved),
  ];
}

function dependencyBranches(
  schema: JsonObject,
  value: JsonObject,
  resolved: ResolvedObject,
): JsonObject[] {
  const dependencies = {
    ...asObject(schema["dependencies"]),
    ...asObject(schema["dependentRequired"]),
    ...asObject(schema["dependentSchemas"]),
  };
  return Object.entries(dependencies).flatMap(([name, dependency]) => {
    resolved.conditions.add(name);
    if (!Object.hasOwn(value, name)) return [];
    if (Array.isArray(dependency)) return [{ required: dependency }];
    if (!isRecord(dependency)) return [];
    const { oneOf, ...plain } = dependency;
    const branch = asList(oneOf ?? []).find((one) => {
      const telling = asObject(one["properties"])[name];
      return isRecord(telling) && fitsSchema(telling, value[name]);
    });
    return branch === undefined ? [plain] : [plain, withoutProperty(branch, name)];
  });
}

function conditionBranch(
  schema: JsonObject,
  value: JsonObject,
  resolved: ResolvedObject,
): JsonObject[] {
  const condition = schema["if"];
  if (!isRecord(condition)) return [];
  for (const name of namesIn(condition)) resolved.conditions.add(name);
  const branch = fitsSchema(condition, withoutChoices(value)) ? schema["then"] : schema["else"];
  return isRecord(branch) ? [branch] : [];
}

/** Names of properties that a condition looks at, however deep it nests its tests. */
function namesIn(condition: JsonObject): string[] {
  const tests = ["allOf", "anyOf", "oneOf"].flatMap((key) => asList(condition[key]));
  const not = condition["not"];
  return [
    ...Object.keys(asObject(condition["properties"])),
    ...asTexts(condition["required"]),
    ...tests.flatMap(namesIn),
    ...(isRecord(not) ? namesIn(not) : []),
  ];
}

function choiceBranch(
  schema: JsonObject,
  keyword: "oneOf" | "anyOf",
  value: JsonObject,
  resolved: ResolvedObject,
): JsonObject[] {
  const branches = asList(schema[keyword]);
  // Branches that only say what must be filled in (`required`) change nothing that is shown.
  if (!branches.some((branch) => isRecord(branch["properties"]))) return [];
  const telling = tellingProperty(branches);
  if (telling !== undefined) {
    resolved.conditions.add(telling);
    mergePlain(resolved, { properties: { [telling]: unitedProperty(branches, telling) } });
    const branch = branches.find((one) => {
      const property = asObject(one["properties"])[telling];
      const chosen = Object.hasOwn(value, telling) ? value[telling] : undefined;
      return isRecord(property) && fitsSchema(property, chosen);
    });
    if (branch === undefined) return [];
    return [withoutProperty(branch, telling)];
  }
  const key = freeChoiceKey(resolved);
  resolved.conditions.add(key);
  const names = branches.map(branchName);
  const chosen = names.findIndex((name) => name === value[key]);
  const plain = withoutChoices(value);
  const fitting = branches.findIndex((one) => hasSomeOf(one, plain) && fitsSchema(one, plain));
  const index = chosen >= 0 ? chosen : Math.max(fitting, 0);
  mergePlain(resolved, { properties: { [key]: choiceProperty(names, index, schema) } });
  return branches.slice(index, index + 1);
}

function freeChoiceKey({ properties }: ResolvedObject): string {
  for (let number = 2, key = choiceKey; ; number += 1) {
    if (!properties.has(key)) return key;
    key = `${choiceKey}-${number}`;
  }
}

/** The property that has a fixed value in every branch, such as `kind: {const: "queue"}`. */
function tellingProperty(branches: JsonObject[]): string | undefined {
  const [first] = branches;
  return Object.keys(asObject(first?.["properties"])).find((name) =>
    branches.every((branch) => fixedValues(asObject(branch["properties"])[name]).length > 0),
  );
}

function fixedValues(property: JsonValue | undefined): JsonValue[] {
  if (!isRecord(property)) return [];
  const constant = property["const"];
  if (constant !== undefined) return [constant];
  return Array.isArray(property["enum"]) ? property["enum"] : [];
}

function unitedProperty(branches: JsonObject[], name: string): JsonObject {
  const properties = branches.map((branch) => asObject(asObject(branch["properties"])[name] ?? {}));
  const values = properties.map(fixedValues);
  const names = branches.flatMap((branch, index) => {
    const own = values[index] ?? [];
    const title = branch["title"];
    return own.map((one) =>
      own.length === 1 && typeof title === "string" ? title : plainText(one),
    );
  });
  const { const: _const, ...first } = properties[0] ?? {};
  return { type: "string", ...first, enum: values.flat(), enumNames: names };
}

function plainText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function choiceProperty(names: string[], index: number, schema: JsonObject): JsonObject {
  const title = schema["title"];
  return {
    type: "string",
    title: typeof title === "string" ? title : "Choose one",
    enum: names,
    default: names[index] ?? "",
  };
}

function branchName(branch: JsonObject, index: number): string {
  const title = branch["title"];
  return typeof title === "string" && title !== "" ? title : `Option ${index + 1}`;
}

function hasSomeOf(branch: JsonObject, value: JsonObject): boolean {
  return Object.keys(asObject(branch["properties"])).some((name) => Object.hasOwn(value, name));
}

function withoutProperty(schema: JsonObject, name: string): JsonObject {
  const properties = Object.entries(asObject(schema["properties"])).filter(([key]) => key !== name);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** The value as a map, empty when it is none. */
export function asObject(value: JsonValue | undefined): JsonObject {
  return isRecord(value) ? value : {};
}

/** The objects in a list, none when it is no list. */
export function asList(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isRecord(item)) : [];
}

/** The texts in a list, none when it is no list. */
export function asTexts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
