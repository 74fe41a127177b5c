import { expect, test } from "@jest/globals";

import {
  addCounts,
  decodeCounts,
  encodeCounts,
} from "../../../src/usecases/feedback/day-counts.ts";
import { createDayTally } from "../../../src/usecases/feedback/day-tally.ts";
import { decodeGap, keptWords, noteOf } from "../../../src/usecases/feedback/gap.ts";
import { bookOfText } from "../../../src/usecases/feedback/question-book.ts";
import { fc } from "../../helpers/properties.ts";

test.each([
  ["a short subject", "payments gateway", "payments gateway"],
  ["an id", "order 5f3c9a12e7b04d11 fails", "order fails"],
  ["a number", "invoice 20260310 late", "invoice late"],
  ["a key", "ghp abcdefghijklmnopqrstuvwxyz0123456789 leaked", "ghp leaked"],
  ["a version", "orderservice v2", "orderservice v2"],
  ["a long text", "a b c d e f g h i j", "a b c d e f g h"],
])("of %s only what can name something is kept", (_what, words, kept) => {
  expect(keptWords(words)).toBe(kept);
});

test("a day's counts stay small whatever is asked", () => {
  const tally = createDayTally();
  for (let at = 0; at < 5000; at += 1) {
    const thing = { status: "answered", intent: "owner", durationMs: at } as const;
    tally.add({ ...thing, ref: `component:default/c${at}` });
  }
  const other = createDayTally();
  other.add({ status: "answered", intent: "owner", durationMs: 1, ref: "component:default/x" });

  const counts = addCounts(tally.counts(), other.counts());

  expect(counts.asked).toBe(5001);
  expect(Object.keys(counts.things)).toHaveLength(2000);
  expect(counts.slowest.map(({ ms }) => ms)).toEqual([4999, 4998, 4997, 4996, 4995]);
});

test("names such as __proto__ are counted like any other", () => {
  const question = { status: "answered", intent: "owner", durationMs: 1 } as const;

  const tally = createDayTally();
  tally.add({ ...question, ref: "__proto__" });
  tally.add({ ...question, ref: "constructor" });

  const counts = addCounts(tally.counts(), decodeCounts(encodeCounts(tally.counts())));

  expect(Object.entries(counts.things)).toEqual([
    ["__proto__", 2],
    ["constructor", 2],
  ]);
  expect(({} as Record<string, unknown>)["constructor"]).toBe(Object);
});

test("whatever stands in a record or file is read without a throw", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      const book = bookOfText(text);
      await book.day("2026-03-10");
      for (const gap of await book.gaps()) expect(typeof gap.words).toBe("string");
      decodeGap(JSON.parse(text));
    }),
  );
  expect(await bookOfText("{broken").gaps()).toEqual([]);
});

test("a note is not endless, and an empty one is none", () => {
  expect(noteOf("x".repeat(9000), "Ada", 1)[0]?.text).toHaveLength(500);
  expect(noteOf("  \n", "Ada", 1)).toEqual([]);
});
