import { expect, test } from "@jest/globals";

import { formatConfigFault, parseConfig } from "../../src/config/load.ts";

const cwd = "/srv/bot";

function faultsOf(env: Record<string, string>, text?: string): string[] {
  const result = parseConfig({
    env,
    cwd,
    ...(text === undefined ? {} : { file: { path: "callboard.yaml", text } }),
  });
  return result.faults.map(formatConfigFault);
}

test("an empty environment and no file give the defaults", () => {
  const { config } = parseConfig({ env: {}, cwd });

  expect(config?.environment.PORT).toBe(3000);
  expect(config?.dataDir).toBe("/srv/bot/.callboard");
  expect(config?.file.catalog.sources).toEqual([
    { type: "file", path: "./catalog" },
    { type: "file", path: "./templates" },
  ]);
});

test("a secret of webhooks that could be guessed stops the start", () => {
  expect(faultsOf({ GITHUB_WEBHOOK_SECRET: "short" }).join()).toContain("GITHUB_WEBHOOK_SECRET");
});

test("an empty variable counts as not set", () => {
  expect(faultsOf({ PORT: "", SLACK_BOT_TOKEN: "" })).toEqual([]);
});

test("all faults are reported at once, with key, value and what was expected", () => {
  const faults = faultsOf(
    { PORT: "http", LOG_LEVEL: "loud", GITHUB_APP_ID: "mine" },
    "catalog: { sources: [{ type: ftp }] }\nextra: 1\n",
  );

  expect(faults).toEqual([
    "PORT: “http”: expected a port number",
    "GITHUB_APP_ID: “mine”: expected the numeric id of a GitHub App",
    "LOG_LEVEL: “loud”: expected debug, info, warn, error or silent",
    "callboard.yaml: catalog.sources.0.type: “ftp”: expected file, url, github or backstage",
    "callboard.yaml: extra: “1”: expected no such key; see docs/configuration.md for the list",
    "GITHUB_APP_PRIVATE_KEY: not set: expected the private key of the app that GITHUB_APP_ID names",
  ]);
});

test("a secret is masked in faults and when printed", () => {
  const faults = faultsOf({ SLACK_BOT_TOKEN: "hunter2" });
  const { config } = parseConfig({
    env: { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" },
    cwd,
  });

  expect(faults[0]).toBe("SLACK_BOT_TOKEN: “***”: expected a bot token, xoxb-…");
  expect(JSON.stringify(config)).not.toContain("xoxb-1");
  expect(config?.environment.SLACK_BOT_TOKEN?.reveal()).toBe("xoxb-1");
});

test("what a variable put into the file is never shown", () => {
  const faults = faultsOf(
    { PORTAL: "hunter2 hunter2" },
    'catalog: { sources: [{ type: backstage, url: "https://b.example", tokn: "${PORTAL}" }, { type: backstage, url: "x ${PORTAL}" }] }',
  );

  expect(faults).toEqual([
    "callboard.yaml: catalog.sources.0.tokn: “***”: expected no such key; see docs/configuration.md for the list",
    "callboard.yaml: catalog.sources.1.url: “x ***”: expected an http or https address",
  ]);
});

test("sources, hosts and meanings of the catalog are read from the file", () => {
  const { config, faults } = parseConfig({
    env: { PORTAL: "secret-1" },
    cwd,
    file: {
      path: "callboard.yaml",
      text: [
        "catalog:",
        "  sources:",
        "    - { type: url, urls: [https://files.example/all.yaml] }",
        '    - { type: backstage, url: https://b.example, token: "${PORTAL}" }',
        "  hosts: [{ host: files.example }]",
        "  annotations: { slackChannel: [acme.com/room], onCall: [acme.com/pager] }",
        "  refreshMinutes: 5",
      ].join("\n"),
    },
  });

  expect(faults).toEqual([]);
  const catalog = config?.file.catalog;
  expect(catalog?.sources.map(({ type }) => type)).toEqual(["url", "backstage"]);
  expect(catalog?.annotations.onCall).toEqual([{ annotation: "acme.com/pager", label: "" }]);
  expect(JSON.stringify(config)).not.toContain("secret-1");
});

test("half a set of credentials names the missing half", () => {
  expect(faultsOf({ SLACK_BOT_TOKEN: "xoxb-1" })[0]).toContain(
    "SLACK_APP_TOKEN: not set: expected an app-level token",
  );
  expect(faultsOf({ REDIS_URL: "redis://h", DATABASE_URL: "postgres://h" })[0]).toContain(
    "DATABASE_URL: “***”: expected no value",
  );
});

test("environment variables are inserted into the file, and a missing one is a fault", () => {
  const text = 'documents: { sources: [{ type: file, path: "${BOOKS}/run" }] }\n';

  const { config } = parseConfig({
    env: { BOOKS: "/books" },
    cwd,
    file: { path: "conf/callboard.yaml", text },
  });

  expect(config?.file.documents.sources).toEqual([{ type: "file", path: "/books/run" }]);
  expect(config?.baseDir).toBe("/srv/bot/conf");
  expect(faultsOf({}, text)).toEqual([
    "callboard.yaml: “${BOOKS}”: expected the environment variable BOOKS to be set",
  ]);
});

test("unreadable YAML is reported with line and column", () => {
  expect(faultsOf({}, "catalog:\n  sources: [\n")[0]).toMatch(
    /^callboard.yaml:3:1: unreadable: expected YAML/,
  );
});

test("a file of nothing but brackets is refused instead of ending the process", () => {
  expect(faultsOf({}, "[".repeat(5000))[0]).toContain("nested deeper than 50 levels");
});

test("processes that part the work need Slack and a storage that they can share", () => {
  expect(faultsOf({ CALLBOARD_ROLE: "worker" })).toEqual([
    "SLACK_BOT_TOKEN: not set: expected a bot token for the role worker; the playground is one process, role all",
    "REDIS_URL: not set: expected an address, or DATABASE_URL, for the role worker: the embedded database belongs to one process",
  ]);
});

test("several workspaces need OAuth's secret, a way in, and a list of who may install", () => {
  const app = { SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "0123456789abcdef" };
  const http = { SLACK_SIGNING_SECRET: "0123456789abcdef" };

  expect(faultsOf({ SLACK_CLIENT_ID: "1.2" }).map((fault) => fault.split(":")[0])).toEqual([
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_SECRET",
  ]);
  expect(faultsOf({ ...app, ...http })).toEqual([
    "slack.workspaces: not set: expected the ids of the workspaces that may install the app, since SLACK_CLIENT_ID is set",
  ]);
  expect(
    faultsOf({ ...app, ...http, SLACK_BOT_TOKEN: "xoxb-1" }, "slack: { workspaces: [T1] }"),
  ).toEqual([
    "SLACK_CLIENT_ID: “***”: expected no value, since SLACK_BOT_TOKEN is set: it is one workspace or OAuth for several",
  ]);
  expect(faultsOf({ ...app, ...http }, "slack: { workspaces: [T1] }")).toEqual([]);
});
