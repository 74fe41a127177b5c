/**
 * What a catalog of files costs, and how that grows: `node --import tsx bench/catalog.ts [--sizes 1400,14000] [--seed 1]`.
 * Each size is read by a process of its own that runs the compiled code (`npm run build` first). 140,000 components need
 * several gigabytes of memory and many minutes.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { makeCatalogFiles, type MadeFiles, writeCatalogFiles } from "./catalog/catalog-files.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1400,14000" },
    seed: { type: "string", default: "1" },
  },
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The largest gaps in the event loop, in milliseconds, by the histogram of Node and by a timer of ours. */
interface Gaps {
  histogramMs: number;
  timerMs: number;
}

/** What the measured process answers to an order. Sizes are in MB. */
interface Answer {
  gaps: Gaps;
  rss: number;
  peak: number;
  tookMs: number;
  answers: number;
  failures: number;
}

interface First extends Answer {
  status: string;
  sinceStartMs: number;
  loadMs: number;
  entities: number;
  errors: number;
  warnings: number;
  emptyRss: number;
}

/** The rows of one size, by what was measured. */
type Column = Map<string, string>;

/** A process that measures itself. */
interface Measured {
  /** What it says next. @throws Error when it ends instead. */
  next<T>(): Promise<T>;
  order(what: Record<string, unknown>): Promise<Answer>;
  end(): Promise<void>;
}

function startMeasured(folder: string, question: string): Measured {
  const script = fileURLToPath(new URL("./catalog/measured.mjs", import.meta.url));
  const child = fork(script, [folder, question], { execArgv: [] });
  const gone = once(child, "exit");
  const failed = gone.then(([code]) => {
    throw new Error(`the measured process ended with ${String(code)}`);
  });
  failed.catch(() => undefined);
  async function next<T>(): Promise<T> {
    const [message]: T[] = await Promise.race([once(child, "message"), failed]);
    if (message === undefined) throw new Error("the measured process said nothing");
    return message;
  }
  return {
    next,
    order(what) {
      child.send(what);
      return next<Answer>();
    },
    async end() {
      if (child.connected) child.send({ type: "end" });
      await gone;
    },
  };
}

const ms = (value: number): string => `${Math.round(value)} ms`;
const mb = (value: number): string => `${Math.round(value)} MB`;
const gap = ({ histogramMs, timerMs }: Gaps): string => ms(Math.max(histogramMs, timerMs));

async function measureSize(size: number, seed: number): Promise<Column> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-bench-"));
  const column: Column = new Map();
  try {
    const made = makeCatalogFiles(size, seed);
    await writeCatalogFiles(join(folder, "catalog"), made.files);
    await measureFolder(folder, made, column);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return column;
}

async function measureFolder(folder: string, made: MadeFiles, column: Column): Promise<void> {
  const [sample] = made.samples;
  const question = `who owns ${sample?.name}`;
  const measured = startMeasured(folder, question);
  try {
    const first = await measured.next<First>();
    if (first.status !== "answered") throw new Error(`“${question}” was ${first.status}`);
    column.set("files", String(made.files.size));
    column.set("entities", String(first.entities));
    column.set("findings", `${first.errors} errors, ${first.warnings} warnings`);
    column.set("start of the process to first answer", ms(first.sinceStartMs));
    column.set(
      "entities taken in a second",
      String(Math.round((first.entities / first.loadMs) * 1000)),
    );
    column.set("largest gap, first load", gap(first.gaps));
    column.set("memory before, after first load", `${mb(first.emptyRss)}, ${mb(first.rss)}`);
    addRefresh(column, "watching", await measured.order({ type: "watch" }));
    addRefresh(column, "refresh, nothing changed", await measured.order({ type: "refresh" }));
    await addChanges(measured, folder, made, column);
    await rewrite(folder, made);
    addRefresh(column, "refresh, every file changed", await measured.order({ type: "refresh" }));
    const rest = await measured.order({ type: "rest" });
    column.set("memory at rest, peak", `${mb(rest.rss)}, ${mb(rest.peak)}`);
  } finally {
    await measured.end();
  }
}

function addRefresh(column: Column, what: string, answer: Answer): void {
  column.set(what, ms(answer.tookMs));
  column.set(`${what}: largest gap`, gap(answer.gaps));
  column.set(
    `${what}: questions answered meanwhile`,
    `${answer.answers - answer.failures} of ${answer.answers}`,
  );
}

/** Changes one file after the other, as an editor does. */
async function addChanges(
  measured: Measured,
  folder: string,
  made: MadeFiles,
  column: Column,
): Promise<void> {
  const times: number[] = [];
  const gapsMs: number[] = [];
  for (const [at, { path, name }] of made.samples.slice(1, 6).entries()) {
    const wanted = `changed-${at}-team`;
    const text = (made.files.get(path) ?? "").replace(/^ {2}owner: .*$/m, `  owner: ${wanted}`);
    await writeFile(join(folder, "catalog", path), text);
    const writtenAtMs = Date.now();
    const what = { type: "change", text: `who owns ${name}`, wanted, writtenAtMs };
    const answer = await measured.order(what);
    times.push(answer.tookMs);
    gapsMs.push(answer.gaps.histogramMs, answer.gaps.timerMs);
  }
  times.sort((a, b) => a - b);
  column.set(
    "one file saved to changed answer, median and worst of 5",
    `${ms(times[2] ?? 0)}, ${ms(times[4] ?? 0)}`,
  );
  column.set("one file: largest gap", ms(Math.max(...gapsMs)));
}

/** Changes every file. */
async function rewrite(folder: string, made: MadeFiles): Promise<void> {
  const changed = new Map(
    [...made.files].map(([path, text]) => [
      path,
      text.replaceAll('description: "', 'description: "Now: '),
    ]),
  );
  await writeCatalogFiles(join(folder, "catalog"), changed);
}

const sizes = values.sizes.split(",").map(Number);
const columns: Column[] = [];
for (const size of sizes) columns.push(await measureSize(size, Number(values.seed)));
say(`| | ${sizes.map((size) => `${size} components`).join(" | ")} |`);
say(`| --- |${sizes.map(() => " --- |").join("")}`);
for (const what of columns[0]?.keys() ?? [])
  say(`| ${what} | ${columns.map((column) => column.get(what) ?? "").join(" | ")} |`);
