import { ConflictError, NotFoundError } from "../../base/errors.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { renderUndo } from "../views/undo-view.ts";
import { valueOf } from "./buttons.ts";
import { isOfThisWorkspace, requesterOf } from "./requester.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

/** *Undo…* under the message of a run that did not end well. */
export function undoActions(context: SlackContext): Table<ActionArgs> {
  return { [actionIds.undoRun]: async (args) => await ask(args, context) };
}

/** The modal that shows what would be done. */
export function undoViews(context: SlackContext): Table<SubmitArgs> {
  return { [viewIds.undo]: async (args) => await undo(args, context) };
}

async function ask(args: ActionArgs, context: SlackContext): Promise<void> {
  const run = await findRun(context, valueOf(args));
  const by = await requesterOf(context, args.body.user.id);
  const texts = (await context.services.runs.undoPlan?.(run.id, by)) ?? [];
  if (texts.length === 0)
    throw new ConflictError("undo-nothing", "this run has made nothing that can be undone");
  await context.web.views.open({
    trigger_id: args.body.trigger_id,
    view: renderUndo(run, texts),
  });
  await args.ack();
}

/** Whoever sends it is checked again, and so is what the run has made. */
async function undo({ view, body, ack }: SubmitArgs, context: SlackContext): Promise<void> {
  const run = await findRun(context, view.private_metadata);
  const by = await requesterOf(context, body.user.id);
  await context.services.runs.undo?.(run.id, by);
  await ack();
}

/** Whether somebody may take it back is for the use case to say. */
async function findRun(context: SlackContext, runId: string): Promise<RunRecord> {
  const run = await context.services.runs.get(runId);
  if (run === undefined || !isOfThisWorkspace(context, run)) {
    throw new NotFoundError("run-unknown", "I do not keep this run any more", {
      hint: "take back by hand what it made",
    });
  }
  return run;
}
