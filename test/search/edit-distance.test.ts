import { expect, test } from "@jest/globals";
import { distance } from "fastest-levenshtein";

import { allowedEdits, editDistance, slipsBetween } from "../../src/search/edit-distance.ts";
import { fc } from "../helpers/properties.ts";

test.each([
  ["payments", "paymnets", 1],
  ["payments", "payment", 1],
  ["payments", "pbyments", 1],
  ["payments", "paaymentts", 2],
  ["ab", "ba", 1],
])("counts slips between %s and %s", (left, right, slips) => {
  expect(editDistance(left, right, 5)).toBe(slips);
});

test.each([
  ["mes", "web"],
  ["opa", "eva"],
  ["stars", "stores"],
  ["tech", "team"],
  ["api", "apa"],
  ["ledger", "bledger1"],
  ["team", "beam"],
])("%s is not %s", (typed, written) => {
  expect(slipsBetween(typed, written)).toBeUndefined();
});

test.each([
  ["ledgre", "ledger", 1],
  ["notificatons", "notifications", 1],
  ["same", "same", 0],
])("%s is %s with %d slips", (typed, written, slips) => {
  expect(slipsBetween(typed, written)).toBe(slips);
});

test("allows more slips in longer words", () => {
  expect([1, 3, 4, 7, 8, 30].map(allowedEdits)).toEqual([0, 0, 1, 1, 2, 2]);
});

test("is never more than Levenshtein's distance and at most one swap a slip below it", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const slips = editDistance(left, right, 20);
      const plain = distance(left, right);
      expect(slips).toBeLessThanOrEqual(plain);
      expect(slips * 2).toBeGreaterThanOrEqual(plain);
      expect(editDistance(right, left, 20)).toBe(slips);
      expect(editDistance(left, right, 1)).toBe(Math.min(slips, 2));
    }),
  );
});
