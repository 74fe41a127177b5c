import { isRecord } from "../../base/json.ts";
import {
  type Check,
  type Fields,
  byType,
  flag,
  integer,
  list,
  number,
  object,
  oneOf,
  pattern,
  type Problem,
  string,
  url,
} from "./check.ts";
import {
  anyText,
  confirmation,
  conversationFilter,
  dispatchConfig,
  imageFields,
  option,
  optionChoices,
  plainText,
  richText,
} from "./objects.ts";

const named = { action_id: string(255) };
const asked = { ...named, confirm: confirmation };
const focusable = { focus_on_load: flag };
const placeholder = { placeholder: plainText(150) };
const menu = { ...asked, ...focusable, ...placeholder };
const multi = { ...menu, max_selected_items: integer(1, 100) };
const typed = { ...named, ...focusable, ...placeholder, dispatch_action_config: dispatchConfig };
const menuOption = option(plainText(75));
const boxOption = option(anyText(75));
const date = pattern(/^\d{4}-\d{2}-\d{2}$/, "a date in the form YYYY-MM-DD");
const time = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, "a time in the form HH:mm");
const numeral = pattern(/^-?\d+(\.\d+)?$/, "a number as a string");

/** Every element Slack knows and the playground draws. */
const elementFields: Record<string, Fields> = {
  button: {
    required: { text: plainText(75) },
    optional: {
      ...asked,
      value: string(2000),
      url: url(),
      style: oneOf("primary", "danger"),
      accessibility_label: string(75),
    },
  },
  workflow_button: {
    required: { text: plainText(75), workflow: object({ required: { trigger: anyObject } }) },
    optional: { ...named, style: oneOf("primary", "danger"), accessibility_label: string(75) },
  },
  static_select: {
    optional: { ...menu, ...optionChoices, initial_option: menuOption },
    also: choicesAreSound,
  },
  multi_static_select: {
    optional: { ...multi, ...optionChoices, initial_options: list(menuOption, 100) },
    also: choicesAreSound,
  },
  external_select: {
    optional: { ...menu, initial_option: menuOption, min_query_length: integer(0, 255) },
  },
  multi_external_select: {
    optional: {
      ...multi,
      initial_options: list(menuOption, 100),
      min_query_length: integer(0, 255),
    },
  },
  users_select: { optional: { ...menu, initial_user: string(30) } },
  multi_users_select: { optional: { ...multi, initial_users: list(string(30), 100) } },
  channels_select: {
    optional: { ...menu, initial_channel: string(30), response_url_enabled: flag },
  },
  multi_channels_select: { optional: { ...multi, initial_channels: list(string(30), 100) } },
  conversations_select: {
    optional: {
      ...menu,
      initial_conversation: string(30),
      default_to_current_conversation: flag,
      response_url_enabled: flag,
      filter: conversationFilter,
    },
  },
  multi_conversations_select: {
    optional: {
      ...multi,
      initial_conversations: list(string(30), 100),
      default_to_current_conversation: flag,
      filter: conversationFilter,
    },
  },
  overflow: {
    required: { options: list(option(plainText(75), { url: url() }), 5) },
    optional: asked,
  },
  checkboxes: {
    required: { options: list(boxOption, 10) },
    optional: { ...asked, ...focusable, initial_options: list(boxOption, 10) },
    also: choicesAreSound,
  },
  radio_buttons: {
    required: { options: list(boxOption, 10) },
    optional: { ...asked, ...focusable, initial_option: boxOption },
    also: choicesAreSound,
  },
  datepicker: { optional: { ...menu, initial_date: date } },
  timepicker: { optional: { ...menu, initial_time: time, timezone: string(100) } },
  datetimepicker: { optional: { ...asked, ...focusable, initial_date_time: number } },
  plain_text_input: {
    optional: {
      ...typed,
      initial_value: string(3000),
      multiline: flag,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
  },
  email_text_input: { optional: { ...typed, initial_value: string(3000) } },
  url_text_input: { optional: { ...typed, initial_value: string(3000) } },
  number_input: {
    required: { is_decimal_allowed: flag },
    optional: { ...typed, initial_value: numeral, min_value: numeral, max_value: numeral },
    also: limitsAreInOrder,
  },
  rich_text_input: {
    optional: {
      ...typed,
      initial_value: richText,
      min_lines: integer(1, 100),
      max_lines: integer(1, 100),
    },
  },
  file_input: {
    optional: { ...named, filetypes: list(string(20), 100), max_files: integer(1, 10) },
  },
  feedback_buttons: {
    required: { positive_button: feedbackButton(), negative_button: feedbackButton() },
    optional: named,
  },
  icon_button: {
    required: { icon: string(50), text: plainText(75) },
    optional: {
      ...asked,
      value: string(2000),
      accessibility_label: string(75),
      visible_to_user_ids: list(string(30), 100),
    },
  },
  image: imageFields,
};

function feedbackButton(): Check {
  return object({
    required: { text: plainText(75), value: string(2000) },
    optional: { accessibility_label: string(75) },
  });
}

function anyObject(value: unknown, pointer: string, report: (problem: Problem) => void): void {
  if (!isRecord(value)) report({ pointer, message: "must provide an object" });
}

/** Selects have either options or groups; what is chosen at first must be among them; values are told apart. */
function choicesAreSound(
  element: Record<string, unknown>,
  pointer: string,
  report: (problem: Problem) => void,
): void {
  const { options, option_groups: groups } = element;
  if ((options === undefined) === (groups === undefined)) {
    report({ pointer, message: "must define either `options` or `option_groups`, and not both" });
    return;
  }
  const lists: unknown[] = Array.isArray(groups)
    ? groups.map((group: unknown) => (isRecord(group) ? group["options"] : undefined))
    : [options];
  const values = lists.flatMap((entry) => valuesOf(entry));
  const initial = element["initial_options"] ?? [element["initial_option"]];
  for (const value of valuesOf(initial)) {
    if (!values.includes(value)) {
      report({ pointer, message: "initial option must match an option exactly" });
    }
  }
  if (new Set(values).size < values.length) {
    report({ pointer, message: "option values must be unique" });
  }
}

function valuesOf(options: unknown): unknown[] {
  return Array.isArray(options) ? options.filter((o) => isRecord(o)).map((o) => o["value"]) : [];
}

function limitsAreInOrder(
  element: Record<string, unknown>,
  pointer: string,
  report: (problem: Problem) => void,
): void {
  if (Number(element["min_value"]) > Number(element["max_value"])) {
    report({ pointer, message: "min_value must not be greater than max_value" });
  }
}

function pick(...types: string[]): Check {
  const chosen = Object.entries(elementFields).filter(([type]) => types.includes(type));
  return byType(Object.fromEntries(chosen));
}

const selects = ["static", "external", "users", "channels", "conversations"].flatMap((source) => [
  `${source}_select`,
  `multi_${source}_select`,
]);
const pickers = ["datepicker", "timepicker"];
const boxes = ["checkboxes", "radio_buttons"];

/** What may stand beside a section's text. */
export const accessory: Check = pick(
  "button",
  "workflow_button",
  "overflow",
  "image",
  ...selects,
  ...pickers,
  ...boxes,
);

/** What may stand in an actions block. */
export const actionElement: Check = pick(
  "button",
  "workflow_button",
  "overflow",
  "datetimepicker",
  "rich_text_input",
  ...selects,
  ...pickers,
  ...boxes,
);

/** What may stand in an input block. */
export const inputElement: Check = pick(
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
  "rich_text_input",
  "file_input",
  "datetimepicker",
  ...selects,
  ...pickers,
  ...boxes,
);

/** Buttons on a card. */
export const button: Check = pick("button");

/** What may stand in a context_actions block. */
export const contextAction: Check = pick("feedback_buttons", "icon_button");

/** What may stand in a context block. */
export const contextElement: Check = byType({
  image: imageFields,
  plain_text: { required: { text: string(3000) }, optional: { emoji: flag } },
  mrkdwn: { required: { text: string(3000) }, optional: { verbatim: flag } },
});
