import { createHash } from "node:crypto";

import type { ModalView } from "@slack/types";
import type { z } from "zod";

import { ForbiddenError } from "../../base/errors.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { feedbackOf } from "../subcommands/feedback.ts";
import { gapPlace, noteInput, renderGapForm, renderThanks } from "../views/feedback-views.ts";
import { malformed, valueOf } from "./buttons.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

/** The buttons with which people tell something back. */
export function feedbackActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.reportGap]: async (args) => {
      await openView(args, context, renderGapForm(readPlace(gapPlace, valueOf(args))));
      await args.ack();
    },
  };
}

/** What they write then. */
export function feedbackViews(context: SlackContext): Table<SubmitArgs> {
  return {
    [viewIds.gap]: async (args) => await reportGap(args, context),
  };
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

/**
 * What a button or modal of ours carries.
 * @throws InputError `slack-button-malformed`
 */
function readPlace<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw malformed();
  }
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
