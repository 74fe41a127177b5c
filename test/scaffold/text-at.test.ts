import { expect, test } from "@jest/globals";

import { valuesAt, withTextAt } from "../../src/scaffold/text-at.ts";

const values = { name: "x", list: [{ a: { b: "one" } }, "text", { c: 1 }] };

test("a text is put into one entry of a list, or into all, and nothing else changes", () => {
  expect(withTextAt(values, ["list", "0", "a", "b"], "new")).toEqual({
    name: "x",
    list: [{ a: { b: "new" } }, "text", { c: 1 }],
  });
  expect(withTextAt(values, ["list", "*", "p"], "new")["list"]).toEqual([
    { a: { b: "one" }, p: "new" },
    "text",
    { c: 1, p: "new" },
  ]);
  expect(withTextAt(values, ["list", "0", "a", "b"], undefined)["list"]).toEqual([
    { a: {} },
    "text",
    { c: 1 },
  ]);
  expect(withTextAt(values, ["list", "9", "p"], "new")["list"]).toEqual(values.list);
  expect(values.list[0]).toEqual({ a: { b: "one" } });
});

test("what stands in a place, or in the same place of all entries, is found", () => {
  expect(valuesAt(values, ["list", "0", "a", "b"])).toEqual(["one"]);
  expect(valuesAt(values, ["list", "*", "c"])).toEqual([1]);
  expect(valuesAt(values, ["list", "length"])).toEqual([]);
  expect(valuesAt(values, ["constructor"])).toEqual([]);
});
