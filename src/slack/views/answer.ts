import type { KnownBlock, ModalView } from "@slack/types";

import type { Answer } from "../../usecases/answers/answer.ts";
import { viewIds } from "../action-ids.ts";
import { context, limits, message, type MessageContent, plain } from "./blocks.ts";
import type { AnswerView } from "./briefs.ts";
import { renderEntityCard } from "./entity-card.ts";
import {
  renderChoiceCard,
  renderHelpCard,
  renderListCard,
  renderNothingCard,
} from "./list-cards.ts";
import { renderPersonCard, renderTeamCard } from "./people-cards.ts";
import { renderSectionCard } from "./section-card.ts";
import { literal, mrk, oneLine } from "./text.ts";

/** Draws an answer as a message: the same layout wherever it is asked; `text` is the whole answer for screen readers. */
export function renderAnswer(answer: Answer, view: AnswerView): MessageContent {
  const { caveats = [] } = answer;
  const warning = context(caveats.map((each) => mrk`⚠️ ${literal(oneLine(each), 600)}`));
  return message(
    answer.text,
    [...cardBlocks(answer, view), warning],
    warning === undefined ? 2 : 3,
  );
}

/** An answer as a modal, for questions asked where there is no channel to answer in, such as the Home tab. */
export function renderAnswerView(answer: Answer, nowMs: number): ModalView {
  return {
    type: "modal",
    callback_id: viewIds.answer,
    title: plain("Callboard", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: renderAnswer(answer, { nowMs, canShare: false }).blocks,
  };
}

function cardBlocks(answer: Answer, view: AnswerView): (KnownBlock | undefined)[] {
  const { card } = answer;
  if (card.type === "entity") return renderEntityCard(card, answer, view);
  if (card.type === "team") return renderTeamCard(card, answer, view);
  if (card.type === "person") return renderPersonCard(card, answer, view);
  if (card.type === "section") return renderSectionCard(card, answer, view);
  if (card.type === "list") return renderListCard(card, answer, view);
  if (card.type === "choice") return renderChoiceCard(card);
  if (card.type === "nothing") return renderNothingCard(card);
  return renderHelpCard(card satisfies { type: "help" });
}
