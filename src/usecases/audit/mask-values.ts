import { isRecord, type JsonObject, type JsonValue, setOwn } from "../../base/json.ts";

/** Stands for what nobody may read. */
const masked = "***";

/** Names under which people keep secrets, whatever the form says of them. */
const secretName = /pass(?:word|phrase|wd)|secret|token|api_?-?key|private_?-?key|credential/i;
/** Deeper forms than this nobody writes. */
const maxDepth = 20;

/**
 * The values of a run with its secrets masked: fields that the form keeps hidden (`Secret`, passwords, `writeOnly`), and texts
 * under a name that says so.
 */
export function maskValues(
  template: { pages: readonly JsonObject[] },
  values: JsonObject,
): JsonObject {
  const hidden = new Set<string>();
  for (const page of template.pages) collectHidden(page, hidden, 0);
  return maskObject(values, hidden);
}

/** The names of fields that the form keeps hidden, wherever they stand in a schema. */
function collectHidden(schema: JsonValue, hidden: Set<string>, depth: number): void {
  if (depth > maxDepth) return;
  if (Array.isArray(schema)) {
    for (const item of schema) collectHidden(item, hidden, depth + 1);
    return;
  }
  if (!isRecord(schema)) return;
  const { properties } = schema;
  if (isRecord(properties)) {
    for (const [name, property] of Object.entries(properties)) {
      if (isRecord(property) && isHidden(property)) hidden.add(name);
    }
  }
  for (const part of Object.values(schema)) collectHidden(part, hidden, depth + 1);
}

function isHidden(property: Record<string, unknown>): boolean {
  return (
    property["ui:field"] === "Secret" ||
    property["ui:widget"] === "password" ||
    property["format"] === "password" ||
    property["writeOnly"] === true
  );
}

function maskObject(values: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(values)) {
    setOwn(result, name, maskValue(name, value, hidden));
  }
  return result;
}

function maskValue(name: string, value: JsonValue, hidden: ReadonlySet<string>): JsonValue {
  if (hidden.has(name)) return masked;
  if (typeof value === "string") return secretName.test(name) && value !== "" ? masked : value;
  if (Array.isArray(value)) return value.map((item) => maskValue(name, item, hidden));
  return isRecord(value) ? maskObject(value, hidden) : value;
}
