import { isRecord } from "../../base/json.ts";
import { shortcutIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { plainFromSlack, shortened } from "../requests.ts";
import { runbookCommand, whoOwnsCommand } from "../subcommands/questions.ts";
import type { Subcommand } from "../subcommands/subcommand.ts";
import { answerRequest } from "./answer-request.ts";
import type { MessageShortcutArgs, Table } from "./tables.ts";

/** *Who owns this?* and *Find a runbook*, which ask about a whole message, such as an alert. */
export function messageShortcuts(context: SlackContext): Table<MessageShortcutArgs> {
  return {
    [shortcutIds.whoOwns]: async (args) => await answerAbout(args, context, whoOwnsCommand),
    [shortcutIds.findRunbook]: async (args) => await answerAbout(args, context, runbookCommand),
  };
}

async function answerAbout(
  { shortcut, ack, respond }: MessageShortcutArgs,
  context: SlackContext,
  command: Subcommand,
): Promise<void> {
  await ack();
  const text = plainFromSlack(messageText(shortcut.message), context.identity().botUserId);
  const request = { type: "command", command, rest: shortened(text) } as const;
  const content = await answerRequest(context, request, {
    slackUserId: shortcut.user.id,
    channel: shortcut.channel.id,
    canShare: true,
  });
  await respond({ response_type: "ephemeral", replace_original: false, ...content });
}

/** Alerts come as attachments: title, text and fields count as much as the message's own text. */
function messageText(message: Record<string, unknown>): string {
  const attachments = Array.isArray(message["attachments"])
    ? message["attachments"].slice(0, 10)
    : [];
  const parts = [message["text"], ...attachments.filter(isRecord).flatMap(attachmentTexts)];
  const texts = parts.filter((part) => typeof part === "string").map((part) => part.trim());
  return [...new Set(texts.filter((part) => part !== ""))].join("\n");
}

function attachmentTexts(attachment: Record<string, unknown>): unknown[] {
  const fields = Array.isArray(attachment["fields"]) ? attachment["fields"].slice(0, 20) : [];
  const shown = [
    attachment["title"],
    attachment["text"],
    ...fields.filter(isRecord).map((field) => field["value"]),
  ];
  return shown.some((part) => typeof part === "string" && part !== "")
    ? shown
    : [attachment["fallback"]];
}
