/**
 * One contestant in a process of its own, so that its processor time is known and it can be killed: a minimal Bolt app, one
 * that asks plain lunr, or Callboard with its real intake, storage and answers. Reads a `BotOrder` as JSON from its only
 * argument, sends `{ url }` when it listens, and answers `usage` and `profile` (see `bot.ts`).
 */
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";

import { silentLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { createWellKnown } from "../../src/catalog/well-known.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createSlackClients } from "../../src/slack/clients.ts";
import { createSlackApp } from "../../src/slack/create-slack-app.ts";
import { createOutbox } from "../../src/slack/outbox.ts";
import { createSingleWorkspace } from "../../src/slack/workspaces.ts";
import type { RecordStore } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import { createAnswerer } from "../../src/usecases/answers/answer-question.ts";
import { createQuestionService } from "../../src/usecases/answers/question-service.ts";
import { buildSnapshot } from "../../src/usecases/catalog/snapshot.ts";
import { createEventInbox } from "../../src/usecases/event-inbox.ts";
import { createAnswerFeedback } from "../../src/usecases/feedback/answer-feedback.ts";
import { createToldBoard } from "../../src/usecases/feedback/told-board.ts";
import { createRecentSubjects } from "../../src/usecases/recent-subjects.ts";
import { createFakeServices } from "../../test/helpers/fake-services.ts";
import { plainLunr } from "../answers/engines.ts";
import { type Company, generateCatalog } from "../answers/generate-catalog.ts";
import type { BotOrder, BotRequest } from "./bot.ts";
import { startMinimalApp } from "./minimal-app.ts";

const logger = silentLogger;
const clock = Date.now;
const order: BotOrder = JSON.parse(process.argv[2] ?? "");
/** Milliseconds that questions took so far, which the rest of an answer is not counted in. */
let questionMs = 0;
const seenTtlMs = 2 * 3600_000;

async function start(): Promise<string> {
  if (order.kind === "minimal") {
    return (await startMinimalApp(order.secret, async () => undefined)).url;
  }
  if (order.kind === "lunr") {
    const lunr = await plainLunr.build(generateCatalog(order.size, 1));
    const answer = async (text: string) => (await lunr(text)).ids.slice(0, 5).join("\n");
    return (await startMinimalApp(order.secret, answer)).url;
  }
  return await startCallboard();
}

/** As `app/` composes it, but for the catalog, which comes from the generator instead of files. */
async function startCallboard(): Promise<string> {
  const made = generateCatalog(order.size, 1);
  const { redisUrl, namespace, dataDir } = order;
  const storage = await openStorage({
    dataDir,
    logger,
    ...(redisUrl === undefined ? {} : { redisUrl, namespace }),
  });
  const { records } = storage;
  const { questions, onAck } = askedOf(made, records);
  const botToken = new Secret(order.botToken);
  const clients = createSlackClients({ botToken, apiUrl: order.apiUrl, logger });
  const app = createSlackApp({
    services: { ...createFakeServices([]), ...questions },
    transport: { kind: "http", signingSecret: new Secret(order.secret) },
    clients,
    outbox: createOutbox({ client: clients.once }),
    workspaces: createSingleWorkspace({ botToken, client: clients.safe }),
    logger,
    now: clock,
    newId: randomUUID,
    dedupe: async (key) =>
      (await records.put("seen", key, true, { ifVersion: 0, ttlMs: seenTtlMs })) !== undefined,
    inbox: createEventInbox(records, clock),
    isAlone: true,
    onAck,
  });
  await app.start();
  if (app.handler === undefined) throw new Error("nothing answers over HTTP");
  const server = await startHttpServer({
    port: 0,
    host: "127.0.0.1",
    first: app.handler,
    handlers: [],
    logger,
  });
  return `http://127.0.0.1:${server.port}/slack/events`;
}

/** Questions with all that is counted of them. */
function askedOf({ catalog, documents }: Company, records: RecordStore) {
  const snapshot = buildSnapshot({ version: 1, catalog, documents, diagnostics: [], readAtMs: 0 });
  const told = createToldBoard({ records, logger, clock });
  const feedback = createAnswerFeedback({
    records,
    logger,
    clock,
    told,
    hasDigest: false,
    wellKnown: createWellKnown(),
    catalog: () => catalog,
    onFlushed: async () => undefined,
  });
  const recent = createRecentSubjects();
  const status = { entities: 0, documents: 0, templates: 0, errors: 0, readAtMs: 0 };
  const metrics = createMetrics({ catalog: () => status, jobs: async () => ({}), clock });
  const questions = createQuestionService({
    answer: createAnswerer({ snapshot: () => snapshot }),
    claimOf: (answer) => feedback.claimOf(answer),
    onAnswer(answer, context, durationMs) {
      questionMs += durationMs;
      metrics.questionSeconds.observe(durationMs / 1000);
      metrics.questions.inc({ intent: answer.intent, status: answer.status });
      feedback.onAnswer(answer, context, durationMs);
      if (answer.status === "answered") recent.note(context.userRef, answer.entities[0]?.ref);
    },
  });
  const onAck = (kind: string, durationMs: number): void =>
    metrics.ackSeconds.observe({ kind }, durationMs / 1000);
  return { questions, onAck };
}

const session = new Session();

async function carryOut(request: BotRequest): Promise<unknown> {
  if (request.type === "usage") {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, questionMs };
  }
  if (request.file === undefined) {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    return undefined;
  }
  const { profile } = await session.post("Profiler.stop");
  await writeFile(request.file, JSON.stringify(profile));
  session.disconnect();
  return undefined;
}

process.on("message", (request: BotRequest) => {
  carryOut(request).then(
    (value) => process.send?.({ id: request.id, value }),
    (thrown: unknown) => process.send?.({ id: request.id, error: String(thrown) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ url: await start() });
