import type { Engine, Found } from "./engines.ts";
import type { Question } from "./generate-questions.ts";

/** How well and how fast one class of questions was answered. */
export interface ClassResult {
  class: string;
  count: number;
  /** Share whose first answer was right; for questions without an answer, the share that was not answered surely. */
  top1: number;
  /** Mean reciprocal rank among the first ten. */
  mrr: number;
  /** Share that was answered surely and wrongly. */
  wrong: number;
  /** Median time in milliseconds. */
  p50Ms: number;
}

/** What one engine did with all questions. */
export interface EngineResult {
  classes: ClassResult[];
  /** Milliseconds of each question, ascending. */
  timesMs: number[];
  misses: { question: Question; ids: readonly string[] }[];
  slowest: { question: Question; timeMs: number }[];
}

interface Sums {
  count: number;
  top1: number;
  mrr: number;
  wrong: number;
  timesMs: number[];
}

/** Asks a few to warm up, then everything twice; the faster time counts, for every engine alike. */
export async function measure(
  engine: Engine,
  questions: readonly Question[],
): Promise<EngineResult> {
  for (const question of questions.slice(0, 40)) await engine(question.text);
  const timesMs: number[] = [];
  const misses: EngineResult["misses"] = [];
  const slowest: EngineResult["slowest"] = [];
  const byClass = new Map<string, Sums>();
  for (const question of questions) {
    const { timeMs, found } = await bestOfTwo(engine, question);
    const { ids, isSure } = found;
    timesMs.push(timeMs);
    slowest.push({ question, timeMs });
    const sums = byClass.get(question.class) ?? {
      count: 0,
      top1: 0,
      mrr: 0,
      wrong: 0,
      timesMs: [],
    };
    byClass.set(question.class, sums);
    const rank = ids.findIndex((id) => question.expected.includes(id));
    const isUnanswerable = question.expected.length === 0;
    const isRight = isUnanswerable ? !isSure : rank === 0;
    sums.count += 1;
    sums.timesMs.push(timeMs);
    sums.top1 += isRight ? 1 : 0;
    sums.mrr += isUnanswerable ? (isSure ? 0 : 1) : rank < 0 ? 0 : 1 / (rank + 1);
    sums.wrong += isSure && !isRight ? 1 : 0;
    if (!isRight) misses.push({ question, ids });
  }
  return {
    classes: [...byClass].map(([name, sums]) => ({
      class: name,
      count: sums.count,
      top1: sums.top1 / sums.count,
      mrr: sums.mrr / sums.count,
      wrong: sums.wrong / sums.count,
      p50Ms: percentile(
        sums.timesMs.toSorted((a, b) => a - b),
        0.5,
      ),
    })),
    timesMs: timesMs.toSorted((a, b) => a - b),
    misses,
    slowest: slowest.toSorted((a, b) => b.timeMs - a.timeMs).slice(0, 20),
  };
}

/** The faster of two rounds: the machine has other things to do, too. */
async function bestOfTwo(
  engine: Engine,
  question: Question,
): Promise<{ timeMs: number; found: Found }> {
  const start = performance.now();
  await engine(question.text, question.previous);
  const middle = performance.now();
  const found = await engine(question.text, question.previous);
  return { timeMs: Math.min(middle - start, performance.now() - middle), found };
}

/** The time that this share of the questions did not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
