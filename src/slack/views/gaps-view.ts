import type { KnownBlock } from "@slack/types";

import type { Gap } from "../../usecases/feedback/gap.ts";
import { context, message, type MessageContent, section } from "./blocks.ts";
import { ago, join, literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

const shownGaps = 15;

/** What people asked for in vain and what they say is wrong, most wanted first. */
export function renderGaps(gaps: readonly Gap[], nowMs: number): MessageContent {
  const wrong = gaps.filter(({ kind }) => kind === "wrong");
  const unanswered = gaps.filter(({ kind }) => kind === "unanswered");
  if (gaps.length === 0) {
    const text =
      "No gaps: everything that was asked for was found, and nobody said that anything is wrong.";
    return message(text, [section(mrk`${text}`)]);
  }
  const text = [
    ...unanswered.slice(0, shownGaps).map((gap) => `Asked in vain: ${gap.words} (${timesOf(gap)})`),
    ...wrong.slice(0, shownGaps).map((gap) => `Said to be wrong: ${gap.words} (${timesOf(gap)})`),
  ].join("\n");
  return message(text, [
    ...gapSections("Asked for in vain", unanswered, nowMs),
    ...gapSections("Said to be wrong", wrong, nowMs),
    context([
      mrk`Kept for 90 days after it was last asked: the words of the subject and what people wrote for you, nothing else.`,
    ]),
  ]);
}

/** `12 times, reported by 2`. */
function timesOf({ kind, count, reports }: Gap): string {
  const asked = kind === "wrong" || count === 0 ? [] : [count === 1 ? "once" : `${count} times`];
  return [...asked, ...(reports === 0 ? [] : [`reported by ${reports}`])].join(", ");
}

function gapSections(title: string, gaps: readonly Gap[], nowMs: number): KnownBlock[] {
  if (gaps.length === 0) return [];
  const left = gaps.length - shownGaps;
  return [
    section(mrk`*${title}*  ${gaps.length}`),
    ...gaps.slice(0, shownGaps).map((gap) => section(gapLine(gap, nowMs))),
    ...(left > 0
      ? [section(mrk`… ${left} more; \`callboard gaps\` in a terminal lists them all`)]
      : []),
  ];
}

function gapLine(gap: Gap, nowMs: number): Mrkdwn {
  const near = gap.ref === undefined || gap.kind === "wrong" ? mrk`` : mrk`, nearest: ${gap.ref}`;
  const notes = gap.notes
    .slice(0, 2)
    .map(({ text, by }) => mrk`\n_${by}:_ ${literal(oneLine(text), 300)}`);
  return mrk`• *${gap.words}*  ${timesOf(gap)}, last ${ago(gap.lastAtMs, nowMs)}${near}${join(notes, "")}`;
}
