import { createHash } from "node:crypto";

import type { ViewOutput } from "@slack/bolt";

import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { answerMarker } from "../earlier-answer.ts";
import { renderAnswer, renderAnswerView } from "../views/answer.ts";
import { context as contextBlock, message } from "../views/blocks.ts";
import { documentPlace, renderDocumentGone, renderDocumentView } from "../views/document-view.ts";
import { choicePlace } from "../views/feedback-views.ts";
import { mrk, person } from "../views/text.ts";
import { answerQuestion } from "./answering.ts";
import { readPlace, valueOf } from "./buttons.ts";
import { showInPlace } from "./in-place.ts";
import type { ActionArgs, Table } from "./tables.ts";

/** The buttons of answers: further questions, sharing, documents. */
export function answerActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.ask]: async (args) => await askAgain(args, context),
    [actionIds.choose]: async (args) => await choose(args, context),
    [actionIds.share]: async (args) => await share(args, context),
    [actionIds.openDocument]: async (args) => await openDocument(args, context),
    [actionIds.turnPage]: async (args) => await turnPage(args, context),
  };
}

async function askAgain(args: ActionArgs, context: SlackContext): Promise<void> {
  const question = valueOf(args);
  const { view } = args.body;
  if (view !== undefined) return await answerInModal(args, context, question, view);
  await args.ack();
  const answer = await answerQuestion(context, question, { slackUserId: args.body.user.id });
  const { container, channel } = args.body;
  const isEphemeral = container["is_ephemeral"] === true;
  const content = renderAnswer(answer, { nowMs: context.now(), canShare: isEphemeral });
  const thread = typeof container["thread_ts"] === "string" ? container["thread_ts"] : undefined;
  // in a direct message the talk goes on as messages; elsewhere only the asker sees the answer
  if (channel?.id.startsWith("D") === true && !isEphemeral) {
    await context.outbox.post({
      channel: channel.id,
      ...(thread === undefined ? {} : { threadTs: thread }),
      ...content,
      metadata: answerMarker(`click ${String(container["message_ts"])}`, answer),
    });
    return;
  }
  // where only the asker sees it, the next answer takes the place of the last
  await args.respond({
    response_type: "ephemeral",
    replace_original: isEphemeral,
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...content,
  });
}

/** A choice is replaced by its answer, for everybody who sees it, and remembered as a hint for the next question. */
async function choose(args: ActionArgs, context: SlackContext): Promise<void> {
  const { question, words, ref } = readPlace(choicePlace, valueOf(args));
  const slackUserId = args.body.user.id;
  await args.ack();
  await showInPlace(args, context, await answerQuestion(context, question, { slackUserId }));
  await context.services.feedback?.choose({ words, ref, slackUserId });
}

/** In a modal the next answer takes the place of the last; from the Home tab it opens one. */
async function answerInModal(
  args: ActionArgs,
  context: SlackContext,
  question: string,
  shown: ViewOutput,
): Promise<void> {
  const answer = await answerQuestion(context, question, { slackUserId: args.body.user.id });
  const view = renderAnswerView(answer, context.now());
  if (shown.type === "modal") {
    await context.web.views.update({ view_id: shown.id, hash: shown.hash, view });
  } else {
    await context.web.views.open({ trigger_id: args.body.trigger_id, view });
  }
  await args.ack();
}

/** Posts by the button's own response URL, which works even where the bot is not a member. */
async function share(args: ActionArgs, context: SlackContext): Promise<void> {
  const question = valueOf(args);
  await args.ack();
  const from = `${args.body.user.id}:${String(args.body.container["message_ts"])}:${question}`;
  const key = `share:${createHash("sha256").update(from).digest("hex").slice(0, 32)}`;
  if (!(await context.dedupe(key))) return;
  const answer = await answerQuestion(context, question, {
    slackUserId: args.body.user.id,
    isCounted: false,
  });
  const shown = renderAnswer(answer, { nowMs: context.now(), canShare: false });
  const by = contextBlock([mrk`Shared by ${person(args.body.user.id)}, who asked: ${question}`]);
  const content = message(answer.text, [...shown.blocks, by], 2);
  await args.respond({ response_type: "in_channel", replace_original: false, ...content });
  await args.respond({ delete_original: true });
}

async function openDocument(args: ActionArgs, context: SlackContext): Promise<void> {
  const place = readPlace(documentPlace, valueOf(args));
  const document = context.services.readDocument(place.path);
  const view =
    document === undefined ? renderDocumentGone(place.path) : renderDocumentView(document, place);
  // from an answer in a modal the document is a second one on top
  if (args.body.view?.type === "modal") {
    await context.web.views.push({ trigger_id: args.body.trigger_id, view });
  } else {
    await context.web.views.open({ trigger_id: args.body.trigger_id, view });
  }
  await args.ack();
}

async function turnPage(args: ActionArgs, context: SlackContext): Promise<void> {
  await args.ack();
  const { view } = args.body;
  if (view === undefined) return;
  const place = readPlace(documentPlace, view.private_metadata);
  const page = Number.parseInt(valueOf(args), 10);
  const document = context.services.readDocument(place.path);
  await context.web.views.update({
    view_id: view.id,
    hash: view.hash,
    view:
      document === undefined
        ? renderDocumentGone(place.path)
        : renderDocumentView(document, { path: place.path, page: Math.max(0, page) }),
  });
}
