import type { SlackContext } from "../context.ts";
import type { Request } from "../requests.ts";
import { assertMayUse } from "../subcommands/audience.ts";
import { builtinSubcommands } from "../subcommands/builtin-subcommands.ts";
import type { Subcommand } from "../subcommands/subcommand.ts";
import { renderAnswer } from "../views/answer.ts";
import { message, type MessageContent, section } from "../views/blocks.ts";
import { mrk } from "../views/text.ts";
import { answerQuestion, type Asker } from "./answering.ts";

/**
 * The message that answers a request; the same one for commands, mentions and direct messages.
 * @throws ForbiddenError when the asker may not use the command, and what the command throws
 */
export async function answerRequest(
  context: SlackContext,
  request: Request,
  asker: Asker,
): Promise<MessageContent> {
  if (request.type === "question") return await answerOrSuggest(context, request, asker);
  const { command, rest } = request;
  await assertMayUse(command, context, asker.slackUserId);
  return await command.answer({ context, asker, rest, commands: builtinSubcommands });
}

/** A question stays a question; only where nothing in the catalog is called that, the command comes first that may be meant. */
async function answerOrSuggest(
  context: SlackContext,
  { question, meant }: Extract<Request, { type: "question" }>,
  asker: Asker,
): Promise<MessageContent> {
  const answer = await answerQuestion(context, question, asker);
  const shown = renderAnswer(answer, { nowMs: context.now(), canShare: asker.canShare });
  if (meant === undefined || answer.status === "answered") return shown;
  return withSuggestion(shown, meant);
}

function withSuggestion(shown: MessageContent, { usage, what }: Subcommand): MessageContent {
  const suggestion = section(mrk`*Did you mean \`${usage}\`?* It shows ${what}.`);
  return message(`Did you mean ${usage}?\n${shown.text}`, [suggestion, ...shown.blocks]);
}
