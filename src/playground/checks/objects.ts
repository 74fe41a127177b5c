import {
  byType,
  type Check,
  flag,
  integer,
  list,
  needsOneOf,
  number,
  object,
  oneOf,
  string,
  url,
} from "./check.ts";

const plain = (max: number) => ({ required: { text: string(max) }, optional: { emoji: flag } });
const marked = (max: number) => ({ required: { text: string(max) }, optional: { verbatim: flag } });

/** A `plain_text` object. */
export function plainText(max: number): Check {
  return byType({ plain_text: plain(max) });
}

/** A `mrkdwn` object. */
export function mrkdwn(max: number): Check {
  return byType({ mrkdwn: marked(max) });
}

/** A `plain_text` or `mrkdwn` object. */
export function anyText(max: number): Check {
  return byType({ plain_text: plain(max), mrkdwn: marked(max) });
}

/** The dialog that asks “are you sure?”. */
export const confirmation: Check = object({
  required: { text: anyText(300) },
  optional: {
    title: plainText(100),
    confirm: plainText(30),
    deny: plainText(30),
    style: oneOf("primary", "danger"),
  },
});

/** One entry of a menu. `text` is plain text in menus, anything in checkboxes and radio buttons. */
export function option(text: Check, extra: Record<string, Check> = {}): Check {
  return object({
    required: { text, value: string(75) },
    optional: { description: anyText(75), ...extra },
  });
}

const menuOption = option(plainText(75));

/** At most 100 options, or at most 100 groups of them. */
export const optionChoices: Record<string, Check> = {
  options: list(menuOption, 100),
  option_groups: list(
    object({ required: { label: plainText(75), options: list(menuOption, 100) } }),
    100,
  ),
};

/** What an `external_select`'s answer must look like. */
export const optionsAnswer: Check = object({
  optional: {
    options: list(menuOption, 100, 0),
    option_groups: list(
      object({ required: { label: plainText(75), options: list(menuOption, 100, 0) } }),
      100,
      0,
    ),
  },
  also: needsOneOf("options", "option_groups"),
});

/** When typing sends a payload. */
export const dispatchConfig: Check = object({
  optional: {
    trigger_actions_on: list(oneOf("on_enter_pressed", "on_character_entered"), 2),
  },
});

/** Which conversations a select offers. */
export const conversationFilter: Check = object({
  optional: {
    include: list(oneOf("im", "mpim", "private", "public"), 4),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
});

const style: Check = object({
  optional: { bold: flag, italic: flag, strike: flag, code: flag, underline: flag },
});

const longText = string(12_000);
const inline: Check = byType({
  text: { required: { text: longText }, optional: { style } },
  link: { required: { url: url() }, optional: { text: longText, unsafe: flag, style } },
  emoji: { required: { name: string(100) }, optional: { unicode: string(100), url: url(), style } },
  user: { required: { user_id: string(30) }, optional: { style } },
  usergroup: { required: { usergroup_id: string(30) }, optional: { style } },
  channel: { required: { channel_id: string(30) }, optional: { style } },
  team: { required: { team_id: string(30) }, optional: { style } },
  broadcast: { required: { range: oneOf("here", "channel", "everyone") }, optional: { style } },
  color: { required: { value: string(20) }, optional: { style } },
  date: {
    required: { timestamp: number, format: string(200) },
    optional: { url: url(), fallback: string(200), style },
  },
});

const section = { required: { elements: list(inline, 1000, 0) } };
const border = integer(0, 1);

/** The `elements` of a rich text block. */
export const richTextElements: Check = list(
  byType({
    rich_text_section: section,
    rich_text_preformatted: {
      ...section,
      optional: { border, language: string(50) },
    },
    rich_text_quote: { ...section, optional: { border } },
    rich_text_list: {
      required: {
        style: oneOf("bullet", "ordered"),
        elements: list(byType({ rich_text_section: section }), 1000, 0),
      },
      optional: { indent: integer(0, 8), border, offset: integer(0, 10_000) },
    },
  }),
  1000,
  0,
);

/** A rich text block inside of something else. */
export const richText: Check = byType({
  rich_text: { required: { elements: richTextElements }, optional: { block_id: string(255) } },
});

const slackFile: Check = object({
  optional: { id: string(30), url: url() },
  also: needsOneOf("id", "url"),
});

/** The fields of an image, block or element. */
export const imageFields = {
  required: { alt_text: string(2000) },
  optional: { image_url: url(), slack_file: slackFile },
  also: needsOneOf("image_url", "slack_file"),
};
