import { isRecord } from "../../base/json.ts";
import { announceChange, announceMessage } from "../announce.ts";
import { blocksPerMessage, checkBlocks } from "../checks/blocks.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SlackBlock, SlackMessage } from "../slack-shapes.ts";
import { isBlock } from "../view-state.ts";
import { nameBlocks } from "../view-store.ts";
import type { Stream } from "../work-in-progress.ts";
import { botAuthor, findOwnMessage, findThread, findWritableChannel } from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";
import { readContent, refuseBlocks } from "./message-content.ts";

const markdownMax = 12_000;

function start(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const { workspace } = context;
  const channel = findWritableChannel(args.required("channel"), context);
  const threadTs = findThread(channel.id, args.required("thread_ts"), context);
  if (channel.kind !== "im") {
    if (!args.has("recipient_user_id")) throw new SlackRefusal("missing_recipient_user_id");
    if (!args.has("recipient_team_id")) throw new SlackRefusal("missing_recipient_team_id");
  }
  const stream: Stream = {
    display: args.text("task_display_mode") === "plan" ? "plan" : "timeline",
    planTitle: "",
    tasks: new Map(),
    markdown: "",
    blocks: [],
  };
  add(args, stream);
  const message = workspace.post(channel.id, {
    ...botAuthor(context),
    text: "",
    thread_ts: threadTs,
    streaming_state: "in_progress",
  });
  workspace.streams.set(message.ts, stream);
  workspace.statuses.delete(channel.id);
  draw(message, stream, context);
  announceMessage(context, channel, message);
  return { channel: channel.id, ts: message.ts };
}

function append(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  if (!args.has("markdown_text") && !args.has("chunks")) throw new SlackRefusal("no_text");
  const { channel, message, stream } = findStream(args, context);
  add(args, stream);
  draw(message, stream, context);
  context.workspace.touched(channel.id, message.ts);
  return { channel: channel.id, ts: message.ts };
}

function stop(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const { channel, message, stream } = findStream(args, context);
  const previous = structuredClone(message);
  const last = readFinal(args, context);
  add(args, stream);
  draw(message, stream, context);
  message.blocks = [...(message.blocks ?? []), ...(last.blocks ?? [])];
  if (last.metadata !== undefined) message.metadata = last.metadata;
  message.streaming_state = "completed";
  context.workspace.streams.delete(message.ts);
  context.workspace.touched(channel.id, message.ts);
  announceChange(context, channel, message, previous);
  return { channel: channel.id, ts: message.ts, message };
}

/** What `chat.stopStream` adds at the end: blocks and metadata, checked as those of a message. */
function readFinal(
  args: MethodArguments,
  { workspace }: ApiContext,
): Pick<SlackMessage, "blocks" | "metadata"> {
  return readContent(
    {
      text: "-",
      blocks: args.raw("blocks"),
      attachments: undefined,
      markdown_text: undefined,
      metadata: args.raw("metadata"),
    },
    workspace.ids,
  );
}

function findStream(args: MethodArguments, context: ApiContext) {
  const channel = findWritableChannel(args.required("channel"), context);
  const ts = args.required("ts");
  const message = findOwnMessage(channel.id, ts, context, "message_not_owned_by_app");
  const stream = context.workspace.streams.get(ts);
  if (stream === undefined) throw new SlackRefusal("message_not_in_streaming_state");
  return { channel, message, stream };
}

function add(args: MethodArguments, stream: Stream): void {
  stream.markdown += args.text("markdown_text") ?? "";
  for (const [index, chunk] of (args.list("chunks") ?? []).entries()) {
    addChunk(chunk, stream, `/chunks/${index}`);
  }
  if (stream.markdown.length > markdownMax) throw new SlackRefusal("msg_blocks_too_long");
  if (stream.blocks.length + stream.tasks.size > blocksPerMessage) {
    throw new SlackRefusal("msg_blocks_too_many");
  }
}

function addChunk(chunk: unknown, stream: Stream, pointer: string): void {
  if (!isRecord(chunk)) throw new SlackRefusal("invalid_chunks");
  const { type, text, title, blocks } = chunk;
  if (type === "markdown_text" && typeof text === "string") {
    stream.markdown += text;
  } else if (type === "plan_update" && typeof title === "string") {
    stream.planTitle = title;
  } else if (type === "blocks" && Array.isArray(blocks)) {
    refuseBlocks(checkBlocks(blocks, "message", `${pointer}/blocks`));
    stream.blocks.push(...blocks.filter((block) => isBlock(block)));
  } else if (type === "task_update") {
    addTask(chunk, stream, pointer);
  } else {
    throw new SlackRefusal("invalid_chunks", [
      `[ERROR] unsupported chunk [json-pointer:${pointer}]`,
    ]);
  }
}

function addTask(chunk: Record<string, unknown>, stream: Stream, pointer: string): void {
  const { id, title, status, details, output, sources } = chunk;
  const task = {
    type: "task_card",
    task_id: id,
    title,
    status,
    ...(typeof details === "string" ? { details: richText(details) } : {}),
    ...(typeof output === "string" ? { output: richText(output) } : {}),
    ...(sources === undefined ? {} : { sources }),
  };
  const problems = checkBlocks([task], "message", pointer);
  if (problems.length > 0) {
    throw new SlackRefusal(
      "invalid_chunks",
      problems.map((problem) => `[ERROR] ${problem.message} [json-pointer:${problem.pointer}]`),
    );
  }
  stream.tasks.set(String(id), task);
}

function richText(text: string): SlackBlock {
  const elements = text === "" ? [] : [{ type: "text", text }];
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements }] };
}

/** Shows the stream's present state in its message. */
function draw(message: SlackMessage, stream: Stream, { workspace }: ApiContext): void {
  const tasks = [...stream.tasks.values()];
  const shown: SlackBlock[] =
    stream.display === "plan" && (tasks.length > 0 || stream.planTitle !== "")
      ? [{ type: "plan", title: stream.planTitle === "" ? "Plan" : stream.planTitle, tasks }]
      : tasks;
  const markdown = stream.markdown === "" ? [] : [{ type: "markdown", text: stream.markdown }];
  message.text = stream.markdown;
  message.blocks = nameBlocks([...shown, ...markdown, ...stream.blocks], workspace.ids);
}

/** Messages that grow while the bot works. */
export const streamMethods: Record<string, Method> = {
  "chat.startStream": start,
  "chat.appendStream": append,
  "chat.stopStream": stop,
};
