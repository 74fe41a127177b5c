/**
 * What a run costs us: a template of 50 files, published to a local repository and registered, from the request to its end.
 * `node --import tsx bench/scaffolder.ts [--redis redis://…] [--runs 40] [--only redis]`; without `--redis` on the embedded database only.
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { openCore, type Core } from "../src/app/create-core.ts";
import { silentLogger } from "../src/base/logger.ts";
import { createReleaser } from "../src/base/releaser.ts";
import { parseConfig } from "../src/config/load.ts";
import type { Notifier } from "../src/usecases/runs/notifier.ts";
import { runSubject } from "../src/usecases/runs/run-subject.ts";

const { values } = parseArgs({
  options: {
    redis: { type: "string" },
    only: { type: "string", default: "embedded,redis" },
    runs: { type: "string", default: "40" },
    files: { type: "string", default: "50" },
  },
});
const concurrency = 10;

const template = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: many, title: Many files }
spec:
  type: service
  parameters:
    - required: [name]
      properties: { name: { title: Name, type: string } }
  steps:
    - { id: fetch, name: Fetch, action: "fetch:template", input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } } }
    - { id: publish, name: Publish, action: "publish:github", input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
  output: { links: [{ title: Repository, url: "\${{ steps.publish.output.remoteUrl }}" }] }
`;

/** What to do at the end of each run, by its name. */
const waiting = new Map<string, () => void>();
/** Nobody is told, since Slack's own time is not ours; but all is stored as if somebody were. */
const silent: Notifier = {
  open: async (run) => ({ channel: run.channel ?? "", ts: "1.1" }),
  update: () => undefined,
  finish: async (run) => waiting.get(runSubject(run.values) ?? "")?.(),
};

async function writeTemplate(folder: string): Promise<void> {
  const skeleton = path.join(folder, "templates", "skeleton");
  for (const part of ["", "src", "src/routes", "docs"])
    await mkdir(path.join(skeleton, part), { recursive: true });
  await writeFile(path.join(folder, "templates", "template.yaml"), template);
  for (let file = 0; file < Number(values.files); file += 1) {
    const part = ["", "src", "src/routes", "docs"][file % 4] ?? "";
    const line = `line of file ${file} for \${{ values.name }}\n`;
    await writeFile(path.join(skeleton, part, `file-${file}.txt`), line.repeat(30));
  }
}

async function start(core: Core, name: string): Promise<void> {
  const ended = new Promise<void>((resolve) => void waiting.set(name, resolve));
  await core.services.runs.start({
    requestKey: name,
    templateRef: "template:default/many",
    values: { name },
    requester: { name: "Bench" },
    channel: "C0BENCH",
  });
  await ended;
}

/** Milliseconds by the clock and of our processors' time. */
async function time(work: () => Promise<void>): Promise<{ wallMs: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const atMs = performance.now();
  await work();
  const used = process.cpuUsage(cpu);
  return { wallMs: performance.now() - atMs, cpuMs: (used.user + used.system) / 1000 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function measure(kind: string, redisUrl?: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "callboard-bench-"));
  await writeTemplate(folder);
  const { config } = parseConfig({
    cwd: folder,
    env: {
      CALLBOARD_DATA_DIR: path.join(folder, "data"),
      CALLBOARD_NAMESPACE: `bench_${randomBytes(4).toString("hex")}`,
      REDIS_URL: redisUrl,
    },
    file: {
      path: path.join(folder, "callboard.yaml"),
      text: `catalog: { sources: [{ type: file, path: ./templates }] }\nscaffolder: { concurrency: ${concurrency} }\n`,
    },
  });
  if (config === undefined) throw new Error("the configuration of the benchmark is wrong");
  const releaser = createReleaser();
  const core = await openCore({ config, logger: silentLogger, clock: Date.now }, releaser);
  releaser.add("worker", await core.runs.work(silent));
  for (let warm = 0; warm < 5; warm += 1) await start(core, `warm-${warm}`);
  const singles: { wallMs: number; cpuMs: number }[] = [];
  for (let one = 0; one < 10; one += 1)
    singles.push(await time(async () => await start(core, `one-${one}`)));
  const names = Array.from({ length: Number(values.runs) }, (_, number) => `many-${number}`);
  const all = await time(async () => {
    await Promise.all(names.map(async (name) => await start(core, name)));
  });
  await releaser.releaseAll();
  await rm(folder, { recursive: true, force: true });
  const perSecond = (names.length / all.wallMs) * 1_000;
  process.stdout.write(
    `${kind}, ${values.files} files: one run ${Math.round(median(singles.map(({ wallMs }) => wallMs)))} ms ` +
      `(${Math.round(median(singles.map(({ cpuMs }) => cpuMs)))} ms of processor time); ` +
      `${names.length} runs, ${concurrency} at a time: ${perSecond.toFixed(1)} a second ` +
      `(${Math.round(all.cpuMs / names.length)} ms of processor time each)\n`,
  );
}

const only = new Set(values.only.split(","));
if (only.has("embedded")) await measure("embedded");
if (only.has("redis") && values.redis !== undefined) await measure("redis", values.redis);
if (only.has("redis") && values.redis === undefined)
  process.stdout.write(
    "redis was not measured: npm run bench:scaffolder -- --redis redis://127.0.0.1:6379 does\n",
  );
