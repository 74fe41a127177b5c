import type { Answer } from "../answers/answer.ts";
import type { CountedQuestion } from "./day-counts.ts";
import { type Gap, keptWords } from "./gap.ts";

/** What is counted of an answered question; undefined for a call for help, which asks about nothing. */
export function countedOf(
  answer: Answer,
  { team, durationMs }: { team: string | undefined; durationMs: number },
): CountedQuestion | undefined {
  if (answer.intent === "help") return undefined;
  const ref = answer.status === "answered" ? answer.entities[0]?.ref : undefined;
  return {
    status: answer.status,
    intent: answer.intent,
    durationMs,
    ...(ref === undefined ? {} : { ref }),
    ...(team === undefined ? {} : { team }),
  };
}

/** The gap that an answer shows; undefined where something was found, or the question named nothing that may be kept. */
export function gapOf(answer: Answer, nowMs: number): Gap | undefined {
  if (answer.card.type !== "nothing") return undefined;
  const words = keptWords(answer.card.words);
  if (words === "") return undefined;
  const near = answer.card.near[0]?.brief.ref;
  return {
    kind: "unanswered",
    words,
    count: 1,
    reports: 0,
    ...(near === undefined ? {} : { ref: near }),
    notes: [],
    firstAtMs: nowMs,
    lastAtMs: nowMs,
  };
}
