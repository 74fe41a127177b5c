import { isRecord, type JsonValue } from "../base/json.ts";

/** Shorter secrets would blot out half of every text, and are none. */
const minSecretLength = 4;
/** Lines of a key that are shorter also stand elsewhere. */
const minLineLength = 12;

/** What stands in the place of a secret. */
export const mask = "***";

/** Creates a function that replaces secrets in a text by {@link mask}, also as they look in JSON, in addresses and as base64. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const values = [...new Set(secrets.flatMap(formsOf))]
    // longest first: one secret may be the beginning of another
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, mask), text);
}

function formsOf(secret: string): string[] {
  if (secret.length < minSecretLength) return [];
  const lines = secret.split("\n").map((line) => line.trim());
  const base64 = Buffer.from(secret).toString("base64");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(Buffer.from(secret).toString("utf8")),
    base64,
    base64.replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= minLineLength) : []),
  ];
}

/** Redacts every text in a value, at any depth; keys stay. */
export function redactDeep<T extends JsonValue>(value: T, redact: (text: string) => string): T;
export function redactDeep(value: JsonValue, redact: (text: string) => string): JsonValue {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactDeep(item, redact)]),
  );
}
