import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";

/** In a path: every entry of a list. */
export const everyEntry = "*";

/**
 * `values` with a text in one place, or without it for undefined; nothing is changed in place. A list on the way is entered by
 * the number of an entry, as in `["ports", "0", "password"]`, or in all its entries by {@link everyEntry}.
 */
export function withTextAt(
  values: JsonObject,
  path: readonly string[],
  text: string | undefined,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return values;
  const inner = Object.hasOwn(values, name) ? values[name] : undefined;
  const next = rest.length === 0 ? text : within(inner, rest, text);
  const others = Object.entries(values).filter(([key]) => key !== name);
  return Object.fromEntries(next === undefined ? others : [...others, [name, next]]);
}

function within(
  inner: JsonValue | undefined,
  path: readonly string[],
  text: string | undefined,
): JsonValue {
  if (!Array.isArray(inner)) return withTextAt(isRecord(inner) ? inner : {}, path, text);
  const [entry, ...rest] = path;
  return inner.map((item, index) => {
    const isMeant = entry === everyEntry || entry === String(index);
    return isMeant && typeof item === "object" && rest.length > 0 ? within(item, rest, text) : item;
  });
}

/** What stands in a place of `values`, or in the same place of several entries of a list. */
export function valuesAt(values: JsonObject, path: readonly string[]): JsonValue[] {
  return path.reduce<JsonValue[]>(
    (found, name) => found.flatMap((value) => childrenOf(value, name)),
    [values],
  );
}

function childrenOf(value: JsonValue, name: string): JsonValue[] {
  if (Array.isArray(value)) {
    return value.filter((_item, index) => name === everyEntry || name === String(index));
  }
  if (!isRecord(value) || !Object.hasOwn(value, name)) return [];
  const child = value[name];
  return child === undefined ? [] : [child];
}
