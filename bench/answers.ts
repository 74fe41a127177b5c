/**
 * Answers by the thousand: how often the first one is right, and what it costs, beside other engines on the same
 * made-up catalog. `node --expose-gc --import tsx bench/answers.ts [--size 14000] [--seed 1] [--count 60] [--only name]
 * [--style jargon|skewed|sprawl-tune|sprawl-report] [--misses class] [--classes one,two]`. What goes wrong with `sprawl-report` is never looked at one by
 * one: its words and ways to ask are not those that the ranking was worked on with. Peers other than lunr need `npm install` in this folder first.
 */
import { parseArgs } from "node:util";

import { allEngines, type EngineKind, type MadeCatalog } from "./answers/engines.ts";
import { generateCatalog } from "./answers/generate-catalog.ts";
import { generateQuestions, type Question } from "./answers/generate-questions.ts";
import { type EngineResult, measure, percentile } from "./answers/measure.ts";
import { generateSprawl } from "./answers/sprawl/generate-catalog.ts";
import { generateSprawlQuestions } from "./answers/sprawl/generate-questions.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1400" },
    seed: { type: "string", default: "1" },
    style: { type: "string", default: "jargon" },
    count: { type: "string", default: "60" },
    only: { type: "string" },
    misses: { type: "string" },
    classes: { type: "string" },
    slowest: { type: "boolean", default: false },
  },
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20 + process.memoryUsage().arrayBuffers / 2 ** 20;
}

async function run(
  kind: EngineKind,
  made: MadeCatalog,
  questions: readonly Question[],
): Promise<EngineResult> {
  const heapBefore = heapMb();
  const cpuBefore = process.cpuUsage();
  const engine = await kind.build(made);
  const cpu = process.cpuUsage(cpuBefore);
  const heap = heapMb() - heapBefore;
  const result = await measure(engine, questions);
  const [p50, p99] = [percentile(result.timesMs, 0.5), percentile(result.timesMs, 0.99)];
  const answerable = result.classes.filter(({ class: name }) => name !== "unanswerable");
  const mean = (pick: (result: (typeof answerable)[number]) => number): string =>
    (answerable.reduce((sum, each) => sum + pick(each), 0) / answerable.length).toFixed(3);
  say(
    `${kind.name}: build ${((cpu.user + cpu.system) / 1e6).toFixed(2)} CPU s, ${heap.toFixed(0)} MB; ` +
      `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(2)} ms, worst ${(result.timesMs.at(-1) ?? 0).toFixed(1)} ms; top-1 ${mean((each) => each.top1)}, MRR@10 ${mean((each) => each.mrr)}`,
  );
  return result;
}

function percent(value: number): string {
  return (value * 100).toFixed(0).padStart(4);
}

function table(results: readonly { name: string; result: EngineResult }[]): void {
  say(
    `\n${"class".padEnd(14)}${results.map(({ name }) => `${name} (top-1 MRR wrong ms)`.padStart(34)).join("")}`,
  );
  for (const [at, first] of (results[0]?.result.classes ?? []).entries()) {
    const cells = results.map(({ result }) => {
      const one = result.classes[at];
      return one === undefined
        ? ""
        : `${percent(one.top1)} ${percent(one.mrr)} ${percent(one.wrong)} ${one.p50Ms.toFixed(2).padStart(7)}`.padStart(
            34,
          );
    });
    say(first.class.padEnd(14) + cells.join(""));
  }
}

/** A company and questions about it, in one of the styles. */
function makeCompany(
  style: string,
  size: number,
  seed: number,
  count: number,
): { made: MadeCatalog; questions: Question[] } {
  if (style === "jargon" || style === "skewed") {
    const made = generateCatalog(size, seed, style === "skewed");
    return { made, questions: generateQuestions(made, count, seed + 1) };
  }
  const made = generateSprawl(size, seed, style === "sprawl-tune" ? "tune" : "report");
  return { made, questions: generateSprawlQuestions(made, count, seed + 1) };
}

const size = Number(values.size);
const seed = Number(values.seed);
const { made, questions: all } = makeCompany(values.style, size, seed, Number(values.count));
const wanted = values.classes?.split(",");
const questions = all.filter((question) => wanted?.includes(question.class) !== false);
const sections = made.documents.reduce((sum, { sections: own }) => sum + own.length, 0);
say(
  `${size} components, ${made.catalog.entities.size} entities, ${sections} sections, ${questions.length} questions`,
);
const results: { name: string; result: EngineResult }[] = [];
for (const kind of await allEngines(say)) {
  if (values.only !== undefined && kind.name !== values.only) continue;
  results.push({ name: kind.name, result: await run(kind, made, questions) });
}
table(results);
const ours = results[0];
if (values.slowest)
  for (const { question, timeMs } of ours?.result.slowest ?? [])
    say(`${timeMs.toFixed(2)} ms ${question.class}: “${question.text}”`);
if (values.misses !== undefined && ours !== undefined)
  for (const { question, ids } of ours.result.misses)
    if (question.class === values.misses || values.misses === "all")
      say(
        `${question.class}: “${question.text}” wanted ${question.expected.slice(0, 2).join(" ")}, got ${ids.slice(0, 3).join(" ")}`,
      );
