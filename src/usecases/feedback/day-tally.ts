import {
  type CountedQuestion,
  type DayCounts,
  emptyCounts,
  mostSlow,
  mostTeams,
  mostThings,
  type SlowQuestion,
} from "./day-counts.ts";

/** Counts questions one by one, each in no time to speak of, whatever was counted before. */
export interface DayTally {
  add(question: CountedQuestion): void;
  counts(): DayCounts;
}

/** Creates an empty one. */
export function createDayTally(): DayTally {
  const sums = emptyCounts();
  const intents = new Map<string, number>();
  const teams = new Map<string, number>();
  const things = new Map<string, number>();
  const slowest: SlowQuestion[] = [];
  return {
    add({ status, intent, ref, team, durationMs }) {
      sums.asked += 1;
      if (status === "answered") sums.answered += 1;
      else if (status === "ambiguous") sums.unclear += 1;
      else sums.unanswered += 1;
      increase(intents, intent, mostTeams);
      if (team !== undefined) increase(teams, team, mostTeams);
      if (ref !== undefined && status === "answered") increase(things, ref, mostThings);
      const about = ref === undefined ? `${intent} (${status})` : `${intent} ${ref}`;
      keepSlow(slowest, { about, ms: Math.round(durationMs * 10) / 10 });
    },
    counts: () => ({
      ...sums,
      intents: Object.fromEntries(intents),
      teams: Object.fromEntries(teams),
      things: Object.fromEntries(things),
      slowest: [...slowest],
    }),
  };
}

/** Names beyond the number that a day keeps are not counted. */
function increase(map: Map<string, number>, name: string, most: number): void {
  const known = map.get(name);
  if (known !== undefined || map.size < most) map.set(name, (known ?? 0) + 1);
}

function keepSlow(slowest: SlowQuestion[], question: SlowQuestion): void {
  const last = slowest.at(-1);
  if (slowest.length >= mostSlow && last !== undefined && last.ms >= question.ms) return;
  slowest.push(question);
  slowest.sort((a, b) => b.ms - a.ms);
  slowest.length = Math.min(slowest.length, mostSlow);
}
