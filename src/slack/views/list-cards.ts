import type { KnownBlock } from "@slack/types";

import type { Answer, Card, EntityBrief } from "../../usecases/answers/answer.ts";
import { actions, limits, section } from "./blocks.ts";
import {
  answerActions,
  type AnswerView,
  askButton,
  briefLine,
  evidenceLines,
  kindLine,
} from "./briefs.ts";
import { choiceButton, gapButton } from "./feedback-views.ts";
import { join, joinWithin, literal, mrk, oneLine } from "./text.ts";

/** Groups of things, as many as fit; the number of all stands in the title. */
export function renderListCard(
  card: Extract<Card, { type: "list" }>,
  answer: Answer,
  view: AnswerView,
): (KnownBlock | undefined)[] {
  const groups = card.groups.filter((group) => group.items.length > 0).slice(0, 20);
  const perGroup = Math.max(3, Math.floor(60 / Math.max(1, groups.length)));
  const shown = groups.map((group) => groupSection(group, perGroup));
  // most titles say the number already
  const isCounted = card.title.includes(String(card.total));
  const count = isCounted ? mrk`${""}` : mrk`  ${card.total} in all`;
  return [
    section(mrk`*${oneLine(card.title)}*${count}`),
    ...(shown.length === 0 ? [section(mrk`Nothing.`)] : shown),
    evidenceLines(answer, view.nowMs),
    answerActions(answer, view),
  ];
}

function groupSection(
  group: { heading: string; items: EntityBrief[] },
  perGroup: number,
): KnownBlock {
  const items = group.items.slice(0, perGroup).map(briefLine);
  const left = group.items.length - items.length;
  const lines = joinWithin(
    items,
    "\n",
    limits.sectionText - 400,
    (cut) => mrk`… ${cut + left} more`,
  );
  const rest = left > 0 && !lines.mrkdwn.includes("… ") ? mrk`\n… ${left} more` : mrk``;
  return section(
    mrk`*${group.heading === "" ? "All" : group.heading}* (${group.items.length})\n${lines}${rest}`,
  );
}

/** Several things fit: each with a button that asks again about just that one. */
export function renderChoiceCard(
  card: Extract<Card, { type: "choice" }>,
): (KnownBlock | undefined)[] {
  return [section(mrk`*${oneLine(card.title)}*`), ...choices(card.choices, 10, card.words)];
}

/** Nothing fits: said plainly, with the nearest names and what to try. */
export function renderNothingCard(
  card: Extract<Card, { type: "nothing" }>,
): (KnownBlock | undefined)[] {
  const tips = card.suggestions.slice(0, 6).map((tip) => mrk`• ${literal(oneLine(tip), 200)}`);
  return [
    section(mrk`${oneLine(card.title)}`),
    card.near.length === 0 ? undefined : section(mrk`*Did you mean*`),
    ...choices(card.near, 5),
    tips.length === 0 ? undefined : section(mrk`*Try*\n${join(tips, "\n")}`),
    actions([gapButton(card.words, card.near[0]?.brief.ref)]),
  ];
}

function choices(
  of: readonly { brief: EntityBrief; question: string }[],
  max: number,
  words?: string,
): KnownBlock[] {
  return of.slice(0, max).map(({ brief, question }, index) => {
    const description = oneLine(brief.description ?? "");
    const tail = description === "" ? mrk`` : mrk`\n${literal(description, 150)}`;
    return section(
      mrk`*${brief.title}*  ${kindLine(brief)}${tail}`,
      (words === undefined
        ? undefined
        : choiceButton(index, { question, words, ref: brief.ref }, brief.title)) ??
        askButton(index, "This one", question, brief.title),
    );
  });
}

/** What can be asked, with examples that work in this catalog. */
export function renderHelpCard(card: Extract<Card, { type: "help" }>): (KnownBlock | undefined)[] {
  const examples = card.examples.slice(0, 12);
  const lines = joinWithin(
    examples.map((each) => mrk`• _${each.question}_ — ${each.what}`),
    "\n",
    limits.sectionText - 100,
    (left) => mrk`… ${left} more`,
  );
  const commands = joinWithin(
    card.commands.slice(0, 20).map((each) => mrk`• *${each.command}* — ${each.what}`),
    "\n",
    limits.sectionText - 100,
    (left) => mrk`… ${left} more`,
  );
  return [
    section(
      mrk`*Ask me in your own words*, here, by mention in a channel, or in a direct message.`,
    ),
    lines.mrkdwn === "" ? undefined : section(mrk`*For example*\n${lines}`),
    commands.mrkdwn === "" ? undefined : section(mrk`*Commands*\n${commands}`),
    actions(
      examples.slice(0, 4).map((each, index) => askButton(index, each.question, each.question)),
    ),
  ];
}
