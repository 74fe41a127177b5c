// One process with a catalog, from the compiled code as `callboard start` has it, that measures itself. Started by
// `bench/catalog.ts` with the folder as argument; takes orders and answers through the channel between the two.
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { createCatalog } from "../../dist/app/create-catalog.js";
import { createLogger } from "../../dist/base/logger.js";
import { parseConfig } from "../../dist/config/load.js";
import { builtinActions } from "../../dist/scaffold/actions/builtin-actions.js";

const [folder = ".", question = ""] = process.argv.slice(2);
const resolutionMs = 2;

/** Watches the event loop in two ways; `take` gives the largest gap since the last call, in milliseconds. */
function watchLoop() {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let largest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    largest = Math.max(largest, now - last - resolutionMs);
    last = now;
  }, resolutionMs);
  timer.unref();
  return {
    take() {
      const byHistogram = histogram.max / 1e6 - resolutionMs;
      const result = { histogramMs: byHistogram, timerMs: largest };
      histogram.reset();
      largest = 0;
      return result;
    },
  };
}

const megabytes = (bytes) => bytes / 2 ** 20;
const rss = () => megabytes(process.memoryUsage.rss());
const peak = () => process.resourceUsage().maxRSS / 1024;
const gaps = watchLoop();

const { config, faults } = parseConfig({
  env: { CALLBOARD_DATA_DIR: `${folder}/.data` },
  cwd: folder,
  file: {
    path: `${folder}/callboard.yaml`,
    text: JSON.stringify({
      catalog: { sources: [{ type: "file", path: "./catalog" }] },
      documents: { sources: [] },
    }),
  },
});
if (config === undefined) throw new Error(JSON.stringify(faults));
const logger = createLogger("warn");
const emptyRss = rss();
const startedMs = performance.now();
const catalog = await createCatalog({
  config,
  logger,
  clock: Date.now,
  actions: builtinActions,
});
const ask = (text) => catalog.answer(text, { nowMs: Date.now() });
const first = ask(question);
const firstMs = performance.now();
const status = catalog.status();
process.send({
  type: "first",
  status: first.status,
  sinceStartMs: firstMs,
  loadMs: firstMs - startedMs,
  entities: status.entities,
  errors: status.errors,
  warnings: status.warnings,
  emptyRss,
  rss: rss(),
  peak: peak(),
  gaps: gaps.take(),
});

/** Does something while questions are asked, and tells how both went. */
async function during(work) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  gaps.take();
  const versions = new Set();
  let answers = 0;
  let failures = 0;
  const asking = setInterval(() => {
    answers += 1;
    if (ask(question).status !== "answered") failures += 1;
    versions.add(catalog.snapshot().version);
  }, 20);
  const workStartedMs = performance.now();
  await work();
  const tookMs = performance.now() - workStartedMs;
  clearInterval(asking);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { tookMs, answers, failures, versions: versions.size, gaps: gaps.take() };
}

/** Waits until the answer holds a text. */
async function untilAnswered(text, wanted, writtenAtMs) {
  while (!JSON.stringify(ask(text)).includes(wanted))
    await new Promise((resolve) => setTimeout(resolve, 2));
  return Date.now() - writtenAtMs;
}

const orders = {
  async watch() {
    const result = await during(() => catalog.watch());
    return { ...result, rss: rss(), peak: peak() };
  },
  async refresh() {
    const result = await during(() => catalog.refresh());
    return { ...result, rss: rss(), peak: peak() };
  },
  async change({ text, wanted, writtenAtMs }) {
    gaps.take();
    const tookMs = await untilAnswered(text, wanted, writtenAtMs);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { tookMs, gaps: gaps.take(), rss: rss(), peak: peak() };
  },
  async rest() {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return {
      rss: rss(),
      peak: peak(),
      gaps: gaps.take(),
      heap: megabytes(process.memoryUsage().heapUsed),
    };
  },
};
for (;;) {
  const [order] = await once(process, "message");
  if (order.type === "end") break;
  process.send({ type: order.type, ...(await orders[order.type](order)) });
}
await catalog.close();
process.disconnect();
