import { expect, test } from "@jest/globals";

import type { RankingHints } from "../../../src/search/ranking-hints.ts";
import { createAnswerer } from "../../../src/usecases/answers/answer-question.ts";
import type { Answer } from "../../../src/usecases/answers/answer.ts";
import { loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

const context = { nowMs: 1_700_000_000_000 };

test("a choice that was made before comes first when the same words are ambiguous again", async () => {
  const snapshot = await loadSampleSnapshot(context.nowMs);
  const choices = new Map<string, string>();
  const hints: RankingHints = { popularity: new Map(), choices };
  const ask = createAnswerer({ snapshot: () => snapshot, hints: () => hints });
  const before = choiceIn(ask("who owns seat plan", context));
  const second = before.choices[1]?.brief.ref ?? "";

  choices.set(before.words ?? "", second);
  const after = choiceIn(ask("which team owns the Seat-Plan?", context));

  expect(second).not.toBe("");
  expect(after.choices[0]?.brief.ref).toBe(second);
  expect(after.choices.length).toBe(before.choices.length);
});

function choiceIn(answer: Answer): Extract<Answer["card"], { type: "choice" }> {
  if (answer.card.type !== "choice") throw new Error(`not a choice: ${answer.text}`);
  return answer.card;
}
