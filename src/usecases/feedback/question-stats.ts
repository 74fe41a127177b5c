import { dayOf } from "./counters.ts";
import { addCounts, type DayCounts, emptyCounts } from "./day-counts.ts";
import type { Gap } from "./gap.ts";
import type { QuestionBook } from "./question-book.ts";

/** The questions of some days, each and together; only counters. */
export interface Stats {
  /** Oldest first; days without a question are there with zeros. */
  days: { day: string; asked: number; answered: number; unclear: number; unanswered: number }[];
  total: DayCounts;
}

const dayMs = 24 * 3600_000;

/** Names of the last `days` days with today, oldest first, in UTC. */
export function lastDays(nowMs: number, days: number): string[] {
  return Array.from({ length: days }, (_, at) => dayOf(nowMs - (days - 1 - at) * dayMs));
}

/** The last `days` days with today. */
export async function readStats(
  book: QuestionBook,
  { nowMs, days }: { nowMs: number; days: number },
): Promise<Stats> {
  const names = lastDays(nowMs, days);
  const counts = await Promise.all(names.map(async (day) => await book.day(day)));
  return {
    days: names.map((day, at) => {
      const { asked, answered, unclear, unanswered } = counts[at] ?? emptyCounts();
      return { day, asked, answered, unclear, unanswered };
    }),
    total: counts.reduce((sum, each) => addCounts(sum, each), emptyCounts()),
  };
}

/** All gaps, those first that people reported or asked for most. */
export async function readGaps(book: QuestionBook): Promise<Gap[]> {
  const gaps = await book.gaps();
  return gaps.toSorted((a, b) => weightOf(b) - weightOf(a) || b.lastAtMs - a.lastAtMs);
}

/** A person who took the trouble to report counts for several who asked. */
function weightOf({ count, reports }: Gap): number {
  return count + 5 * reports;
}
