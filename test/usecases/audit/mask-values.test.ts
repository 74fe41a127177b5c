import { expect, test } from "@jest/globals";

import { maskValues } from "../../../src/usecases/audit/mask-values.ts";

test("masks what the form hides and what is called a secret, however deep, and nothing else", () => {
  const pages = [
    {
      properties: {
        pin: { type: "string", "ui:field": "Secret" },
        phrase: { type: "string", "ui:widget": "password" },
        kind: { type: "string" },
      },
      dependencies: {
        kind: { oneOf: [{ properties: { key: { type: "string", writeOnly: true } } }] },
      },
    },
  ];

  const shown = maskValues(
    { pages },
    {
      pin: "1234",
      phrase: "open sesame",
      key: 7,
      kind: "a",
      dbPassword: "hunter2",
      nested: { apiKey: "k", name: "n", list: [{ token: "t" }] },
      hasToken: true,
      __proto__: {},
    },
  );

  expect(shown).toEqual({
    pin: "***",
    phrase: "***",
    key: "***",
    kind: "a",
    dbPassword: "***",
    nested: { apiKey: "***", name: "n", list: [{ token: "***" }] },
    hasToken: true,
  });
});
