import type { JsonObject, JsonValue } from "../base/json.ts";
import { isRecord } from "../base/json.ts";
import type { FormScope } from "../scaffold/default-values.ts";
import { readFieldInput, type RawInput } from "../scaffold/field-input.ts";
import { fieldsOf } from "../scaffold/fields.ts";
import type { FieldFault, Form, FormField, FormPage } from "../scaffold/form-model.ts";
import { pagesFor } from "../scaffold/form-values.ts";
import { valuesAt } from "../scaffold/text-at.ts";
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
  const pages = new Set(pagesFor(form, values, scope));
  return form.pages.flatMap((page, index) => {
    if (!pages.has(page)) return [];
    const fields = fieldsOf(page, values, scope).filter((field) => field.widget !== "hidden");
    return fields.length === 0 ? [] : [{ index, page, fields }];
  });
}

/** What came of the inputs of a page. */
export interface PageReading {
  values: JsonObject;
  /** Keys of fields that were emptied, so that their defaults do not come back. */
  emptied: string[];
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
  before: readonly string[] = [],
): PageReading {
  let read = values;
  const emptied = new Set(before);
  const faults: FieldFault[] = [];
  for (const field of fields) {
    const input = rawOf(field);
    if (input === undefined || field.widget === "note") continue;
    const reading = readFieldInput(field, input.raw);
    if ("fault" in reading) {
      faults.push({ key: field.key, message: reading.fault });
      continue;
    }
    const value =
      reading.value ?? valueOfEmpty(field, valueAt(values, field.path) ?? field.initial);
    read = withValue(read, field.path, value);
    // one that was empty all along still takes its default as soon as that is known
    if (value !== undefined) emptied.delete(field.key);
    else if (field.initial !== undefined) emptied.add(field.key);
  }
  return { values: read, emptied: [...emptied], faults };
}

/** What an empty input gives: `[]` and the like when it stood there before, else what the template gives an emptied field. */
function valueOfEmpty(field: FormField, before: JsonValue | undefined): JsonValue | undefined {
  if (before !== undefined && emptyValues.has(JSON.stringify(before))) return before;
  return field.initial === undefined ? undefined : field.emptyValue;
}

const emptyValues = new Set(["[]", "{}", '""']);

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

/** The value at a place, the first one where that is every entry of a list; undefined when there is none. */
export function valueAt(values: JsonObject, path: readonly string[]): JsonValue | undefined {
  return valuesAt(values, path)[0];
}
