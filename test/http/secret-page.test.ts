import { Writable } from "node:stream";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { ConflictError, InputError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { createSecretPage } from "../../src/http/secret-page.ts";
import { type HttpServer, startHttpServer } from "../../src/http/server.ts";

const place = {
  formId: "f",
  field: "token",
  slackUserId: "U1",
  label: 'Token <b>"x"</b>',
  templateTitle: "A & B",
};

let server: HttpServer;
let entered: string[];
let log: string;

beforeEach(async () => {
  entered = [];
  log = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const logger = createLogger("trace", sink);
  const known = async (ticket: string) => {
    if (ticket === "broken") throw new Error("the storage said secret things");
    if (ticket !== "good.ticket") throw new InputError("secret-link-invalid", "Not one of ours.");
    if (entered.length > 0) throw new ConflictError("secret-link-used", "Used already.");
    return place;
  };
  const page = createSecretPage({
    logger,
    secrets: {
      look: known,
      async enter(ticket, value) {
        const found = await known(ticket);
        entered.push(value);
        return found;
      },
    },
  });
  server = await startHttpServer({ port: 0, host: "127.0.0.1", handlers: [page], logger });
});
afterEach(async () => await server.close());

const at = (ticket: string): string => `http://127.0.0.1:${server.port}/secrets/${ticket}`;

const post = async (
  body: Record<string, string>,
  headers: Record<string, string> = {},
  ticket = "good.ticket",
): Promise<Response> =>
  await fetch(at(ticket), { method: "POST", body: new URLSearchParams(body), headers });

test("looking at the page, as scanners of links do, uses nothing up", async () => {
  await fetch(at("good.ticket"));
  const shown = await fetch(at("good.ticket"));
  const html = await shown.text();

  expect(shown.status).toBe(200);
  expect(html).toContain("Token &lt;b&gt;&quot;x&quot;&lt;/b&gt;");
  expect(html).toContain("A &amp; B");
  expect(html).toContain('type="password"');
  expect(html).not.toContain("<script");
  expect(entered).toEqual([]);
});

test("nothing of it is kept, framed, indexed or told to other sites", async () => {
  for (const response of [
    await fetch(at("good.ticket")),
    await fetch(at("other")),
    await post({ value: "x" }),
  ]) {
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("x-frame-options")).toBe("DENY");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain("unsafe");
  }
});

test("takes one value, on one line or on several", async () => {
  const stored = await post({ value: "", lines: "-----BEGIN-----\r\nabc\r\n" });
  const again = await post({ value: "second" });

  expect(stored.status).toBe(200);
  expect(await stored.text()).toContain("is stored");
  expect(entered).toEqual(["-----BEGIN-----\nabc\n"]);
  expect(again.status).toBe(410);
});

test("refuses what another site sends, unknown links and bodies that are too long", async () => {
  const foreign = await post({ value: "x" }, { "sec-fetch-site": "cross-site" });
  const unknown = await post({ value: "x" }, {}, "other");
  const long = await post({ value: "x".repeat(300_000) });

  expect([foreign.status, unknown.status, long.status]).toEqual([403, 404, 413]);
  expect(entered).toEqual([]);
});

test("neither a value nor a link is ever logged or shown", async () => {
  const failed = await post({ value: "hunter2" }, {}, "broken");
  const long = await post({ value: "hunter2".repeat(50_000) });
  const texts = [await failed.text(), await long.text()].join("");

  expect(failed.status).toBe(500);
  expect(log).toContain("the page for secrets failed");
  expect(log + texts).not.toMatch(/hunter2|good\.ticket|broken|secret things/);
});
