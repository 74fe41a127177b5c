// A whole bot in a process of its own, from the compiled code, that can be told to die or to freeze at a named place and to
// work with a part that is broken on purpose. Argument: a `WorkerOrder` as JSON (see worker.ts). Speaks with its parent by IPC.
import { startApp } from "../../dist/app/create-app.js";
import { createLogger } from "../../dist/base/logger.js";
import { loadConfig } from "../../dist/cli/context.js";
import { createProbe } from "./probe.mjs";

const order = JSON.parse(process.argv[2] ?? "{}");
const { stdout, stderr } = process;
const config = loadConfig({ env: order.env, cwd: process.cwd(), stdout, stderr });
const logger = createLogger(config.environment.LOG_LEVEL);
const probe = createProbe(order);
globalThis.fetch = probe.fetch(globalThis.fetch, order.env.GITHUB_API_URL);

const app = await startApp({
  config,
  logger,
  tuning: order.tuning,
  probes: { storage: probe.storage, runs: probe.runs, github: order.github },
});

async function idsOf(collection) {
  return (await app.storage.records.list(collection)).map((record) => record.id);
}

/** What the parent may ask. */
const answers = {
  arm: ({ arm }) => probe.arm(arm),
  doom: ({ doom }) => probe.doom(doom),
  idle: () => probe.isIdle(),
  async left() {
    return { names: await idsOf("names"), open: await idsOf("open-runs") };
  },
  async stop() {
    const startedAtMs = Date.now();
    await app.stop();
    return Date.now() - startedAtMs;
  },
};

async function answer(question) {
  const said = await answers[question.kind](question);
  process.send({ kind: "answer", id: question.id, answer: said });
  if (question.kind === "stop") process.disconnect();
}
process.on("message", (question) => void answer(question));
process.on("disconnect", () => process.exit(0));
process.send({ kind: "ready" });
