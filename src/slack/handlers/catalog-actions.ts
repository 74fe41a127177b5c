import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { assertMayUse } from "../subcommands/audience.ts";
import { acceptCommand } from "../subcommands/catalog.ts";
import { valueOf } from "./buttons.ts";
import type { ActionArgs, Table } from "./tables.ts";

/** *Accept* beside a source whose reading is held back. */
export function catalogActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.acceptSource]: async (args) => {
      const slackUserId = args.body.user.id;
      // whoever clicks is checked now, not whoever was shown the button
      await assertMayUse(acceptCommand, context, slackUserId);
      const content = await acceptCommand.answer({
        context,
        asker: { slackUserId, canShare: false },
        rest: valueOf(args),
        commands: [acceptCommand],
      });
      await args.ack();
      await args.respond({ response_type: "ephemeral", replace_original: false, ...content });
    },
  };
}
