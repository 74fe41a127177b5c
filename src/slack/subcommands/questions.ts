import { answerAsMessage } from "../handlers/answering.ts";
import { answerHelp } from "./help.ts";
import type { Subcommand } from "./subcommand.ts";

/** `/whoowns X` is short for *who owns X*. */
export const whoOwnsCommand: Subcommand = questionCommand({
  name: "whoowns",
  usage: "/whoowns <name, path or URL>",
  what: "who owns it and where to reach them",
  questionOf: (rest) => `who owns ${rest}`,
});

/** `/runbook X symptom` is short for *runbook for X symptom*. */
export const runbookCommand: Subcommand = questionCommand({
  name: "runbook",
  usage: "/runbook <service> [symptom]",
  what: "what to do when it breaks",
  questionOf: (rest) => `runbook for ${rest.replace(/^for\s+/i, "")}`,
});

interface QuestionCommand extends Pick<Subcommand, "name" | "usage" | "what"> {
  questionOf: (rest: string) => string;
}

function questionCommand({ questionOf, ...command }: QuestionCommand): Subcommand {
  return {
    ...command,
    who: "everyone",
    takes: () => true,
    answer: async (call) => {
      const { context, asker, rest } = call;
      // nothing behind it means that somebody wants to know how to use it
      if (rest === "" || rest.toLowerCase() === "help") return await answerHelp(call);
      return await answerAsMessage(context, questionOf(rest), asker);
    },
  };
}
