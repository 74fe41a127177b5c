import { describe, expect, test } from "@jest/globals";

import { buildRotations, parseRotationFile } from "../../src/oncall/rotation-file.ts";
import { readRotation } from "../../src/oncall/rotation.ts";
import { createZone } from "../../src/oncall/zone.ts";
import { fc } from "../helpers/properties.ts";

const hourMs = 3_600_000;

function at(text: string): number {
  return Date.parse(text);
}

function rotationOf(written: object) {
  const [rotation] =
    buildRotations(
      {
        it: {
          people: ["ada", "bo", "cy"],
          shift: "1w",
          start: "2026-01-05",
          overrides: [],
          ...written,
        },
      },
      "Europe/Berlin",
    ).get("it") ?? [];
  if (rotation === undefined) throw new Error("no rotation");
  return rotation;
}

function onCall(written: object, when: string) {
  const { people, untilMs, next } = readRotation(rotationOf(written), 1, at(when));
  return {
    who: people.map(({ name }) => name).join(),
    until: untilMs === undefined ? undefined : new Date(untilMs).toISOString(),
    next: next?.map(({ name }) => name).join(),
  };
}

describe("a rotation", () => {
  test("hands over every week at its time on the clock on the wall, also when summer time begins", () => {
    const written = { handover: "09:00" };

    expect(onCall(written, "2026-03-23T08:30:00Z")).toEqual({
      who: "cy",
      until: "2026-03-30T07:00:00.000Z",
      next: "ada",
    });
    expect(onCall(written, "2026-03-30T06:59:59Z").who).toBe("cy");
    expect(onCall(written, "2026-03-30T07:00:00Z").who).toBe("ada");
  });

  test("hands over once in the hour that autumn shows twice, and right after the one that spring leaves out", () => {
    const written = { handover: "02:30", shift: "1d", start: "2026-01-01" };

    // 02:30 first comes at 00:30 UTC and again at 01:30 UTC
    const autumn = [0, 29, 30, 60, 89, 90, 120].map(
      (minute) =>
        onCall(written, new Date(at("2026-10-25T00:00:00Z") + minute * 60_000).toISOString()).who,
    );
    expect(autumn).toEqual(["cy", "cy", "ada", "ada", "ada", "ada", "ada"]);
    expect(onCall(written, "2026-03-29T01:29:00Z").who).not.toBe(
      onCall(written, "2026-03-29T01:30:00Z").who,
    );
  });

  test("takes shifts of hours", () => {
    const written = { shift: "12h", handover: "08:00" };

    expect(onCall(written, "2026-01-05T06:59:00Z").who).toBe("");
    expect(onCall(written, "2026-01-05T07:00:00Z").who).toBe("ada");
    expect(onCall(written, "2026-01-05T19:00:00Z").who).toBe("bo");
  });

  test("gives an override its time and says who comes after it", () => {
    const overrides = [{ person: "dee", from: "2026-01-06T12:00", to: "2026-01-07T12:00" }];

    expect(onCall({ overrides }, "2026-01-06T10:00:00Z")).toEqual({
      who: "ada",
      until: "2026-01-06T11:00:00.000Z",
      next: "dee",
    });
    expect(onCall({ overrides }, "2026-01-06T11:00:00Z")).toEqual({
      who: "dee",
      until: "2026-01-07T11:00:00.000Z",
      next: "ada",
    });
  });

  test("of one person never hands over", () => {
    expect(onCall({ people: ["ada"] }, "2030-01-01T00:00:00Z")).toEqual({ who: "ada" });
  });

  test("has exactly one person at every moment, and changes at the moment that it names", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "Asia/Kolkata",
          "UTC",
        ),
        fc.constantFrom("6h", "12h", "1d", "3d", "1w"),
        fc.constantFrom("00:00", "02:30", "09:00", "23:45"),
        fc.integer({ min: at("2026-01-10T00:00:00Z"), max: at("2028-12-31T00:00:00Z") }),
        (timeZone, shift, handover, moment) => {
          const rotation = rotationOf({ timeZone, shift, handover });
          const now = readRotation(rotation, 1, moment);
          const untilMs = now.untilMs ?? 0;
          expect(now.people).toHaveLength(1);
          expect(untilMs).toBeGreaterThan(moment);
          expect(untilMs - moment).toBeLessThanOrEqual(7 * 24 * hourMs + hourMs);
          expect(readRotation(rotation, 1, untilMs - 1).people).toEqual(now.people);
          expect(readRotation(rotation, 1, untilMs).people).toEqual(now.next);
        },
      ),
    );
  });
});

describe("a zone", () => {
  test("finds back every moment from the clock, but for the hour that comes twice", () => {
    const zone = createZone("America/St_Johns");
    fc.assert(
      fc.property(fc.integer({ min: at("2024-01-01"), max: at("2030-01-01") }), (moment) => {
        const back = zone?.instantOf(zone.wallOf(moment)) ?? 0;
        expect([0, hourMs]).toContain(moment - back);
      }),
    );
  });

  test("does not exist by any name", () => {
    expect(createZone("Middle/Earth")).toBeUndefined();
  });
});

describe("a file of rotations", () => {
  test("holds levels and people with their addresses", () => {
    const found = parseRotationFile(
      `timeZone: Europe/London
schedules:
  payments:
    - { people: [{ name: Ada, email: ada@acme.example }, bo], start: 2026-01-05T09:00 }
    - { people: [user:default/cy], start: 2026-01-05 }
`,
      "rota.yaml",
      "UTC",
    );

    expect(found.get("payments")?.map(({ people }) => people)).toEqual([
      [
        { name: "Ada", email: "ada@acme.example" },
        { name: "bo", ref: "bo" },
      ],
      [{ name: "user:default/cy", ref: "user:default/cy" }],
    ]);
    expect(found.get("payments")?.[0]?.zone.name).toBe("Europe/London");
  });

  test.each([
    ["[[[", "rota.yaml is no YAML"],
    ["schedules: { a: { people: [], start: 2026-01-05 } }", "schedules.a"],
    ["schedules: { a: { people: [x], start: 2026-02-30 } }", "no such day or time as 2026-02-30"],
    ["schedules: { a: { people: [x], start: 2026-01-05, timeZone: Mars } }", "no time zone “Mars”"],
    [
      "schedules: { a: { people: [x], start: 2026-01-05, overrides: [{ person: y, from: 2026-02-02, to: 2026-02-01 }] } }",
      "ends before it begins",
    ],
  ])("says what is wrong with %s", (text, message) => {
    expect(() => parseRotationFile(text, "rota.yaml", "UTC")).toThrow(message);
  });
});
