import { beforeAll, expect, test } from "@jest/globals";

import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import { followUpOf } from "../../../src/usecases/answers/follow-up.ts";
import { answererOver, loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

const nowMs = 1_700_000_000_000;
let ask: Answerer;
beforeAll(async () => {
  ask = answererOver(await loadSampleSnapshot(nowMs));
});

test.each([
  ["who owns ledger", "and who is on call?", "on-call", "component:default/ledger"],
  ["who owns ledger", "who owns it?", "owner", "component:default/ledger"],
  ["who owns ledger", "what depends on it", "dependents", "component:default/ledger"],
  ["who owns ledger", "what does it depend on?", "dependencies", "component:default/ledger"],
  ["who owns ledger", "and the runbook?", "runbook", "component:default/ledger"],
  ["who owns ledger", "docs?", "docs", "component:default/ledger"],
  ["who owns ledger", "what is their slack channel", "channel", "component:default/ledger"],
  ["who owns ledger", "and payments?", "owner", "component:default/payments"],
  ["who owns ledger", "what about seat holds", "owner", "component:default/seat-holds"],
  ["who owns ledger", "what about its dashboard?", "links", "component:default/ledger"],
  [
    "runbook for payments",
    "and when it is out of memory?",
    "runbook",
    "component:default/payments",
  ],
  ["runbook for ledger", "what should I do if it lags?", "runbook", "component:default/ledger"],
  ["who owns ledger", "who owns payments", "owner", "component:default/payments"],
])("after “%s”, “%s” is understood", (before, after, intent, ref) => {
  const previous = followUpOf(ask(before, { nowMs }));

  const answer = ask(after, { nowMs, ...(previous === undefined ? {} : { previous }) });

  expect({ intent: answer.intent, ref: answer.entities[0]?.ref }).toEqual({ intent, ref });
});

test.each([
  ["where's the code", "links"],
  ["link to the repo", "links"],
  ["who do I page", "on-call"],
  ["on call?", "on-call"],
  ["and on-call?", "on-call"],
  ["who gets paged", "on-call"],
  ["who's on it tonight", "on-call"],
  ["who is on duty", "on-call"],
  ["what breaks if it goes down", "dependents"],
  ["what if it goes down", "dependents"],
  ["who would be affected", "dependents"],
  ["anything depending on it", "dependents"],
  ["what is downstream", "dependents"],
  ["what are its dependencies", "dependencies"],
  ["got a runbook?", "runbook"],
  ["is there a runbook", "runbook"],
  ["show me its docs", "docs"],
  ["how do I contact the team", "channel"],
  ["what team is that", "owner"],
  ["what lifecycle is it in", "status"],
  ["what language is it in", "describe"],
  ["tell me more", "describe"],
  ["more about it", "describe"],
])("“%s” is about what was spoken of before", (question, intent) => {
  const previous = { ref: "component:default/ledger", intent: "owner" as const };

  const answer = ask(question, { nowMs, previous });

  expect({ intent: answer.intent, ref: answer.entities[0]?.ref }).toEqual({
    intent,
    ref: "component:default/ledger",
  });
});

test("a symptom alone chooses another runbook of the same thing", () => {
  const previous = { ref: "component:default/payments", intent: "runbook" as const };

  const answer = ask("and when it is out of memory?", { nowMs, previous });

  expect(answer.documents[0]?.path).toContain("PaymentsOutOfMemory.md");
});

test("without an earlier answer a pronoun is asked back", () => {
  const answer = ask("who owns it?", { nowMs });

  expect(answer.status).toBe("unknown");
});

test("an answer that was none is not followed up", () => {
  expect(followUpOf(ask("who owns the flux compensator", { nowMs }))).toBeUndefined();
  expect(followUpOf(ask("help", { nowMs }))).toBeUndefined();
});
