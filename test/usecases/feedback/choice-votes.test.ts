import { expect, test } from "@jest/globals";

import {
  addVote,
  type ChoiceVotes,
  chosenOf,
} from "../../../src/usecases/feedback/choice-votes.ts";
import { claimOf } from "../../../src/usecases/feedback/claim.ts";
import { emptyCounts } from "../../../src/usecases/feedback/day-counts.ts";
import { popularityOf } from "../../../src/usecases/feedback/popularity.ts";
import { answerWith, entityCard, nowMs } from "../../helpers/sample-answers.ts";

const none: ChoiceVotes = { words: "ticket", votes: [] };

test("what most people meant counts, each person's last choice once", () => {
  let votes = none;
  for (const [voter, ref] of [
    ["ann", "a"],
    ["bob", "b"],
    ["cat", "b"],
    ["ann", "a"],
    ["ann", "a"],
  ] as const) {
    votes = addVote(votes, voter, ref);
  }

  expect(chosenOf(votes)).toBe("b");
  expect(chosenOf(addVote(votes, "bob", "a"))).toBe("a");
  expect(chosenOf(none)).toBeUndefined();
});

test("only the last thirty people count", () => {
  let votes = none;
  for (let at = 0; at < 60; at += 1) votes = addVote(votes, `v${at}`, at < 30 ? "old" : "new");

  expect(votes.votes).toHaveLength(30);
  expect(chosenOf(votes)).toBe("new");
});

const day = (ref: string, count: number) => ({ ...emptyCounts(), things: { [ref]: count } });

test("popularity is bounded and fades", () => {
  const quiet = Array.from({ length: 18 }, () => emptyCounts());

  const popularity = popularityOf([day("old", 100), ...quiet, emptyCounts(), day("new", 100)]);
  const most = popularityOf([day("all", 1_000_000)]);

  expect(popularity.get("new")).toBeGreaterThan(popularity.get("old") ?? 1);
  expect(popularity.get("old")).toBeGreaterThan(0);
  expect(most.get("all")).toBe(1);
});

test("a claim is the same however it was asked, and another when answer or evidence change", () => {
  const asked = claimOf(answerWith(entityCard));
  const reworded = claimOf(
    answerWith(entityCard, { question: "whose is payments-api", intent: "search" }),
  );
  const moved = claimOf(
    answerWith(entityCard, {
      evidence: [
        {
          source: "catalog/other.yaml:99",
          statement: "spec.owner: team-payments",
          readAtMs: nowMs,
        },
      ],
    }),
  );
  const restated = claimOf(
    answerWith(entityCard, {
      evidence: [
        { source: "catalog/payments.yaml:12", statement: "spec.owner: x", readAtMs: nowMs },
      ],
    }),
  );
  const onCall = claimOf(answerWith(entityCard, { intent: "on-call" }));

  expect(asked?.key).toBe("owner component:default/payments-api");
  expect(reworded).toEqual(asked);
  expect(moved).toEqual(asked);
  expect(restated?.fingerprint).not.toBe(asked?.fingerprint);
  expect(onCall?.key).toBe("on-call component:default/payments-api");
  expect(claimOf(answerWith(entityCard, { status: "unknown" }))).toBeUndefined();
});
