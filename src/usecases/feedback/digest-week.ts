const dayMs = 24 * 3600_000;
const weekMs = 7 * dayMs;
/** Who was not there at the hour catches up for this long; later the news is stale. */
const lateMs = 2 * dayMs;

/** When the digest is sent, in UTC; Sunday is 0. */
export interface DigestTime {
  weekday: number;
  hour: number;
}

/**
 * The week whose digest is due, by the day on which it is sent, such as `2026-11-30`; undefined when none is, because the
 * hour has not come or is long past.
 */
export function dueWeek(nowMs: number, { weekday, hour }: DigestTime): string | undefined {
  // 1 January 1970 was a Thursday
  const offsetMs = (((weekday - 4 + 7) % 7) * 24 + hour) * 3600_000;
  const sinceMs = (((nowMs - offsetMs) % weekMs) + weekMs) % weekMs;
  return sinceMs <= lateMs ? new Date(nowMs - sinceMs).toISOString().slice(0, 10) : undefined;
}
