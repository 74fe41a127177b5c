import { readFileSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";

import { canonicalRef, type EntityRef, parseRef, type RefDefaults } from "../../src/catalog/ref.ts";
import { sharedPath } from "../helpers/shared.ts";

interface Vector {
  ref: string;
  ctx: RefDefaults;
  parsed?: EntityRef;
  canonical?: string;
}

test("a malformed reference says how to write one", () => {
  expect(() => parseRef("component:default/")).toThrow(
    expect.objectContaining({
      code: "ref-malformed",
      message: "“component:default/” has an empty part",
    }),
  );
  expect(() => parseRef("pay")).toThrow("“pay” has no kind");
});

const vectors = sharedPath("vectors/entity-ref.json");
(vectors === undefined ? describe.skip : describe)("Backstage's published references", () => {
  test("are parsed and printed the same way", () => {
    const rows: Vector[] = JSON.parse(readFileSync(vectors ?? "", "utf8"));

    expect(rows.length).toBeGreaterThan(10);
    for (const { ref, ctx, parsed, canonical } of rows) {
      expect({ ref, canonical: canonicalRef(ref, ctx) }).toEqual({ ref, canonical });
      const parts = canonical === undefined ? undefined : parseRef(ref, ctx);
      expect({ ref, parts }).toEqual({ ref, parts: parsed });
    }
  });
});
