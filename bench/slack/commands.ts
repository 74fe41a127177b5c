import { type BenchBot, startBenchBot, type Usage } from "./bot.ts";
import { type LoadResult, sendLoad } from "./load-order.ts";
import { type BenchSetting, median, say } from "./setting.ts";

const connections = 10;

interface Contestant {
  name: string;
  bot: BenchBot;
  seen: (LoadResult & Usage)[];
}

/** Sends slash commands to all contestants in turns and prints how they did beside the first. */
export async function measureCommands(
  setting: BenchSetting & { seconds: number; rounds: number; hasLunr: boolean },
): Promise<void> {
  const { rounds, hasLunr } = setting;
  const start = async (name: string, kind: "minimal" | "lunr" | "callboard") => ({
    name,
    bot: await startBenchBot({ ...setting.bot, kind }),
    seen: [],
  });
  const contestants: Contestant[] = [
    await start("minimal Bolt app, empty ack", "minimal"),
    ...(hasLunr ? [await start("Bolt app asking plain lunr", "lunr")] : []),
    await start("Callboard, answering", "callboard"),
  ];
  const callboard = contestants.at(-1)?.bot;
  // once before it counts, as a bot that has been running answers
  for (const { bot } of contestants) await sendTo(bot, setting, 2);
  if (setting.profile !== undefined) await callboard?.startProfile();
  for (let round = 0; round < rounds; round += 1) {
    for (const { bot, seen } of contestants) {
      const before = await bot.usage();
      const result = await sendTo(bot, setting, setting.seconds);
      const { cpuMs, questionMs } = await bot.usage();
      seen.push({
        ...result,
        cpuMs: (cpuMs - before.cpuMs) / result.accepted.length,
        questionMs: (questionMs - before.questionMs) / result.accepted.length,
      });
    }
  }
  if (setting.profile !== undefined) await callboard?.stopProfile(setting.profile);
  say(`slash commands, ${connections} at a time, medians of ${rounds} rounds:`);
  for (const each of contestants) say(`  ${each.name}: ${described(each, contestants[0])}`);
  for (const { bot } of contestants) await bot.kill();
}

async function sendTo(bot: BenchBot, setting: BenchSetting, seconds: number): Promise<LoadResult> {
  const { questions, teamId, userId } = setting;
  return await sendLoad({
    kind: "command",
    url: bot.url,
    secret: setting.bot.secret,
    questions,
    teamId,
    userId,
    channels: ["C0GENERAL1"],
    connections,
    seconds,
  });
}

function described({ seen }: Contestant, first: Contestant | undefined): string {
  const of = (key: "perSecond" | "p50Ms" | "p99Ms" | keyof Usage) =>
    median(seen.map((each) => each[key]));
  const shareOf = (key: "perSecond" | "cpuMs") =>
    seen.map((each, round) => each[key] / (first?.seen[round]?.[key] ?? 0));
  const failures = seen.reduce((sum, each) => sum + each.failures, 0);
  return [
    `${Math.round(of("perSecond"))}/s (${median(shareOf("perSecond")).toFixed(2)} of the minimal app)`,
    `${of("cpuMs").toFixed(2)} ms of processor each (${(1 / median(shareOf("cpuMs"))).toFixed(2)}), ${of("questionMs").toFixed(2)} ms of it for finding the answer`,
    `p50 ${of("p50Ms")} ms`,
    `p99 ${of("p99Ms")} ms`,
    `${failures} failures`,
  ].join(", ");
}
