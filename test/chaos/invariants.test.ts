import { expect, test } from "@jest/globals";

import { type Expected, faultsOf, type Observed } from "./invariants.ts";

const expected: Expected = { name: "svc", outcome: "completed", files: { a: "1", b: "2" } };
const well: Observed = {
  messages: ["✅ Chaos service svc: Done."],
  results: 1,
  said: ["Done."],
  creations: 1,
  commits: 1,
  files: { b: "2", a: "1" },
  issues: 1,
};

test("nothing can be said against a run with one of everything", () => {
  expect(faultsOf(expected, well)).toEqual([]);
});

test.each([
  ["two messages", { messages: [...well.messages, ...well.messages] }],
  ["a message that still says that it works", { messages: ["⚙️ Chaos service svc: Step 2 of 4"] }],
  ["a failure", { messages: ["❌ Chaos service svc: Failed"] }],
  ["no result", { results: 0 }],
  ["two repositories", { creations: 2 }],
  ["no repository", { creations: 0 }],
  ["two commits", { commits: 2 }],
  ["two issues", { issues: 2 }],
  ["a missing file", { files: { a: "1" } }],
  ["another content", { files: { a: "1", b: "3" } }],
])("%s is a fault", (_what, difference) => {
  expect(faultsOf(expected, { ...well, ...difference })).toHaveLength(1);
});

test("a run for a name that others have must fail and make nothing", () => {
  const taken: Expected = { ...expected, outcome: "taken" };
  const refused = { ...well, messages: ["❌ Failed"], creations: 0, commits: 1, issues: 0 };

  expect(faultsOf(taken, refused)).toEqual([]);
  expect(faultsOf(taken, { ...refused, creations: 1 })).toHaveLength(1);
  expect(faultsOf(taken, well)).toHaveLength(3);
});
