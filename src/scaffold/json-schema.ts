import addFormats from "ajv-formats";
import { Ajv2019, type ErrorObject, type ValidateFunction } from "ajv/dist/2019.js";

import { toError } from "../base/errors.ts";
import { isRecord, toJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import { matchAllWithin } from "./bounded-regex.ts";

/** Keywords whose value is a map of names to schemas, not a schema. */
const schemaMaps = new Set([
  "properties",
  "patternProperties",
  "definitions",
  "$defs",
  "dependencies",
  "dependentSchemas",
]);
/** Keywords that hold data; nothing in them is a schema. */
const dataKeywords = new Set(["default", "enum", "const", "examples", "required", "enumNames"]);
/** Keywords that would let one template's schema meddle with another's. */
const foreignKeywords = new Set([
  "$id",
  "id",
  "$schema",
  "$anchor",
  "$async",
  "$dynamicRef",
  "$recursiveRef",
]);

/** The schema without `ui:*` and `backstage:*` keys: what a validator checks. Misplaced `required: true` goes too. */
export function cleanSchema(written: JsonValue): JsonValue {
  if (Array.isArray(written)) return written.map(cleanSchema);
  if (!isRecord(written)) return written;
  const clean: JsonObject = {};
  for (const [key, value] of Object.entries(written)) {
    if (key.startsWith("ui:") || key.startsWith("backstage:") || foreignKeywords.has(key)) continue;
    if (key === "required" && !Array.isArray(value)) continue;
    if (dataKeywords.has(key)) clean[key] = value;
    else if (schemaMaps.has(key) && isRecord(value)) {
      clean[key] = Object.fromEntries(
        Object.entries(value).map(([name, schema]) => [name, cleanSchema(schema)]),
      );
    } else clean[key] = cleanSchema(value);
  }
  return clean;
}

/** A pattern as Ajv wants it; one that takes too long fits nothing. */
function boundedRegExp(
  source: string,
  flags: string,
): {
  test(text: string): boolean;
  toString(): string;
} {
  void new RegExp(source, flags);
  return {
    test: (text) => matchAllWithin({ source, flags }, [text])?.[0] ?? false,
    // Ajv keeps the patterns of a schema by this text; two with the same would become one.
    toString: () => `/${source}/${flags}`,
  };
}
boundedRegExp.code = "undefined";

function createAjv(): Ajv2019 {
  const ajv = new Ajv2019({
    allErrors: true,
    strict: false,
    logger: false,
    verbose: true,
    // Templates are not meant to be valid JSON Schema to the letter; what does not compile is reported.
    validateSchema: false,
    code: { regExp: boundedRegExp },
  });
  addFormats.default(ajv);
  return ajv;
}

/** Ajv keeps a little of every schema it has compiled, and slows down with it; after so many it begins anew. */
const compilesPerAjv = 100;
let ajv = createAjv();
let compiles = 0;
const compiled = new WeakMap<JsonObject, ValidateFunction>();
/** Schemas of pages are made anew for each check, but most say the same each time. */
const compiledByText = new Map<string, ValidateFunction>();
const mostTexts = 200;
const longestText = 20_000;

/** Compiles a cleaned schema, once for each object and text. @throws Error with Ajv's words when it is not a JSON Schema. */
function compileSchema(schema: JsonObject): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema);
  const validate = compiledByText.get(text) ?? compileAnew(schema);
  compiled.set(schema, validate);
  if (text.length > longestText) return validate;
  if (compiledByText.size >= mostTexts) compiledByText.clear();
  compiledByText.set(text, validate);
  return validate;
}

function compileAnew(schema: JsonObject): ValidateFunction {
  compiles += 1;
  if (compiles % compilesPerAjv === 0) ajv = createAjv();
  return ajv.compile(schema);
}

/** Why a schema cannot be used, or undefined. */
export function schemaProblem(schema: JsonObject): string | undefined {
  try {
    compileSchema(schema);
    return undefined;
  } catch (thrown) {
    return toError(thrown).message;
  }
}

const cleaned = new WeakMap<JsonObject, JsonObject>();

/** True when `value` fits `schema` (which may still carry `ui:*` keys); false also when the schema is unusable. */
export function fitsSchema(schema: JsonObject, value: unknown): boolean {
  let clean = cleaned.get(schema);
  if (clean === undefined) {
    clean = toJsonObject(cleanSchema(schema));
    cleaned.set(schema, clean);
  }
  try {
    return compileSchema(clean)(value);
  } catch {
    return false;
  }
}

/** All errors of `value` against a cleaned schema. @throws Error when the schema cannot be compiled. */
export function schemaErrors(schema: JsonObject, value: unknown): ErrorObject[] {
  const validate = compileSchema(schema);
  return validate(value) ? [] : (validate.errors ?? []);
}

/** `/a~1b/0` → `["a/b", "0"]`. */
export function pointerParts(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
