import { expect, test } from "@jest/globals";

import { parseRequest, plainFromSlack, questionOf } from "../../src/slack/requests.ts";

test.each([
  ["", { type: "help" }],
  ["help", { type: "help" }],
  ["/help!", { type: "help" }],
  ["Help", { type: "help" }],
  ["help me with payments", { type: "question", question: "help me with payments" }],
  ["status", { type: "status" }],
  ["status of payments", { type: "question", question: "status of payments" }],
  ["check", { type: "check" }],
  ["new", { type: "new", template: "" }],
  ["new service node-service", { type: "new", template: "node-service" }],
  ["/newservice Node service", { type: "new", template: "Node service" }],
  ["whoowns payments", { type: "question", question: "who owns payments" }],
  ["whoowns", { type: "help" }],
  ["runbook for payments latency", { type: "question", question: "runbook for payments latency" }],
  ["who owns payments?", { type: "question", question: "who owns payments?" }],
  ["constructor", { type: "question", question: "constructor" }],
  ["__proto__ x", { type: "question", question: "__proto__ x" }],
])("reads %j", (text, request) => {
  expect(parseRequest(text)).toEqual(request);
});

test("a question is cut at a length that nobody types", () => {
  const request = questionOf("who owns", "x".repeat(100_000));

  expect(request).toMatchObject({ type: "question" });
  expect(JSON.stringify(request).length).toBeLessThan(4100);
});

test.each([
  [
    "<@U0BOT> who owns <https://github.com/a/b|github.com/a/b>?",
    "who owns https://github.com/a/b?",
  ],
  ["what about <#C1|payments> and <@U2|nina>", "what about #payments and @nina"],
  ["<!subteam^S1|@payments-oncall> &lt;b&gt; &amp;amp;", "@payments-oncall <b> &amp;"],
  ["<!here> <!date^1|today> <mailto:a@b.c|a@b.c>", "@here today a@b.c"],
  ["a < b > c", "a < b > c"],
])("reads %j as a person sees it", (text, plain) => {
  expect(plainFromSlack(text, "U0BOT")).toBe(plain);
});
