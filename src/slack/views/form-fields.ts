import type { InputBlock, KnownBlock, PlainTextOption } from "@slack/types";

import type { JsonValue } from "../../base/json.ts";
import { encodeInitial, encodeOption } from "../../scaffold/field-input.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { actionIds } from "../action-ids.ts";
import { limits, plain, section } from "./blocks.ts";
import { entryListBlocks } from "./entry-list.ts";
import { fieldBlockId, type FieldPart } from "./field-ids.ts";
import { repoInputs } from "./repo-fields.ts";
import { searchElement } from "./search-fields.ts";
import { secretBlocks, type SecretInputs } from "./secret-fields.ts";
import { clamp, literal, mrk, oneLine, tidy } from "./text.ts";

type Element = InputBlock["element"];

/** Draws a field as one or several blocks, filled with the value it has. */
export function fieldBlocks(field: FormField, page: number, secrets: SecretInputs): KnownBlock[] {
  if (field.widget === "note") return [noteBlock(field)];
  if (field.widget === "secret") return secretBlocks(field, page, secrets);
  if (field.items !== undefined) return entryListBlocks(field, page);
  if (field.widget === "repo-url") {
    return repoInputs(field).map(({ part, element }) => {
      const { label, help } = (part === "host" ? undefined : field.repo?.words?.[part]) ?? {};
      const { help: ownHelp, ...bare } = field;
      // the field's own help stands once, at what is typed last
      const shown = help ?? (part === "name" ? ownHelp : undefined);
      const worded = shown === undefined ? bare : { ...bare, help: shown };
      return inputBlock(worded, page, part, label ?? `${field.label}: ${part}`, element);
    });
  }
  return [inputBlock(field, page, "", field.label, elementOf(field))];
}

function inputBlock(
  field: FormField,
  page: number,
  part: FieldPart,
  label: string,
  element: Element,
): InputBlock {
  const hint = hintOf(field);
  return {
    type: "input",
    block_id: fieldBlockId(page, field.key, part),
    label: plain(label, 150),
    element,
    // a checkbox that is off sends nothing, which Slack would take for a missing answer
    optional: field.widget === "boolean" ? field.mustBeTrue !== true : !field.isRequired,
    ...(field.isCondition ? { dispatch_action: true } : {}),
    ...(hint === "" ? {} : { hint: plain(hint, 500) }),
  };
}

function hintOf(field: FormField): string {
  const how: Partial<Record<FormField["widget"], string>> = {
    list: "One a line.",
    "object-list": "One a line, such as `name: web, port: 80`, or a JSON list.",
  };
  const own =
    field.type === "object" && field.widget === "textarea"
      ? "Write YAML or JSON."
      : how[field.widget];
  return [field.help, own].filter((part) => part !== undefined && part !== "").join(" ");
}

const elements: Partial<Record<FormField["widget"], (field: FormField) => Element>> = {
  select: choiceElement,
  radio: choiceElement,
  "multi-select": choicesElement,
  checkboxes: choicesElement,
  boolean: switchElement,
  number: numberElement,
  date: dateElement,
  entity: searchedElement,
  entities: searchedElement,
  suggest: searchedElement,
  "suggest-list": searchedElement,
};

/** What is searched for while typing; a value that no option can carry is shown as the text it is. */
function searchedElement(field: FormField): Element {
  return searchElement(field) ?? textElement(field);
}

function elementOf(field: FormField): Element {
  return (elements[field.widget] ?? textElement)(field);
}

function placeholderOf(field: FormField) {
  return field.placeholder === undefined
    ? {}
    : { placeholder: plain(field.placeholder, limits.placeholder) };
}

/** What a text field can hold of a value. */
function initialText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    return value
      .map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item)))
      .join("\n");
  }
  return typeof value === "object" ? JSON.stringify(value, undefined, 2) : String(value);
}

const longestInput = 3000;
const multilineWidgets = new Set<FormField["widget"]>([
  "textarea",
  "list",
  "object-list",
  "entities",
  "suggest-list",
]);

function textElement(field: FormField): Element {
  const initial = clamp(tidy(initialText(field.initial)), longestInput);
  const shared = {
    action_id: actionIds.formInput,
    ...placeholderOf(field),
    ...(field.isCondition ? onEnter : {}),
    ...(initial === "" ? {} : { initial_value: initial }),
  };
  // Slack refuses a form whose first value is no address at all
  const isAddress = initial === "" || isAddressText(field, initial);
  if (field.widget === "email" && isAddress) return { type: "email_text_input", ...shared };
  if (field.widget === "url" && isAddress) return { type: "url_text_input", ...shared };
  const isMultiline = multilineWidgets.has(field.widget) || initial.includes("\n");
  return {
    type: "plain_text_input",
    ...shared,
    ...(isMultiline ? { multiline: true } : {}),
    ...lengthLimits(field, isMultiline, initial.length),
  };
}

function isAddressText(field: FormField, text: string): boolean {
  // something before and behind one @
  return field.widget === "email" ? /^[^\s@]+@[^\s@]+$/.test(text) : URL.canParse(text);
}

const onEnter: { dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] } } = {
  dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
};

/** Slack checks lengths while typing, but only those of a single line; a list's lengths mean its entries. */
function lengthLimits(field: FormField, isMultiline: boolean, initialLength: number) {
  if (isMultiline || field.type !== "string") return {};
  const max = field.maxLength === undefined ? undefined : Math.min(field.maxLength, longestInput);
  const min =
    field.minLength === undefined ? undefined : Math.min(field.minLength, max ?? longestInput);
  return {
    ...(max === undefined || max < Math.max(1, initialLength) ? {} : { max_length: max }),
    ...(min === undefined || min < 1 || !field.isRequired ? {} : { min_length: min }),
  };
}

function numberElement(field: FormField): Element {
  const { initial, minimum, maximum } = field;
  const isInRange =
    typeof initial === "number" &&
    initial >= (minimum ?? initial) &&
    initial <= (maximum ?? initial);
  return {
    type: "number_input",
    action_id: actionIds.formInput,
    is_decimal_allowed: field.type !== "integer",
    ...placeholderOf(field),
    ...(field.isCondition ? onEnter : {}),
    ...rangeOf(field),
    ...(isInRange && isPlain(initial) ? { initial_value: String(initial) } : {}),
  };
}

/** A template that allows no number at all is told so when the form is sent; Slack would refuse the whole form. */
function rangeOf({ minimum, maximum }: FormField) {
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) return {};
  return {
    ...(isPlain(minimum) ? { min_value: String(minimum) } : {}),
    ...(isPlain(maximum) ? { max_value: String(maximum) } : {}),
  };
}

/** True for a number that Slack can show: it knows no exponents. */
function isPlain(value: number | undefined): value is number {
  // digits with a sign and a fraction
  return value !== undefined && /^-?\d+(?:\.\d+)?$/.test(String(value));
}

function dateElement(field: FormField): Element {
  const initial = typeof field.initial === "string" ? field.initial : "";
  // a calendar day, as Slack writes it
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(initial) && !Number.isNaN(Date.parse(initial));
  return {
    type: "datepicker",
    action_id: actionIds.formInput,
    ...placeholderOf(field),
    ...(isDay ? { initial_date: initial } : {}),
  };
}

function switchElement(field: FormField): Element {
  const option: PlainTextOption = { text: plain("Yes", limits.optionText), value: "true" };
  return {
    type: "checkboxes",
    action_id: actionIds.formInput,
    options: [option],
    ...(field.initial === true ? { initial_options: [option] } : {}),
  };
}

/** Slack refuses two options of the same value, which a template may well have. */
function optionsOf(field: FormField): PlainTextOption[] {
  const options = (field.options ?? []).map((option, index) => {
    const description = oneLine(option.description ?? "");
    return {
      text: plain(option.label, limits.optionText),
      value: encodeOption(option, index),
      ...(description === "" ? {} : { description: plain(description, limits.optionText) }),
    };
  });
  const first = new Map(options.toReversed().map((option) => [option.value, option]));
  return options.filter((option) => first.get(option.value) === option);
}

const mostRadios = 10;

/** True when a field has more options than a select may carry: then they are searched for while typing. */
export function needsSearch(field: FormField): boolean {
  return (field.options ?? []).length > limits.options;
}

function choiceElement(field: FormField): Element {
  const options = optionsOf(field);
  const [chosen] = encodeInitial(field);
  const initial = options.find((option) => option.value === chosen);
  const shown = {
    action_id: actionIds.formInput,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
  if (options.length === 0) return textElement({ ...field, widget: "text", initial: "" });
  if (needsSearch(field)) return { type: "external_select", min_query_length: 0, ...shown };
  return field.widget === "radio" && options.length <= mostRadios
    ? { type: "radio_buttons", ...shown, options }
    : { type: "static_select", ...placeholderOf(field), ...shown, options };
}

function choicesElement(field: FormField): Element {
  const options = optionsOf(field);
  const chosen = new Set(encodeInitial(field));
  const initial = options
    .filter((option) => chosen.has(option.value ?? ""))
    .slice(0, limits.options);
  const shown = {
    action_id: actionIds.formInput,
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  };
  if (options.length === 0) return textElement({ ...field, widget: "list" });
  if (needsSearch(field)) return { type: "multi_external_select", min_query_length: 0, ...shown };
  return field.widget === "checkboxes" && options.length <= mostRadios
    ? { type: "checkboxes", ...shown, options }
    : { type: "multi_static_select", ...placeholderOf(field), ...shown, options };
}

function noteBlock(field: FormField): KnownBlock {
  const help = field.help === undefined ? mrk`` : mrk`\n${literal(oneLine(field.help), 500)}`;
  const value = initialText(field.initial);
  return section(mrk`*${field.label}*\n${value === "" ? "–" : literal(value, 1500)}${help}`);
}
