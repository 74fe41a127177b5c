import { ForbiddenError, NotFoundError } from "../../base/errors.ts";
import type { RunRecord, RunRequester } from "../../usecases/runs/run-record.ts";
import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { valueOf } from "./buttons.ts";
import { beginSecretsAgain } from "./form-secrets.ts";
import { isOfThisWorkspace, noteRefusal, requesterOf } from "./requester.ts";
import type { ActionArgs, Table } from "./tables.ts";

/** *Retry* and *Cancel* under a run's message. */
export function runActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.retryRun]: async (args) => await change(args, context, "retry"),
    [actionIds.cancelRun]: async (args) => await change(args, context, "cancel"),
  };
}

/** Whoever clicks is checked now, not whoever was shown the button. */
async function change(
  args: ActionArgs,
  context: SlackContext,
  what: "retry" | "cancel",
): Promise<void> {
  const runId = valueOf(args);
  const slackUserId = args.body.user.id;
  const run = await context.services.runs.get(runId);
  // a button that stands elsewhere than the run's message was not put there by us
  if (
    run === undefined ||
    run.message?.channel !== args.body.channel?.id ||
    !isOfThisWorkspace(context, run)
  ) {
    throw new NotFoundError("run-unknown", "I do not keep this run any more", {
      hint: "runs are kept for a month; start it again with `/newservice`",
    });
  }
  const by = await requesterOf(context, slackUserId);
  await assertMayTouch(context, run, by, what);
  if (what === "retry" && run.secrets !== undefined) {
    await context.web.views.open({
      trigger_id: args.body.trigger_id,
      view: await beginSecretsAgain(context, run, slackUserId),
    });
  } else if (what === "retry") await context.services.runs.retry(runId, by);
  else await context.services.runs.cancel(runId, by);
  await args.ack();
}

/** Whoever started it, and whom a rule of the policy allows it; the use case checks once more. */
async function assertMayTouch(
  context: SlackContext,
  run: RunRecord,
  by: RunRequester,
  what: "retry" | "cancel",
): Promise<void> {
  if (run.requester.slackUserId === by.slackUserId) return;
  const { template, values: parameters } = run;
  const question = { action: what, by, template, parameters, isOwn: false };
  if (context.services.policy?.decide(question).allowed === true) return;
  const refusal = new ForbiddenError(
    "run-not-yours",
    `only ${run.requester.name}, who started this run, can ${what} it`,
    { hint: "ask them, or start your own with `/newservice`" },
  );
  await noteRefusal(context, refusal, { what, by, about: { run: run.id } });
  throw refusal;
}
