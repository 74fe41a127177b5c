import { isRecord, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Answer } from "../answers/answer.ts";

/** What is counted of one question; no word of it. */
export interface CountedQuestion {
  status: Answer["status"];
  intent: string;
  /** The thing that it was about. */
  ref?: string;
  /** The asker's team. */
  team?: string;
  durationMs: number;
}

/** Numbers by name. */
export type Tally = Record<string, number>;

/** A question that took long: what kind it was and about what, such as `owner component:default/ledger`. */
export interface SlowQuestion {
  about: string;
  ms: number;
}

/** The questions of one day, or of several together. */
export interface DayCounts {
  asked: number;
  answered: number;
  /** Asked back with a choice. */
  unclear: number;
  unanswered: number;
  intents: Tally;
  teams: Tally;
  /** Look-ups by the thing they were about. */
  things: Tally;
  /** Slowest first. */
  slowest: SlowQuestion[];
}

/** A day's record stays small whatever is asked: the most asked are kept. */
export const mostTeams = 300;
export const mostThings = 2000;
export const mostSlow = 5;

/** A day on which nothing was asked. */
export function emptyCounts(): DayCounts {
  return {
    asked: 0,
    answered: 0,
    unclear: 0,
    unanswered: 0,
    intents: {},
    teams: {},
    things: {},
    slowest: [],
  };
}

/** Both together; what others counted is added, never overwritten. */
export function addCounts(a: DayCounts, b: DayCounts): DayCounts {
  return {
    asked: a.asked + b.asked,
    answered: a.answered + b.answered,
    unclear: a.unclear + b.unclear,
    unanswered: a.unanswered + b.unanswered,
    intents: addTallies(a.intents, b.intents, mostTeams),
    teams: addTallies(a.teams, b.teams, mostTeams),
    things: addTallies(a.things, b.things, mostThings),
    slowest: [...a.slowest, ...b.slowest].toSorted((x, y) => y.ms - x.ms).slice(0, mostSlow),
  };
}

function addTallies(a: Tally, b: Tally, most: number): Tally {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums.size <= most ? sums : top(Object.fromEntries(sums), most));
}

/** The names with the highest numbers, highest first, then by name. */
export function top(tally: Tally, most: number): [string, number][] {
  return Object.entries(tally)
    .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, most);
}

/** As a record. */
export function encodeCounts(counts: DayCounts): JsonObject {
  return { ...counts, slowest: counts.slowest.map(({ about, ms }) => ({ about, ms })) };
}

/** From a record; what is missing or odd counts nothing. */
export function decodeCounts(value: JsonValue | undefined): DayCounts {
  if (!isRecord(value)) return emptyCounts();
  const number = (key: string): number => {
    const found = value[key];
    return typeof found === "number" && Number.isFinite(found) ? found : 0;
  };
  return {
    asked: number("asked"),
    answered: number("answered"),
    unclear: number("unclear"),
    unanswered: number("unanswered"),
    intents: tallyOf(value["intents"]),
    teams: tallyOf(value["teams"]),
    things: tallyOf(value["things"]),
    slowest: slowOf(value["slowest"]),
  };
}

function tallyOf(value: unknown): Tally {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => {
      return typeof entry[1] === "number" && Number.isFinite(entry[1]);
    }),
  );
}

function slowOf(value: unknown): SlowQuestion[] {
  return (Array.isArray(value) ? value : []).filter(
    (each): each is SlowQuestion =>
      isRecord(each) && typeof each["about"] === "string" && typeof each["ms"] === "number",
  );
}
