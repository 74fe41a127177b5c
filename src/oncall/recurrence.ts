/** A rule such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO`, read. @see https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10 */
export interface RecurrenceRule {
  frequency: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
  interval: number;
  count?: number;
  /** Wall time of the last possible occurrence. */
  untilWallMs?: number;
  /** Days of the week, 0 is Sunday; `nth` counts within the month or year, from its end when negative. */
  byDay: { weekday: number; nth?: number }[];
  byMonthDay: number[];
  byMonth: number[];
  bySetPos: number[];
  /** First day of the week, 0 is Sunday. */
  weekStart: number;
}

const dayMs = 24 * 3_600_000;

/** Periods that are looked at before a rule is taken to be over: a hostile rule costs no more than this. */
const mostPeriods = 20_000;

/**
 * The wall times at which a rule falls, in order, from the first at or after `fromWallMs` up to `toWallMs`. Rules without an
 * end cost nothing for the years before `fromWallMs`; the library that parses calendars can search an impossible rule for ever.
 */
export function expandRule(
  rule: RecurrenceRule,
  startWallMs: number,
  fromWallMs: number,
  toWallMs: number,
): number[] {
  const lastMs = Math.min(toWallMs, rule.untilWallMs ?? toWallMs);
  const found: number[] = [];
  let counted = 0;
  let period = rule.count === undefined ? firstPeriod(rule, startWallMs, fromWallMs) : 0;
  for (let looked = 0; looked < mostPeriods; looked += 1, period += rule.interval) {
    const days = periodDays(rule, startWallMs, period);
    if (days.from > lastMs) break;
    for (const wallMs of occurrences(rule, startWallMs, days)) {
      if (wallMs < startWallMs) continue;
      counted += 1;
      if (wallMs > lastMs || counted > (rule.count ?? Infinity)) return found;
      if (wallMs >= fromWallMs) found.push(wallMs);
    }
  }
  return found;
}

/** A whole number of intervals after the start, but before anything at or after `fromWallMs`. */
function firstPeriod(rule: RecurrenceRule, startWallMs: number, fromWallMs: number): number {
  const longest = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[rule.frequency] * dayMs;
  const passed = Math.floor((fromWallMs - startWallMs) / longest) - 1;
  return passed <= 0 ? 0 : passed - (passed % rule.interval);
}

/** The days of one period, as wall times of midnight; `to` is not part of it. */
interface Period {
  from: number;
  to: number;
}

function periodDays(rule: RecurrenceRule, startWallMs: number, index: number): Period {
  const start = new Date(startWallMs);
  const year = start.getUTCFullYear();
  const month = start.getUTCMonth();
  const midnight = midnightOf(startWallMs);
  if (rule.frequency === "DAILY")
    return { from: midnight + index * dayMs, to: midnight + (index + 1) * dayMs };
  if (rule.frequency === "WEEKLY") {
    const from = midnight - ((start.getUTCDay() - rule.weekStart + 7) % 7) * dayMs;
    return { from: from + index * 7 * dayMs, to: from + (index + 1) * 7 * dayMs };
  }
  return rule.frequency === "MONTHLY"
    ? { from: Date.UTC(year, month + index), to: Date.UTC(year, month + index + 1) }
    : { from: Date.UTC(year + index, 0), to: Date.UTC(year + index + 1, 0) };
}

function midnightOf(wallMs: number): number {
  return Math.floor(wallMs / dayMs) * dayMs;
}

function occurrences(rule: RecurrenceRule, startWallMs: number, { from, to }: Period): number[] {
  const time = startWallMs - midnightOf(startWallMs);
  const start = new Date(startWallMs);
  const days: number[] = [];
  for (let day = from; day < to; day += dayMs)
    if (isWanted(rule, start, new Date(day))) days.push(day + time);
  if (rule.bySetPos.length === 0) return days;
  const places = new Set(
    rule.bySetPos.map((position) => (position > 0 ? position - 1 : days.length + position)),
  );
  return days.filter((_, place) => places.has(place));
}

function isWanted(rule: RecurrenceRule, start: Date, day: Date): boolean {
  const { frequency, byMonth, byMonthDay, byDay } = rule;
  const month = day.getUTCMonth() + 1;
  if (byMonth.length > 0 && !byMonth.includes(month)) return false;
  if (byMonthDay.length > 0 && !byMonthDay.some((wanted) => isMonthDay(day, wanted))) return false;
  if (byDay.length > 0) return byDay.some((wanted) => isWeekday(rule, day, wanted));
  if (byMonthDay.length > 0 || frequency === "DAILY") return true;
  if (frequency === "WEEKLY") return day.getUTCDay() === start.getUTCDay();
  const isDay = day.getUTCDate() === start.getUTCDate();
  return frequency === "MONTHLY" || byMonth.length > 0
    ? isDay
    : isDay && day.getUTCMonth() === start.getUTCMonth();
}

function isMonthDay(day: Date, wanted: number): boolean {
  const length = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return day.getUTCDate() === (wanted > 0 ? wanted : length + 1 + wanted);
}

function isWeekday(
  rule: RecurrenceRule,
  day: Date,
  wanted: RecurrenceRule["byDay"][number],
): boolean {
  if (day.getUTCDay() !== wanted.weekday) return false;
  if (wanted.nth === undefined || rule.frequency === "DAILY" || rule.frequency === "WEEKLY")
    return true;
  const isWithinMonth = rule.frequency === "MONTHLY" || rule.byMonth.length > 0;
  const year = day.getUTCFullYear();
  const first = Date.UTC(year, isWithinMonth ? day.getUTCMonth() : 0);
  const end = isWithinMonth ? Date.UTC(year, day.getUTCMonth() + 1) : Date.UTC(year + 1, 0);
  const fromStart = Math.floor((day.getTime() - first) / (7 * dayMs)) + 1;
  const fromEnd = -(Math.floor((end - dayMs - day.getTime()) / (7 * dayMs)) + 1);
  return wanted.nth === fromStart || wanted.nth === fromEnd;
}
