import type { SlackBlock, StateValue } from "../slack-shapes.ts";
import { isEmptyValue } from "./values.ts";

/** What Slack's own client says about a field before it submits; undefined when the value fits. */
export function checkInput(
  element: SlackBlock,
  value: StateValue,
  isOptional: boolean,
): string | undefined {
  if (isEmptyValue(value)) {
    return isOptional ? undefined : "Please complete this required field.";
  }
  const text = value.value;
  if (typeof text === "string") return rules[element.type]?.(text, element);
  const chosen = value.selected_options ?? value.selected_users ?? value.selected_channels;
  const max = element["max_selected_items"];
  return typeof max === "number" && (chosen?.length ?? 0) > max
    ? `Please select ${max} or fewer items.`
    : undefined;
}

const rules: Record<string, (text: string, element: SlackBlock) => string | undefined> = {
  plain_text_input: checkLength,
  email_text_input: (text) =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : "Please enter a valid email address.",
  url_text_input: (text) =>
    /^https?:\/\/\S+\.\S+$/i.test(text) ? undefined : "Please enter a valid URL.",
  number_input: checkNumber,
};

function checkLength(text: string, element: SlackBlock): string | undefined {
  const { min_length: min, max_length: max = 3000 } = element;
  if (typeof min === "number" && text.length < min) {
    return `This should be at least ${min} characters.`;
  }
  return typeof max === "number" && text.length > max
    ? `This should be ${max} characters or fewer.`
    : undefined;
}

function checkNumber(text: string, element: SlackBlock): string | undefined {
  const hasDecimals = element["is_decimal_allowed"] === true;
  const form = hasDecimals ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!form.test(text)) {
    return hasDecimals ? "Please enter a number." : "Please enter a whole number.";
  }
  const { min_value: min, max_value: max } = element;
  if (typeof min === "string" && Number(text) < Number(min)) {
    return `Please enter a number that is at least ${min}.`;
  }
  return typeof max === "string" && Number(text) > Number(max)
    ? `Please enter a number that is at most ${max}.`
    : undefined;
}
