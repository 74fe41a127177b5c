import type {
  ActionsBlock,
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  ContextBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from "@slack/types";

import { clamp, cutMrkdwn, mrk, type Mrkdwn, oneLine, tidy } from "./text.ts";

/**
 * Slack's limits, as its types and method pages state them.
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** Undocumented sum of all text in the blocks of a message; Slack answers `msg_blocks_too_long` somewhat above it. */
  messageCharacters: 12_000,
  sectionText: 3000,
  fieldText: 2000,
  fields: 10,
  header: 150,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  value: 2000,
  optionText: 75,
  options: 100,
  inputLabel: 2000,
  placeholder: 150,
  modalTitle: 24,
  privateMetadata: 3000,
  /** Of `text` beside blocks: what notifications and screen readers get. */
  fallbackText: 3900,
} as const;

/** What a message shows, and `text` for notifications, screen readers and the terminal. */
export interface MessageContent {
  text: string;
  blocks: KnownBlock[];
}

/** A mrkdwn object in which Slack neither links nor mentions anything by itself. */
function mrkdwn(text: Mrkdwn, max: number = limits.sectionText): MrkdwnElement {
  const cut = cutMrkdwn(text, max);
  return { type: "mrkdwn", text: cut.mrkdwn === "" ? " " : cut.mrkdwn, verbatim: true };
}

/** A plain text object on one line, without emoji codes turned into pictures; `instead` where nothing would be left. */
export function plain(text: string, max: number, instead = "–"): PlainTextElement {
  const shown = clamp(oneLine(text), max);
  return { type: "plain_text", text: shown === "" ? instead : shown, emoji: false };
}

/** Several lines of somebody else's text, as they stand. */
export function plainSection(text: string, max: number = limits.sectionText): SectionBlock {
  const shown = clamp(tidy(text).trim(), Math.min(max, limits.sectionText));
  return {
    type: "section",
    text: { type: "plain_text", text: shown === "" ? "–" : shown, emoji: false },
  };
}

/** A paragraph, with a button or select at its right where given. */
export function section(text: Mrkdwn, accessory?: SectionBlock["accessory"]): SectionBlock {
  return {
    type: "section",
    text: mrkdwn(text),
    ...(accessory === undefined ? {} : { accessory }),
  };
}

/** Name and value pairs in two columns, at most ten; undefined when there are none. */
export function fields(
  pairs: readonly (readonly [string, Mrkdwn | undefined])[],
): SectionBlock | undefined {
  const shown = pairs.flatMap(([name, value]) =>
    value === undefined || value.mrkdwn === ""
      ? []
      : [mrkdwn(mrk`*${name}*\n${cutMrkdwn(value, limits.fieldText - 100)}`, limits.fieldText)],
  );
  return shown.length === 0
    ? undefined
    : { type: "section", fields: shown.slice(0, limits.fields) };
}

/** Small grey lines under a message; undefined when there are none. */
export function context(lines: readonly Mrkdwn[]): ContextBlock | undefined {
  const present = lines.filter((line) => line.mrkdwn !== "").slice(0, limits.contextElements);
  return present.length === 0
    ? undefined
    : { type: "context", elements: present.map((line) => mrkdwn(line, 1000)) };
}

export interface ButtonOptions {
  actionId: string;
  label: string;
  /** Comes back with the click; at most 2,000 characters, see `fitsValue`. */
  value?: string;
  style?: "primary" | "danger";
  confirm?: ConfirmationDialog;
  /** Read by screen readers after the label, or instead of it when it begins with it. */
  description?: string;
}

/** A button that comes back to us. */
export function button(options: ButtonOptions): Button {
  return {
    type: "button",
    action_id: options.actionId,
    text: plain(options.label, limits.buttonText),
    ...(options.value === undefined ? {} : { value: options.value }),
    ...(options.style === undefined ? {} : { style: options.style }),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    ...(options.description === undefined
      ? {}
      : { accessibility_label: clamp(spoken(options.label, options.description), 75) }),
  };
}

/** Begins with what is written on the button, so that whoever sees it and speaks to their machine can say it. */
function spoken(label: string, description: string): string {
  const said = oneLine(description);
  return said.toLowerCase().startsWith(label.toLowerCase()) ? said : `${label}: ${said}`;
}

/** A row of buttons and selects; undefined when there are none. */
export function actions(
  elements: readonly (ActionsBlockElement | undefined)[],
  blockId?: string,
): ActionsBlock | undefined {
  const present = elements.filter((element) => element !== undefined);
  if (present.length === 0) return undefined;
  return {
    type: "actions",
    ...(blockId === undefined ? {} : { block_id: blockId }),
    elements: present.slice(0, limits.actionElements),
  };
}

/** True when a button can carry `value`: Slack refuses empty and longer ones. */
export function fitsValue(value: string): boolean {
  return value !== "" && value.length <= limits.value;
}

/** Keys whose text Slack does not show and does not count. */
const uncounted = new Set(["type", "action_id", "block_id", "value", "url", "style"]);

/** Characters of shown text in a block, counted the careful way: every string that is not an id. */
export function shownLength(node: unknown): number {
  if (typeof node === "string") return node.length;
  if (typeof node !== "object" || node === null) return 0;
  let length = 0;
  if (Array.isArray(node)) {
    for (const value of node) length += shownLength(value);
    return length;
  }
  for (const [key, value] of Object.entries(node)) {
    if (!uncounted.has(key)) length += shownLength(value);
  }
  return length;
}

/**
 * The blocks that are there, within Slack's count and sum of text. What does not fit is left out in front of the last
 * `keepLast` blocks (buttons, evidence), and a line says so.
 */
export function fitBlocks(
  blocks: readonly (KnownBlock | undefined)[],
  options: { maxBlocks: number; keepLast: number; maxCharacters?: number },
): KnownBlock[] {
  const maxCharacters = options.maxCharacters ?? limits.messageCharacters - 500;
  const present = blocks.filter((block) => block !== undefined);
  const tail = present.slice(Math.max(0, present.length - options.keepLast));
  const head = present.slice(0, present.length - tail.length);
  const cutNote = section(mrk`_… shortened: this was more than Slack shows in one place._`);
  let length = tail.reduce((sum, block) => sum + shownLength(block), shownLength(cutNote));
  const kept: KnownBlock[] = [];
  for (const block of head) {
    length += shownLength(block);
    const isLast = kept.length === head.length - 1;
    const room = options.maxBlocks - tail.length - (isLast ? 0 : 1);
    if (kept.length >= room || length > maxCharacters) {
      return [...kept, cutNote, ...tail];
    }
    kept.push(block);
  }
  return [...kept, ...tail];
}

/** A finished message: blocks within all limits, and the whole answer as text beside them. */
export function message(
  text: string,
  blocks: readonly (KnownBlock | undefined)[],
  keepLast = 0,
): MessageContent {
  const shown = clamp(tidy(text).trim(), limits.fallbackText);
  return {
    text: escapeFallback(shown === "" ? "Callboard" : shown),
    blocks: fitBlocks(blocks, { maxBlocks: limits.messageBlocks, keepLast }),
  };
}

/** `text` beside blocks is mrkdwn too: escaped, it can neither link nor mention. */
function escapeFallback(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return cutMrkdwn({ mrkdwn: escaped }, limits.fallbackText).mrkdwn;
}
