import { createHmac, randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { type App, startApp } from "../../src/app/create-app.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { parseConfig } from "../../src/config/load.ts";
import { type SlackOAuthEmulator, startSlackOAuth } from "../emulators/slack-oauth.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { waitFor } from "../helpers/wait.ts";

const signingSecret = "several-workspaces-secret";
let dataDir: string;
let slack: SlackOAuthEmulator;
let app: App;

async function start(expiresInS?: number): Promise<void> {
  slack = await startSlackOAuth(expiresInS === undefined ? {} : { expiresInS });
  const { config, faults } = parseConfig({
    env: {
      SLACK_CLIENT_ID: "123.456",
      SLACK_CLIENT_SECRET: "a-client-secret-of-tests",
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_API_URL: slack.apiUrl,
      CALLBOARD_DATA_DIR: dataDir,
      PORT: "0",
    },
    cwd: dataDir,
    file: { path: join(dataDir, "callboard.yaml"), text: configFile },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  app = await startApp({ config, logger: silentLogger });
}

const configFile = `
catalog: { sources: [{ type: file, path: ./files }] }
slack: { workspaces: [TA, TB] }
`;

const catalogFile = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team-ledger }
spec: { type: team, children: [] }
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: hello, title: Hello }
spec:
  type: request
  owner: team-ledger
  steps: [{ id: say, action: "debug:log", input: { message: hello } }]
`;

beforeEach(async () => {
  dataDir = await newDataDir();
  await mkdir(join(dataDir, "files"));
  await writeFile(join(dataDir, "files", "all.yaml"), catalogFile);
});
afterEach(async () => {
  await app.stop();
  await slack.close();
  await rm(dataDir, { recursive: true, force: true });
});

const url = (path: string): string => `http://127.0.0.1:${app.port}${path}`;

/** Installs the app as a browser does: our page, Slack's page, back to us. */
async function install(teamId: string, cookieOf = (cookie: string) => cookie): Promise<Response> {
  const page = await fetch(url("/slack/install"));
  const cookie = cookieOf((page.headers.get("set-cookie") ?? "").split(";")[0] ?? "");
  // the button leads to Slack
  const [, target = ""] = /href="([^"]+authorize[^"]*)"/.exec(await page.text()) ?? [];
  const agreeing = new URL(target.replaceAll("&amp;", "&"));
  agreeing.searchParams.set("team", teamId);
  agreeing.searchParams.set("redirect", url("/slack/oauth_redirect"));
  const agreed = await fetch(agreeing, { redirect: "manual" });
  return await fetch(agreed.headers.get("location") ?? "", { headers: { cookie } });
}

async function send(teamId: string, inner: Record<string, unknown>): Promise<number> {
  const body = JSON.stringify({
    type: "event_callback",
    event_id: randomUUID(),
    team_id: teamId,
    authorizations: [{ team_id: teamId, is_enterprise_install: false }],
    event: inner,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`);
  const response = await fetch(url("/slack/events"), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${signature.digest("hex")}`,
    },
    body,
  });
  return response.status;
}

const mention = (teamId: string): Record<string, unknown> => ({
  type: "app_mention",
  channel: "C1",
  user: "U1",
  text: `<@UBOT${teamId}> who is team-ledger`,
  ts: "1700000000.000100",
});

const posts = () => slack.calls.filter(({ method }) => method === "chat.postMessage");

test("each workspace is answered with its own token, and one that is not allowed gets nothing", async () => {
  await start();

  const installed = [await install("TA"), await install("TB")];
  const foreign = await install("TX");
  await send("TA", mention("TA"));
  await waitFor("1 messages", () => posts().length === 1);
  await send("TB", mention("TB"));
  await waitFor("2 messages", () => posts().length === 2);
  const status = await send("TX", mention("TX"));

  expect(installed.map((response) => response.status)).toEqual([200, 200]);
  expect(foreign.status).toBe(403);
  expect(
    slack.calls.filter(({ method }) => method === "auth.revoke").map((call) => call.token),
  ).toEqual([slack.tokenOf("TX")]);
  expect(status).toBe(200);
  expect(posts().map(({ token }) => token)).toEqual([slack.tokenOf("TA"), slack.tokenOf("TB")]);
});

test("a run reports in the workspace where it was asked for", async () => {
  await start();
  await install("TA");
  await install("TB");

  await app.services.runs.start({
    requestKey: "one",
    templateRef: "template:default/hello",
    values: {},
    requester: { slackUserId: "U1", name: "Ada", workspace: { teamId: "TB" } },
    channel: "C1",
  });
  await waitFor("2 messages", () => posts().length === 2);

  expect(new Set(posts().map(({ token }) => token))).toEqual(new Set([slack.tokenOf("TB")]));
});

test("tokens are stored sealed, and a token that is about to expire is renewed before it is used", async () => {
  await start(3600);
  await install("TA");

  await send("TA", mention("TA"));
  await waitFor("1 messages", () => posts().length === 1);
  const stored = JSON.stringify(await app.storage.records.list("slack-installations"));

  expect(posts()[0]?.token).toBe("xoxb-TA-1");
  expect(stored).toContain("v1.");
  expect(stored).not.toMatch(/xox/);
});

test("a workspace that takes its token back is not served any more; the others are", async () => {
  await start();
  await install("TA");
  await install("TB");

  await send("TA", { type: "tokens_revoked", tokens: { bot: ["UBOTTA"] } });
  await waitFor(
    "the end of the installation",
    async () => (await app.storage.records.list("slack-installations")).length === 1,
  );
  await send("TA", mention("TA"));
  await send("TB", mention("TB"));
  await waitFor("1 messages", () => posts().length === 1);

  expect(posts().map(({ token }) => token)).toEqual([slack.tokenOf("TB")]);
});

test("an installation that another browser began is refused", async () => {
  await start();

  const response = await install("TA", () => "slack-app-oauth-state=stolen");

  expect(response.status).toBe(400);
  expect(await app.storage.records.list("slack-installations")).toEqual([]);
});
