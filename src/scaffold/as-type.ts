import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";

/**
 * A value of the template's for a field, such as its default, as the field's type. Another type is common (`default: 8080` for a
 * text): it is converted where that is plain, and undefined where it cannot be meant (`default: {}` for a text), so that nobody is
 * stopped by what they never typed.
 */
export function asType(value: JsonValue | undefined, property: JsonObject): JsonValue | undefined {
  const written = property["type"];
  if (value === undefined || value === null || written === undefined) return value;
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
