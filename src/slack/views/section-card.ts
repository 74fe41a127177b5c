import type { ActionsBlock, KnownBlock } from "@slack/types";

import type { Answer, Card } from "../../usecases/answers/answer.ts";
import { context, section } from "./blocks.ts";
import { answerActions, type AnswerView, channelOf, evidenceLines } from "./briefs.ts";
import { startChecklistButton } from "./checklist-view.ts";
import { openDocumentButton } from "./document-view.ts";
import { filledLine } from "./filled-line.ts";
import { packRichText, renderMarkdown } from "./markdown.ts";
import { onCallLines } from "./on-call.ts";
import { ago, join, link, mrk, type Mrkdwn } from "./text.ts";

type SectionCard = Extract<Card, { type: "section" }>;

/** The part of a runbook that answers, whom to ask, and the next best parts one click away. */
export function renderSectionCard(
  card: SectionCard,
  answer: Answer,
  view: AnswerView,
): (KnownBlock | undefined)[] {
  const title =
    card.url === undefined ? mrk`*${card.title}*` : mrk`*${link(card.url, card.title)}*`;
  const heading =
    card.heading === card.title || card.heading === "" ? mrk`` : mrk` › *${card.heading}*`;
  const owner = card.owner === undefined ? undefined : mrk`Owned by ${card.owner.title}`;
  return [
    section(mrk`${title}${heading}`),
    ...packRichText(renderMarkdown(card.markdown, card.url), 2500).slice(0, 6),
    context([
      join(
        [
          card.isCut ? mrk`This is only the beginning of the section.` : undefined,
          owner,
          channelOf(card.contact),
          card.changedAtMs === undefined
            ? undefined
            : mrk`last changed ${ago(card.changedAtMs, view.nowMs)}`,
        ],
        "  ·  ",
      ),
    ]),
    context([filledLine(card.filled)]),
    context([onCallOf(card, view)]),
    evidenceLines(answer, view.nowMs),
    answerActions(answer, view, documentButtons(card)),
  ];
}

function onCallOf(card: SectionCard, view: AnswerView): Mrkdwn {
  const now = onCallLines(card.onCallNow, { nowMs: view.nowMs, isPrivate: view.canShare });
  return now === undefined ? mrk`` : mrk`On call: ${now}`;
}

/** Another part of the same document is called by its heading alone. */
function otherLabel(card: SectionCard, other: SectionCard["others"][number]): string {
  if (other.path === card.path) return other.heading;
  // the part before the first heading has the document's own name
  return other.heading === other.title ? other.title : `${other.title} › ${other.heading}`;
}

function startButton(
  path: string,
  { anchor, steps }: NonNullable<SectionCard["checklist"]>,
): ActionsBlock["elements"][number] | undefined {
  return startChecklistButton({ path, ...(anchor === undefined ? {} : { anchor }) }, steps);
}

function documentButtons(card: SectionCard): ActionsBlock["elements"] {
  const own = openDocumentButton("0", "Open whole runbook", {
    path: card.path,
    heading: card.heading,
  });
  const others = card.others.slice(0, 3).map((other, index) =>
    openDocumentButton(String(index + 1), otherLabel(card, other), {
      path: other.path,
      heading: other.heading,
    }),
  );
  const start = card.checklist === undefined ? undefined : startButton(card.path, card.checklist);
  return [own, start, ...others].filter((each) => each !== undefined);
}
