import type { ActionsBlock, KnownBlock } from "@slack/types";

import type { Answer, Card } from "../../usecases/answers/answer.ts";
import { fields, plainSection, section } from "./blocks.ts";
import {
  addressOf,
  answerActions,
  type AnswerView,
  askButton,
  channelOf,
  evidenceLines,
  kindLine,
  linkSection,
  names,
} from "./briefs.ts";
import { openDocumentButton } from "./document-view.ts";
import { onCallOf } from "./on-call.ts";
import { join, literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

/** Runbooks of one thing that are listed; few have more. */
const maxRunbooks = 12;

type EntityCard = Extract<Card, { type: "entity" }>;

/** Owner, channel, on-call and status in one look; links, runbooks and neighbours below; why it can be believed last. */
export function renderEntityCard(
  card: EntityCard,
  answer: Answer,
  view: AnswerView,
): (KnownBlock | undefined)[] {
  const owner = oneLine(card.owner?.title ?? "");
  const headline = oneLine(card.headline).replaceAll("*", "");
  const isOwnerSaid = owner !== "" && headline.includes(owner);
  const isAboutRunbooks = answer.intent === "runbook" && card.runbooks.length > 0;
  return [
    section(
      mrk`*${card.subject.title}*  ${kindLine(card.subject)}\n${isOwnerSaid ? withBold(headline, owner) : headline}`,
    ),
    descriptionSection(card),
    fields([
      ["Owner", isOwnerSaid || owner === "" ? undefined : mrk`${owner}`],
      ["Channel", join([channelOf(card.contact), addressOf(card.contact)], "\n")],
      ["On call", onCallOf(card, view)],
      ["System", card.system === undefined ? undefined : mrk`${card.system.title}`],
    ]),
    ...(isAboutRunbooks ? runbookList(card) : []),
    linkSection("Links", card.links),
    isAboutRunbooks ? undefined : firstRunbook(card),
    neighbourSection(card),
    evidenceLines(answer, view.nowMs),
    answerActions(answer, view, [
      ...allRunbooksButton(card, isAboutRunbooks),
      ...neighbourButtons(card),
    ]),
  ];
}

function descriptionSection({ subject }: EntityCard): KnownBlock | undefined {
  const description = oneLine(subject.description ?? "");
  return description === "" ? undefined : plainSection(description, 400);
}

/** The sentence with the first mention of the name in bold. */
function withBold(sentence: string, name: string): Mrkdwn {
  const at = sentence.indexOf(name);
  return mrk`${keepSpaces(sentence.slice(0, at))}*${name}*${keepSpaces(sentence.slice(at + name.length))}`;
}

/** A part of a sentence: a placeholder would lose the blank beside the name. */
function keepSpaces(part: string): Mrkdwn {
  return literal(part, 300);
}

function firstRunbook(card: EntityCard): KnownBlock | undefined {
  const [first, ...others] = card.runbooks;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? mrk`` : mrk` and ${others.length} more`;
  return section(
    mrk`*Runbook*  ${first.title}${more}`,
    openDocumentButton("0", "Open runbook", { path: first.path }),
  );
}

/** Each one click away, for whoever asked for them. */
function runbookList({ runbooks }: EntityCard): (KnownBlock | undefined)[] {
  const left = runbooks.length - maxRunbooks;
  return [
    ...runbooks
      .slice(0, maxRunbooks)
      .map(({ path, title }, at) =>
        section(mrk`*${title}*`, openDocumentButton(String(at), "Open", { path })),
      ),
    left > 0 ? section(mrk`and ${left} more; say what is wrong to find the right one`) : undefined,
  ];
}

function neighbourSection(card: EntityCard): KnownBlock | undefined {
  const dependsOn = names(card.dependsOn, 600);
  const dependents = names(card.dependents, 600);
  const lines = join(
    [
      dependsOn === undefined ? undefined : mrk`*Depends on*  ${dependsOn}`,
      dependents === undefined ? undefined : mrk`*Used by*  ${dependents}`,
    ],
    "\n",
  );
  return lines.mrkdwn === "" ? undefined : section(lines);
}

function allRunbooksButton(
  { subject, runbooks }: EntityCard,
  areShown: boolean,
): ActionsBlock["elements"] {
  if (areShown || runbooks.length < 2) return [];
  const question = `runbook for ${subject.ref}`;
  const all = askButton(2, `All runbooks (${runbooks.length})`, question, subject.title);
  return all === undefined ? [] : [all];
}

/** Neighbours are asked for by reference, which no other entity can answer to. */
function neighbourButtons(card: EntityCard): ActionsBlock["elements"] {
  const { ref, title } = card.subject;
  const { dependsOn, dependents } = card;
  const buttons = [
    dependsOn.length === 0
      ? undefined
      : askButton(0, `What it needs (${dependsOn.length})`, `what does ${ref} depend on`, title),
    dependents.length === 0
      ? undefined
      : askButton(1, `Who uses it (${dependents.length})`, `what depends on ${ref}`, title),
  ];
  return buttons.filter((each) => each !== undefined);
}
