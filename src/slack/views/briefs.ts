import type { ActionsBlock, Button, KnownBlock } from "@slack/types";

import type { EntityLink } from "../../catalog/model.ts";
import type { Answer, Contact, EntityBrief, Evidence } from "../../usecases/answers/answer.ts";
import { actionIds } from "../action-ids.ts";
import { actions, button, context, fitsValue, section } from "./blocks.ts";
import { claimButtons } from "./feedback-views.ts";
import {
  ago,
  channel,
  join,
  joinWithin,
  link,
  literal,
  mrk,
  type Mrkdwn,
  oneLine,
} from "./text.ts";

/** What the reader of an answer may do with it, and when that is. */
export interface AnswerView {
  nowMs: number;
  /** True where only the asker sees the answer. */
  canShare: boolean;
}

/** Longest question a button carries; longer ones are asked in the first place without buttons to repeat them. */
const longestQuestion = 1500;

/** `service · production`, what it is in two words. */
export function kindLine(brief: EntityBrief): Mrkdwn {
  const words = [brief.type ?? brief.kind.toLowerCase(), brief.lifecycle].filter(
    (word) => word !== undefined && word !== "",
  );
  return mrk`${words.join(" · ")}`;
}

/** One line for a thing in a list: name, what it is, and the beginning of its description. */
export function briefLine(brief: EntityBrief): Mrkdwn {
  const description = oneLine(brief.description ?? "");
  const tail = description === "" ? mrk`` : mrk` — ${literal(description, 120)}`;
  return mrk`• *${brief.title}* (${kindLine(brief)})${tail}`;
}

/** Names in a row, at most `max` characters; the rest is counted. */
export function names(briefs: readonly EntityBrief[], max: number): Mrkdwn | undefined {
  if (briefs.length === 0) return undefined;
  return joinWithin(
    briefs.map((brief) => mrk`${brief.title}`),
    ", ",
    max,
    (left) => mrk`and ${left} more`,
  );
}

/** The channel as a link where its id is known. */
export function channelOf(contact: Contact): Mrkdwn | undefined {
  const where = contact.slackChannelId ?? contact.slackChannel;
  return where === undefined || where === "" ? undefined : channel(where, contact.slackChannel);
}

/** User group and address, which are shown as text so that reading an answer pages nobody. */
export function addressOf(contact: Contact): Mrkdwn | undefined {
  const parts = [
    contact.slackUserGroup === undefined
      ? undefined
      : mrk`@${contact.slackUserGroup.replace(/^@/, "")}`,
    contact.email === undefined ? undefined : mrk`${contact.email}`,
  ];
  const shown = join(parts, " · ");
  return shown.mrkdwn === "" ? undefined : shown;
}

/** The first links with their real hosts, as one paragraph. */
export function linkSection(title: string, links: readonly EntityLink[]): KnownBlock | undefined {
  if (links.length === 0) return undefined;
  const shown = joinWithin(
    links.slice(0, 20).map((each) => link(each.url, each.title ?? "")),
    "  ·  ",
    2500,
    (left) => mrk`and ${left} more`,
  );
  return section(mrk`*${title}*  ${shown}`);
}

/** A button that asks a further question; undefined when the question is too long for Slack to carry. */
export function askButton(
  index: number,
  label: string,
  question: string,
  about = "",
): Button | undefined {
  if (!fitsValue(question)) return undefined;
  return button({
    actionId: `${actionIds.ask}/${index}`,
    label,
    value: question,
    ...(about === "" ? {} : { description: `${label}: ${about}` }),
  });
}

/** The row under an answer: the card's own buttons, then *Share to channel*. */
export function answerActions(
  answer: Answer,
  view: AnswerView,
  elements: ActionsBlock["elements"] = [],
): KnownBlock | undefined {
  const isShareable =
    view.canShare &&
    answer.question !== "" &&
    answer.question.length <= longestQuestion &&
    answer.status !== "unknown";
  return actions([
    ...elements.slice(0, 20),
    ...(answer.claim === undefined ? [] : claimButtons(answer.claim)),
    isShareable
      ? button({
          actionId: actionIds.share,
          label: "Share to channel",
          value: answer.question,
          description: "Post this answer for everybody in this channel",
        })
      : undefined,
  ]);
}

/** Small lines saying why the answer can be believed and how old that is. */
export function evidenceLines(
  { evidence, claim }: Pick<Answer, "evidence" | "claim">,
  nowMs: number,
): KnownBlock | undefined {
  const shown = evidence.slice(0, 3).map((each) => {
    const age = mrk`read ${ago(each.readAtMs, nowMs)}${freshness(each, nowMs)}`;
    return mrk`${literal(oneLine(each.statement), 150)} — ${placeOf(each.source)}, ${age}`;
  });
  const more = evidence.length - shown.length;
  const told = claim?.confirmed;
  return context([
    ...shown,
    ...(more > 0 ? [mrk`and ${more} more source${more === 1 ? "" : "s"}`] : []),
    ...(told === undefined ? [] : [mrk`✓ Confirmed by ${told.by}, ${ago(told.atMs, nowMs)}`]),
  ]);
}

function freshness({ changedAtMs, pushedAtMs }: Evidence, nowMs: number): Mrkdwn {
  if (changedAtMs !== undefined) return mrk`, last commit ${ago(changedAtMs, nowMs)}`;
  return pushedAtMs === undefined ? mrk`` : mrk`, last push ${ago(pushedAtMs, nowMs)}`;
}

/** A page is linked, at its line. */
function placeOf(source: string): Mrkdwn {
  if (!/^https?:/i.test(source)) return mrk`${source}`;
  return link(source.replace(/:(\d+)$/, "#L$1"), lastPart(source));
}

function lastPart(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.split("/").findLast((part) => part !== "") ?? url;
}
