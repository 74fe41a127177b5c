import type { SlackContext } from "../context.ts";
import { parseRequest, questionOf, type Request } from "../requests.ts";
import { message } from "../views/blocks.ts";
import { within } from "../within.ts";
import { answerRequest } from "./answering.ts";
import { openNamedTemplate } from "./new-service.ts";
import type { CommandArgs, Table } from "./tables.ts";

/** An answer that is ready by then goes out with the acknowledgement and costs no further call. */
const ackLimitMs = 1500;

/** `/whoowns`, `/runbook`, `/callboard` and `/newservice`. */
export function commandHandlers(context: SlackContext): Table<CommandArgs> {
  return {
    "/whoowns": async (args) => await handle(args, context, questionOf("who owns", textOf(args))),
    "/runbook": async (args) =>
      await handle(args, context, questionOf("runbook for", textOf(args))),
    "/callboard": async (args) => await handle(args, context, parseRequest(textOf(args))),
    "/newservice": async (args) =>
      await handle(args, context, { type: "new", template: textOf(args) }),
  };
}

function textOf({ command }: CommandArgs): string {
  // Bolt passes on whatever was in the form
  return typeof command.text === "string" ? command.text.trim() : "";
}

async function handle(args: CommandArgs, context: SlackContext, request: Request): Promise<void> {
  if (request.type === "new" && request.template !== "") {
    const isOpened = await openNamedTemplate(args, context, request.template);
    if (isOpened) return;
  }
  const asker = { slackUserId: args.command.user_id, canShare: true };
  const answering = answerRequest(context, request, asker);
  const content = await within(answering, ackLimitMs);
  if (content !== undefined) {
    await args.ack({ response_type: "ephemeral", ...content });
    return;
  }
  await args.ack({ response_type: "ephemeral", ...message("One moment, I am looking.", []) });
  await args.respond({ response_type: "ephemeral", replace_original: true, ...(await answering) });
}
