import type { RecurrenceRule } from "./recurrence.ts";

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const frequencies = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const known = new Set(
  "FREQ INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYMONTH BYSETPOS WKST".split(" "),
);

/**
 * Reads `FREQ=WEEKLY;BYDAY=MO`; `untilWall` turns the text of UNTIL into a wall time. Undefined for rules that no rota has:
 * shifts that repeat within a day, weeks of the year and the like.
 */
export function parseRecurrence(
  text: string,
  untilWall: (text: string) => number | undefined,
): RecurrenceRule | undefined {
  const parts = partsOf(text);
  const frequency = frequencies.find((each) => each === parts.get("FREQ"));
  const lists = listsOf(parts);
  const isKnown = [...parts.keys()].every((name) => known.has(name));
  if (frequency === undefined || lists === undefined || !isKnown) return undefined;
  const until = parts.get("UNTIL");
  const untilWallMs = until === undefined ? undefined : untilWall(until);
  if (until !== undefined && untilWallMs === undefined) return undefined;
  const { interval, count, ...rest } = lists;
  return {
    frequency,
    interval: interval[0] ?? 1,
    ...(count[0] === undefined ? {} : { count: count[0] }),
    ...(untilWallMs === undefined ? {} : { untilWallMs }),
    ...rest,
    weekStart: Math.max(0, weekdays.indexOf(parts.get("WKST") ?? "MO")),
  };
}

function partsOf(text: string): Map<string, string> {
  return new Map(
    text
      .toUpperCase()
      .split(";")
      .map((part) => part.split("=", 2))
      .map(([name = "", value = ""]) => [name.trim(), value.trim()]),
  );
}

/** All numbers and days of a rule; undefined when any of them makes no sense. */
function listsOf(parts: ReadonlyMap<string, string>) {
  const days = (parts.get("BYDAY") ?? "").split(",").filter((day) => day !== "");
  const byDay = days.map(parseDay).filter((day) => day !== undefined);
  const interval = numbers(parts.get("INTERVAL"), 1, 1000);
  const count = numbers(parts.get("COUNT"), 1, 100_000);
  const byMonthDay = numbers(parts.get("BYMONTHDAY"), -31, 31);
  const byMonth = numbers(parts.get("BYMONTH"), 1, 12);
  const bySetPos = numbers(parts.get("BYSETPOS"), -366, 366);
  if (interval === undefined || count === undefined || byDay.length < days.length) return undefined;
  if (byMonthDay === undefined || byMonth === undefined || bySetPos === undefined) return undefined;
  return { interval, count, byDay, byMonthDay, byMonth, bySetPos };
}

/** Whole numbers parted by commas, none of them 0; empty when absent, undefined when one is out of range. */
function numbers(text: string | undefined, least: number, most: number): number[] | undefined {
  if (text === undefined) return [];
  const values = text.split(",").map(Number);
  const isFine = values.every(
    (value) => Number.isInteger(value) && value !== 0 && value >= least && value <= most,
  );
  return isFine ? values : undefined;
}

function parseDay(text: string): RecurrenceRule["byDay"][number] | undefined {
  // -1SU, 2MO, FR
  const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(text);
  if (match === null) return undefined;
  const weekday = weekdays.indexOf(match[2] ?? "");
  return match[1] === undefined ? { weekday } : { weekday, nth: Number(match[1]) };
}
