import { createHash } from "node:crypto";

import type { ModalView } from "@slack/types";

import { ForbiddenError } from "../../base/errors.ts";
import type { Answer } from "../../usecases/answers/answer.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { slackErrorCode } from "../errors.ts";
import { feedbackOf } from "../subcommands/feedback.ts";
import type { MessageContent } from "../views/blocks.ts";
import {
  type ClaimPlace,
  claimPlace,
  gapPlace,
  noteInput,
  renderGapForm,
  renderThanks,
  renderWrongForm,
  renderWrongReport,
} from "../views/feedback-views.ts";
import { answerQuestion } from "./answering.ts";
import { readPlace, valueOf } from "./buttons.ts";
import { showInPlace } from "./in-place.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

/** The buttons with which people tell something back. */
export function feedbackActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.reportGap]: async (args) => {
      await openView(args, context, renderGapForm(readPlace(gapPlace, valueOf(args))));
      await args.ack();
    },
    [actionIds.confirm]: async (args) => await confirm(args, context),
    [actionIds.wrong]: async (args) => {
      const place = readPlace(claimPlace, valueOf(args));
      const answer = await answerAgain(context, place, args.body.user.id);
      await openView(args, context, renderWrongForm(place, answer.text));
      await args.ack();
    },
  };
}

/** What they write then. */
export function feedbackViews(context: SlackContext): Table<SubmitArgs> {
  return {
    [viewIds.gap]: async (args) => await reportGap(args, context),
    [viewIds.wrong]: async (args) => await reportWrong(args, context),
  };
}

/** The answer as it is now; nobody asked for it, so it is not counted. */
async function answerAgain(
  context: SlackContext,
  { question }: ClaimPlace,
  slackUserId: string,
): Promise<Answer> {
  return await answerQuestion(context, question, { slackUserId, isCounted: false });
}

/** The answer is drawn again with who confirmed it. */
async function confirm(args: ActionArgs, context: SlackContext): Promise<void> {
  const place = readPlace(claimPlace, valueOf(args));
  const slackUserId = args.body.user.id;
  await args.ack();
  const { name } = await context.people.requireMember(slackUserId);
  const answer = await answerAgain(context, place, slackUserId);
  await feedbackOf(context).confirm(answer, place.fingerprint, name);
  await showInPlace(args, context, await answerAgain(context, place, slackUserId));
}

async function reportWrong(args: SubmitArgs, context: SlackContext): Promise<void> {
  const place = readPlace(claimPlace, args.view.private_metadata);
  const slackUserId = args.body.user.id;
  const note = noteOf(args);
  const answer = await answerAgain(context, place, slackUserId);
  const places = await feedbackOf(context).reportWrong({
    answer,
    fingerprint: place.fingerprint,
    note,
    by: { slackUserId, name: await nameOf(context, slackUserId) },
  });
  await args.ack({ response_action: "update", view: renderThanks(thanks) });
  const report = renderWrongReport({
    said: answer.text,
    note,
    slackUserId,
    sources: answer.evidence.map(({ source }) => source),
  });
  await tellOwner(context, places, report);
}

const thanks =
  "It is noted for the people who look after the catalog, and its owner is told where I can reach them.";

/** Tells the first place where I may write; the report is kept all the same. */
async function tellOwner(
  context: SlackContext,
  places: readonly string[],
  report: MessageContent,
): Promise<void> {
  for (const channel of places) {
    try {
      await context.outbox.post({ channel, ...report });
      return;
    } catch (thrown) {
      // not a member there, or the channel is gone; after anything else it may have arrived
      const code = slackErrorCode(thrown);
      context.logger.warn({ code }, "owner of a wrong answer not told");
      if (code === undefined) return;
    }
  }
}

async function reportGap(args: SubmitArgs, context: SlackContext): Promise<void> {
  const place = readPlace(gapPlace, args.view.private_metadata);
  const slackUserId = args.body.user.id;
  const by = await nameOf(context, slackUserId);
  // twice by the same person is one report
  if (await isFirst(context, "gap", `${slackUserId} ${place.words}`)) {
    const { words, ref } = place;
    await feedbackOf(context).reportGap({
      words,
      by,
      note: noteOf(args),
      ...(ref === undefined ? {} : { ref }),
    });
  }
  await args.ack({
    response_action: "update",
    view: renderThanks("It is noted for the people who look after the catalog."),
  });
}

/** Opens a modal; from an answer in a modal it is a second one on top. */
async function openView(args: ActionArgs, context: SlackContext, view: ModalView): Promise<void> {
  const { trigger_id: triggerId, view: shown } = args.body;
  if (shown?.type === "modal") await context.web.views.push({ trigger_id: triggerId, view });
  else await context.web.views.open({ trigger_id: triggerId, view });
}

/** What somebody wrote into the note of a modal. */
function noteOf({ view }: SubmitArgs): string {
  const typed = view.state.values[noteInput.blockId]?.[noteInput.actionId]?.value;
  return typeof typed === "string" ? typed.trim() : "";
}

/**
 * The name of somebody of ours, as shown in Slack.
 * @throws ForbiddenError `slack-not-a-member` for people from outside, UpstreamError `slack-unreachable`
 */
async function nameOf(context: SlackContext, slackUserId: string): Promise<string> {
  const person = await context.people.find(slackUserId);
  if (person.limit === undefined || person.limit === "guest") return person.name;
  throw new ForbiddenError(
    "slack-not-a-member",
    "people from outside cannot report anything here",
    {
      hint: "ask a member of this workspace to do it",
    },
  );
}

async function isFirst(context: SlackContext, what: string, text: string): Promise<boolean> {
  return await context.dedupe(
    `${what}:${createHash("sha256").update(text).digest("hex").slice(0, 32)}`,
  );
}
