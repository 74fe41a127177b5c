import { isRecord, type JsonObject } from "../base/json.ts";
import type { ActionRegistry, AnyAction } from "./action.ts";
import type { Template } from "./model.ts";

// ${{ parameters.name }} or ${{ parameters.repo.name }}, and nothing else within the braces
const parameterPattern = /\$\{\{\s*parameters\.([\w-]+(?:\.[\w-]+)*)\s*\}\}/g;

/**
 * The names that a run of the template will make things under, as far as its values say so by themselves: what an action
 * `reserves`, where its input holds nothing but parameters. The rest is known when its step comes.
 */
export function createdNames(
  template: Template,
  values: JsonObject,
  actions: ActionRegistry,
): string[] {
  const names = new Set<string>();
  for (const step of template.steps) {
    const action = actions.get(step.action);
    if (action?.reserves === undefined || step.if !== undefined || step.each !== undefined)
      continue;
    const input = action.input.safeParse(plainInput(step.input, values));
    // an input that is refused is reported by the step itself
    if (!input.success) continue;
    for (const name of namesOf(action, input.data)) names.add(name);
  }
  return [...names];
}

function namesOf(action: AnyAction, input: unknown): string[] {
  try {
    return action.reserves?.(input) ?? [];
  } catch {
    // such as an address that is none; the step itself says so
    return [];
  }
}

/** Those parts of an input that are known already. */
function plainInput(input: JsonObject, values: JsonObject): JsonObject {
  const known = Object.entries(input).flatMap(([key, value]) => {
    const plain = typeof value === "string" ? withParameters(value, values) : undefined;
    return plain === undefined ? [] : [[key, plain]];
  });
  return Object.fromEntries(known);
}

/** The text with its parameters filled in; undefined when it holds more than these. */
export function withParameters(text: string, values: JsonObject): string | undefined {
  let isKnown = true;
  const filled = text.replaceAll(parameterPattern, (_whole, path: string) => {
    const value = path.split(".").reduce<unknown>(valueAt, values);
    if (typeof value === "string" || typeof value === "number") return String(value);
    isKnown = false;
    return "";
  });
  return isKnown && !/\{\{|\{%/.test(filled) ? filled : undefined;
}

function valueAt(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
