import type ICAL from "ical.js";

import { parseRecurrence } from "./recurrence-text.ts";
import { expandRule } from "./recurrence.ts";
import { createZone, type Zone } from "./zone.ts";

/** When a VTIMEZONE moves the clock to an offset: once, and again by its rule. */
interface Observance {
  startWallMs: number;
  offsetMs: number;
  rule: string | undefined;
}

/** The zones of a calendar by TZID: an IANA name means that zone; another what its VTIMEZONE says. */
export function createCalendarZones(calendar: ICAL.Component): (tzid: string) => Zone | undefined {
  const zones = new Map<string, Zone | undefined>();
  for (const component of calendar.getAllSubcomponents("vtimezone")) {
    const tzid = component.getFirstPropertyValue("tzid");
    if (typeof tzid === "string" && zones.size < 100)
      zones.set(tzid, createZone(tzid) ?? writtenZone(tzid, component));
  }
  return (tzid) => {
    if (!zones.has(tzid) && zones.size < 1000) zones.set(tzid, createZone(tzid));
    return zones.get(tzid);
  };
}

function writtenZone(name: string, component: ICAL.Component): Zone | undefined {
  const observances = [
    ...component.getAllSubcomponents("standard"),
    ...component.getAllSubcomponents("daylight"),
  ]
    .slice(0, 50)
    .flatMap(toObservance);
  const [first] = observances;
  if (first === undefined) return undefined;
  const offsetAt = (wallMs: number): number => {
    const begun = observances
      .map((observance) => ({ ...observance, onset: lastOnset(observance, wallMs) }))
      .filter(({ onset }) => onset !== undefined)
      .toSorted((a, b) => (b.onset ?? 0) - (a.onset ?? 0));
    return begun[0]?.offsetMs ?? first.offsetMs;
  };
  return {
    name,
    // the offset at the guessed reading of the clock is right but within the hour of a change
    wallOf: (instantMs) => instantMs + offsetAt(instantMs + offsetAt(instantMs)),
    instantOf: (wallMs) => wallMs - offsetAt(wallMs),
  };
}

function toObservance(part: ICAL.Component): Observance[] {
  const start = part.getFirstProperty("dtstart")?.toICALString().split(":").at(-1);
  const offset = part.getFirstPropertyValue("tzoffsetto");
  const startWallMs = start === undefined ? undefined : wallOfText(start);
  const offsetMs = offset === null ? undefined : offsetOf(String(offset));
  if (startWallMs === undefined || offsetMs === undefined) return [];
  const rule = part.getFirstProperty("rrule")?.toICALString().split(":").at(-1);
  return [{ startWallMs, offsetMs, rule }];
}

const yearMs = 366 * 24 * 3_600_000;

function lastOnset({ startWallMs, rule }: Observance, wallMs: number): number | undefined {
  if (wallMs < startWallMs) return undefined;
  const parsed = rule === undefined ? undefined : parseRecurrence(rule, wallOfText);
  if (parsed === undefined) return startWallMs;
  return expandRule(parsed, startWallMs, wallMs - yearMs, wallMs).at(-1) ?? startWallMs;
}

/** `20260105T090000`, with or without Z, or `20260105`, as the wall time it spells. */
export function wallOfText(text: string): number | undefined {
  // date, perhaps with a time
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?Z?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return Number.isNaN(wall) ? undefined : wall;
}

/** `+0100` or `-05:30` in milliseconds. */
function offsetOf(text: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})/.exec(text);
  if (match === null) return undefined;
  const sizeMs = (Number(match[2]) * 60 + Number(match[3])) * 60_000;
  return match[1] === "-" ? -sizeMs : sizeMs;
}
