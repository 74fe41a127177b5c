import { InputError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { StoredRecord } from "./contract.ts";

/** Largest value that is stored, as UTF-8 JSON: far above any run, and small enough not to stall a server. */
const maxValueBytes = 8 * 1024 * 1024;

/**
 * JSON text of a value.
 * @throws InputError `record-too-large` above 8 MiB
 */
export function encodeValue(value: JsonValue): string {
  const text = JSON.stringify(value);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxValueBytes) {
    throw new InputError(
      "record-too-large",
      `a value of ${sizeBytes} bytes cannot be stored: at most ${maxValueBytes} are allowed`,
    );
  }
  return text;
}

/** The value whose text `encodeValue` made. */
export function decodeValue(text: string): JsonValue {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse returns is JSON
  return JSON.parse(text) as JsonValue;
}

/** A record as the caller of a store named its shape; only we write values, so the name is believed. */
export function toRecord<T extends JsonValue>(
  id: string,
  text: string,
  version: number,
): StoredRecord<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return { id, value: decodeValue(text) as T, version };
}

/** A time to live in whole milliseconds. Throws a `RangeError` for what would expire at once or never: a bug of the caller. */
export function expectTtl(ttlMs: number | undefined): number | undefined {
  if (ttlMs === undefined) return undefined;
  if (!Number.isFinite(ttlMs) || ttlMs <= 0) {
    throw new RangeError(`ttlMs must be a positive number, got ${ttlMs}`);
  }
  return Math.ceil(ttlMs);
}
