import type { InputBlock, PlainTextOption } from "@slack/types";

import type { FormField } from "../../scaffold/form-model.ts";
import { actionIds } from "../action-ids.ts";
import { limits, plain } from "./blocks.ts";
import { clamp, oneLine } from "./text.ts";

/** Longest value that Slack lets an option carry. */
const longestOptionValue = 75;

/**
 * An entity as an option of a select. A reference that is too long for one goes without the default namespace where the
 * field adds that again; undefined when it is too long even so.
 */
export function entityOption(
  field: Pick<FormField, "entity">,
  ref: string,
  title: string,
): PlainTextOption | undefined {
  const value = ref.length > longestOptionValue ? withoutDefaultNamespace(field, ref) : ref;
  if (value.length > longestOptionValue) return undefined;
  const name = oneLine(title);
  return {
    text: plain(
      name === "" || name === ref ? ref : `${clamp(name, 40)} (${ref})`,
      limits.optionText,
    ),
    value,
  };
}

function withoutDefaultNamespace({ entity }: Pick<FormField, "entity">, ref: string): string {
  const namespace = entity?.defaultNamespace ?? "default";
  return namespace === "default" ? ref.replace(/^([^:/]+):default\//, "$1:") : ref;
}

/** A text that was typed, or that is suggested, as an option; undefined when it is too long for one. */
export function textOption(text: string, description?: string): PlainTextOption | undefined {
  const value = text.trim();
  if (value === "" || value.length > longestOptionValue || /[\r\n]/.test(value)) return undefined;
  return {
    text: plain(value, limits.optionText),
    value,
    ...(description === undefined ? {} : { description: plain(description, limits.optionText) }),
  };
}

/** The select of a field that is searched for; undefined when it cannot carry what the field holds already. */
export function searchElement(field: FormField): InputBlock["element"] | undefined {
  const given = (Array.isArray(field.initial) ? field.initial : [field.initial]).filter(
    (one) => one !== undefined && one !== null && one !== "",
  );
  const options = given.map((one) => initialOption(field, one));
  const initial = options.filter((option) => option !== undefined);
  if (initial.length < options.length || initial.length > limits.options) return undefined;
  const shared = {
    action_id: actionIds.formInput,
    min_query_length: 0,
    placeholder: plain(field.placeholder ?? "Type to search", limits.placeholder),
  };
  if (field.widget === "entities" || field.widget === "suggest-list") {
    return {
      type: "multi_external_select",
      ...shared,
      ...(initial.length === 0 ? {} : { initial_options: unique(initial) }),
    };
  }
  const [first] = initial;
  return {
    type: "external_select",
    ...shared,
    ...(first === undefined ? {} : { initial_option: first }),
  };
}

function initialOption(field: FormField, value: unknown): PlainTextOption | undefined {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const option = field.entity === undefined ? textOption(text) : entityOption(field, text, "");
  // what would not come back as it went is left to a text field
  return option !== undefined && (field.entity !== undefined || option.value === text)
    ? option
    : undefined;
}

/** Slack refuses two options of the same value. */
function unique(options: PlainTextOption[]): PlainTextOption[] {
  return [...new Map(options.map((option) => [option.value, option])).values()];
}
