import { describe, expect, test } from "@jest/globals";
import ICAL from "ical.js";

import { parseCalendar, readShifts } from "../../src/oncall/calendar.ts";
import { parseRecurrence } from "../../src/oncall/recurrence-text.ts";
import { expandRule } from "../../src/oncall/recurrence.ts";
import { createZone } from "../../src/oncall/zone.ts";
import { fc } from "../helpers/properties.ts";

const berlin = createZone("Europe/Berlin");
if (berlin === undefined) throw new Error("no zone");
const zone = berlin;

function calendar(...events: string[]): string {
  return [
    "BEGIN:VCALENDAR",
    ...events.flatMap((event) => ["BEGIN:VEVENT", event, "END:VEVENT"]),
    "END:VCALENDAR",
  ].join("\r\n");
}

function onCall(text: string, when: string) {
  const { levels, nextAtMs } = readShifts(parseCalendar(text, zone), Date.parse(when));
  return {
    levels: levels.map(({ level, people, untilMs, next }) => [
      level,
      people.map(({ name }) => name).join("+"),
      untilMs === undefined ? "" : new Date(untilMs).toISOString(),
      next?.map(({ name }) => name).join("+") ?? "",
    ]),
    ...(nextAtMs === undefined ? {} : { next: new Date(nextAtMs).toISOString() }),
  };
}

const weekly = calendar(
  "UID:a\r\nSUMMARY:Ada\r\nDTSTART;TZID=Europe/Berlin:20260105T090000\r\nDTEND;TZID=Europe/Berlin:20260112T090000\r\nRRULE:FREQ=WEEKLY;INTERVAL=2\r\nEXDATE;TZID=Europe/Berlin:20260202T090000",
  "UID:b\r\nSUMMARY:Bo\r\nDTSTART;TZID=Europe/Berlin:20260112T090000\r\nDURATION:P7D\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260601T000000Z",
  "UID:a\r\nSUMMARY:Cy\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260119T090000\r\nDTSTART;TZID=Europe/Berlin:20260119T120000\r\nDTEND;TZID=Europe/Berlin:20260126T090000",
);

describe("a calendar", () => {
  test("repeats weeks on the clock on the wall, across the beginning of summer time", () => {
    expect(onCall(weekly, "2026-03-24T12:00:00Z").levels).toEqual([
      [1, "Bo", "2026-03-30T07:00:00.000Z", "Ada"],
    ]);
  });

  test("leaves out a shift by EXDATE and moves one by RECURRENCE-ID", () => {
    expect(onCall(weekly, "2026-02-03T12:00:00Z")).toEqual({
      levels: [],
      next: "2026-02-09T08:00:00.000Z",
    });
    expect(onCall(weekly, "2026-01-19T10:00:00Z").levels).toEqual([]);
    expect(onCall(weekly, "2026-01-19T11:00:00Z").levels).toEqual([
      [1, "Cy", "2026-01-26T08:00:00.000Z", "Bo"],
    ]);
  });

  test("ends a series by UNTIL", () => {
    expect(onCall(weekly, "2026-05-27T12:00:00Z").levels).toHaveLength(1);
    expect(onCall(weekly, "2026-06-03T12:00:00Z").levels).toEqual([]);
  });

  test("reads days without times, folded lines, and the names that tools write", () => {
    const text = calendar(
      "SUMMARY:On Call - Jane D\r\n oe - Payments primary\r\nDTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260107",
      "SUMMARY:[L2] bo@acme.example\r\nDTSTART:20260105T000000Z\r\nDTEND:20260106T000000Z",
      'SUMMARY:Night\r\nATTENDEE;CN="Roe, Max":mailto:max@acme.example\r\nDTSTART;VALUE=DATE:20260107',
    );

    expect(onCall(text, "2026-01-05T12:00:00Z").levels).toEqual([
      [1, "Jane Doe", "2026-01-06T23:00:00.000Z", "Roe, Max"],
      [2, "bo@acme.example", "2026-01-06T00:00:00.000Z", ""],
    ]);
    expect(parseCalendar(text, zone).events[2]?.people).toEqual([
      { name: "Roe, Max", email: "max@acme.example" },
    ]);
  });

  test("uses the calendar's own zone where its name is no known one", () => {
    const text = [
      "BEGIN:VCALENDAR",
      "BEGIN:VTIMEZONE\r\nTZID:Stage Time",
      "BEGIN:STANDARD\r\nDTSTART:19701101T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nEND:STANDARD",
      "BEGIN:DAYLIGHT\r\nDTSTART:19700308T020000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\nEND:DAYLIGHT",
      "END:VTIMEZONE",
      "BEGIN:VEVENT\r\nSUMMARY:Ada\r\nDTSTART;TZID=Stage Time:20260105T090000\r\nDTEND;TZID=Stage Time:20260105T170000\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT",
      "END:VCALENDAR",
    ].join("\r\n");

    expect(onCall(text, "2026-01-20T15:00:00Z").levels[0]?.[2]).toBe("2026-01-20T22:00:00.000Z");
    expect(onCall(text, "2026-07-20T15:00:00Z").levels[0]?.[2]).toBe("2026-07-20T21:00:00.000Z");
  });

  test("names what it leaves out, and is refused when it is none", () => {
    const odd = calendar(
      "SUMMARY:Hourly\r\nDTSTART:20260105T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY",
      "SUMMARY:No time",
      "SUMMARY:No length\r\nDTSTART:20260105T000000Z",
    );

    expect(parseCalendar(odd, zone).problems).toEqual([
      "“Hourly” repeats by FREQ=SECONDLY",
      "“No time” has no beginning",
      "“No length” has no length",
    ]);
    expect(() => parseCalendar("<html>", zone)).toThrow("no iCal");
    expect(() => parseCalendar("", zone)).toThrow("no VCALENDAR");
  });

  test("costs bounded time whatever its rules say", () => {
    const rules = [
      "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
      "FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=9999",
    ];
    const text = calendar(
      ...rules.map(
        (rule) => `SUMMARY:x\r\nDTSTART:19700105T000000Z\r\nDURATION:PT1H\r\nRRULE:${rule}`,
      ),
    );

    const startedAt = performance.now();
    expect(onCall(text, "2026-01-05T12:00:00Z")).toEqual({ levels: [] });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe("a rule", () => {
  const start = Date.UTC(2026, 0, 5, 9);
  const day = 24 * 3_600_000;

  test.each([
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;INTERVAL=2",
    "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
    "FREQ=YEARLY",
  ])("%s falls on the days that the library finds too", (text) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 700 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (startDay, count, hasCount) => {
          const full = hasCount ? `${text};COUNT=${count}` : text;
          const rule = parseRecurrence(full, () => undefined);
          if (rule === undefined) throw new Error("not read");
          // an event that does not itself fall on a day of its rule means nothing by the standard
          const asked = start + startDay * day;
          const [first = asked] = expandRule(rule, asked, asked, asked + 800 * day);
          const iterator = ICAL.Recur.fromString(full).iterator(
            ICAL.Time.fromJSDate(new Date(first), true),
          );
          const wanted: number[] = [];
          const end = first + 800 * day;
          for (let next = iterator.next(); next; next = iterator.next()) {
            const wall = next.toUnixTime() * 1000;
            if (wall > end) break;
            wanted.push(wall);
          }
          expect(expandRule(rule, first, first, end)).toEqual(wanted);
          // beginning later changes nothing
          const later = first + 200 * day;
          expect(expandRule(rule, first, later, end)).toEqual(
            wanted.filter((wall) => wall >= later),
          );
        },
      ),
      { numRuns: 15 },
    );
  });
});
