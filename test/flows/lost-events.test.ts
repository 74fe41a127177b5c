import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { type BotProcess, startBot } from "../helpers/bot.ts";

const user = "U0DARIOCO1";
const channels = ["general", "engineering", "checkout", "payments", "platform"];

let folder: string;
let playground: Playground;
let bot: BotProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-lost-"));
  await writeFile(
    join(folder, "catalog.yaml"),
    "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: team-a }\nspec: { type: team, children: [] }\n",
  );
  await writeFile(
    join(folder, "callboard.yaml"),
    "catalog: { sources: [{ type: file, path: ./catalog.yaml }] }\n",
  );
  playground = await createPlayground({
    hasRateLimits: false,
    retryDelaysMs: [0, 500, 4000, 8000],
  });
});
afterEach(async () => {
  await bot?.kill();
  await playground.close();
  await rm(folder, { recursive: true, force: true });
});

test("no event that was acknowledged is lost when the process is killed, and none is answered twice", async () => {
  const { driver } = playground;
  const env = {
    SLACK_BOT_TOKEN: playground.botToken,
    SLACK_APP_TOKEN: playground.appToken,
    SLACK_API_URL: playground.apiUrl,
    CALLBOARD_CONFIG: join(folder, "callboard.yaml"),
    CALLBOARD_DATA_DIR: join(folder, "data"),
  };
  bot = await startBot(env);
  const asking = Array.from(
    { length: 20 },
    async (_, n) =>
      await driver.say({
        user,
        channel: channels[n % channels.length] ?? "general",
        text: `@Callboard who is team-a ${n}`,
      }),
  );

  await driver.waitFor(() => driver.calls("chat.postMessage").length >= 3, {
    what: "some answers",
    timeoutMs: 30_000,
  });
  await bot.kill();
  bot = await startBot(env);
  const asked = (await Promise.all(asking)).map(({ message }) => message.ts);
  const answersTo = (ts: string) =>
    channels
      .flatMap((channel) => driver.messages(channel, { threadTs: ts }))
      .filter((each) => each.bot_id !== undefined);
  await driver.waitFor(() => asked.every((ts) => answersTo(ts).length > 0), {
    what: "an answer to each",
    timeoutMs: 40_000,
  });

  expect(asked.map((ts) => answersTo(ts).length)).toEqual(asked.map(() => 1));
}, 120_000);
