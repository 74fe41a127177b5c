import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import type { SlackMessage } from "../../src/playground/slack-shapes.ts";
import { type BotProcess, startBot } from "../helpers/bot.ts";
import { testSwitch } from "../helpers/environment.ts";

const git = promisify(execFile);
const user = "U0DARIOCO1";
const channel = "engineering";

const template = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: slow, title: Slow service }
spec:
  type: service
  parameters:
    - title: Name
      required: [name]
      properties: { name: { title: Name, type: string } }
  steps:
    - { id: fetch, name: Write, action: fetch:template, input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } } }
    - { id: before, name: Wait before, action: debug:wait, input: { milliseconds: 1500 } }
    - { id: publish, name: Publish, action: publish:github, input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
    - { id: after, name: Wait after, action: debug:wait, input: { milliseconds: 1500 } }
    - id: register
      name: Register
      action: catalog:register
      input: { repoContentsUrl: "\${{ steps.publish.output.repoContentsUrl }}", catalogInfoPath: /catalog-info.yaml }
  output: { links: [{ title: Repository, url: "\${{ steps.publish.output.remoteUrl }}" }] }
`;

const skeleton = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: "\${{ values.name }}" }
spec: { type: service, lifecycle: production, owner: team-a }
`;

let folder: string;
let playground: Playground;
let bot: BotProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-crash-"));
  await mkdir(join(folder, "templates", "skeleton"), { recursive: true });
  await writeFile(join(folder, "templates", "template.yaml"), template);
  await writeFile(join(folder, "templates", "skeleton", "catalog-info.yaml"), skeleton);
  await writeFile(
    join(folder, "callboard.yaml"),
    "catalog: { sources: [{ type: file, path: ./templates }] }\n",
  );
  playground = await createPlayground();
});

afterEach(async () => {
  await bot?.kill();
  bot = undefined;
  await playground.close();
  await rm(folder, { recursive: true, force: true });
});

/** The messages that stand for runs. */
function runMessages(): SlackMessage[] {
  return playground.driver
    .messages(channel)
    .filter((message) => message.metadata?.event_type === "callboard_run");
}

async function until(state: RegExp, what: string): Promise<SlackMessage> {
  return playground.driver.waitFor(
    () => runMessages().find((message) => state.test(message.text)),
    {
      timeoutMs: 60_000,
      what,
    },
  );
}

async function requestService(name: string): Promise<void> {
  const { driver } = playground;
  await driver.slash({ user, channel, command: "/newservice", text: "slow" });
  const view = await driver.waitFor(() => driver.currentView(user), { what: "the form" });
  const field = view.blocks.find((block) => block.type === "input");
  await driver.submitView({ user, values: { [field?.block_id ?? ""]: name } });
  const created = await driver.submitView({ user });
  expect(created.view).toBeUndefined();
}

async function commitsOf(repository: string): Promise<number> {
  const { stdout } = await git("git", ["--git-dir", repository, "rev-list", "--all", "--count"]);
  return Number(stdout);
}

const places = [
  ["the embedded database", undefined],
  ["Redis", "TEST_REDIS_URL"],
  ["PostgreSQL", "TEST_DATABASE_URL"],
] as const;

for (const [name, variable] of places) {
  const url = variable === undefined ? undefined : testSwitch(variable);
  const suite = variable !== undefined && url === undefined ? describe.skip : describe;
  suite(`a bot on ${name}`, () => {
    test("killed twice with SIGKILL in the middle of a run ends it with one repository, one commit and one message", async () => {
      const env: Record<string, string> = {
        SLACK_BOT_TOKEN: playground.botToken,
        SLACK_APP_TOKEN: playground.appToken,
        SLACK_API_URL: playground.apiUrl,
        CALLBOARD_CONFIG: join(folder, "callboard.yaml"),
        CALLBOARD_DATA_DIR: join(folder, "data"),
        CALLBOARD_NAMESPACE: `crash_${process.pid}_${Date.now()}`,
        ...(variable === "TEST_REDIS_URL" && url !== undefined ? { REDIS_URL: url } : {}),
        ...(variable === "TEST_DATABASE_URL" && url !== undefined ? { DATABASE_URL: url } : {}),
      };
      bot = await startBot(env);
      await requestService("phoenix");

      await until(/Wait before/, "the wait before publishing");
      await bot.kill();
      bot = await startBot(env);
      await until(/Wait after/, "the wait after publishing");
      await bot.kill();
      bot = await startBot(env);
      const done = await until(/Done|done/, "the end of the run");

      expect(runMessages()).toHaveLength(1);
      expect(await readdir(join(folder, "data", "git", "acme"))).toEqual(["phoenix.git"]);
      const repository = join(folder, "data", "git", "acme", "phoenix.git");
      expect(await commitsOf(repository)).toBe(1);
      await git("git", ["--git-dir", repository, "fsck", "--strict"]);
      const thread = await playground.driver.waitFor(
        () => {
          const replies = playground.driver.messages(channel, { threadTs: done.ts }).slice(1);
          return replies.length > 0 && replies;
        },
        { what: "the result" },
      );
      expect(thread).toHaveLength(1);
      const said = await playground.driver.say({
        user,
        channel,
        text: "@Callboard who owns phoenix?",
      });
      const reply = await playground.driver.waitFor(
        () => playground.driver.messages(channel, { threadTs: said.message.ts })[1],
        { what: "an answer" },
      );
      expect(reply.text).toMatch(/team-a/);
      expect(await bot.stop()).toBe(0);
    }, 150_000);
  });
}

test("a second bot on the same data folder is refused and told which process has it", async () => {
  const env = {
    SLACK_BOT_TOKEN: playground.botToken,
    SLACK_APP_TOKEN: playground.appToken,
    SLACK_API_URL: playground.apiUrl,
    CALLBOARD_CONFIG: join(folder, "callboard.yaml"),
    CALLBOARD_DATA_DIR: join(folder, "data"),
  };
  bot = await startBot(env);

  await expect(startBot(env)).rejects.toThrow(
    new RegExp(`storage-in-use[\\s\\S]*${bot.pid}|${bot.pid}[\\s\\S]*storage-in-use`),
  );
}, 150_000);
