import type { AllMiddlewareArgs, AnyMiddlewareArgs, App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { answerActions } from "./answer-actions.ts";
import { approvalActions, approvalViews } from "./approvals.ts";
import { catalogActions } from "./catalog-actions.ts";
import { checklistHandlers } from "./checklists.ts";
import { commandHandlers } from "./commands.ts";
import { feedbackActions, feedbackViews } from "./feedback.ts";
import { formActions, formViews } from "./form.ts";
import { homeActions, registerHome } from "./home.ts";
import { registerLifecycle } from "./lifecycle.ts";
import { registerLinks } from "./links.ts";
import { registerMessages } from "./messages.ts";
import { newServiceActions, newServiceShortcuts } from "./new-service.ts";
import { runActions } from "./runs.ts";
import { messageShortcuts } from "./shortcuts.ts";
import { registerSteps } from "./steps.ts";
import { registerSuggestions } from "./suggestions.ts";
import {
  type ActionArgs,
  type CommandArgs,
  type GlobalShortcutArgs,
  handlerOf,
  type MessageShortcutArgs,
  type SubmitArgs,
} from "./tables.ts";
import { undoActions, undoViews } from "./undo.ts";

/** Registers every handler; what none of them wants is answered by the surface. */
export function registerHandlers(app: App, context: SlackContext): void {
  registerTables(app, context);
  registerSuggestions(app, context);
  registerMessages(app, context);
  registerHome(app, context);
  registerLinks(app, context);
  registerLifecycle(app, context);
  registerSteps(app, context);
}

type Args = AllMiddlewareArgs & AnyMiddlewareArgs;

/**
 * What people press and send is looked up in tables by one middleware: Bolt runs the conditions of all listeners for each
 * payload, which with a listener for each button took most of the time of an answer.
 */
function registerTables(app: App, context: SlackContext): void {
  const commands = commandHandlers(context);
  const checklists = checklistHandlers(context);
  const views = {
    ...formViews(context),
    ...approvalViews(context),
    ...feedbackViews(context),
    ...checklists.views,
    ...undoViews(context),
  };
  const actions = {
    ...answerActions(context),
    ...feedbackActions(context),
    ...newServiceActions(context),
    ...formActions(context),
    ...runActions(context),
    ...undoActions(context),
    ...homeActions(context),
    ...catalogActions(context),
    ...approvalActions(context),
    ...checklists.actions,
  };
  const onMessages = messageShortcuts(context);
  const global = newServiceShortcuts(context);
  app.use(async (args) => {
    if (isCommand(args)) return await handlerOf(commands, args.command.command)?.(args);
    if (isBlockAction(args)) return await handlerOf(actions, rowOf(args.action.action_id))?.(args);
    if (isSubmission(args)) return await handlerOf(views, args.view.callback_id)?.(args);
    if (isMessageShortcut(args)) {
      return await handlerOf(onMessages, args.shortcut.callback_id)?.(args);
    }
    if (isGlobalShortcut(args)) return await handlerOf(global, args.shortcut.callback_id)?.(args);
    return await args.next();
  });
}

/** `ask` of `ask/3`: one of a row of like buttons. */
function rowOf(actionId: unknown): string {
  return typeof actionId === "string" ? (actionId.split("/")[0] ?? "") : "";
}

function isCommand(args: Args): args is Args & CommandArgs {
  return "command" in args && args.command !== undefined;
}

function isBlockAction(args: Args): args is Args & ActionArgs {
  return "action" in args && args.body.type === "block_actions" && args.action !== undefined;
}

function isSubmission(args: Args): args is Args & SubmitArgs {
  return "view" in args && args.body.type === "view_submission";
}

function isMessageShortcut(args: Args): args is Args & MessageShortcutArgs {
  return "shortcut" in args && args.body.type === "message_action";
}

function isGlobalShortcut(args: Args): args is Args & GlobalShortcutArgs {
  return "shortcut" in args && args.body.type === "shortcut";
}
