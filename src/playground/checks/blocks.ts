import { isRecord } from "../../base/json.ts";
import {
  byType,
  type Check,
  type Fields,
  flag,
  integer,
  list,
  needsOneOf,
  number,
  object,
  oneOf,
  type Problem,
  runCheck,
  string,
  url,
} from "./check.ts";
import {
  accessory,
  actionElement,
  button,
  contextAction,
  contextElement,
  inputElement,
} from "./elements.ts";
import { anyText, imageFields, mrkdwn, plainText, richText, richTextElements } from "./objects.ts";

/** Where blocks are shown; not every block may stand everywhere. */
export type Surface = "message" | "modal" | "home";

/** Blocks in one message; in a modal or Home tab. */
export const blocksPerMessage = 50;
const blocksPerView = 100;
/** Slack refuses a message whose blocks hold more text than this, undocumented, with `msg_blocks_too_long`. */
export const charactersPerMessage = 12_000;

const id = { block_id: string(255) };

const taskCard: Fields = {
  required: {
    task_id: string(255),
    title: string(255),
    status: oneOf("pending", "in_progress", "complete", "error"),
  },
  optional: {
    ...id,
    details: richText,
    output: richText,
    sources: list(byType({ url: { required: { url: url(), text: string(255) } } }), 100, 0),
  },
};

const card: Fields = {
  optional: {
    ...id,
    hero_image: byType({ image: imageFields }),
    icon: byType({ image: imageFields }),
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(button, 25),
  },
  also: needsOneOf("hero_image", "title", "actions", "body"),
};

const cell: Check = byType({
  raw_text: { required: { text: string(10_000) } },
  raw_number: { required: { text: string(100), value: number } },
  rich_text: { required: { elements: richTextElements }, optional: id },
});

const everywhere: Record<string, Fields> = {
  section: {
    optional: {
      ...id,
      text: anyText(3000),
      fields: list(anyText(2000), 10),
      accessory,
      expand: flag,
    },
    also: needsOneOf("text", "fields"),
  },
  header: { required: { text: plainText(150) }, optional: id },
  divider: { optional: id },
  context: { required: { elements: list(contextElement, 10) }, optional: id },
  actions: { required: { elements: list(actionElement, 25) }, optional: id },
  input: {
    required: { label: plainText(2000), element: inputElement },
    optional: { ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
  },
  image: { ...imageFields, optional: { ...imageFields.optional, ...id, title: plainText(2000) } },
  rich_text: { required: { elements: richTextElements }, optional: id },
  alert: {
    required: { text: anyText(3000) },
    optional: { ...id, level: oneOf("default", "info", "warning", "error", "success") },
  },
};

const inMessages: Record<string, Fields> = {
  ...everywhere,
  markdown: { required: { text: string(12_000) }, optional: id },
  context_actions: { required: { elements: list(contextAction, 5) }, optional: id },
  table: {
    required: { rows: list(list(cell, 20), 100) },
    optional: {
      ...id,
      column_settings: list(
        object({ optional: { align: oneOf("left", "center", "right"), is_wrapped: flag } }),
        20,
      ),
    },
  },
  data_table: {
    required: { rows: list(list(cell, 20), 101, 2), caption: string(2000) },
    optional: { ...id, page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
    also: rowsAreEqual,
  },
  card,
  carousel: { required: { elements: list(byType({ card }), 10) }, optional: id },
  container: {
    required: { child_blocks: list(byType(everywhere), 10) },
    optional: {
      ...id,
      title: plainText(150),
      rich_text_title: richText,
      subtitle: anyText(150),
      width: oneOf("narrow", "standard", "wide", "full"),
      icon: byType({ image: imageFields }),
      is_collapsible: flag,
      default_collapsed: flag,
      has_header_divider: flag,
    },
    also: needsOneOf("title", "rich_text_title"),
  },
  task_card: taskCard,
  plan: {
    required: { title: string(255) },
    optional: { ...id, tasks: list(byType({ task_card: taskCard }), 50, 0) },
  },
};

const blockOn: Record<Surface, Check> = {
  message: byType(inMessages),
  modal: byType(everywhere),
  home: byType(everywhere),
};

/** Everything that Slack would refuse in these blocks. `pointer` is where they stand: `/blocks`, `/view/blocks`. */
export function checkBlocks(blocks: unknown, surface: Surface, pointer = "/blocks"): Problem[] {
  const max = surface === "message" ? blocksPerMessage : blocksPerView;
  const problems = runCheck(list(blockOn[surface], max, 0), blocks, pointer);
  if (!Array.isArray(blocks)) return problems;
  const records = blocks.map((block: unknown) => (isRecord(block) ? block : {}));
  return [
    ...problems,
    ...repeatedBlockIds(records, pointer),
    ...repeatedActionIds(records, pointer),
    ...severalFocused(records, pointer),
    ...severalTables(records, pointer),
  ];
}

/** Characters of all texts in these blocks, as far as Slack counts them. */
export function countCharacters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, v) => sum + countCharacters(v), 0);
  if (!isRecord(value)) return 0;
  return Object.entries(value).reduce((sum, [name, entry]) => {
    if (typeof entry === "string") return name === "text" ? sum + entry.length : sum;
    return sum + countCharacters(entry);
  }, 0);
}

function rowsAreEqual(
  table: Record<string, unknown>,
  pointer: string,
  report: (problem: Problem) => void,
): void {
  const { rows } = table;
  if (!Array.isArray(rows)) return;
  const widths = new Set(rows.map((row: unknown) => (Array.isArray(row) ? row.length : 0)));
  if (widths.size > 1) report({ pointer, message: "all rows must have the same number of cells" });
}

function repeatedBlockIds(blocks: Record<string, unknown>[], pointer: string): Problem[] {
  const seen = new Set<unknown>();
  return blocks.flatMap(({ block_id: blockId }, index) => {
    const isRepeated = blockId !== undefined && seen.has(blockId);
    seen.add(blockId);
    return isRepeated
      ? [{ pointer: `${pointer}/${index}/block_id`, message: "`block_id` already exists" }]
      : [];
  });
}

function repeatedActionIds(blocks: Record<string, unknown>[], pointer: string): Problem[] {
  return blocks.flatMap((block, index) => {
    const seen = new Set<unknown>();
    return elementsIn(block).flatMap((element, at) => {
      const { action_id: actionId } = element;
      const isRepeated = actionId !== undefined && seen.has(actionId);
      seen.add(actionId);
      const where = `${pointer}/${index}/elements/${at}/action_id`;
      return isRepeated ? [{ pointer: where, message: "`action_id` already exists" }] : [];
    });
  });
}

function severalFocused(blocks: Record<string, unknown>[], pointer: string): Problem[] {
  const focused = blocks.flatMap((block) =>
    [...elementsIn(block), block["element"], block["accessory"]].filter(
      (element) => isRecord(element) && element["focus_on_load"] === true,
    ),
  );
  return focused.length > 1
    ? [{ pointer, message: "only one element can set focus_on_load to true" }]
    : [];
}

function severalTables(blocks: Record<string, unknown>[], pointer: string): Problem[] {
  const tables = blocks.filter((block) => block["type"] === "table");
  return tables.length > 1 ? [{ pointer, message: "only one table allowed" }] : [];
}

function elementsIn(block: Record<string, unknown>): Record<string, unknown>[] {
  const elements = block["elements"];
  return Array.isArray(elements) ? elements.filter((element) => isRecord(element)) : [];
}
