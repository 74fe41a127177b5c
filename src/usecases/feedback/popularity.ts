import type { DayCounts } from "./day-counts.ts";
import type { QuestionBook } from "./question-book.ts";
import { lastDays } from "./question-stats.ts";

/** Days that count, and after how many of them a look-up counts half. */
const countedDays = 30;
const halfLifeDays = 10;
/** Look-ups from which more make no difference: about a thousand. */
const enough = 10;

/** How much things are asked for, 0 to 1, by reference: bounded, and fading from day to day. */
export async function readPopularity(
  book: QuestionBook,
  nowMs: number,
): Promise<Map<string, number>> {
  const days: DayCounts[] = [];
  for (const day of lastDays(nowMs, countedDays)) days.push(await book.day(day));
  return popularityOf(days);
}

/** The same of days, oldest first. */
export function popularityOf(days: readonly DayCounts[]): Map<string, number> {
  const sums = new Map<string, number>();
  days.forEach(({ things }, at) => {
    const weight = 0.5 ** ((days.length - 1 - at) / halfLifeDays);
    for (const [ref, count] of Object.entries(things)) {
      sums.set(ref, (sums.get(ref) ?? 0) + count * weight);
    }
  });
  return new Map(
    [...sums].map(([ref, sum]) => [ref, Math.min(1, Math.log2(1 + sum) / enough)] as const),
  );
}
