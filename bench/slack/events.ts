import { setTimeout as sleep } from "node:timers/promises";

import { isRecord } from "../../src/base/json.ts";
import { sampleIdentity } from "../../src/playground/sample-workspace.ts";
import type { Channel } from "../../src/playground/slack-shapes.ts";
import { type BenchBot, startBenchBot } from "./bot.ts";
import { sendLoad } from "./load-order.ts";
import { type BenchSetting, say } from "./setting.ts";

const connections = 200;
/** So many that one message a second in each is no limit. */
const directChannels = 1000;
const answeredWithinMs = 180_000;
const lookMs = 250;

/** Direct messages with the bot, in which events come from. */
export const benchChannels: readonly Channel[] = Array.from({ length: directChannels }, (_, n) => ({
  id: `D0BENCH${String(n).padStart(4, "0")}`,
  name: `direct-${n}`,
  kind: "im",
  topic: "",
  members: ["U0DARIOCO1", sampleIdentity.botUserId],
}));

/**
 * Sends messages to the bot as fast as it takes them in, then once more while it is killed in the middle; prints how it did.
 * Every event that was acknowledged must have its answer, and only one: answers carry the id of their event.
 */
export async function measureEvents(setting: BenchSetting & { amount: number }): Promise<void> {
  let bot = await startBenchBot({ ...setting.bot, kind: "callboard" });
  await send(bot, setting, 200);
  if (setting.profile !== undefined) await bot.startProfile();
  const before = await bot.usage();
  const calm = await send(bot, setting, setting.amount);
  const answers = await awaitAnswers(calm.accepted, setting);
  const cpuMs = ((await bot.usage()).cpuMs - before.cpuMs) / calm.accepted.length;
  if (setting.profile !== undefined) await bot.stopProfile(setting.profile);
  say(
    `events, ${connections} at a time, kept in ${setting.bot.redisUrl === undefined ? "the embedded database" : "Redis"}:`,
  );
  say(
    `  ${Math.round(calm.perSecond)}/s, p50 ${calm.p50Ms} ms, p99 ${calm.p99Ms} ms, ${calm.failures} failures, ${cpuMs.toFixed(2)} ms of processor each with its answer, ${told(answers)}`,
  );
  const sending = send(bot, setting, setting.amount);
  const already = countAnswers(setting);
  while (countAnswers(setting) < already + setting.amount / 10) await sleep(20);
  await bot.kill();
  const { accepted } = await sending;
  bot = await startBenchBot({ ...setting.bot, kind: "callboard" });
  const afterwards = await awaitAnswers(accepted, setting);
  say(`  killed in the middle: ${accepted.length} acknowledged, ${told(afterwards)}`);
  await bot.kill();
}

async function send(bot: BenchBot, setting: BenchSetting, amount: number) {
  const { questions, teamId, userId } = setting;
  return await sendLoad({
    kind: "event",
    url: bot.url,
    secret: setting.bot.secret,
    questions,
    teamId,
    userId,
    channels: benchChannels.map((channel) => channel.id),
    connections,
    seconds: 0,
    amount,
  });
}

/** How many of the events were never answered, and how many more than once. */
interface Answers {
  lost: number;
  twice: number;
  seconds: number;
}

function told({ lost, twice, seconds }: Answers): string {
  return `${lost} lost, ${twice} answered twice, the last answer after ${seconds.toFixed(1)} s`;
}

async function awaitAnswers(accepted: readonly string[], setting: BenchSetting): Promise<Answers> {
  const startedAt = performance.now();
  for (;;) {
    const counts = answersByEvent(setting);
    const lost = accepted.filter((id) => !counts.has(id)).length;
    const waitedMs = performance.now() - startedAt;
    if (lost === 0 || waitedMs > answeredWithinMs) {
      // what comes twice may come a little later
      await sleep(1000);
      const twice = [...answersByEvent(setting).values()].filter((count) => count > 1).length;
      return { lost, twice, seconds: waitedMs / 1000 };
    }
    await sleep(lookMs);
  }
}

function countAnswers(setting: BenchSetting): number {
  return answersByEvent(setting).size;
}

function answersByEvent({ playground }: BenchSetting): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of benchChannels) {
    for (const { metadata } of playground.driver.messages(id)) {
      const payload: unknown = isRecord(metadata) ? metadata["event_payload"] : undefined;
      const eventId = isRecord(payload) ? payload["event_id"] : undefined;
      if (typeof eventId === "string") counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    }
  }
  return counts;
}
