import { isRecord } from "../base/json.ts";
import type { SlackBlock, SlackOption, StateValue, StateValues } from "./slack-shapes.ts";

/** An input or another element that keeps a value, with where it stands. */
export interface StatefulElement {
  blockId: string;
  actionId: string;
  element: SlackBlock;
  /** Set for elements of input blocks. */
  input?: { label: string; isOptional: boolean; dispatches: boolean };
}

/** What an element holds when nobody has touched it. */
const initialValueOf: Record<string, (element: SlackBlock) => Omit<StateValue, "type">> = {
  plain_text_input: textValue,
  email_text_input: textValue,
  url_text_input: textValue,
  number_input: textValue,
  static_select: (e) => ({ selected_option: asOption(e["initial_option"]) ?? null }),
  external_select: (e) => ({ selected_option: asOption(e["initial_option"]) ?? null }),
  radio_buttons: (e) => ({ selected_option: asOption(e["initial_option"]) ?? null }),
  multi_static_select: (e) => ({ selected_options: asOptions(e["initial_options"]) }),
  multi_external_select: (e) => ({ selected_options: asOptions(e["initial_options"]) }),
  checkboxes: (e) => ({ selected_options: asOptions(e["initial_options"]) }),
  datepicker: (e) => ({ selected_date: asString(e["initial_date"]) ?? null }),
  timepicker: (e) => ({ selected_time: asString(e["initial_time"]) ?? null }),
  datetimepicker: (e) => ({ selected_date_time: asNumber(e["initial_date_time"]) ?? null }),
  users_select: (e) => ({ selected_user: asString(e["initial_user"]) ?? null }),
  multi_users_select: (e) => ({ selected_users: asStrings(e["initial_users"]) }),
  channels_select: (e) => ({ selected_channel: asString(e["initial_channel"]) ?? null }),
  multi_channels_select: (e) => ({ selected_channels: asStrings(e["initial_channels"]) }),
  conversations_select: (e) => ({
    selected_conversation: asString(e["initial_conversation"]) ?? null,
  }),
  multi_conversations_select: (e) => ({
    selected_conversations: asStrings(e["initial_conversations"]),
  }),
};

/** Every element of these blocks that keeps a value, in order. */
export function findStatefulElements(blocks: readonly SlackBlock[]): StatefulElement[] {
  return blocks.flatMap((block) => {
    const blockId = block.block_id ?? "";
    if (block.type === "input" && isBlock(block["element"])) {
      const input = {
        label: textOf(block["label"]),
        isOptional: block["optional"] === true,
        dispatches: block["dispatch_action"] === true,
      };
      return [
        { blockId, actionId: actionIdOf(block["element"]), element: block["element"], input },
      ];
    }
    const elements = Array.isArray(block["elements"]) ? block["elements"] : [block["accessory"]];
    return elements
      .filter((element) => isBlock(element))
      .filter((element) => initialValueOf[element.type] !== undefined)
      .map((element) => ({ blockId, actionId: actionIdOf(element), element }));
  });
}

/** Every element with an action id, in order, stateful or not. */
export function findActionElements(
  blocks: readonly SlackBlock[],
): { blockId: string; actionId: string; element: SlackBlock }[] {
  return blocks.flatMap((block) => {
    const holders: unknown[] = [block["accessory"], block["element"]];
    for (const field of ["elements", "actions"]) {
      if (Array.isArray(block[field])) holders.push(...block[field]);
    }
    const own = holders
      .filter((element) => isBlock(element))
      .filter((element) => typeof element["action_id"] === "string")
      .map((element) => ({
        blockId: block.block_id ?? "",
        actionId: actionIdOf(element),
        element,
      }));
    return [...own, ...findActionElements(innerBlocks(block))];
  });
}

function innerBlocks(block: SlackBlock): SlackBlock[] {
  const fields = [block["child_blocks"], block.type === "carousel" ? block["elements"] : undefined];
  return fields.flatMap((field) => (Array.isArray(field) ? field.filter((f) => isBlock(f)) : []));
}

/**
 * The state of a view: initial values, but what a person had put into a field that is still there (same block id,
 * action id and type) stays, as in Slack.
 */
export function buildState(blocks: readonly SlackBlock[], previous: StateValues = {}): StateValues {
  const values: StateValues = {};
  for (const { blockId, actionId, element } of findStatefulElements(blocks)) {
    const old = previous[blockId]?.[actionId];
    const actions = (values[blockId] ??= {});
    actions[actionId] = old?.type === element.type ? old : initialValue(element);
  }
  return values;
}

/** What an element holds at first. */
function initialValue(element: SlackBlock): StateValue {
  return { type: element.type, ...initialValueOf[element.type]?.(element) };
}

/** Options of a select, those of its groups included. */
export function optionsOf(element: SlackBlock): SlackOption[] {
  const groups = Array.isArray(element["option_groups"]) ? element["option_groups"] : [];
  const grouped = groups.flatMap((group) => (isRecord(group) ? asOptions(group["options"]) : []));
  return [...asOptions(element["options"]), ...grouped];
}

/** True for a record with a `type`. */
export function isBlock(value: unknown): value is SlackBlock {
  return isRecord(value) && typeof value["type"] === "string";
}

/** The text of a text object, or nothing. */
export function textOf(value: unknown): string {
  return isRecord(value) && typeof value["text"] === "string" ? value["text"] : "";
}

function actionIdOf(element: SlackBlock): string {
  return asString(element["action_id"]) ?? "";
}

function textValue(element: SlackBlock): Omit<StateValue, "type"> {
  return { value: asString(element["initial_value"]) ?? null };
}

function asString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function asStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function asOption(value: unknown): SlackOption | undefined {
  if (!isRecord(value) || !isRecord(value["text"])) return undefined;
  const { text } = value;
  return {
    ...value,
    text: { type: String(text["type"]), text: textOf(text), emoji: text["emoji"] !== false },
    value: asString(value["value"]) ?? "",
  };
}

function asOptions(value: unknown): SlackOption[] {
  const options = Array.isArray(value) ? value.map((entry) => asOption(entry)) : [];
  return options.filter((option) => option !== undefined);
}
