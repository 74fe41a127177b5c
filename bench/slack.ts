/**
 * How long Slack waits for the answer to a slash command: the real bot over signed HTTP on a made-up catalog, beside a minimal
 * Bolt app that only acknowledges and one that asks plain lunr, in turns in one run; then how events are taken in, and whether
 * each that was acknowledged is answered once although the bot is killed meanwhile.
 * `node --import tsx bench/slack.ts [--size 14000] [--seconds 5] [--rounds 3] [--events 2000] [--redis redis://…]
 * [--only commands|events] [--without-lunr] [--profile FILE]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createPlayground } from "../src/playground/create-playground.ts";
import { sampleIdentity } from "../src/playground/sample-workspace.ts";
import { generateCatalog } from "./answers/generate-catalog.ts";
import { generateQuestions } from "./answers/generate-questions.ts";
import { measureCommands } from "./slack/commands.ts";
import { benchChannels, measureEvents } from "./slack/events.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "14000" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    events: { type: "string", default: "2000" },
    redis: { type: "string" },
    only: { type: "string" },
    "without-lunr": { type: "boolean", default: false },
    profile: { type: "string" },
  },
});

const size = Number(values.size);
const made = generateCatalog(size, 1);
const questions = generateQuestions(made, 25, 1).map((question) => question.text);
process.stdout.write(
  `${made.catalog.entities.size} entities, ${made.documents.length} documents, ${questions.length} questions\n`,
);
const playground = await createPlayground({
  transport: "http",
  hasRateLimits: false,
  channels: benchChannels,
});
const dataDir = await mkdtemp(join(tmpdir(), "callboard-bench-"));
const setting = {
  playground,
  questions,
  userId: "U0DARIOCO1",
  teamId: sampleIdentity.teamId,
  profile: values.profile,
  bot: {
    size,
    secret: playground.signingSecret,
    botToken: playground.botToken,
    apiUrl: playground.apiUrl,
    dataDir,
    namespace: `bench_${process.pid}`,
    ...(values.redis === undefined ? {} : { redisUrl: values.redis }),
  },
};
try {
  if (values.only !== "events") {
    await measureCommands({
      ...setting,
      seconds: Number(values.seconds),
      rounds: Number(values.rounds),
      hasLunr: !values["without-lunr"],
    });
  }
  if (values.only !== "commands") {
    await measureEvents({ ...setting, amount: Number(values.events) });
  }
} finally {
  await playground.close();
  await rm(dataDir, { recursive: true, force: true });
}
