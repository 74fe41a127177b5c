import type { z } from "zod";

import { InputError } from "../base/errors.ts";
import { isRecord, toJsonObject, type JsonObject, type JsonValue } from "../base/json.ts";
import type { AnyAction } from "./action.ts";
import type { DeepRendered, RenderContext, RenderWorld } from "./expressions.ts";
import type { TemplateStep } from "./model.ts";
import type { Renderer } from "./renderer.ts";

/**
 * Renders a part of a step. @throws InputError `expression-failed`, naming the expression and where it stands: raw template
 * text is never passed on.
 */
export async function renderPart(
  part: { value: JsonValue; name: string },
  context: RenderContext,
  world: RenderWorld,
  renderer: Renderer,
): Promise<JsonValue | undefined> {
  const rendered: DeepRendered = await renderer.renderDeep(part.value, context, world);
  const [first] = rendered.faults;
  if (first === undefined) return rendered.value;
  const where = [part.name, ...first.path].join(".");
  throw new InputError(
    "expression-failed",
    `“${first.fault.source}” in ${where} cannot be rendered: ${first.fault.message}`,
    {
      hint: "mend the expression in the template, then retry",
    },
  );
}

/**
 * Backstage's idea of true: everything but false, nothing, 0, the empty text and the empty list. The words "false" and "0"
 * are texts, so they are true.
 */
export function isTruthy(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return !(value === undefined || value === null || value === false || value === 0 || value === "");
}

/** True when the condition itself says that the step is for failed runs too. */
export function runsAfterFailure(step: TemplateStep): boolean {
  // always() or failure(), with blanks allowed inside
  return typeof step.if === "string" && /\b(?:always|failure)\s*\(\s*\)/.test(step.if);
}

/** The input as the action wants it, and the names of properties that it does not know. */
export function checkInput(
  action: AnyAction,
  input: JsonObject,
): { input: unknown; unknown: string[] } {
  const result = action.input.safeParse(input);
  if (!result.success) {
    const faults = result.error.issues.flatMap(issueLines);
    throw new InputError(
      "step-input-invalid",
      `its input does not fit ${action.id}: ${faults.slice(0, 5).join("; ")}`,
      {
        hint: "mend the input of the step in the template, then retry",
      },
    );
  }
  return { input: result.data, unknown: unknownKeys(action.input, input) };
}

/** A union reports the faults of each alternative; the shortest list is the likeliest to be meant. */
function issueLines(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const [nearest] = issue.errors.toSorted((a, b) => a.length - b.length);
    return (nearest ?? []).flatMap((inner) =>
      issueLines({ ...inner, path: [...issue.path, ...inner.path] }),
    );
  }
  const path = issue.path.map(String).join(".");
  return [path === "" ? issue.message : `${path}: ${issue.message}`];
}

/** Not `instanceof`: a plug-in may bring its own copy of zod. */
function unknownKeys(schema: object, input: JsonObject): string[] {
  if (!("shape" in schema) || !isRecord(schema.shape)) return [];
  const known = schema.shape;
  return Object.keys(input).filter((key) => !Object.hasOwn(known, key));
}

/** Longest output of a step, as JSON: it is stored at each checkpoint. */
const maxOutputLength = 1_000_000;

/** A step's output as it is stored. @throws InputError `step-output-too-large`. */
export function toOutput(output: unknown): JsonObject {
  const plain = toJsonObject(output);
  if (JSON.stringify(plain).length > maxOutputLength) {
    throw new InputError("step-output-too-large", "its output is larger than 1 MB as JSON", {
      hint: "let the action put out less, such as a path or an address",
    });
  }
  return plain;
}
