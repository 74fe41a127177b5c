import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { OnCallSource } from "../../src/oncall/contract.ts";
import type { EmulatedPerson, EmulatedShift, Fault } from "../emulators/oncall/emulator.ts";

/** What an implementation gives the suite: a source over schedules that the suite chooses. */
export interface OnCallFixture {
  source: OnCallSource;
  /** Writes (or replaces) a schedule and says by which key it is read. */
  write: (name: string, shifts: EmulatedShift[]) => Promise<string>;
  /** Makes the next readings fail. */
  fail: (fault: Fault) => void;
  close: () => Promise<void>;
}

const hourMs = 3_600_000;
const nowMs = Date.parse("2026-03-28T12:00:00Z");

const ada: EmulatedPerson = { id: "UADA", name: "Ada Byron", email: "ada@acme.example" };
const bo: EmulatedPerson = { id: "UBO", name: "Bo Lund", email: "bo@acme.example" };
const cy: EmulatedPerson = { id: "UCY", name: "Cy Twombly", email: "cy@acme.example" };

const turns: EmulatedShift[] = [
  { person: cy, fromMs: nowMs - 48 * hourMs, toMs: nowMs - 24 * hourMs },
  { person: ada, fromMs: nowMs - 24 * hourMs, toMs: nowMs + 24 * hourMs },
  { person: bo, fromMs: nowMs + 24 * hourMs, toMs: nowMs + 72 * hourMs },
];

/** What every source of on-call people has to do. */
export function describeOnCallSource(
  name: string,
  open: () => Promise<OnCallFixture>,
  { hasServer = true }: { /** False where nothing answers but a file. */ hasServer?: boolean } = {},
): void {
  describe(`${name} as a source of who is on call`, () => {
    const { signal } = new AbortController();
    let fixture: OnCallFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.close());

    test("says who is on call, until when, and who is next", async () => {
      const key = await fixture.write("Payments", turns);

      const { levels, title, source } = await fixture.source.read(key, nowMs, signal);

      expect(levels).toHaveLength(1);
      expect(levels[0]).toMatchObject({
        level: 1,
        people: [{ name: "Ada Byron", email: "ada@acme.example" }],
        untilMs: nowMs + 24 * hourMs,
        next: [{ name: "Bo Lund" }],
      });
      expect(title).not.toBe("");
      expect(source).not.toBe("");
    });

    test("changes at the moment of the hand-over", async () => {
      const key = await fixture.write("Payments", turns);
      const handoverMs = nowMs + 24 * hourMs;

      const before = await fixture.source.read(key, handoverMs - 1000, signal);
      const after = await fixture.source.read(key, handoverMs, signal);

      expect(before.levels[0]?.people[0]?.name).toBe("Ada Byron");
      expect(after.levels[0]?.people[0]?.name).toBe("Bo Lund");
    });

    test("says that nobody is on call when nobody is", async () => {
      const key = await fixture.write("Payments", turns);

      const { levels } = await fixture.source.read(key, nowMs + 100 * hourMs, signal);

      expect(levels).toEqual([]);
    });

    test("refuses a schedule that is not there, by a code", async () => {
      await fixture.write("Payments", turns);

      await expect(fixture.source.read("schedule:NOPE", nowMs, signal)).rejects.toMatchObject({
        code: "oncall-schedule-unknown",
      });
    });

    test("tells the doctor how it stands", async () => {
      await fixture.write("Payments", turns);

      await expect(fixture.source.check(nowMs, signal)).resolves.toMatch(/\w/);
    });

    if (hasServer) describeFailures(() => fixture);
  });
}

const failures: [Fault, object][] = [
  ["unauthorized", { code: "oncall-refused" }],
  ["limited", { code: "oncall-rate-limited", isRetryable: true, retryAfterMs: 7000 }],
  ["broken", { code: "oncall-unreachable", isRetryable: true }],
  ["silent", { code: "oncall-unreachable", isRetryable: true }],
  ["nonsense", { code: "oncall-malformed" }],
  ["huge", { code: "oncall-malformed" }],
  ["moved", { code: "oncall-unreachable" }],
];

function describeFailures(current: () => OnCallFixture): void {
  const { signal } = new AbortController();

  test.each(failures)("ends %s in an error that says what to do", async (fault, error) => {
    const { source, write, fail } = current();
    const key = await write("Payments", turns);
    fail(fault);

    const startedAt = performance.now();
    await expect(source.read(key, nowMs, signal)).rejects.toMatchObject(error);
    await expect(source.check(nowMs, signal)).rejects.toMatchObject(error);
    // two seconds each, and room for a loaded machine
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  test("gives up as soon as it is told to", async () => {
    const { source, write, fail } = current();
    const key = await write("Payments", turns);
    fail("silent");
    const stop = new AbortController();

    const reading = source.read(key, nowMs, stop.signal);
    stop.abort(new Error("enough"));

    await expect(reading).rejects.toThrow("enough");
  });
}
