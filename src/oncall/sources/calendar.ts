import { NotFoundError } from "../../base/errors.ts";
import { parseCalendar, readShifts } from "../calendar.ts";
import type { OnCallSource } from "../contract.ts";
import type { Zone } from "../zone.ts";
import { type Place, readPlace, shownPlace } from "./place.ts";

export interface CalendarOptions {
  id: string;
  place: Place;
  /** For times that name none. */
  zone: Zone;
}

/** A calendar (iCal) of shifts, from a file or an address: one schedule. */
export function createCalendarSource({ id, place, zone }: CalendarOptions): OnCallSource {
  const shown = shownPlace(place);
  const load = async (signal: AbortSignal) => parseCalendar(await readPlace(place, signal), zone);
  return {
    id,
    label: "calendar",
    async read(key, atMs, signal) {
      if (key !== "")
        throw new NotFoundError(
          "oncall-schedule-unknown",
          `${shown} is one schedule, without “${key}”`,
          {
            hint: `name the source alone: ${id}`,
          },
        );
      const calendar = await load(signal);
      return { title: calendar.name ?? id, source: shown, ...readShifts(calendar, atMs) };
    },
    async check(atMs, signal) {
      const calendar = await load(signal);
      const { levels } = readShifts(calendar, atMs);
      const now = levels.length === 0 ? "nobody on call now" : "somebody on call now";
      const left =
        calendar.problems.length === 0 ? "" : `; left out: ${calendar.problems[0] ?? ""}`;
      return `${calendar.events.length} events in ${shown}, ${now}${left}`;
    },
  };
}
