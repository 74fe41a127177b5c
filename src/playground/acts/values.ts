import { InputError } from "../../base/errors.ts";
import type { SlackBlock, SlackOption, StateValue } from "../slack-shapes.ts";
import { optionsOf } from "../view-state.ts";

/** What a person puts into a field: a text, an option's value or label, an id, a date; several for multi-selects. */
export type PlainValue = string | number | readonly string[] | null;

const textTypes = new Set([
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
]);
const idFields: Record<string, string> = {
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  timepicker: "selected_time",
};
const idListFields: Record<string, string> = {
  multi_users_select: "selected_users",
  multi_channels_select: "selected_channels",
  multi_conversations_select: "selected_conversations",
};
const oneOption = new Set(["static_select", "external_select", "radio_buttons", "overflow"]);
const severalOptions = new Set(["multi_static_select", "multi_external_select", "checkboxes"]);

/**
 * What the element holds after a person has put `value` into it, in Slack's shape. `known` are options that a search
 * has brought.
 * @throws InputError `playground-option-unknown` when there is no such option to choose.
 */
export function toStateValue(
  element: SlackBlock,
  value: PlainValue,
  known: readonly SlackOption[] = [],
): StateValue {
  const { type } = element;
  const many = valuesIn(value);
  const single = many[0] ?? null;
  const held = heldFor(type, single, many);
  if (held !== undefined) return { type, ...held };
  const options = [...optionsOf(element), ...known];
  const chosen = many.map((entry) => findOption(options, entry, element));
  if (severalOptions.has(type)) return { type, selected_options: chosen };
  if (oneOption.has(type)) return { type, selected_option: chosen[0] ?? null };
  throw new InputError("playground-element-fixed", `Nothing can be put into a “${type}”.`);
}

/** The values as texts; none for an empty field. */
export function valuesIn(value: PlainValue): string[] {
  if (value === null || value === "") return [];
  return typeof value === "object" ? [...value] : [String(value)];
}

/** For elements whose value is not an option. */
function heldFor(
  type: string,
  single: string | null,
  many: string[],
): Omit<StateValue, "type"> | undefined {
  if (textTypes.has(type)) return { value: single };
  if (type === "datetimepicker") {
    return { selected_date_time: single === null ? null : Number(single) };
  }
  const field = idFields[type];
  if (field !== undefined) return { [field]: single };
  const listField = idListFields[type];
  return listField === undefined ? undefined : { [listField]: many };
}

/** True when `value` names one of the options. */
export function hasOption(options: readonly SlackOption[], value: string): boolean {
  return options.some((option) => isNamed(option, value));
}

function isNamed(option: SlackOption, value: string): boolean {
  return option.value === value || option.text.text === value;
}

function findOption(
  options: readonly SlackOption[],
  value: string,
  element: SlackBlock,
): SlackOption {
  const byValue = options.find((option) => option.value === value);
  const option = byValue ?? options.find((entry) => entry.text.text === value);
  if (option !== undefined) return option;
  throw new InputError(
    "playground-option-unknown",
    `“${value}” is not among the options of ${String(element["action_id"])}.`,
    { hint: `There are: ${options.map((entry) => entry.value).join(", ")}.` },
  );
}

/** True when nothing is in the field. */
export function isEmptyValue(value: StateValue): boolean {
  const { type: _type, ...held } = value;
  return Object.values(held).every(
    (entry) =>
      entry === null || entry === undefined || (Array.isArray(entry) && entry.length === 0),
  );
}

/** What an action tells about the choice: the state value without its type. */
export function chosenOf(value: StateValue): Record<string, unknown> {
  const { type: _type, ...chosen } = value;
  return chosen;
}
