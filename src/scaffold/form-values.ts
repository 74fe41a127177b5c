import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { dereference, resolveObject, withoutChoices } from "./conditions.ts";
import {
  applyDefaults,
  deepestObject,
  type FormScope,
  isNested,
  isPageShown,
} from "./default-values.ts";
import type { Form, FormPage } from "./form-model.ts";

/**
 * The values a run gets: defaults of all pages filled in, what only the form needed taken out.
 * @see https://backstage.io/docs/features/software-templates/writing-templates (the server fills in no defaults, the form does)
 */
export function completeValues(form: Form, values: JsonObject, scope: FormScope = {}): JsonObject {
  return withoutChoices(fillPages(form, values, scope));
}

function fillPages(form: Form, values: JsonObject, scope: FormScope): JsonObject {
  return form.pages.reduce(
    (soFar, page) => (isPageShown(page, soFar, scope) ? applyDefaults(page, soFar, scope) : soFar),
    values,
  );
}

/** The pages that are shown for the values so far, in which defaults of earlier pages count. */
export function pagesFor(form: Form, values: JsonObject, scope: FormScope = {}): FormPage[] {
  const filled = fillPages(form, values, scope);
  return form.pages.filter((page) => isPageShown(page, filled, scope));
}

/**
 * As {@link completeValues}, but only of fields that are there for these values: what was typed into one that a condition
 * has taken away since is left out, as nobody sees it on the last page.
 */
export function shownValues(form: Form, values: JsonObject, scope: FormScope = {}): JsonObject {
  const filled = fillPages(form, values, scope);
  const shown = form.pages
    .filter((page) => isPageShown(page, filled, scope))
    .reduce<JsonObject>(
      (sum, { written }) => united(sum, valuesOfProperties(written, filled, written, 0)),
      {},
    );
  return withoutChoices(shown);
}

function valuesOfProperties(
  schema: JsonObject,
  value: JsonObject,
  root: JsonObject,
  depth: number,
): JsonObject {
  const { properties } = resolveObject(schema, value, root);
  const more = schema["additionalProperties"];
  const isOpen = depth > 0 && (more === true || isRecord(more));
  const entries = Object.entries(value).flatMap(([name, item]): [string, JsonValue][] => {
    const written = properties.get(name);
    if (written === undefined) return isOpen ? [[name, item]] : [];
    const property = dereference(written, root);
    const isInner = isRecord(item) && isNested(property) && depth < deepestObject;
    return [[name, isInner ? valuesOfProperties(property, item, root, depth + 1) : item]];
  });
  return Object.fromEntries(entries);
}

/** Two pages may ask for parts of one object. */
function united(first: JsonObject, second: JsonObject): JsonObject {
  const entries = Object.entries(second).map(([key, value]): [string, JsonValue] => {
    const before = Object.hasOwn(first, key) ? first[key] : undefined;
    return [key, isRecord(before) && isRecord(value) ? united(before, value) : value];
  });
  return Object.fromEntries([...Object.entries(first), ...entries]);
}
