import { createServer } from "node:http";

import { expect, test } from "@jest/globals";

import { silentLogger } from "../../../../src/base/logger.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { createBreaker } from "../../../../src/scaffold/publishers/github/breaker.ts";
import { createGithubClient } from "../../../../src/scaffold/publishers/github/client.ts";

function breakerAt(): { breaker: ReturnType<typeof createBreaker>; pass: (ms: number) => void } {
  let nowMs = 1_000_000;
  return {
    breaker: createBreaker("github.com", () => nowMs),
    pass: (ms) => void (nowMs += ms),
  };
}

function fail(breaker: ReturnType<typeof createBreaker>, times: number): void {
  for (let time = 0; time < times; time += 1) breaker.note("failed");
}

test("opens after five failures in a row, and says since when and for how long", () => {
  const { breaker } = breakerAt();
  fail(breaker, 4);
  expect(() => breaker.assertClosed()).not.toThrow();

  fail(breaker, 1);

  expect(() => breaker.assertClosed()).toThrow(
    expect.objectContaining({
      code: "github-not-answering",
      message: "github.com has not answered since 00:16 UTC",
      isRetryable: true,
      retryAfterMs: 30_000,
    }),
  );
});

test("stays closed while some requests are answered, or when failures lie far apart", () => {
  const { breaker, pass } = breakerAt();
  fail(breaker, 4);
  breaker.note("answered");
  fail(breaker, 4);
  pass(30_001);
  fail(breaker, 4);

  expect(() => breaker.assertClosed()).not.toThrow();
});

test("lets one request try after 30 seconds, and all when that is answered", () => {
  const { breaker, pass } = breakerAt();
  fail(breaker, 5);
  pass(30_000);

  expect(() => breaker.assertClosed()).not.toThrow();
  expect(() => breaker.assertClosed()).toThrow("has not answered");
  breaker.note("failed");
  pass(29_999);
  expect(() => breaker.assertClosed()).toThrow("has not answered");
  pass(1);
  expect(() => breaker.assertClosed()).not.toThrow();
  breaker.note("answered");
  expect(() => breaker.assertClosed()).not.toThrow();
});

test("a GitHub that only fails is left alone, also by requests in the name of others", async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(503).end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const client = createGithubClient({
      auth: { kind: "token", token: new Secret("ghp_x") },
      baseUrl: `http://127.0.0.1:${port}`,
      logger: silentLogger,
      retryDelayMs: 1,
    });
    const ask = async (octokit = client.root): Promise<unknown> =>
      await octokit.request("GET /user").catch((thrown: unknown) => thrown);

    await ask();
    await ask();
    const before = requests;
    const refused = await ask(client.withToken("ghp_other"));

    expect(before).toBeGreaterThanOrEqual(5);
    expect(refused).toMatchObject({ code: "github-not-answering", isRetryable: true });
    expect(requests).toBe(before);
  } finally {
    server.close();
  }
});
