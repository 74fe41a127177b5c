/**
 * How long Slack waits for the answer to a slash command: the real bot over signed HTTP on a made-up catalog, beside a minimal
 * Bolt app that only acknowledges and one that asks plain lunr, in turns in one run; then how events are taken in.
 * `node --import tsx bench/slack.ts [--size 14000] [--seconds 5] [--events 2000] [--redis redis://…]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { silentLogger } from "../src/base/logger.ts";
import { sampleChannels, sampleIdentity } from "../src/playground/sample-workspace.ts";
import { openStorage } from "../src/storage/open.ts";
import { createAnswerer } from "../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../src/usecases/catalog/snapshot.ts";
import { createEventInbox } from "../src/usecases/event-inbox.ts";
import { createFakeServices } from "../test/helpers/fake-services.ts";
import { dario, general, startSlackBench } from "../test/helpers/slack-bench.ts";
import { plainLunr } from "./answers/engines.ts";
import { generateCatalog } from "./answers/generate-catalog.ts";
import { generateQuestions } from "./answers/generate-questions.ts";
import { type LoadOrder, type LoadResult, sendLoad } from "./slack/load-order.ts";
import { startMinimalApp } from "./slack/minimal-app.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "14000" },
    seconds: { type: "string", default: "5" },
    events: { type: "string", default: "2000" },
    redis: { type: "string" },
  },
});
const connections = 10;
const eventConnections = 200;
const rounds = 3;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const made = generateCatalog(Number(values.size), 1);
const questions = generateQuestions(made, 1, 20).map((question) => question.text);
const { catalog, documents } = made;
const snapshot = buildSnapshot({ version: 1, catalog, documents, diagnostics: [], readAtMs: 0 });
say(`${catalog.entities.size} entities, ${documents.length} documents`);
const answer = createAnswerer({ snapshot: () => snapshot });
const services = {
  ...createFakeServices([]),
  answerQuestion: async (question: string) => answer(question, { nowMs: 0 }),
};
const storageDir = await mkdtemp(join(tmpdir(), "callboard-bench-"));
const { redis: redisUrl } = values;
const storage = await openStorage({
  dataDir: storageDir,
  logger: silentLogger,
  ...(redisUrl === undefined ? {} : { redisUrl, namespace: `bench_${process.pid}` }),
});
const bench = await startSlackBench({
  transport: "http",
  services,
  inbox: createEventInbox(storage.records, Date.now),
});
const order: Omit<LoadOrder, "url" | "secret"> = {
  kind: "command",
  questions,
  teamId: sampleIdentity.teamId,
  userId: dario,
  channels: [general],
  connections,
  seconds: Number(values.seconds),
};

const secret = "bench-bench-bench-bench";
const lunr = await plainLunr.build(made);
const minimal = await startMinimalApp(secret, async () => undefined);
const withLunr = await startMinimalApp(secret, async (text) => {
  const { ids } = await lunr(text);
  return ids.slice(0, 5).join("\n");
});
const contestants = [
  { name: "minimal Bolt app, empty ack", url: minimal.url, secret, seen: new Array<LoadResult>() },
  { name: "Bolt app asking plain lunr", url: withLunr.url, secret, seen: new Array<LoadResult>() },
  {
    name: "Callboard, answering",
    url: bench.eventsUrl,
    secret: bench.playground.signingSecret,
    seen: new Array<LoadResult>(),
  },
];
for (let round = 0; round < rounds; round += 1) {
  for (const { url, secret: key, seen } of contestants) {
    seen.push(await sendLoad({ ...order, url, secret: key }));
  }
}
const fastest = median(contestants[0]?.seen.map((each) => each.perSecond) ?? []);
say(`slash commands, ${connections} at a time, medians of ${rounds} rounds:`);
for (const { name, seen } of contestants) {
  const rate = median(seen.map((each) => each.perSecond));
  const failures = seen.reduce((sum, each) => sum + each.failures, 0);
  say(
    `  ${name}: ${Math.round(rate)}/s (${(rate / fastest).toFixed(2)} of the minimal app), p50 ${median(seen.map((each) => each.p50Ms))} ms, p99 ${median(seen.map((each) => each.p99Ms))} ms, ${failures} failures`,
  );
}

const before = bench.driver.calls("chat.postMessage").length;
const channels = sampleChannels
  .filter((channel) => channel.members.includes(sampleIdentity.botUserId))
  .map((channel) => channel.id);
const intake = await sendLoad({
  ...order,
  kind: "event",
  channels,
  url: bench.eventsUrl,
  secret: bench.playground.signingSecret,
  connections: eventConnections,
  amount: Number(values.events),
});
const answered = await bench.driver
  .waitFor(() => bench.driver.calls("chat.postMessage").length - before >= intake.accepted, {
    timeoutMs: 120_000,
    what: "an answer to every event",
  })
  .then(
    () => intake.accepted,
    () => bench.driver.calls("chat.postMessage").length - before,
  );
say(
  `events, ${eventConnections} at a time, kept in ${storage.kind}: ${Math.round(intake.perSecond)}/s, p50 ${intake.p50Ms} ms, p99 ${intake.p99Ms} ms, ${intake.failures} failures, ${intake.accepted - answered} of ${intake.accepted} lost`,
);
await minimal.close();
await withLunr.close();
await bench.close();
await storage.close();
await rm(storageDir, { recursive: true, force: true });
