import ICAL from "ical.js";

import { InputError, toError } from "../base/errors.ts";
import { personOfEvent } from "./calendar-person.ts";
import { createCalendarZones, wallOfText } from "./calendar-zone.ts";
import type { OnCallLevel, OnCallPerson } from "./contract.ts";
import { parseRecurrence } from "./recurrence-text.ts";
import { expandRule, type RecurrenceRule } from "./recurrence.ts";
import { levelsOf, type Shift } from "./shifts.ts";
import type { Zone } from "./zone.ts";

/** A calendar of shifts, read. @see https://www.rfc-editor.org/rfc/rfc5545 */
export interface ShiftCalendar {
  /** `X-WR-CALNAME`, where the calendar has a name. */
  name: string | undefined;
  events: ShiftEvent[];
  /** What was left out, in words: an event without a beginning, a rule that no rota has. */
  problems: string[];
}

/** One VEVENT: a shift, or a series of them. */
interface ShiftEvent {
  uid: string;
  level: number;
  people: OnCallPerson[];
  zone: Zone;
  startWallMs: number;
  /** On the clock on the wall. */
  lengthMs: number;
  rule?: RecurrenceRule;
  /** Moments of single shifts beside the rule. */
  extraMs: number[];
  /** Moments of shifts that do not take place. */
  droppedMs: Set<number>;
}

/** More events than the calendar of a team ever has. */
const mostEvents = 20_000;
/** A hand-over further away is of no use to anybody who asks now. */
const horizonMs = 62 * 24 * 3_600_000;

/**
 * Reads a calendar. Events that cannot be used are left out and named; `zone` is for times that name none.
 * @throws InputError `oncall-malformed` when it is no calendar
 */
export function parseCalendar(text: string, zone: Zone): ShiftCalendar {
  const calendar = readComponent(text);
  const own = calendar.getFirstPropertyValue("x-wr-timezone");
  const zoneOf = createCalendarZones(calendar);
  const fallback = (typeof own === "string" ? zoneOf(own) : undefined) ?? zone;
  const problems: string[] = [];
  const events = calendar
    .getAllSubcomponents("vevent")
    .slice(0, mostEvents)
    .flatMap((component) => readEvent(component, { fallback, zoneOf, problems }));
  const name = calendar.getFirstPropertyValue("x-wr-calname");
  return { name: typeof name === "string" ? name : undefined, events: replaced(events), problems };
}

function readComponent(text: string): ICAL.Component {
  try {
    const parsed: unknown = ICAL.parse(text);
    if (!Array.isArray(parsed) || parsed[0] !== "vcalendar") throw new Error("no VCALENDAR in it");
    return new ICAL.Component(parsed);
  } catch (thrown) {
    throw new InputError("oncall-malformed", `no iCal: ${toError(thrown).message.slice(0, 200)}`, {
      hint: "name a calendar file (.ics) or the address of one",
    });
  }
}

interface Reading {
  fallback: Zone;
  zoneOf: (tzid: string) => Zone | undefined;
  problems: string[];
}

type Event = ShiftEvent & { replacesMs: number | undefined };

function readEvent(component: ICAL.Component, reading: Reading): Event[] {
  const summary = textOf(component, "summary");
  const skip = (why: string): Event[] => {
    if (reading.problems.length < 20) reading.problems.push(`“${summary.slice(0, 60)}” ${why}`);
    return [];
  };
  const start = timesOf(component, "dtstart", reading)[0];
  if (start === undefined) return skip("has no beginning");
  const lengthMs = lengthOf(component, start, reading);
  if (lengthMs <= 0) return skip("has no length");
  const written = component.getFirstProperty("rrule")?.toICALString().split(":").at(-1);
  const rule = written === undefined ? undefined : parseRecurrence(written, untilIn(start.zone));
  if (written !== undefined && rule === undefined) return skip(`repeats by ${written}`);
  const isCancelled = textOf(component, "status").toUpperCase() === "CANCELLED";
  const { level, people } = personOfEvent({
    summary,
    attendees: component.getAllProperties("attendee").map((attendee) => ({
      address: String(attendee.getFirstValue()),
      name: attendee.getFirstParameter("cn") ?? "",
    })),
  });
  return [
    {
      uid: textOf(component, "uid"),
      level,
      people: isCancelled ? [] : people,
      zone: start.zone,
      startWallMs: start.wallMs,
      lengthMs,
      ...(rule === undefined ? {} : { rule }),
      extraMs: timesOf(component, "rdate", reading).map(instantOf),
      droppedMs: new Set(timesOf(component, "exdate", reading).map(instantOf)),
      replacesMs: timesOf(component, "recurrence-id", reading).map(instantOf)[0],
    },
  ];
}

function textOf(component: ICAL.Component, name: string): string {
  const value = component.getFirstPropertyValue(name);
  return typeof value === "string" ? value : "";
}

interface Time {
  wallMs: number;
  zone: Zone;
  isDay: boolean;
}

const utc: Zone = { name: "UTC", wallOf: (ms) => ms, instantOf: (ms) => ms };

function timesOf(component: ICAL.Component, name: string, reading: Reading): Time[] {
  return component.getAllProperties(name).flatMap((property) => {
    const tzid = property.getFirstParameter("tzid");
    const named = typeof tzid === "string" ? reading.zoneOf(tzid) : undefined;
    return property
      .getValues()
      .slice(0, 5_000)
      .flatMap((value: unknown) => {
        // a period begins with its time
        const text = String(value).split("/")[0]?.replaceAll(/[-:]/g, "") ?? "";
        const wallMs = wallOfText(text);
        const zone = text.endsWith("Z") ? utc : (named ?? reading.fallback);
        return wallMs === undefined ? [] : [{ wallMs, zone, isDay: !text.includes("T") }];
      });
  });
}

function instantOf({ wallMs, zone }: Time): number {
  return zone.instantOf(wallMs);
}

/** UNTIL stands in UTC where the event has a zone; the rule is walked on the clock of that zone. */
function untilIn(zone: Zone): (text: string) => number | undefined {
  return (text) => {
    const wallMs = wallOfText(text);
    if (wallMs === undefined) return undefined;
    if (text.endsWith("Z")) return zone.wallOf(wallMs);
    // a day means all of it
    return text.includes("T") ? wallMs : wallMs + dayMs - 1;
  };
}

const dayMs = 24 * 3_600_000;

/** From DTEND or DURATION; an event of a day without either lasts that day. */
function lengthOf(component: ICAL.Component, start: Time, reading: Reading): number {
  const end = timesOf(component, "dtend", reading)[0];
  if (end !== undefined) return start.zone.wallOf(end.zone.instantOf(end.wallMs)) - start.wallMs;
  const duration = component.getFirstPropertyValue("duration");
  if (duration instanceof ICAL.Duration) return duration.toSeconds() * 1000;
  return start.isDay ? dayMs : 0;
}

/** An event with RECURRENCE-ID takes the place of one shift of the series with its UID. */
function replaced(events: readonly Event[]): ShiftEvent[] {
  const series = new Map<string, Event[]>();
  for (const event of events) {
    if (event.rule === undefined && event.extraMs.length === 0) continue;
    series.set(event.uid, [...(series.get(event.uid) ?? []), event]);
  }
  for (const { uid, replacesMs } of events)
    if (replacesMs !== undefined)
      for (const event of series.get(uid) ?? []) event.droppedMs.add(replacesMs);
  return events.map(({ replacesMs: _replaces, ...event }) => event);
}

/** Shifts of an event that touch the time from `fromMs` to `toMs`, as moments. */
function shiftsOf(event: ShiftEvent, fromMs: number, toMs: number): Shift[] {
  const { zone, startWallMs, lengthMs, rule, level, people } = event;
  // a day of room: summer time may stretch a shift
  const since = zone.wallOf(fromMs) - lengthMs - dayMs;
  const walls =
    rule === undefined ? [startWallMs] : expandRule(rule, startWallMs, since, zone.wallOf(toMs));
  const extra = event.extraMs.map((moment) => zone.wallOf(moment));
  return [...walls, ...extra]
    .map((wall) => ({
      level,
      people,
      fromMs: zone.instantOf(wall),
      toMs: zone.instantOf(wall + lengthMs),
    }))
    .filter((shift) => !event.droppedMs.has(shift.fromMs))
    .filter((shift) => shift.toMs > fromMs && shift.fromMs < toMs);
}

/** Who is on call by a calendar, and when somebody is again if nobody is now. */
export function readShifts(
  { events }: ShiftCalendar,
  atMs: number,
): { levels: OnCallLevel[]; nextAtMs?: number } {
  const shifts = events
    .filter(({ people }) => people.length > 0)
    .flatMap((event) => shiftsOf(event, atMs, atMs + horizonMs));
  const levels = levelsOf(shifts, atMs);
  if (levels.length > 0) return { levels };
  const later = shifts.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > atMs);
  // not spread: a calendar may hold more shifts than a call takes arguments
  const nextAtMs = later.toSorted((a, b) => a - b)[0];
  return { levels, ...(nextAtMs === undefined ? {} : { nextAtMs }) };
}
