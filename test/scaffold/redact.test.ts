import { expect, test } from "@jest/globals";

import { createRedactor } from "../../src/scaffold/redact.ts";
import { fc } from "../helpers/properties.ts";

const secret = "s3cr3t/hünter+2";
const redact = createRedactor([secret]);

test.each([
  ["as it is", `token ${secret}!`],
  ["in JSON", JSON.stringify({ a: secret })],
  ["in an address", `https://x.example/?t=${encodeURIComponent(secret)}`],
  ["as base64", Buffer.from(secret).toString("base64")],
  ["as base64 for addresses", Buffer.from(secret).toString("base64url")],
  ["in a header", `Basic ${Buffer.from(`ada:${secret}`).toString("base64")}`],
  ["in hexadecimal", Buffer.from(secret).toString("hex").toUpperCase()],
])("a secret is masked %s", (_how, text) => {
  const masked = redact(text);

  expect(masked).toContain("***");
  expect(masked).not.toContain(secret);
});

test("base64 of a secret with anything around it gives no more than its ends", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const text = Buffer.from(`${before}${secret}${after}`).toString("base64");
      const masked = redact(text);

      expect(masked).toContain("***");
      expect(Buffer.from(masked.replaceAll("***", "AAAA"), "base64").toString()).not.toContain(
        "3cr3t/hünter",
      );
    }),
  );
});

test("texts without it stay as they are", () => {
  const text = "nothing of it: s3cr3t, hunter, c2VjcmV0";

  expect(redact(text)).toBe(text);
});
