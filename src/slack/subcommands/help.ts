import { textOf } from "../../usecases/answers/answer-text.ts";
import { answerQuestion } from "../handlers/answering.ts";
import { renderAnswer } from "../views/answer.ts";
import type { MessageContent } from "../views/blocks.ts";
import type { Subcommand, SubcommandCall } from "./subcommand.ts";

/** What can be asked and done. */
export const helpCommand: Subcommand = {
  name: "help",
  usage: "/callboard help",
  what: "what can be asked here, and all commands",
  who: "everyone",
  answer: answerHelp,
};

/** Examples with names that exist here, and every command. */
export async function answerHelp(call: SubcommandCall): Promise<MessageContent> {
  const { context, asker, commands } = call;
  const answer = await answerQuestion(context, "help", asker);
  const { card } = answer;
  if (card.type !== "help") return renderAnswer(answer, { nowMs: context.now(), canShare: false });
  const listed = commands.filter(({ isListed }) => isListed !== false);
  const complete = { ...card, commands: listed.map(lineOf) };
  const shown = { ...answer, card: complete, text: textOf(complete, []) };
  return renderAnswer(shown, { nowMs: context.now(), canShare: asker.canShare });
}

function lineOf({ usage, what, who }: Subcommand): { command: string; what: string } {
  return { command: usage, what: who === "operators" ? `${what} (operators only)` : what };
}
