import type { KnownBlock } from "@slack/types";

import type { Answer, Card, EntityBrief } from "../../usecases/answers/answer.ts";
import { fields, limits, plainSection, section } from "./blocks.ts";
import {
  addressOf,
  answerActions,
  type AnswerView,
  askButton,
  briefLine,
  channelOf,
  evidenceLines,
  kindLine,
  linkSection,
  names,
} from "./briefs.ts";
import { onCallOf } from "./on-call.ts";
import { join, joinWithin, mrk, oneLine } from "./text.ts";

/** A team: where to reach it, who is in it, what it owns. */
export function renderTeamCard(
  card: Extract<Card, { type: "team" }>,
  answer: Answer,
  view: AnswerView,
): (KnownBlock | undefined)[] {
  const description = oneLine(card.subject.description ?? "");
  return [
    section(mrk`*${card.subject.title}*  ${kindLine(card.subject)}`),
    description === "" ? undefined : plainSection(description, 400),
    fields([
      ["Channel", join([channelOf(card.contact), addressOf(card.contact)], "\n")],
      ["On call", onCallOf(card, view)],
      ["Part of", names(card.parents, 300)],
      ["Members", names(card.members, 600)],
    ]),
    linkSection("Links", card.links),
    ownedSection(card.owns),
    evidenceLines(answer, view.nowMs),
    answerActions(answer, view, ownedButton(card.subject, card.owns)),
  ];
}

/** A person: how to reach them, their teams, what they own themselves. */
export function renderPersonCard(
  card: Extract<Card, { type: "person" }>,
  answer: Answer,
  view: AnswerView,
): (KnownBlock | undefined)[] {
  return [
    section(mrk`*${card.subject.title}*  ${kindLine(card.subject)}`),
    fields([
      ["Reach", join([channelOf(card.contact), addressOf(card.contact)], "\n")],
      ["Teams", names(card.teams, 600)],
    ]),
    ownedSection(card.owns),
    evidenceLines(answer, view.nowMs),
    answerActions(answer, view, ownedButton(card.subject, card.owns)),
  ];
}

/** What fits in a card; the button beside it asks for the rest. */
const shownOwned = 8;

function ownedSection(owns: readonly EntityBrief[]): KnownBlock | undefined {
  if (owns.length === 0) return undefined;
  const lines = joinWithin(
    owns.slice(0, shownOwned).map(briefLine),
    "\n",
    limits.sectionText - 200,
    (left) => mrk`… ${left} more`,
  );
  return section(mrk`*Owns ${owns.length}*\n${lines}`);
}

function ownedButton(subject: EntityBrief, owns: readonly EntityBrief[]) {
  const all = askButton(0, `All ${owns.length}`, `what does ${subject.ref} own`);
  return owns.length > shownOwned && all !== undefined ? [all] : [];
}
