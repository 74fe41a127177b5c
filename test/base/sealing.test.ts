import { describe, expect, test } from "@jest/globals";

import { createSealer } from "../../src/base/sealing.ts";
import { Secret } from "../../src/base/secret.ts";
import { fc } from "../helpers/properties.ts";

const key = new Secret("a long text that nobody can guess, for tests only");
const sealer = createSealer(key);

describe("a sealer", () => {
  test("opens what it sealed, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(sealer.open(sealer.seal(text, "p"), "p")).toBe(Buffer.from(text).toString());
      }),
    );
  });

  test("never makes the same text twice, and shows nothing of it", () => {
    const first = sealer.seal("xoxb-secret", "installation:T1");
    const second = sealer.seal("xoxb-secret", "installation:T1");

    expect(first).not.toBe(second);
    expect(Buffer.from(first.slice(3), "base64url").toString("latin1")).not.toContain("xoxb");
  });

  test.each([
    ["with another key", () => createSealer(new Secret("another key")).seal("x", "p")],
    ["for another purpose", () => sealer.seal("x", "q")],
    ["changed by one bit", () => flipped(sealer.seal("x", "p"))],
    ["cut short", () => sealer.seal("x", "p").slice(0, 20)],
    ["not sealed at all", () => "xoxb-plain"],
  ])("refuses what was sealed %s", (_case, make) => {
    expect(() => sealer.open(make(), "p")).toThrow(
      expect.objectContaining({ code: "sealed-unreadable" }),
    );
  });
});

function flipped(sealed: string): string {
  const raw = Buffer.from(sealed.slice(3), "base64url");
  const last = raw.length - 1;
  raw[last] = (raw[last] ?? 0) ^ 1;
  return `v1.${raw.toString("base64url")}`;
}
