import { describe, expect, test } from "@jest/globals";

import { wordsKey } from "../../src/search/query-words.ts";
import type { RankingHints } from "../../src/search/ranking-hints.ts";
import { buildSearchIndex } from "../../src/search/search-index.ts";

const index = buildSearchIndex(
  ["payments-api", "payments-web", "payments-job", "ledger", "ledger-archive"].map((name) => ({
    id: name,
    kind: "component",
    names: [{ text: name, form: "name" as const }],
    text: "",
  })),
);

function found(text: string, hints: Partial<RankingHints>): string[] {
  const all = { popularity: new Map<string, number>(), choices: new Map<string, string>() };
  return index.search({ text, hints: { ...all, ...hints } }).map(({ id }) => id);
}

describe("what people chose before", () => {
  test("comes first among things that fit as well", () => {
    const choices = new Map([[wordsKey("the Payments!"), "payments-web"]]);

    expect(found("payments", { choices })[0]).toBe("payments-web");
    expect(found("payments", {})[0]).not.toBe("payments-web");
  });

  test("does not hide an exact name", () => {
    expect(found("ledger", { choices: new Map([["ledger", "ledger-archive"]]) })[0]).toBe("ledger");
  });

  test("says nothing of other words", () => {
    const choices = new Map([["payment", "payments-web"]]);

    expect(found("payments", { choices })).toEqual(found("payments", {}));
  });
});

describe("what is asked for often", () => {
  test("comes first among things that fit as well", () => {
    const popularity = new Map([["payments-job", 1]]);

    expect(found("payments", { popularity })[0]).toBe("payments-job");
  });

  test.each([Number.POSITIVE_INFINITY, -5, 1e9])("of %s does not hide an exact name", (weight) => {
    const popularity = new Map([["ledger-archive", weight]]);

    expect(found("ledger", { popularity })[0]).toBe("ledger");
  });
});

test("a key is the same for the same words however they are written", () => {
  expect(wordsKey("our `payments_api`!")).toBe("payments api");
  expect(wordsKey("The PaymentsAPI")).toBe("payments api");
});
