import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

import { isRecord } from "../base/json.ts";
import { errorAt, type Finding, pathText, shownValue } from "./finding.ts";
import type { SpecSchema } from "./kinds.ts";

/** Checks a `spec` against the schema of its kind and says everything that is wrong with it. */
export type SpecCheck = (spec: unknown, schema: SpecSchema) => Finding[];

/** Creates a checker that compiles each schema once. */
export function createSpecCheck(): SpecCheck {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
  const compiled = new Map<SpecSchema, ValidateFunction>();
  return (spec, schema) => {
    if (!isRecord(spec)) return missingSpec(spec, schema);
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv.compile(schema);
      compiled.set(schema, validate);
    }
    if (validate(spec)) return [];
    // One finding a place: an empty text is "too short", and nothing else about it matters.
    const byPath = new Map<string, Finding>();
    for (const error of validate.errors ?? []) {
      const finding = toFinding(error, spec);
      const key = pathText(finding?.path ?? []);
      if (finding !== undefined && !byPath.has(key)) byPath.set(key, finding);
    }
    return [...byPath.values()];
  };
}

function missingSpec(spec: unknown, schema: SpecSchema): Finding[] {
  // Anything else than a mapping was reported with the envelope.
  if (spec !== undefined) return [];
  const required = Array.isArray(schema["required"]) ? schema["required"].join(", ") : "";
  const needs = required === "" ? "" : ` and needs ${required}`;
  return [errorAt(["spec"], "entity-field-missing", `spec is required${needs}`)];
}

function toFinding(error: ErrorObject, spec: Record<string, unknown>): Finding | undefined {
  // "if" only repeats that its "then" or "else" failed.
  if (error.keyword === "if") return undefined;
  const path = ["spec", ...pointerPath(error.instancePath, spec)];
  if (error.keyword === "required") {
    const field = [...path, String(error.params["missingProperty"])];
    return missingField(field);
  }
  const name = pathText(path);
  const value: unknown = error.data;
  const expected = expectation(error);
  const message = `${name} must be ${expected}, found ${value === "" ? "an empty one" : shownValue(value)}`;
  return errorAt(path, "entity-field-invalid", message, fixFor(value, error));
}

function missingField(path: (string | number)[]): Finding {
  const name = pathText(path);
  if (name === "spec.owner") {
    const fix = "name the team, as in owner: team-a";
    return errorAt(path, "entity-owner-missing", "spec.owner is required", fix);
  }
  return errorAt(path, "entity-field-missing", `${name} is required`);
}

const typeWords: Record<string, string> = {
  string: "a text",
  object: "a mapping",
  array: "a list",
  "string,boolean": "a text or true or false",
};

function expectation(error: ErrorObject): string {
  const { keyword, params } = error;
  if (keyword === "type") {
    const wanted = String(params["type"]);
    return typeWords[wanted] ?? wanted;
  }
  if (keyword === "enum" && Array.isArray(params["allowedValues"])) {
    return params["allowedValues"].join(" or ");
  }
  if (keyword === "minLength") return "a text";
  if (keyword === "maxLength") return `at most ${String(params["limit"])} characters long`;
  if (keyword === "minItems") return `a list of at least ${String(params["limit"])}`;
  return error.message ?? "valid";
}

function fixFor(value: unknown, error: ErrorObject): string | undefined {
  const wantsText = error.keyword === "type" && error.params["type"] === "string";
  if (wantsText && Array.isArray(value)) return "write one, without list marks";
  if (wantsText && (typeof value === "number" || typeof value === "boolean")) {
    return `write it in quotes: "${value}"`;
  }
  const wantsList = error.keyword === "type" && error.params["type"] === "array";
  if (wantsList && typeof value === "string")
    return `write it as a list: ["${value.slice(0, 80)}"]`;
  if (wantsList && value === null) return "write [] for an empty list, or remove the key";
  return undefined;
}

/** The parts of a JSON pointer; those that index a list as numbers. */
function pointerPath(pointer: string, root: unknown): (string | number)[] {
  let at: unknown = root;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      if (Array.isArray(at)) {
        at = at[Number(key)];
        return Number(key);
      }
      at = isRecord(at) ? at[key] : undefined;
      return key;
    });
}
