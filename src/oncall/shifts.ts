import type { OnCallLevel, OnCallPerson } from "./contract.ts";

/** A time for which people are on call, as calendars and services list them. */
export interface Shift {
  level: number;
  people: OnCallPerson[];
  /** `-Infinity` and `Infinity` for what has no beginning or end. */
  fromMs: number;
  toMs: number;
}

/** Who is on call by level, with the next hand-over as far as the shifts reach. */
export function levelsOf(shifts: readonly Shift[], atMs: number): OnCallLevel[] {
  const levels = new Set(shifts.map(({ level }) => level));
  return [...levels]
    .toSorted((a, b) => a - b)
    .map((level) =>
      levelAt(
        level,
        shifts.filter((shift) => shift.level === level),
        atMs,
      ),
    )
    .filter(({ people }) => people.length > 0);
}

function levelAt(level: number, shifts: readonly Shift[], atMs: number): OnCallLevel {
  const onAt = (moment: number): OnCallPerson[] => {
    const current = shifts.filter(({ fromMs, toMs }) => fromMs <= moment && moment < toMs);
    const people = current.flatMap((shift) => shift.people);
    return [...new Map(people.map((person) => [keyOf(person), person])).values()];
  };
  const people = onAt(atMs);
  const edges = new Set(shifts.flatMap(({ fromMs, toMs }) => [fromMs, toMs]));
  // back-to-back shifts of the same people are one: the hand-over is when the people change
  const untilMs = [...edges]
    .filter((edge) => edge > atMs && Number.isFinite(edge))
    .toSorted((a, b) => a - b)
    .find((edge) => keysOf(onAt(edge)) !== keysOf(people));
  const next = untilMs === undefined ? [] : onAt(untilMs);
  return {
    level,
    people,
    ...(untilMs === undefined ? {} : { untilMs }),
    ...(next.length === 0 ? {} : { next }),
  };
}

function keyOf({ name, email }: OnCallPerson): string {
  return email ?? name;
}

function keysOf(people: readonly OnCallPerson[]): string {
  return JSON.stringify(people.map(keyOf).toSorted());
}
