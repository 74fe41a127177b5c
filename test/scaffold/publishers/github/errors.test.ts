import { PassThrough } from "node:stream";

import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";

import { CallboardError, UpstreamError } from "../../../../src/base/errors.ts";
import { createLogger } from "../../../../src/base/logger.ts";
import { Secret } from "../../../../src/base/secret.ts";
import {
  createGithubClient,
  hostOfGithubApi,
  readPrivateKey,
} from "../../../../src/scaffold/publishers/github/client.ts";
import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import type { FaultOrder } from "../../../emulators/github/faults.ts";
import { connect, publisherFor } from "../../../emulators/github/harness.ts";
import { publishRequest, stepContext } from "../../../helpers/publishing.ts";
import { startWebServer } from "../../../helpers/web-server.ts";

const orgRepos = "/orgs/{org}/repos";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator();
});

afterEach(() => github.close());

function createWith(fault: FaultOrder["fault"], path = orgRepos): Promise<unknown> {
  github.failNext({ path, fault, times: 20 });
  return publisherFor(github).createRepository(publishRequest(), stepContext());
}

async function errorOf(outcome: Promise<unknown>): Promise<CallboardError> {
  const thrown: unknown = await outcome.catch((error: unknown) => error);
  if (thrown instanceof CallboardError) return thrown;
  throw new Error("it did not fail as expected", { cause: thrown });
}

describe("what GitHub refuses", () => {
  test.each([
    [
      "unauthorized",
      "UpstreamError",
      "github-unauthorized",
      "did not accept Callboard's credentials while creating acme/payments: Bad credentials",
      "renew GITHUB_TOKEN",
    ],
    [
      "forbidden",
      "ForbiddenError",
      "github-forbidden",
      "while creating acme/payments: Resource not accessible by integration",
      "Grant the GitHub App or token this permission: administration: write",
    ],
    [
      "sso",
      "ForbiddenError",
      "github-sso-required",
      "single sign-on",
      "https://github.com/orgs/acme/sso?authorization_request=abc",
    ],
    [
      "not-found",
      "NotFoundError",
      "github-not-found",
      '"not found" while creating acme/payments',
      "installed",
    ],
    ["legal-block", "ForbiddenError", "github-legal-block", "legal reasons (451)", "notice"],
  ] as const)("%s is a %s a person can act on", async (fault, name, code, message, hint) => {
    const error = await errorOf(createWith(fault));

    expect(error).toMatchObject({ name, code });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(github.count("POST", orgRepos)).toBe(1);
    expect(github.world.repositories).toEqual([]);
  });

  test("names each fault of a 422 and the scopes a classic token lacks", async () => {
    const invalid = await errorOf(
      createWith({
        status: 422,
        body: {
          message: "Validation Failed",
          errors: [
            { resource: "Repository", field: "name", code: "custom", message: "name is too odd" },
            { resource: "Repository", field: "visibility", code: "invalid" },
            "visibility can't be private",
          ],
        },
      }),
    );
    github = await restarted();
    const scopes = await errorOf(
      createWith({
        status: 403,
        body: { message: "Must have admin rights" },
        headers: { "x-accepted-oauth-scopes": "public_repo, repo" },
      }),
    );

    expect(invalid).toMatchObject({ name: "InputError", code: "github-refused" });
    expect(invalid.message).toContain(
      "Validation Failed; name is too odd; Repository visibility invalid; visibility can't be private",
    );
    expect(scopes.hint).toContain("one of these scopes: public_repo, repo");
  });

  test("explains that workflow files need a permission of their own", async () => {
    github.failNext({ method: "PATCH", path: /git\/refs/, fault: "not-found", times: 50 });
    const files = [
      { path: ".github/workflows/ci.yml", content: Buffer.from("on: push\n"), isExecutable: false },
    ];

    const error = await errorOf(
      publisherFor(github).createRepository(publishRequest({ files }), stepContext()),
    );

    expect(error).toMatchObject({ code: "github-workflows-not-allowed" });
    expect(error.hint).toContain("Workflows: write");
  });
});

async function restarted(): Promise<GithubEmulator> {
  await github.close();
  return startGithubEmulator();
}

describe("a repository that was renamed or given away", () => {
  test.each([301, 302, 307, 308])(
    "is read where it is now, and never written to (%i)",
    async (status) => {
      const moved = await startWebServer((request, response) => {
        const isNew = request.url?.startsWith("/repositories/9") === true;
        response.writeHead(isNew ? 200 : status, {
          "content-type": "application/json",
          location: "/repositories/9/issues",
        });
        response.end("[]");
      });
      try {
        const { root } = connect(github, { baseUrl: moved.url });
        const place = { owner: "acme", repo: "catalog" };

        const writing = [
          root.rest.issues.create({ ...place, title: "x" }),
          root.rest.actions.deleteEnvironmentVariable({
            ...place,
            environment_name: "x",
            name: "y",
          }),
          root.rest.repos.replaceAllTopics({ ...place, names: ["x"] }),
        ];
        for (const write of writing)
          await expect(write).rejects.toMatchObject({ code: "repo-moved" });
        const arrived = moved.requests.map(({ path }) => path);
        const read = await root.rest.issues.listForRepo(place);

        expect(arrived).not.toContain("/repositories/9/issues");
        expect(read.data).toEqual([]);
      } finally {
        await moved.close();
      }
    },
  );
});

describe("a GitHub that is in trouble", () => {
  test("shows no HTML of a failing gateway and is worth another attempt", async () => {
    const error = await errorOf(createWith("unavailable", "/users/{username}"));

    expect(error).toMatchObject({ code: "github-unavailable", isRetryable: true });
    expect(error.message).toContain("GitHub failed (503) while looking up the owner acme");
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toMatch(
      /<|secret-gateway-detail/,
    );
  });

  test("is tried again for what may be repeated", async () => {
    github.failNext({ path: "/users/{username}", fault: "unavailable", times: 2 });

    await publisherFor(github).createRepository(publishRequest(), stepContext());

    expect(github.count("GET", "/users/{username}")).toBe(3);
  });

  test("that cannot be reached, or does not answer in time, is told apart", async () => {
    const { url } = github;
    await github.close();
    const unreachable = await errorOf(
      publisherFor(github, { baseUrl: url }).createRepository(publishRequest(), stepContext()),
    );
    github = await startGithubEmulator();
    github.failNext({ path: "/users/{username}", fault: "hang", times: 5 });
    const silent = await errorOf(
      publisherFor(github, { timeoutMs: 100 }).createRepository(publishRequest(), stepContext()),
    );

    expect(unreachable).toMatchObject({ code: "github-unreachable", isRetryable: true });
    expect(unreachable.hint).toContain("GITHUB_API_URL");
    expect(silent).toMatchObject({ code: "github-timeout", isRetryable: true });
  });

  test("a proxy's page with status 200 is no success", async () => {
    const error = await errorOf(createWith("html", "/users/{username}"));

    expect(error).toMatchObject({ code: "github-answer-broken", isRetryable: true });
  });

  test("a cancelled run stops at once, with the reason of the cancelling", async () => {
    github.failNext({ path: "/users/{username}", fault: "hang", times: 5 });
    const controller = new AbortController();
    github.observe = () => {
      controller.abort(new Error("cancelled by Jane"));
    };

    const outcome = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ signal: controller.signal }),
    );

    await expect(outcome).rejects.toThrow("cancelled by Jane");
    expect(github.journal).toHaveLength(1);
  });
});

describe("limits", () => {
  test.each([
    ["secondary-limit", "github-secondary-limit", 90_000],
    ["rate-limit", "github-rate-limited", 1_800_000],
  ] as const)("%s says how long to wait instead of waiting", async (fault, code, waitMs) => {
    github.failNext({ path: orgRepos, fault, times: 5, retryAfterSeconds: 90 });

    const error = await errorOf(
      publisherFor(github).createRepository(publishRequest(), stepContext()),
    );

    expect(error).toMatchObject({ name: "UpstreamError", code, isRetryable: true });
    const waits = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
    expect(Math.abs(waits - waitMs)).toBeLessThan(3000);
    expect(github.count("POST", orgRepos)).toBe(1);
  });

  test("a limited creation did not happen, so the next attempt creates at once", async () => {
    const stored = new Map<string, string>();
    github.failNext({ path: orgRepos, fault: "secondary-limit" });
    await errorOf(publisherFor(github).createRepository(publishRequest(), stepContext({ stored })));

    await publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));

    expect(github.count("GET", "/repos/{owner}/{repo}")).toBe(0);
    expect(github.world.repositories).toHaveLength(1);
  });

  test("a short one is waited for in place, and writes keep a second between them", async () => {
    github.failNext({ path: "/users/{username}", fault: "secondary-limit", retryAfterSeconds: 1 });
    const client = connect(github, { isPaced: true });
    const octokit = await client.forOwner("acme", new AbortController().signal);
    const startedAtMs = performance.now();

    const { data } = await octokit.rest.users.getByUsername({ username: "acme" });

    expect(data.login).toBe("acme");
    expect(performance.now() - startedAtMs).toBeGreaterThan(950);
    await github.addRepository("acme", "ledger");
    const topics = { owner: "acme", repo: "ledger", names: ["node"] };
    const firstWriteAtMs = performance.now();
    await octokit.rest.repos.replaceAllTopics(topics);
    await octokit.rest.repos.replaceAllTopics(topics);
    expect(performance.now() - firstWriteAtMs).toBeGreaterThan(950);
  });
});

/** The clock can be set, timers run as ever. */
const onlyDate = {
  doNotFake: [
    "hrtime",
    "nextTick",
    "performance",
    "queueMicrotask",
    "setImmediate",
    "clearImmediate",
    "setInterval",
    "clearInterval",
    "setTimeout",
    "clearTimeout",
  ],
} satisfies Parameters<typeof jest.useFakeTimers>[0];

function appClient(): ReturnType<typeof connect> {
  const { appId, privateKey } = github.addApp(["acme"]);
  return connect(github, { auth: { kind: "app", appId, privateKey: new Secret(privateKey) } });
}

function mintCount(): number {
  return github.count("POST", "/app/installations/{installation_id}/access_tokens");
}

describe("credentials", () => {
  test("an App mints a token for the owner's installation, once", async () => {
    const app = github.addApp(["acme"]);
    const publisher = publisherFor(github, {
      auth: { kind: "app", appId: app.appId, privateKey: new Secret(app.privateKey) },
    });

    await publisher.createRepository(publishRequest(), stepContext());
    await publisher.createRepository(publishRequest({ repo: "ledger" }), stepContext());

    const mints = github.count("POST", "/app/installations/{installation_id}/access_tokens");
    expect(mints).toBe(1);
    expect(github.world.repositories).toHaveLength(2);
    await expect(publisher.owners(new AbortController().signal)).resolves.toEqual(["acme"]);
  });

  test("an App that is not installed, or asked for a user's repository, says so", async () => {
    const app = github.addApp(["octocat"]);
    const publisher = publisherFor(github, {
      auth: { kind: "app", appId: app.appId, privateKey: new Secret(app.privateKey) },
    });

    const missing = await errorOf(publisher.createRepository(publishRequest(), stepContext()));
    const user = await errorOf(
      publisher.createRepository(publishRequest({ owner: "octocat" }), stepContext()),
    );

    expect(missing).toMatchObject({ code: "github-app-not-installed" });
    expect(missing.hint).toContain("Install App");
    expect(user).toMatchObject({ code: "github-owner-not-ours" });
    expect(user.message).toContain("it works as a GitHub App");
  });

  test("a 401 just after minting is a replica that lags: the same token is tried again", async () => {
    const octokit = await appClient().forOwner("acme", new AbortController().signal);
    await octokit.rest.users.getByUsername({ username: "acme" });
    github.failNext({ path: "/users/{username}", fault: "unauthorized", times: 1 });

    const { data } = await octokit.rest.users.getByUsername({ username: "acme" });

    expect(data.login).toBe("acme");
    expect(mintCount()).toBe(1);
  });

  test("an App's token that is revoked before its hour is minted anew, and none is used for longer than that", async () => {
    const startMs = Date.now();
    jest.useFakeTimers({ ...onlyDate, now: startMs });
    try {
      const octokit = await appClient().forOwner("acme", new AbortController().signal);
      const ask = async () => await octokit.rest.users.getByUsername({ username: "acme" });
      const refusals = () => github.journal.filter(({ status }) => status === 401).length;
      await ask();
      expect({ mints: mintCount(), refusals: refusals() }).toEqual({ mints: 1, refusals: 0 });

      jest.setSystemTime(startMs + 30 * 60_000);
      github.world.tokens.clear();
      await ask();
      expect({ mints: mintCount(), refusals: refusals() }).toEqual({ mints: 2, refusals: 1 });

      // whoever waited for hours in the middle of a step
      jest.setSystemTime(startMs + 5 * 3_600_000);
      github.world.tokens.clear();
      await ask();
      expect({ mints: mintCount(), refusals: refusals() }).toEqual({ mints: 3, refusals: 1 });
    } finally {
      jest.useRealTimers();
    }
  });

  test("never reach the log or an error", async () => {
    const output = new PassThrough();
    const chunks: string[] = [];
    output.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    const publisher = publisherFor(github, {
      logger: createLogger("debug", output),
      auth: { kind: "token", token: new Secret("ghp_verysecret") },
    });

    const error = await errorOf(publisher.createRepository(publishRequest(), stepContext()));

    const seen = [error.message, error.hint, error.stack, String(error.cause), ...chunks];
    expect(error.code).toBe("github-unauthorized");
    expect(seen.join("\n")).not.toContain("verysecret");
    expect(
      JSON.stringify(error.cause, Object.getOwnPropertyNames(error.cause ?? {})),
    ).not.toContain("verysecret");
  });

  test("a token of a step's own is used instead of Callboard's", async () => {
    github.world.tokens.set("ghp_jane", {
      kind: "user",
      account: { id: 7, login: "jane", type: "User" },
    });
    github.world.accounts.set("jane", { id: 7, login: "jane", type: "User" });
    const request = publishRequest({
      owner: "jane",
      settings: { token: "ghp_jane", protectDefaultBranch: false },
    });

    await publisherFor(github).createRepository(request, stepContext());

    expect(github.repository("jane", "payments")).toBeDefined();
  });

  test("a key is read as PEM, with written-out line ends, and in base64; anything else is refused unseen", () => {
    const { privateKey } = github.addApp(["acme"]);
    const normal = readPrivateKey(privateKey);

    expect(normal).toContain("BEGIN PRIVATE KEY");
    expect(readPrivateKey(privateKey.replaceAll("\n", "\\n"))).toBe(normal);
    expect(readPrivateKey(Buffer.from(privateKey).toString("base64"))).toBe(normal);
    expect(() => readPrivateKey("hunter2")).toThrow(
      expect.objectContaining({
        code: "github-private-key-invalid",
        message: expect.not.stringContaining("hunter2"),
      }),
    );
  });
});

describe("hosts", () => {
  test.each([
    ["https://api.github.com", "github.com"],
    ["https://api.acme.ghe.com", "acme.ghe.com"],
    ["https://ghe.acme.com/api/v3/", "ghe.acme.com"],
    ["http://127.0.0.1:4567", "github.com"],
  ])("%s belongs to %s", (url, host) => {
    expect(hostOfGithubApi(url)).toBe(host);
  });

  test.each(["api.github.com", "ftp://x", ""])("%j is refused", (url) => {
    expect(() => hostOfGithubApi(url)).toThrow(
      expect.objectContaining({ code: "github-api-url-invalid" }),
    );
  });

  test("GitHub Enterprise works below its own root", async () => {
    const client = createGithubClient({
      auth: { kind: "token", token: new Secret(github.token) },
      baseUrl: `${github.url}/api/v3/`,
      logger: createLogger("silent"),
      isPaced: false,
    });

    const { data } = await client.root.rest.users.getAuthenticated();

    expect(data.login).toBe("octocat");
  });
});
