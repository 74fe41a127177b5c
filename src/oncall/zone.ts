/**
 * A time zone with its summer time. A *wall time* is what a clock on the wall shows, as the milliseconds that UTC would have
 * at that reading: 09:00 on 1 May in Berlin is `Date.UTC(2026, 4, 1, 9)`.
 */
export interface Zone {
  name: string;
  wallOf(instantMs: number): number;
  /** The first moment at which the clock shows `wallMs`; in the hour that spring leaves out, as if the clock had not been moved. */
  instantOf(wallMs: number): number;
}

const dayMs = 24 * 3_600_000;

/** The zone of an IANA name such as `Europe/Berlin`; undefined when there is no such zone. */
export function createZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
  const wallOf = (instantMs: number): number => {
    const parts = new Map(
      format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return wall + (((instantMs % 1000) + 1000) % 1000);
  };
  return {
    name,
    wallOf,
    instantOf(wallMs) {
      // no zone is a day away from UTC, and none changes twice within two days
      const before = wallOf(wallMs - dayMs) - (wallMs - dayMs);
      const after = wallOf(wallMs + dayMs) - (wallMs + dayMs);
      const candidates = [wallMs - before, wallMs - after].toSorted((a, b) => a - b);
      return candidates.find((instant) => wallOf(instant) === wallMs) ?? wallMs - before;
    },
  };
}
