import { expect, test } from "@jest/globals";

import { parseRequest, plainFromSlack, shortened } from "../../src/slack/requests.ts";
import { builtinSubcommands } from "../../src/slack/subcommands/builtin-subcommands.ts";

test.each([
  ["", "help", ""],
  ["help", "help", ""],
  ["/help!", "help", ""],
  ["Help", "help", ""],
  ["status", "status", ""],
  ["new", "new", ""],
  ["new service node-service", "new", "service node-service"],
  ["/newservice Node service", "newservice", "Node service"],
  ["whoowns  payments\nand ledger", "whoowns", "payments\nand ledger"],
  ["whoowns", "whoowns", ""],
  ["runbook for payments latency", "runbook", "for payments latency"],
])("reads %j as a command", (text, name, rest) => {
  const request = parseRequest(text, builtinSubcommands);

  expect(request).toMatchObject({ type: "command", command: { name }, rest });
});

test.each([
  "help me with payments",
  "status of payments",
  "who owns payments?",
  "what is new",
  "constructor",
  "__proto__ x",
])("reads %j as a question that is no slip", (text) => {
  expect(parseRequest(text, builtinSubcommands)).toEqual({ type: "question", question: text });
});

test.each([
  ["stauts", "status"],
  ["hlep", "help"],
  ["newservcie node", "newservice"],
  ["whoowms payments", "whoowns"],
])("reads %j as a question that may be a slip of %s", (text, name) => {
  const request = parseRequest(text, builtinSubcommands);

  expect(request).toMatchObject({ type: "question", question: text, meant: { name } });
});

test("a name of several words goes before its beginning, and each may be a slip", () => {
  const command = { usage: "", what: "", who: "everyone", answer: neverAnswers } as const;
  const commands = [
    { ...command, name: "catalog" },
    { ...command, name: "catalog accept", takes: () => true },
  ];

  expect(parseRequest("catalog", commands)).toMatchObject({ command: { name: "catalog" } });
  expect(parseRequest("Catalog accept github:acme", commands)).toMatchObject({
    command: { name: "catalog accept" },
    rest: "github:acme",
  });
  expect(parseRequest("catalog acept", commands)).toMatchObject({
    type: "question",
    meant: { name: "catalog accept" },
  });
  expect(parseRequest("catalog of apis", commands)).toEqual({
    type: "question",
    question: "catalog of apis",
  });
});

async function neverAnswers(): Promise<never> {
  throw new Error("parsing answers nothing");
}

test("a question is cut at a length that nobody types", () => {
  const request = parseRequest("x".repeat(100_000), builtinSubcommands);

  expect(request).toMatchObject({ type: "question" });
  expect(JSON.stringify(request).length).toBeLessThan(4100);
  expect(shortened(" ".repeat(5000) + "y")).toBe("y");
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
