import { isRecord } from "../../base/json.ts";
import { SlackRefusal } from "../refusal.ts";
import type { ThreadStatus } from "../work-in-progress.ts";
import { findVisibleChannel } from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

/** Slack shows four suggestions. */
const promptsMax = 4;

function statusOf(channelId: string, { workspace }: ApiContext): ThreadStatus {
  const known = workspace.statuses.get(channelId);
  return known ?? { threadTs: "", status: "", loadingMessages: [], prompts: [] };
}

function setStatus(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel_id"), context);
  const messages = args.list("loading_messages") ?? [];
  context.workspace.statuses.set(channel.id, {
    ...statusOf(channel.id, context),
    threadTs: args.required("thread_ts"),
    status: args.text("status") ?? "",
    loadingMessages: messages.map(String),
  });
  context.workspace.journal.emit({ type: "status", channel: channel.id });
  return {};
}

function setPrompts(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const channel = findVisibleChannel(args.required("channel_id"), context);
  const prompts = (args.list("prompts") ?? []).map((prompt) => {
    const { title, message } = isRecord(prompt) ? prompt : {};
    if (typeof title !== "string" || typeof message !== "string") {
      throw new SlackRefusal("invalid_arguments", [
        "[ERROR] a prompt needs a title and a message [json-pointer:/prompts]",
      ]);
    }
    return { title, message };
  });
  if (prompts.length > promptsMax) {
    throw new SlackRefusal("invalid_arguments", [
      `[ERROR] no more than ${promptsMax} items allowed [json-pointer:/prompts]`,
    ]);
  }
  const title = args.text("title");
  context.workspace.statuses.set(channel.id, {
    ...statusOf(channel.id, context),
    prompts,
    ...(title === undefined ? {} : { promptsTitle: title }),
  });
  context.workspace.journal.emit({ type: "status", channel: channel.id });
  return {};
}

/** The agent's status line and suggestions. */
export const assistantMethods: Record<string, Method> = {
  "assistant.threads.setStatus": setStatus,
  "assistant.threads.setSuggestedPrompts": setPrompts,
  "assistant.threads.setTitle": (args, context) => {
    findVisibleChannel(args.required("channel_id"), context);
    return {};
  },
};
