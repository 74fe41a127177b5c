import { isRecord, type JsonValue } from "../base/json.ts";

/** Shorter secrets would blot out half of every text, and are none. */
const minSecretLength = 4;
/** Lines of a key that are shorter also stand elsewhere. */
const minLineLength = 12;

/** What stands in the place of a secret. */
export const mask = "***";

/** Fewer signs of base64 also stand elsewhere by chance. */
const minEncodedLength = 8;

/**
 * Creates a function that replaces secrets in a text by {@link mask}, also as they look in JSON, in addresses, in hexadecimal and as base64,
 * by themselves or in the middle of something longer, as in an `Authorization` header.
 */
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
    ...encodedWithin(secret),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("hex").toUpperCase(),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= minLineLength) : []),
  ];
}

/** The signs of base64 that are the same whatever stands before and after the secret: three bytes are four signs. */
function encodedWithin(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const first = before === 0 ? 0 : before + 1;
    const inner = bytes.toString("base64").slice(first, Math.floor((bytes.length * 8) / 6));
    if (inner.length < minEncodedLength) return [];
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
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
