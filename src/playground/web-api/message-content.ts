import { isRecord } from "../../base/json.ts";
import { charactersPerMessage, checkBlocks, countCharacters } from "../checks/blocks.ts";
import { formatProblem } from "../checks/check.ts";
import type { IdSource } from "../ids.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SlackBlock, SlackMessage } from "../slack-shapes.ts";
import { isBlock } from "../view-state.ts";
import { nameBlocks } from "../view-store.ts";

/** Longer texts are cut. */
const textMax = 40_000;
const attachmentsMax = 100;
const markdownMax = 12_000;

/** The fields of a message that the bot writes. */
export type MessageContent = Pick<SlackMessage, "text" | "blocks" | "attachments" | "metadata">;

/** What a message is made from: a method's arguments, or the body of an answer by response URL. */
export interface ContentSource {
  text: unknown;
  blocks: unknown;
  attachments: unknown;
  markdown_text: unknown;
  metadata: unknown;
}

/**
 * Checks a message as Slack does and gives its stored form.
 * @throws SlackRefusal `no_text`, `invalid_blocks`, `msg_blocks_too_long`, `too_many_attachments`,
 * `markdown_text_conflict`, `invalid_metadata_format`.
 */
export function readContent(source: ContentSource, ids: IdSource): MessageContent {
  const text = typeof source.text === "string" ? source.text : "";
  const markdown = typeof source.markdown_text === "string" ? source.markdown_text : "";
  const blocks = readBlocks(source.blocks, ids);
  const attachments = readAttachments(source.attachments);
  if (markdown !== "") return markdownContent(markdown, text !== "" || blocks.length > 0, ids);
  if (text === "" && blocks.length === 0 && attachments.length === 0) {
    throw new SlackRefusal("no_text");
  }
  const metadata = readMetadata(source.metadata);
  return {
    text: text.slice(0, textMax),
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function markdownContent(markdown: string, hasMore: boolean, ids: IdSource): MessageContent {
  if (hasMore) throw new SlackRefusal("markdown_text_conflict");
  if (markdown.length > markdownMax) throw new SlackRefusal("msg_too_long");
  return {
    text: markdown,
    blocks: nameBlocks([{ type: "markdown", text: markdown }], ids),
  };
}

function readBlocks(value: unknown, ids: IdSource): SlackBlock[] {
  if (value === undefined || value === null || value === "") return [];
  if (!Array.isArray(value)) throw new SlackRefusal("invalid_blocks_format");
  refuseBlocks(checkBlocks(value, "message"));
  if (countCharacters(value) > charactersPerMessage) {
    throw new SlackRefusal("msg_blocks_too_long");
  }
  return nameBlocks(
    value.filter((block) => isBlock(block)),
    ids,
  );
}

/** @throws SlackRefusal `invalid_blocks` with every problem, as Slack words them. */
export function refuseBlocks(problems: ReturnType<typeof checkBlocks>): void {
  if (problems.length === 0) return;
  const messages = problems.map((problem) => formatProblem(problem));
  throw new SlackRefusal("invalid_blocks", messages, {
    errors: messages.map((message) => message.replace(/^\[ERROR\] /, "")),
  });
}

function readAttachments(value: unknown): Record<string, unknown>[] {
  if (value === undefined || value === null || value === "") return [];
  if (!Array.isArray(value)) throw new SlackRefusal("invalid_attachments");
  if (value.length > attachmentsMax) throw new SlackRefusal("too_many_attachments");
  return value.map((attachment: unknown, index) => {
    if (!isRecord(attachment)) throw new SlackRefusal("invalid_attachments");
    if (attachment["blocks"] !== undefined) {
      refuseBlocks(checkBlocks(attachment["blocks"], "message", `/attachments/${index}/blocks`));
    }
    return { ...attachment, id: index + 1 };
  });
}

function readMetadata(value: unknown): SlackMessage["metadata"] {
  if (value === undefined || value === null || value === "") return undefined;
  if (!isRecord(value)) throw new SlackRefusal("invalid_metadata_format");
  const { event_type: eventType, event_payload: payload } = value;
  if (eventType === undefined && payload === undefined) return undefined;
  if (typeof eventType !== "string" || !isRecord(payload)) {
    throw new SlackRefusal("invalid_metadata_format");
  }
  return { event_type: eventType, event_payload: payload };
}
