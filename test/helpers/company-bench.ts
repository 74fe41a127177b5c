import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { type App, startApp } from "../../src/app/create-app.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { samplePeople } from "../../src/playground/sample-workspace.ts";
import type { Person, SlackMessage } from "../../src/playground/slack-shapes.ts";
import type { RunRecord } from "../../src/usecases/runs/run-record.ts";
import { newDataDir } from "./embedded.ts";

/** The whole bot for a small company, by signed HTTP, with a clock that can be set forward. */
export interface CompanyBench {
  playground: Playground;
  driver: Playground["driver"];
  app: App;
  folder: string;
  dataDir: string;
  /** Ends the bot and starts another one on the same storage. */
  restart(): Promise<void>;
  /** Sets the clock forward. */
  pass(ms: number): void;
  /** Fills in a form with one text field and sends it; resolves with the run's parent message. */
  request(user: string, template: string, name: string): Promise<SlackMessage>;
  /** The message in #platform that asks for the approval of a run. */
  question(parent: SlackMessage, number?: number): Promise<SlackMessage>;
  /** A run by its parent message. */
  runOf(message: SlackMessage): Promise<RunRecord>;
  /** Waits until the parent message says something. */
  shows(message: SlackMessage, words: string | RegExp): Promise<SlackMessage>;
  /** Sends a payload of an interaction as Slack would, signed, whatever is in it. */
  send(payload: JsonObject): Promise<Response>;
  close(): Promise<void>;
}

export const dario = "U0DARIOCO1";
export const theo = "U0THEOBLA1";
export const nina = "U0NINAKOW1";
export const victor = "U0VICTORI1";
export const guest = "U0ROBINMA1";
/** Where runs are started, and where approvals are asked. */
export const general = "C0GENERAL1";
export const platform = "C0PLATFOR1";

/** Dario and Theo build; Victor and Nina are in a team below Security. */
const people = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: security, title: Security, annotations: { callboard.dev/slack-channel: ${platform} } }
spec: { type: department, children: [red-team] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: red-team }
spec: { type: team, parent: security, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: builders }
spec: { type: team, children: [] }
${[
  ["dario.costa", "builders"],
  ["theo.blake", "builders"],
  ["victor.ionescu", "red-team"],
  ["nina.kowalski", "red-team"],
]
  .map(
    ([name, group]) => `---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ${name} }
spec: { profile: { email: ${name}@footlight.example }, memberOf: [${group}] }
`,
  )
  .join("")}`;

/** A template that logs, then publishes a local repository of the name that was typed. */
export function templateFile(
  name: string,
  more: { annotations?: JsonObject; steps?: string; pages?: JsonObject[] } = {},
) {
  return `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: ${name}, title: ${name}, annotations: ${JSON.stringify(more.annotations ?? {})} }
spec:
  type: service
  parameters:
    - title: Name
      required: [name]
      properties: { name: { title: Name, type: string } }
${(more.pages ?? []).map((page) => `    - ${JSON.stringify(page)}\n`).join("")}  steps:
${
  more.steps ??
  `    - { id: fetch, name: Write, action: fetch:template, input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } } }
    - { id: publish, name: Publish, action: publish:github, input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
`
}
`;
}

/** Starts it with these files beside the configuration, such as `templates/a.yaml`. */
export async function startCompanyBench(options: {
  files: Record<string, string>;
  config?: JsonObject;
  env?: Record<string, string>;
  /** Beside the sample people. */
  people?: Person[];
}): Promise<CompanyBench> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-company-"));
  const dataDir = await newDataDir();
  const files = {
    "people.yaml": people,
    "templates/skeleton/README.md": "# ${{ values.name }}\n",
    ...options.files,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const playground = await createPlayground({
    transport: "http",
    hasRateLimits: false,
    people: [...samplePeople, ...(options.people ?? [])],
  });
  const { driver } = playground;
  let passedMs = 0;
  const start = async (): Promise<App> => {
    const sources = [
      { type: "file", path: "./people.yaml" },
      { type: "file", path: "./templates" },
    ];
    const { config, faults } = parseConfig({
      env: {
        SLACK_BOT_TOKEN: playground.botToken,
        SLACK_SIGNING_SECRET: playground.signingSecret,
        SLACK_API_URL: playground.apiUrl,
        CALLBOARD_DATA_DIR: dataDir,
        PORT: "0",
        ...options.env,
      },
      cwd: folder,
      file: {
        path: join(folder, "callboard.yaml"),
        text: JSON.stringify({ catalog: { sources }, ...options.config }),
      },
    });
    if (config === undefined) throw new Error(JSON.stringify(faults));
    const started = await startApp({
      config,
      logger: silentLogger,
      clock: () => Date.now() + passedMs,
      sweepIntervalMs: 50,
    });
    playground.setEventsUrl(`http://127.0.0.1:${started.port}/slack/events`);
    return started;
  };
  let app = await start();
  const runOf = async (message: SlackMessage): Promise<RunRecord> => {
    const id = message.metadata?.event_payload["run_id"];
    const run = typeof id === "string" ? await app.services.runs.get(id) : undefined;
    if (run === undefined) throw new Error("the message is of no run");
    return run;
  };
  const messagesOf = (channel: string, type: string): SlackMessage[] =>
    driver.messages(channel).filter((message) => message.metadata?.event_type === type);

  return {
    playground,
    driver,
    get app() {
      return app;
    },
    folder,
    dataDir,
    async restart() {
      await app.stop();
      app = await start();
    },
    pass(ms) {
      passedMs += ms;
    },
    async request(user, template, name) {
      const before = messagesOf(general, "callboard_run").length;
      await driver.slash({ user, channel: general, command: "/newservice", text: template });
      const view = await driver.waitFor(() => driver.currentView(user), { what: "the form" });
      const field = view.blocks.find((block) => block.type === "input");
      await driver.submitView({ user, values: { [field?.block_id ?? ""]: name } });
      const created = await driver.submitView({ user });
      if (created.view !== undefined) throw new Error(JSON.stringify(created.view.blocks));
      return await driver.waitFor(() => messagesOf(general, "callboard_run")[before], {
        what: "the run's message",
      });
    },
    question: async (parent, number = 1) =>
      await driver.waitFor(
        () =>
          messagesOf(platform, "callboard_approval").find(({ metadata }) => {
            const payload = metadata?.event_payload;
            const isOfRun = payload?.["run_id"] === parent.metadata?.event_payload["run_id"];
            return isOfRun && payload?.["number"] === String(number);
          }),
        { what: "the question" },
      ),
    runOf,
    shows: async (message, words) =>
      await driver.waitFor(
        () =>
          driver
            .messages(general)
            .find((each) => each.ts === message.ts && each.text.search(words) >= 0),
        { what: `the message to say ${String(words)}`, timeoutMs: 15_000 },
      ),
    async send(payload) {
      const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
      const timestamp = String(Math.floor(Date.now() / 1000));
      const digest = createHmac("sha256", playground.signingSecret)
        .update(`v0:${timestamp}:${body}`)
        .digest("hex");
      return await fetch(`http://127.0.0.1:${app.port}/slack/events`, {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "x-slack-request-timestamp": timestamp,
          "x-slack-signature": `v0=${digest}`,
        },
        body,
      });
    },
    async close() {
      await app.stop();
      await playground.close();
      await rm(folder, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
