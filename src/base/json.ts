/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** True for `{…}`, not for arrays or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deeper data than this is cut off: nobody writes it, and a cycle would never end. */
const maxDepth = 100;

/**
 * A fresh JSON value with the content of `value`, as `JSON.stringify` sees it: undefined and functions are gone from objects
 * and null in lists, odd numbers are null, dates are texts. Undefined when nothing is left.
 */
export function toJsonValue(value: unknown, depth = 0): JsonValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || depth > maxDepth) return undefined;
  if (value instanceof Date) return value.toJSON();
  // Array.from, not map: the holes of a sparse list become null too
  if (Array.isArray(value)) {
    return Array.from<unknown, JsonValue>(value, (item) => toJsonValue(item, depth + 1) ?? null);
  }
  return toJsonObject(value, depth);
}

/** {@link toJsonValue} for something known to be an object; anything else gives `{}`. */
export function toJsonObject(value: unknown, depth = 0): JsonObject {
  const result: JsonObject = {};
  if (!isRecord(value)) return result;
  for (const [key, item] of Object.entries(value)) {
    const plain = toJsonValue(item, depth + 1);
    if (plain !== undefined) setOwn(result, key, plain);
  }
  return result;
}

/** Sets a property of its own even for a name such as `__proto__`. */
export function setOwn(target: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
