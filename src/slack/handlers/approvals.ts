import { ForbiddenError, NotFoundError } from "../../base/errors.ts";
import type { Approval } from "../../usecases/approvals/approval.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import {
  approvalPlace,
  type ApprovalPlace,
  rejectionBlock,
  renderApproval,
  renderRejection,
} from "../views/approval-view.ts";
import { runTitle } from "../views/run-view.ts";
import { malformed, valueOf } from "./buttons.ts";
import { publishHome } from "./home.ts";
import { isOfThisWorkspace, requesterOf } from "./requester.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

/** *Approve* and *Reject*, in the channel of the approvers and on their Home tab. */
export function approvalActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.approve]: async (args) => await approve(args, context),
    [actionIds.reject]: async (args) => await askWhy(args, context),
  };
}

/** The modal that asks why. */
export function approvalViews(context: SlackContext): Table<SubmitArgs> {
  return { [viewIds.reject]: async (args) => await reject(args, context) };
}

async function approve(args: ActionArgs, context: SlackContext): Promise<void> {
  const place = parsePlace(valueOf(args));
  await assertOurs(args, context, place);
  const by = await requesterOf(context, args.body.user.id);
  const run = await decide(context, { ...place, verdict: "approve", by });
  await args.ack();
  await show(context, run, place);
  if (args.body.view?.type === "home") await publishHome(context, args.body.user.id);
}

/** A modal for the reason; who may reject is said at once, and checked again when it is sent. */
async function askWhy(args: ActionArgs, context: SlackContext): Promise<void> {
  const place = parsePlace(valueOf(args));
  const run = await assertOurs(args, context, place);
  await context.people.requireMember(args.body.user.id);
  const view = renderRejection(place, runTitle(run));
  await context.web.views.open({ trigger_id: args.body.trigger_id, view });
  await args.ack();
}

async function reject(args: SubmitArgs, context: SlackContext): Promise<void> {
  const { view, body, ack } = args;
  const place = parsePlace(view.private_metadata);
  const typed: unknown = view.state.values[rejectionBlock]?.[actionIds.formInput]?.value;
  const reason = typeof typed === "string" ? typed.trim().slice(0, 1000) : "";
  if (reason === "") {
    await ack({
      response_action: "errors",
      errors: { [rejectionBlock]: "Say why, so that they know what to change." },
    });
    return;
  }
  const asked = await context.services.runs.get(place.run);
  if (asked !== undefined && !isOfThisWorkspace(context, asked)) throw malformed();
  const by = await requesterOf(context, body.user.id);
  const run = await decide(context, { ...place, verdict: "reject", reason, by });
  await ack();
  await show(context, run, place);
}

/** @throws InputError `slack-button-malformed` for whatever we did not put there */
function parsePlace(text: string): ApprovalPlace {
  try {
    return approvalPlace.parse(JSON.parse(text.slice(0, 3000)));
  } catch {
    throw malformed();
  }
}

/** The run, when the button stands where we put it. @throws NotFoundError `approval-unknown` */
async function assertOurs(
  { body }: ActionArgs,
  context: SlackContext,
  place: ApprovalPlace,
): Promise<RunRecord> {
  const run = await context.services.runs.get(place.run);
  const approval = approvalOf(run, place);
  const isOnHome = body.view?.type === "home";
  const isThere = isOnHome || isAskedIn(approval, body.channel?.id);
  if (run !== undefined && approval !== undefined && isThere && isOfThisWorkspace(context, run)) {
    return run;
  }
  throw new NotFoundError("approval-unknown", "nobody is asked for this approval any more", {
    hint: "the run may have ended; its message says how",
  });
}

/** Where it was asked is noted after it was asked; until then, a button of it can only be the one that was just put there. */
function isAskedIn(approval: Approval | undefined, channel: string | undefined): boolean {
  const { message } = approval ?? {};
  if (message?.isIntended !== true || channel === undefined) return false;
  return message.channel === undefined || message.channel === channel;
}

function approvalOf(run: RunRecord | undefined, { number }: ApprovalPlace): Approval | undefined {
  return run?.approvals?.find((each) => each.number === number);
}

async function decide(
  { services }: SlackContext,
  request: ApprovalPlace & Pick<Parameters<Decide>[0], "verdict" | "reason" | "by">,
): Promise<RunRecord> {
  const { run: runId, ...decision } = request;
  if (services.runs.decide === undefined) {
    throw new ForbiddenError("approval-not-here", "approvals are not decided here");
  }
  return await services.runs.decide({ ...decision, runId });
}

type Decide = NonNullable<SlackContext["services"]["runs"]["decide"]>;

/** The question, as it stands now; that Slack does not take it changes nothing about the decision. */
async function show(context: SlackContext, run: RunRecord, place: ApprovalPlace): Promise<void> {
  const approval = approvalOf(run, place);
  const { channel, ts } = approval?.message ?? {};
  if (approval === undefined || channel === undefined || ts === undefined) return;
  await context.web.chat
    .update({ channel, ts, ...renderApproval(run, approval) })
    .catch((thrown: unknown) => {
      context.logger.warn({ runId: run.id, error: String(thrown) }, "approval message not updated");
    });
}
