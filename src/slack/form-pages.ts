import type { JsonObject, JsonValue } from "../base/json.ts";
import { isRecord } from "../base/json.ts";
import { readFieldInput, type RawInput } from "../scaffold/field-input.ts";
import { fieldsOf, isPageShown, type FormScope } from "../scaffold/fields.ts";
import type { FieldFault, Form, FormField, FormPage } from "../scaffold/form-model.ts";
import { validatePage } from "../scaffold/validate-values.ts";

/** A page of a form that has something to fill in, as it stands for the values so far. */
export interface ShownPage {
  /** In `form.pages`, from 0. */
  index: number;
  page: FormPage;
  /** Without hidden fields. */
  fields: FormField[];
}

/** The pages that are shown for these values; a page whose condition is false, or without visible fields, is passed over. */
export function shownPages(form: Form, values: JsonObject, scope: FormScope): ShownPage[] {
  return form.pages.flatMap((page, index) => {
    if (!isPageShown(page, values, scope)) return [];
    const fields = fieldsOf(page, values, scope).filter((field) => field.widget !== "hidden");
    return fields.length === 0 ? [] : [{ index, page, fields }];
  });
}

/** What came of the inputs of a page. */
export interface PageReading {
  values: JsonObject;
  /** Inputs that cannot be read at all, such as a list that is not one. */
  faults: FieldFault[];
}

/**
 * Takes what was typed into the values. Fields that were not on the screen keep their value; an emptied one loses it.
 */
export function readInputs(
  fields: readonly FormField[],
  values: JsonObject,
  rawOf: (field: FormField) => { raw: RawInput } | undefined,
): PageReading {
  let read = values;
  const faults: FieldFault[] = [];
  for (const field of fields) {
    const input = rawOf(field);
    if (input === undefined || field.widget === "note") continue;
    const reading = readFieldInput(field, input.raw);
    if ("fault" in reading) faults.push({ key: field.key, message: reading.fault });
    else read = withValue(read, field.path, reading.value);
  }
  return { values: read, faults };
}

/** All faults of a page: what could not be read, then what does not fit. */
export function pageFaults(page: FormPage, reading: PageReading, scope: FormScope): FieldFault[] {
  const unread = new Set(reading.faults.map((fault) => fault.key));
  const others = validatePage(page, reading.values, scope).filter(
    (fault) => !unread.has(fault.key),
  );
  return [...reading.faults, ...others];
}

/** `values` with one place changed or, for undefined, removed; nothing is changed in place. */
export function withValue(
  values: JsonObject,
  path: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return values;
  const inner = Object.hasOwn(values, name) ? values[name] : undefined;
  const next = rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value);
  const others = Object.entries(values).filter(([key]) => key !== name);
  const isGone =
    next === undefined || (rest.length > 0 && isRecord(next) && Object.keys(next).length === 0);
  // fromEntries makes `__proto__` a key like any other
  return Object.fromEntries(isGone ? others : [...others, [name, next]]);
}

/** The value at a place; undefined when there is none. */
export function valueAt(values: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const name of path) {
    value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
