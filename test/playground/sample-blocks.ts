import type { KnownBlock } from "@slack/types";

const plain = (text: string) => ({ type: "plain_text" as const, text });
const marked = (text: string) => ({ type: "mrkdwn" as const, text });
const option = (value: string) => ({ text: plain(value), value });
const richText = {
  type: "rich_text" as const,
  elements: [
    {
      type: "rich_text_section" as const,
      elements: [
        { type: "text" as const, text: "Hello ", style: { bold: true } },
        { type: "user" as const, user_id: "U0DARIOCO1" },
        { type: "link" as const, url: "https://example.com", text: "there" },
        { type: "emoji" as const, name: "wave" },
      ],
    },
    {
      type: "rich_text_list" as const,
      style: "bullet" as const,
      elements: [
        { type: "rich_text_section" as const, elements: [{ type: "text" as const, text: "one" }] },
      ],
    },
    {
      type: "rich_text_preformatted" as const,
      elements: [{ type: "text" as const, text: "code" }],
    },
    { type: "rich_text_quote" as const, elements: [{ type: "text" as const, text: "said" }] },
  ],
};
const image = {
  type: "image" as const,
  image_url: "https://example.com/a.png",
  alt_text: "A picture",
};
const confirm = {
  title: plain("Sure?"),
  text: marked("It is *gone* then."),
  confirm: plain("Delete"),
  deny: plain("Keep"),
  style: "danger" as const,
};
const button = {
  type: "button" as const,
  action_id: "press",
  text: plain("Press"),
  value: "1",
  url: "https://example.com",
  style: "primary" as const,
  accessibility_label: "Press this",
  confirm,
};

/** One of each block, with every field that it may have; all of them fit. */
export const sampleBlocks: readonly KnownBlock[] = [
  {
    type: "section",
    block_id: "s1",
    text: marked("*Hello*"),
    fields: [marked("a"), plain("b")],
    accessory: button,
    expand: true,
  },
  {
    type: "section",
    text: plain("Menu"),
    accessory: {
      type: "overflow",
      action_id: "more",
      options: [option("a"), { ...option("b"), url: "https://example.com" }],
    },
  },
  { type: "section", text: plain("Picture"), accessory: image },
  { type: "header", text: plain("Title") },
  { type: "divider" },
  { type: "context", elements: [image, marked("a"), plain("b")] },
  {
    type: "actions",
    elements: [
      button,
      {
        type: "static_select",
        action_id: "one",
        placeholder: plain("Choose"),
        options: [option("a"), option("b")],
        initial_option: option("a"),
      },
      {
        type: "multi_static_select",
        action_id: "some",
        option_groups: [{ label: plain("Group"), options: [option("c")] }],
        initial_options: [option("c")],
        max_selected_items: 2,
      },
      { type: "users_select", action_id: "who", initial_user: "U0DARIOCO1" },
      { type: "multi_users_select", action_id: "whom", initial_users: ["U0DARIOCO1"] },
      { type: "channels_select", action_id: "where" },
      { type: "conversations_select", action_id: "talk", filter: { include: ["public"] } },
      { type: "datepicker", action_id: "day", initial_date: "2026-01-31" },
      { type: "timepicker", action_id: "time", initial_time: "09:30" },
      { type: "datetimepicker", action_id: "moment", initial_date_time: 1_700_000_000 },
      { type: "checkboxes", action_id: "boxes", options: [option("a"), option("b")] },
      { type: "radio_buttons", action_id: "radios", options: [option("a"), option("b")] },
    ],
  },
  {
    type: "input",
    block_id: "i1",
    label: plain("Name"),
    hint: plain("Short"),
    optional: true,
    dispatch_action: true,
    element: {
      type: "plain_text_input",
      action_id: "name",
      placeholder: plain("pay-api"),
      initial_value: "x",
      multiline: false,
      min_length: 1,
      max_length: 40,
      focus_on_load: true,
      dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
    },
  },
  {
    type: "input",
    label: plain("Owner"),
    element: { type: "external_select", action_id: "owner", min_query_length: 0 },
  },
  {
    type: "input",
    label: plain("Owners"),
    element: { type: "multi_external_select", action_id: "owners", initial_options: [option("a")] },
  },
  {
    type: "input",
    label: plain("Count"),
    element: {
      type: "number_input",
      action_id: "count",
      is_decimal_allowed: false,
      min_value: "1",
      max_value: "5",
    },
  },
  { type: "input", label: plain("Mail"), element: { type: "email_text_input", action_id: "mail" } },
  { type: "input", label: plain("Link"), element: { type: "url_text_input", action_id: "link" } },
  {
    type: "image",
    image_url: "https://example.com/a.png",
    alt_text: "A picture",
    title: plain("Title"),
  },
  richText,
  { type: "markdown", text: "# Title\n\n- one" },
  { type: "alert", text: marked("Careful"), level: "warning" },
  {
    type: "context_actions",
    elements: [
      {
        type: "feedback_buttons",
        action_id: "feedback",
        positive_button: { text: plain("Good"), value: "good", accessibility_label: "It helped" },
        negative_button: { text: plain("Bad"), value: "bad" },
      },
      { type: "icon_button", action_id: "remove", icon: "trash", text: plain("Remove") },
    ],
  },
  {
    type: "table",
    rows: [
      [
        { type: "raw_text", text: "a" },
        { type: "raw_number", text: "1", value: 1 },
      ],
      [richText, { type: "raw_text", text: "b" }],
    ],
    column_settings: [{ align: "right", is_wrapped: true }],
  },
  {
    type: "data_table",
    caption: "Services",
    page_size: 5,
    rows: [[{ type: "raw_text", text: "Name" }], [{ type: "raw_text", text: "payments" }]],
  },
  {
    type: "card",
    title: marked("Payments"),
    subtitle: marked("service"),
    body: marked("Takes money"),
    icon: image,
    actions: [button],
  },
  { type: "carousel", elements: [{ type: "card", title: marked("One") }] },
  {
    type: "container",
    title: plain("Details"),
    subtitle: plain("more"),
    is_collapsible: true,
    child_blocks: [{ type: "divider" }],
  },
  {
    type: "plan",
    title: "Create a service",
    tasks: [
      {
        type: "task_card",
        task_id: "1",
        title: "Write files",
        status: "complete",
        details: richText,
        sources: [{ type: "url", url: "https://example.com", text: "log" }],
      },
    ],
  },
  { type: "task_card", task_id: "2", title: "Push", status: "in_progress" },
];
