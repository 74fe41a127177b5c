import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asList, asObject, asTexts } from "./conditions.ts";
import type {
  EntityFieldOptions,
  FieldOption,
  FormField,
  PartWords,
  RepoFieldOptions,
  Widget,
} from "./form-model.ts";

/** The part of a field that its schema decides. */
export type FieldKind = Pick<
  FormField,
  | "widget"
  | "type"
  | "options"
  | "entity"
  | "repo"
  | "rule"
  | "suggest"
  | "fallbackFrom"
  | "secretReadAs"
  | "items"
  | "canAdd"
  | "canRemove"
  | "itemType"
>;

/** `ui:field` values that Callboard draws itself. */
const pickers: Record<string, (schema: JsonObject, type: string) => FieldKind> = {
  EntityPicker: (schema, type) => entityKind(schema, type, {}),
  OwnedEntityPicker: (schema, type) => entityKind(schema, type, { only: "owned" }),
  OwnerPicker: (schema, type) =>
    entityKind(schema, type, { filter: [{ kind: ["Group", "User"] }], defaultKind: "Group" }),
  MyGroupsPicker: (schema, type) =>
    entityKind(schema, type, {
      filter: [{ kind: "Group" }],
      defaultKind: "Group",
      only: "my-groups",
      allowArbitraryValues: false,
    }),
  MultiEntityPicker: (schema) => ({ ...entityKind(schema, "array", {}), widget: "entities" }),
  EntityNamePicker: () => ({ widget: "text", type: "string", rule: "entity-name" }),
  EntityTagsPicker: (schema) => ({
    widget: "suggest-list",
    type: "array",
    rule: "entity-tags",
    suggest: {
      from: "tags",
      kinds: asTexts(uiOptions(schema)["kinds"]),
      hasCounts: uiOptions(schema)["showCounts"] === true,
    },
  }),
  RepoBranchPicker: () => ({ widget: "suggest", type: "string", suggest: { from: "branches" } }),
  RepoOwnerPicker: (schema) => ({
    widget: "suggest",
    type: "string",
    suggest: { from: "owners", excluded: asTexts(uiOptions(schema)["excludedOwners"]) },
  }),
  RepoUrlPicker: (schema) => ({ widget: "repo-url", type: "string", repo: repoOptions(schema) }),
  Secret: () => ({ widget: "secret", type: "string", secretReadAs: "secrets" }),
};

/** Names of the `ui:field` values that need no fallback. */
export const knownFieldNames: readonly string[] = Object.keys(pickers);

/** Decides how a property is asked for. */
export function fieldKind(schema: JsonObject): FieldKind {
  const type = typeOf(schema);
  const items = asObject(schema["items"]);
  const field =
    uiSetting(schema, "field") ?? (isSecretText(items) ? undefined : uiSetting(items, "field"));
  const name = typeof field === "string" ? field : undefined;
  const picker = name !== undefined && Object.hasOwn(pickers, name) ? pickers[name] : undefined;
  const kind = picker === undefined ? plainKind(schema, type) : picker(schema, type);
  const isUnknown = picker === undefined && name !== undefined && !isStandardField(name);
  const shown = isUnknown ? { ...kind, fallbackFrom: name } : kind;
  return { ...shown, ...overridingWidget(schema, type) };
}

/** Field names of the form library itself, which mean no more than the type. */
function isStandardField(name: string): boolean {
  return /^(?:String|Number|Boolean|Array|Object|Null|Schema|Title|Description)Field$/.test(name);
}

/** Hidden, read-only and secret win over everything else. */
function overridingWidget(
  schema: JsonObject,
  type: string,
): Pick<Partial<FieldKind>, "widget" | "secretReadAs"> {
  const widget = uiSetting(schema, "widget");
  if (widget === "hidden") return { widget: "hidden" };
  if (isPassword(schema)) {
    // a Secret field with a password widget stays one: the widget only says how it looks
    const isSecret = uiSetting(schema, "field") === "Secret";
    return { widget: "secret", secretReadAs: isSecret ? "secrets" : "parameters" };
  }
  const isReadOnly = ["readonly", "disabled"].some((key) => uiSetting(schema, key) === true);
  if (isReadOnly || schema["readOnly"] === true || type === "null") return { widget: "note" };
  // A switch that must be on is a promise to tick; any other constant is there to be read.
  if (Object.hasOwn(schema, "const") && type !== "boolean") return { widget: "note" };
  return {};
}

function plainKind(schema: JsonObject, type: string): FieldKind {
  if (type === "array") return arrayKind(schema);
  if (type === "object") return { widget: "textarea", type };
  const options = optionsOf(schema);
  if (options.length > 0 && type !== "boolean") {
    return { widget: uiSetting(schema, "widget") === "radio" ? "radio" : "select", type, options };
  }
  if (type === "boolean") return booleanKind(schema, options);
  if (type === "number" || type === "integer") return { widget: "number", type };
  return { widget: textWidget(schema), type: "string" };
}

function booleanKind(schema: JsonObject, options: FieldOption[]): FieldKind {
  const widget = uiSetting(schema, "widget");
  const labels = optionLabels(schema);
  if (options.length === 0 && labels.length === 0 && widget !== "radio" && widget !== "select") {
    return { widget: "boolean", type: "boolean" };
  }
  const shown =
    options.length > 0
      ? options
      : [
          { value: true, label: labels[0] ?? "Yes" },
          { value: false, label: labels[1] ?? "No" },
        ];
  return { widget: widget === "select" ? "select" : "radio", type: "boolean", options: shown };
}

function textWidget(schema: JsonObject): Widget {
  const widget = uiSetting(schema, "widget");
  if (widget === "textarea" || uiSetting(schema, "multiline") === true) return "textarea";
  const format = schema["format"] ?? uiSetting(schema, "inputType");
  if (format === "date") return "date";
  if (format === "email" || format === "idn-email") return "email";
  if (format === "uri" || format === "url" || format === "iri") return "url";
  return "text";
}

function arrayKind(schema: JsonObject): FieldKind {
  const items = asObject(schema["items"]);
  // its values would be typed into Slack; what the template's author should do is said when it is loaded
  if (isSecretText(items)) return { widget: "note", type: "array" };
  const options = optionsOf({ ...items, ...pick(schema, ["enumNames", "ui:enumNames"]) });
  if (options.length > 0) {
    const isBoxes = uiSetting(schema, "widget") === "checkboxes";
    return { widget: isBoxes ? "checkboxes" : "multi-select", type: "array", options };
  }
  const itemType = typeOf(items);
  const isObjects = itemType === "object" || itemType === "array" || Array.isArray(schema["items"]);
  if (isObjects) return objectListKind(schema, itemType === "object" ? items : {});
  const isText = itemType !== "number" && itemType !== "integer" && itemType !== "boolean";
  return { widget: "list", type: "array", ...(isText ? {} : { itemType }) };
}

/** True for a text that must not be shown. */
export function isSecretText(schema: JsonObject): boolean {
  if (!["string", "number", "integer"].includes(typeOf(schema))) return false;
  return uiSetting(schema, "field") === "Secret" || isPassword(schema);
}

function isPassword(schema: JsonObject): boolean {
  return (
    uiSetting(schema, "widget") === "password" || uiSetting(schema, "inputType") === "password"
  );
}

function objectListKind(schema: JsonObject, items: JsonObject): FieldKind {
  return {
    widget: "object-list",
    type: "array",
    ...(isRecord(items["properties"]) ? { items } : {}),
    ...(uiSetting(schema, "addable") === false ? { canAdd: false as const } : {}),
    ...(uiSetting(schema, "removable") === false ? { canRemove: false as const } : {}),
  };
}

/** The first type that is not null; guessed from other keywords where none is written. */
export function typeOf(schema: JsonObject): string {
  const written = schema["type"];
  if (Array.isArray(written)) {
    const types = asTexts(written);
    return types.find((type) => type !== "null") ?? types[0] ?? "string";
  }
  if (typeof written === "string") return written;
  const united = [...asList(schema["anyOf"]), ...asList(schema["oneOf"])];
  const member = united.find((one) => typeof one["type"] === "string" && one["type"] !== "null");
  if (member !== undefined) return typeOf(member);
  if (isRecord(schema["properties"])) return "object";
  if (schema["items"] !== undefined) return "array";
  const [value] = [schema["const"], ...enumOf(schema), schema["default"]].filter(
    (one) => one !== undefined && one !== null,
  );
  if (Array.isArray(value)) return "array";
  return value === undefined ? "string" : typeof value;
}

function enumOf(schema: JsonObject): JsonValue[] {
  return Array.isArray(schema["enum"]) ? schema["enum"] : [];
}

/** What can be chosen: `enum` with its labels, or `oneOf`/`anyOf` of constants. */
function optionsOf(schema: JsonObject): FieldOption[] {
  const labels = optionLabels(schema);
  const disabled = Array.isArray(schema["ui:enumDisabled"]) ? schema["ui:enumDisabled"] : [];
  const options = enumOf(schema).map((value, index) => ({
    value,
    label: labels[index] ?? optionLabel(value),
  }));
  const constants = [...asList(schema["oneOf"]), ...asList(schema["anyOf"])]
    .filter((one) => Object.hasOwn(one, "const"))
    .map((one) => constantOption(one));
  return [...options, ...constants].filter((option) => !disabled.includes(option.value));
}

function constantOption(schema: JsonObject): FieldOption {
  const value = schema["const"] ?? null;
  const { title, description } = schema;
  const option: FieldOption = {
    value,
    label: typeof title === "string" ? title : optionLabel(value),
  };
  if (typeof description === "string") option.description = description;
  return option;
}

function optionLabel(value: JsonValue): string {
  if (value === "" || value === null) return "(none)";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function optionLabels(schema: JsonObject): string[] {
  const written = schema["enumNames"] ?? uiSetting(schema, "enumNames");
  return Array.isArray(written) ? written.map((name) => optionLabel(name)) : [];
}

function entityKind(
  schema: JsonObject,
  type: string,
  preset: Partial<EntityFieldOptions>,
): FieldKind {
  const options = {
    ...asObject(asObject(schema["items"])["ui:options"]),
    ...asObject(schema["ui:options"]),
  };
  const entity: EntityFieldOptions = {
    filter: entityFilter(options) ?? preset.filter ?? [],
    allowArbitraryValues:
      typeof options["allowArbitraryValues"] === "boolean"
        ? options["allowArbitraryValues"]
        : (preset.allowArbitraryValues ?? true),
  };
  const defaultKind = options["defaultKind"] ?? preset.defaultKind;
  if (typeof defaultKind === "string") entity.defaultKind = defaultKind;
  const namespace = options["defaultNamespace"];
  if (typeof namespace === "string" || namespace === false) entity.defaultNamespace = namespace;
  if (preset.only !== undefined) entity.only = preset.only;
  return type === "array"
    ? { widget: "entities", type: "array", entity }
    : { widget: "entity", type: "string", entity };
}

function entityFilter(options: JsonObject): EntityFieldOptions["filter"] | undefined {
  const written = options["catalogFilter"];
  const filters = isRecord(written) ? [written] : asList(written);
  if (filters.length > 0) return filters.map(filterOf);
  const kinds = asTexts(options["allowedKinds"]);
  return kinds.length > 0 ? [{ kind: kinds }] : undefined;
}

function filterOf(written: JsonObject): EntityFieldOptions["filter"][number] {
  const filter: EntityFieldOptions["filter"][number] = {};
  for (const [path, wanted] of Object.entries(written)) {
    if (isRecord(wanted)) filter[path] = { exists: wanted["exists"] !== false };
    else filter[path] = (Array.isArray(wanted) ? wanted : [wanted]).map(optionLabel);
  }
  return filter;
}

function uiOptions(schema: JsonObject): JsonObject {
  return asObject(schema["ui:options"]);
}

function repoOptions(schema: JsonObject): RepoFieldOptions {
  const options = uiOptions(schema);
  return {
    allowedHosts: namesOf(options["allowedHosts"]),
    allowedOwners: namesOf(options["allowedOwners"]),
    allowedRepos: namesOf(options["allowedRepos"]),
    words: { owner: partWords(options, "owner"), name: partWords(options, "repo") },
  };
}

function namesOf(value: JsonValue | undefined): string[] {
  return asTexts(value).filter((name) => name !== "");
}

function partWords(options: JsonObject, part: "owner" | "repo"): PartWords {
  const label = options[`${part}Label`];
  const help = options[`${part}Description`];
  return {
    ...(typeof label === "string" && label !== "" ? { label } : {}),
    ...(typeof help === "string" && help !== "" ? { help } : {}),
  };
}

/** `ui:<name>`, or the same under `ui:options`. */
export function uiSetting(schema: JsonObject, name: string): JsonValue | undefined {
  return schema[`ui:${name}`] ?? asObject(schema["ui:options"])[name];
}

function pick(schema: JsonObject, keys: string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => keys.includes(key)));
}
