import type { SlackContext } from "../context.ts";
import { parseRequest, type Request, shortened } from "../requests.ts";
import { builtinSubcommands } from "../subcommands/builtin-subcommands.ts";
import { newServiceCommand } from "../subcommands/new-service.ts";
import { runbookCommand, whoOwnsCommand } from "../subcommands/questions.ts";
import type { Subcommand } from "../subcommands/subcommand.ts";
import { message } from "../views/blocks.ts";
import { within } from "../within.ts";
import { answerRequest } from "./answer-request.ts";
import type { CommandArgs, Table } from "./tables.ts";

/** An answer that is ready by then goes out with the acknowledgement and costs no further call. */
const ackLimitMs = 1500;

/** `/whoowns`, `/runbook`, `/callboard` and `/newservice`. */
export function commandHandlers(context: SlackContext): Table<CommandArgs> {
  const handler = (command: Subcommand) => async (args: CommandArgs) =>
    await handle(args, context, { type: "command", command, rest: shortened(textOf(args)) });
  return {
    "/whoowns": handler(whoOwnsCommand),
    "/runbook": handler(runbookCommand),
    "/newservice": handler(newServiceCommand),
    "/callboard": async (args) =>
      await handle(args, context, parseRequest(textOf(args), builtinSubcommands)),
  };
}

function textOf({ command }: CommandArgs): string {
  // Bolt passes on whatever was in the form
  return typeof command.text === "string" ? command.text.trim() : "";
}

async function handle(args: CommandArgs, context: SlackContext, request: Request): Promise<void> {
  if (request.type === "command") {
    const isOpened = await request.command.open?.(args, context, request.rest);
    if (isOpened === true) return;
  }
  const { user_id: slackUserId, channel_id: channel } = args.command;
  const asker = { slackUserId, channel, canShare: true };
  const answering = answerRequest(context, request, asker);
  const content = await within(answering, ackLimitMs);
  if (content !== undefined) {
    await args.ack({ response_type: "ephemeral", ...content });
    return;
  }
  await args.ack({ response_type: "ephemeral", ...message("One moment, I am looking.", []) });
  await args.respond({ response_type: "ephemeral", replace_original: true, ...(await answering) });
}
