import { describe, expect, test } from "@jest/globals";

import { cleanQuestion } from "../../src/ask/clean-question.ts";
import { createQuestionParser } from "../../src/ask/parse-question.ts";
import { compilePattern, matchPattern } from "../../src/ask/pattern.ts";
import type { QueryIntent } from "../../src/ask/query.ts";
import { leastCpuMs } from "../helpers/cpu-time.ts";
import { fc } from "../helpers/properties.ts";

const parse = createQuestionParser();

describe("understands", () => {
  const rows: readonly (readonly [string, QueryIntent, string])[] = [
    ["who owns payments-api?", "owner", "payments-api"],
    ["Who’s the owner of `payments`", "owner", "payments"],
    ["“who owns payments?”", "owner", "payments"],
    [
      "Hey there! Could you tell me who owns the ledger service, please? Thanks!",
      "owner",
      "ledger service",
    ],
    ["<@U123ABC> who owns <https://github.com/acme/pay|acme/pay>?", "owner", "acme/pay"],
    ["who owns <#C0123|payments-help>", "owner", "payments-help"],
    ["which squad is responsible for refunds", "owner", "refunds"],
    ["who do I talk to about checkout", "owner", "checkout"],
    ["ownership of checkout", "owner", "checkout"],
    ["checkout is owned by whom", "owner", "checkout"],
    ["what does team payments own", "owns", "team payments"],
    ["what services does the payments team maintain?", "owns", "payments team"],
    ["services owned by payments", "owns", "payments"],
    ["what depends on ledger?", "dependents", "ledger"],
    ["what breaks if ledger is down", "dependents", "ledger"],
    ["what would happen if the ledger goes down?", "dependents", "ledger"],
    ["blast radius of ledger", "dependents", "ledger"],
    ["who uses the ledger api", "dependents", "ledger api"],
    ["what does ledger depend on", "dependencies", "ledger"],
    ["upstream dependencies of ledger", "dependencies", "ledger"],
    ["runbook for payments high latency", "runbook", "payments high latency"],
    ["payments runbook", "runbook", "payments"],
    ["and its runbooks?", "runbook", ""],
    ["is it safe to restart payments?", "dependents", "payments"],
    ["is payments up", "runbook", "payments"],
    ["how many services depend on ledger", "dependents", "ledger"],
    ["/newservice", "templates", ""],
    ["what do I do when ledger is slow", "runbook", "ledger is slow"],
    ["how do I restart the ledger", "runbook", "ledger"],
    ["docs for checkout", "docs", "checkout"],
    ["where can I read about checkout", "docs", "checkout"],
    ["links for ledger", "links", "ledger"],
    ["where is the repo of ledger", "links", "ledger"],
    ["ledger dashboard", "links", "ledger"],
    ["who is on call for payments", "on-call", "payments"],
    ["whos oncall for payments", "on-call", "payments"],
    ["who do I page when payments is down", "on-call", "payments"],
    ["what channel does team payments use", "channel", "team payments"],
    ["what apis does checkout provide", "apis", "checkout"],
    ["is checkout deprecated?", "status", "checkout"],
    ["what is checkout", "describe", "checkout"],
    ["tell me about checkout", "describe", "checkout"],
    ["which service handles refunds", "search", "handles refunds"],
    ["list python services", "list", "python services"],
    ["how do I create a new service", "templates", "service"],
    ["payments", "search", "payments"],
    ["help", "help", ""],
  ];
  test.each(rows)("%s", (text, intent, subject) => {
    expect(parse(text)).toMatchObject({ intent, subject });
  });
});

test("counts when asked how many", () => {
  expect(parse("how many services do we have")).toMatchObject({
    intent: "list",
    subject: "services",
    isCount: true,
  });
});

test("remembers people and addresses", () => {
  const { mentions, urls, text } = cleanQuestion(
    "<@U0BOT> what does <@U0EVA|eva> own? see <https://x.example/a?b=1&amp;c=2|this> :tada:",
  );

  expect(mentions).toEqual(["U0BOT", "U0EVA"]);
  expect(urls).toEqual(["https://x.example/a?b=1&amp;c=2"]);
  expect(text).toBe("what does own? see this");
});

describe("any text", () => {
  test.each([
    ["20 KB", "who owns ".repeat(2_500)],
    ["one long word", "x".repeat(20_000)],
    ["question marks", "?".repeat(20_000)],
    ["open markup", "<@".repeat(10_000)],
    ["open links", "<https://x|".repeat(2_000)],
    ["ticks", "`".repeat(20_000)],
    ["dashes and colons", ":a:-".repeat(5_000)],
    ["quotes", "'\"“".repeat(7_000)],
    [
      "the words of all patterns",
      "what is the runbook for who owns how do we on call list ".repeat(50),
    ],
    ["prototype keys", "__proto__ constructor toString"],
  ])("is parsed in bounded time: %s", (_name, text) => {
    const query = parse(text);

    expect(leastCpuMs(() => parse(text))).toBeLessThan(100);
    expect(query.subject.length).toBeLessThanOrEqual(20_000);
  });

  test("never throws and never invents words", () => {
    const word = fc.oneof(
      fc.constantFrom(
        "who",
        "owns",
        "runbook",
        "for",
        "what",
        "depends",
        "on",
        "is",
        "down",
        "<@U1>",
        "`",
        "?",
        "’s",
      ),
      fc.string({ maxLength: 20, unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const query = parse(words.join(" "));
        for (const part of query.subject.split(" ")) expect(query.text).toContain(part);
      }),
      { numRuns: 500 },
    );
  });
});

describe("patterns", () => {
  test("choices, optional words, sets and slots", () => {
    const pattern = compilePattern("who (really)? (owns|looks after) <the> {x}", {
      the: "(the|our)",
    });

    expect(
      matchPattern(pattern, "well who looks after our ledger db".split(" "))?.get("x"),
    ).toEqual([5, 7]);
    expect(matchPattern(pattern, "who owns ledger".split(" "))).toBeUndefined();
  });

  test("a slot at the beginning takes all before the words", () => {
    const pattern = compilePattern("{x} owner", {});

    expect(matchPattern(pattern, "general ledger owner".split(" "))?.get("x")).toEqual([0, 2]);
  });

  test("a faulty pattern is refused", () => {
    expect(() => compilePattern("who <nobody>", {})).toThrow("unknown set");
    expect(() => compilePattern("who (owns", {})).toThrow("closing bracket");
    expect(() => compilePattern("who owns)", {})).toThrow("bracket too many");
  });
});
