import type { Filled } from "../../docs/fill-placeholders.ts";
import { join, mrk, type Mrkdwn } from "./text.ts";

/** What was put into a text, so that nobody takes it for the author's, and what was left to the reader. */
export function filledLine(filled: readonly Filled[] = []): Mrkdwn {
  const parts = filled
    .slice(0, 6)
    .map(({ placeholder, value, from, isFilled }) =>
      isFilled
        ? mrk`${placeholder} is *${value}* (${from})`
        : mrk`${placeholder}: perhaps ${value} (${from}), not filled in`,
    );
  return join(parts, "  ·  ");
}
