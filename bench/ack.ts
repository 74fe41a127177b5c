/**
 * How long Slack waits for the answer to a slash command: the real bot over signed HTTP on a made-up catalog, beside a
 * minimal Bolt app that only acknowledges, in one run. `node --import tsx bench/ack.ts [--size 14000] [--seconds 5]`
 */
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

import { App, ExpressReceiver, LogLevel } from "@slack/bolt";
import autocannon from "autocannon";

import { createAnswerer } from "../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../src/usecases/catalog/snapshot.ts";
import { createFakeServices } from "../test/helpers/fake-services.ts";
import { startSlackBench } from "../test/helpers/slack-bench.ts";
import { generateCatalog } from "./answers/generate-catalog.ts";
import { generateQuestions } from "./answers/generate-questions.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "14000" },
    seconds: { type: "string", default: "5" },
  },
});
const connections = 10;
const rounds = 3;

/** One application under load. */
interface Contestant {
  name: string;
  url: string;
  secret: string;
  /** Requests a second of each round. */
  rates: number[];
  /** Milliseconds, of each round. */
  p50: number[];
  p99: number[];
  failures: number;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function signedRequest(
  secret: string,
  text: string,
): { headers: Record<string, string>; body: string } {
  const body = new URLSearchParams({
    command: "/callboard",
    text,
    team_id: "T0FOOTLIT1",
    user_id: "U0DARIOCO1",
    user_name: "dario.costa",
    channel_id: "C0ENGINEE1",
    channel_name: "engineering",
    api_app_id: "A0CALLBRD1",
    trigger_id: randomUUID(),
    response_url: "http://127.0.0.1:9/none",
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${signature}`,
  };
  return { headers, body };
}

async function load(contestant: Contestant, questions: readonly string[]): Promise<void> {
  let next = 0;
  const result = await autocannon({
    url: contestant.url,
    connections,
    duration: Number(values.seconds),
    requests: [
      {
        method: "POST",
        setupRequest: (request) => ({
          ...request,
          ...signedRequest(contestant.secret, questions[next++ % questions.length] ?? ""),
        }),
      },
    ],
  });
  contestant.rates.push(result.requests.average);
  contestant.p50.push(result.latency.p50);
  contestant.p99.push(result.latency.p99);
  contestant.failures += result.non2xx + result.errors;
}

const made = generateCatalog(Number(values.size), 1);
const questions = generateQuestions(made, 1, 20).map((question) => question.text);
const { catalog, documents } = made;
const builtAtMs = performance.now();
const snapshot = buildSnapshot({ version: 1, catalog, documents, diagnostics: [], readAtMs: 0 });
say(
  `${catalog.entities.size} entities, ${documents.length} documents; index built in ${Math.round(performance.now() - builtAtMs)} ms`,
);

const answer = createAnswerer({ snapshot: () => snapshot });
const services = {
  ...createFakeServices([]),
  answerQuestion: async (question: string) => answer(question, { nowMs: 0 }),
};
const bench = await startSlackBench({ transport: "http", services });

const secret = "bench-bench-bench-bench";
const receiver = new ExpressReceiver({
  signingSecret: secret,
  endpoints: "/slack/events",
  logLevel: LogLevel.ERROR,
});
const minimalApp = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  authorize: async () => ({ botToken: "xoxb-bench", botId: "B0", botUserId: "U0" }),
});
minimalApp.command("/callboard", async ({ ack }) => await ack());
const minimalServer = createServer(receiver.app).listen(0, "127.0.0.1");
await once(minimalServer, "listening");
const address = minimalServer.address();
const port = typeof address === "object" && address !== null ? address.port : 0;

const contestant = (name: string, url: string, key: string): Contestant => ({
  name,
  url,
  secret: key,
  rates: [],
  p50: [],
  p99: [],
  failures: 0,
});
const minimal = contestant(
  "minimal Bolt app, empty ack",
  `http://127.0.0.1:${port}/slack/events`,
  secret,
);
const ours = contestant("Callboard, answering", bench.eventsUrl, bench.playground.signingSecret);
for (let round = 0; round < rounds; round += 1) {
  await load(minimal, questions);
  await load(ours, questions);
}
for (const { name, rates, p50, p99, failures } of [minimal, ours]) {
  say(
    `${name}: ${Math.round(median(rates))} requests/s, p50 ${median(p50)} ms, p99 ${median(p99)} ms, ${failures} failures (medians of ${rounds} rounds, ${connections} connections)`,
  );
}
say(
  `ratio: ${(median(ours.rates) / median(minimal.rates)).toFixed(2)} of the minimal app's requests a second`,
);
minimalServer.close();
minimalServer.closeAllConnections();
await bench.close();
