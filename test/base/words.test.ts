import { expect, test } from "@jest/globals";

import { splitWords } from "../../src/base/words.ts";
import { fc } from "../helpers/properties.ts";

test.each([
  ["OrderService-v2", ["order", "service", "v2"]],
  ["HTTPServer", ["http", "server"]],
  ["what's up with e-mail?", ["whats", "up", "with", "email"]],
  ["src/index.js:10", ["src", "index", "js", "10"]],
  ["Zürich café", ["zurich", "cafe"]],
  ["`payments_api`", ["payments", "api"]],
  ["", []],
])("splits %j", (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test("splits plain text as it does beside letters of other alphabets", () => {
  const text = fc.string({
    unit: fc.constantFrom(..."aBcD12-_'`. /e-mailX".split("")),
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (plain) => {
      expect([...splitWords(plain), "日本"]).toEqual(splitWords(`${plain} 日本`));
    }),
  );
});

test("reads no more words and letters than it was told", () => {
  expect(splitWords("one two three", 2)).toEqual(["one", "two"]);
  expect(splitWords("one two three", 9, 5)).toEqual(["one", "t"]);
});
