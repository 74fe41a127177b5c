import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import type { Answerer } from "../../src/usecases/answers/answer-question.ts";
import { createQuestionService } from "../../src/usecases/answers/question-service.ts";
import type { Services } from "../../src/usecases/services.ts";
import { createFakeServices } from "../helpers/fake-services.ts";
import { answererOver, loadSampleSnapshot } from "../helpers/sample-catalog.ts";
import { dario, general, nina, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let answer: Answerer;
let playground: Playground;
let bench: SlackBench;
const services = (): Services => ({
  ...createFakeServices([]),
  ...createQuestionService({ answer }),
});
const startBot = async (): Promise<SlackBench> =>
  await startSlackBench({ transport: "socket", services: services(), lasting: playground });

beforeAll(async () => {
  answer = answererOver(await loadSampleSnapshot(Date.now()));
  playground = await createPlayground({ transport: "socket", hasRateLimits: false });
  bench = await startBot();
});
afterAll(async () => {
  await bench.close();
  await playground.close();
});

/** Mentions the bot and waits for its next reply in the thread. */
async function mention(text: string, threadTs?: string, user = dario) {
  const { driver } = playground;
  const before = threadTs === undefined ? 1 : driver.messages(general, { threadTs }).length + 1;
  const said = await driver.say({
    user,
    channel: general,
    text: `@Callboard ${text}`,
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  const thread = threadTs ?? said.message.ts;
  const reply = await driver.waitFor(() => driver.messages(general, { threadTs: thread })[before], {
    what: `the reply to ${text}`,
  });
  return { thread, reply };
}

test("a question in the thread of an answer leaves out what the answer was about", async () => {
  const { thread } = await mention("who owns ledger");

  const onCall = await mention("and who is on call?", thread);
  const other = await mention("and payments?", thread, nina);
  const dependents = await mention("what depends on it?", thread);

  expect(onCall.reply.text).toContain("Ledger");
  expect(onCall.reply.metadata?.event_payload).toMatchObject({
    ref: "component:default/ledger",
    intent: "on-call",
  });
  expect(other.reply.metadata?.event_payload).toMatchObject({ ref: "component:default/payments" });
  expect(dependents.reply.metadata?.event_payload).toMatchObject({
    ref: "component:default/payments",
    intent: "dependents",
  });
});

test("a restart forgets nothing that was said", async () => {
  const { thread } = await mention("who owns ledger");

  await bench.close();
  bench = await startBot();
  const { reply } = await mention("who owns it?", thread);

  expect(reply.metadata?.event_payload).toMatchObject({
    ref: "component:default/ledger",
    intent: "owner",
  });
});

test("a direct message goes on from the last answer", async () => {
  const { driver } = playground;
  await driver.say({ user: dario, channel: "bot", text: "who owns seat holds?" });
  await driver.waitFor(() => driver.directMessages(dario)[1]);

  await driver.say({ user: dario, channel: "bot", text: "and what depends on it?" });
  const reply = await driver.waitFor(() => driver.directMessages(dario)[3]);

  expect(reply.metadata?.event_payload).toMatchObject({
    ref: "component:default/seat-holds",
    intent: "dependents",
  });
});

test("a question that is complete asks Slack nothing", async () => {
  const { thread } = await mention("who owns ledger");
  const before = playground.driver.calls("conversations.replies").length;

  await mention("who owns payments?", thread);

  expect(playground.driver.calls("conversations.replies")).toHaveLength(before);
});

test("when Slack does not tell what was said before, the question is asked back", async () => {
  const { thread } = await mention("who owns ledger");
  playground.driver.faults.next({
    method: "conversations.replies",
    fault: "error",
    error: "internal_error",
  });

  const { reply } = await mention("who owns it?", thread);

  expect(reply.metadata?.event_payload).not.toHaveProperty("ref");
});
