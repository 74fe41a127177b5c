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

/** Asks a few to warm up, then everything in two rounds; the faster time counts, as the machine has other things to do, too. */
export async function measure(
  engine: Engine,
  questions: readonly Question[],
): Promise<EngineResult> {
  for (const question of questions.slice(0, 40)) await engine(question.text);
  const firstRound = await round(engine, questions);
  const secondRound = await round(engine, questions);
  const asked = questions.map((question, at) => ({
    question,
    found: firstRound[at]?.found ?? { ids: [], isSure: false },
    timeMs: Math.min(firstRound[at]?.timeMs ?? 0, secondRound[at]?.timeMs ?? 0),
  }));
  const misses: EngineResult["misses"] = [];
  const byClass = new Map<string, Sums>();
  for (const { question, found, timeMs } of asked) {
    const sums = byClass.get(question.class) ?? {
      count: 0,
      top1: 0,
      mrr: 0,
      wrong: 0,
      timesMs: [],
    };
    byClass.set(question.class, sums);
    if (!addAnswer(sums, question, found, timeMs)) misses.push({ question, ids: found.ids });
  }
  return {
    classes: [...byClass].map(([name, sums]) => classResult(name, sums)),
    timesMs: ascending(asked.map(({ timeMs }) => timeMs)),
    misses,
    slowest: asked.toSorted((a, b) => b.timeMs - a.timeMs).slice(0, 20),
  };
}

/** Adds one answer to its class; gives whether it was right. */
function addAnswer(sums: Sums, question: Question, found: Found, timeMs: number): boolean {
  const { ids, isSure } = found;
  const rank = ids.findIndex((id) => question.expected.includes(id));
  const isUnanswerable = question.expected.length === 0;
  const isRight = isUnanswerable ? !isSure : rank === 0;
  sums.count += 1;
  sums.timesMs.push(timeMs);
  sums.top1 += isRight ? 1 : 0;
  sums.mrr += isUnanswerable ? (isSure ? 0 : 1) : rank < 0 ? 0 : 1 / (rank + 1);
  sums.wrong += isSure && !isRight ? 1 : 0;
  return isRight;
}

function classResult(name: string, sums: Sums): ClassResult {
  return {
    class: name,
    count: sums.count,
    top1: sums.top1 / sums.count,
    mrr: sums.mrr / sums.count,
    wrong: sums.wrong / sums.count,
    p50Ms: percentile(ascending(sums.timesMs), 0.5),
  };
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}

/** All questions one after the other, so that nobody gains by remembering the last one. */
async function round(
  engine: Engine,
  questions: readonly Question[],
): Promise<{ timeMs: number; found: Found }[]> {
  const answers: { timeMs: number; found: Found }[] = [];
  for (const question of questions) {
    const start = performance.now();
    const found = await engine(question.text, question.previous);
    answers.push({ timeMs: performance.now() - start, found });
  }
  return answers;
}

/** The time that this share of the questions did not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
