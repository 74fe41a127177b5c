import type http from "node:http";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { Secret } from "../../../src/base/secret.ts";
import { isOtherRepository, rawUrl } from "../../../src/catalog/code-host.ts";
import { createUrlSource, resolveWebTarget } from "../../../src/catalog/sources/url.ts";
import { createWebReader } from "../../../src/catalog/sources/web-reader.ts";
import { describeCatalogSource } from "../../contracts/catalog-source.ts";
import { startWebServer, type WebServer } from "../../helpers/web-server.ts";

const { signal } = new AbortController();
let server: WebServer;
/** What the server answers, by path. */
let pages: Map<
  string,
  { status?: number; headers?: Record<string, string>; body?: string | Buffer }
>;

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const { status = 200, headers = {}, body = "" } = pages.get(request.url ?? "") ?? { status: 404 };
  if (status === 0) return;
  const isKnown =
    headers["etag"] !== undefined && request.headers["if-none-match"] === headers["etag"];
  response.writeHead(isKnown ? 304 : status, headers).end(isKnown ? undefined : body);
}

beforeEach(async () => {
  pages = new Map();
  server = await startWebServer(answer);
});
afterEach(() => server.close());

describeCatalogSource("a URL", async () => {
  const files = new Map<string, string>();
  let isDown = false;
  const urls: string[] = [];
  const web = await startWebServer((request, response) => {
    const text = files.get(request.url ?? "");
    response.writeHead(isDown ? 503 : text === undefined ? 404 : 200).end(text);
  });
  const list = (): void => {
    const names = [...files.keys()].filter((path) => path.endsWith(".yaml")).toSorted();
    urls.splice(0, urls.length, ...names.map((path) => `${web.url}${path}`));
  };
  const prefix = "/acme/pay/raw/main/";
  return {
    source: createUrlSource({ urls, web: createWebReader({ hosts: [{ host: web.host }] }) }),
    async write(path, text) {
      isDown = false;
      files.set(prefix + path, text);
      list();
    },
    async remove(path) {
      files.delete(prefix + path);
      list();
    },
    async breakDown() {
      isDown = true;
    },
    close: () => web.close(),
  };
});

test("asks only for what has changed", async () => {
  pages.set("/a.yaml", { body: "a: 1", headers: { etag: '"1"' } });
  const web = createWebReader({ hosts: [{ host: server.host }] });

  const first = await web.read(`${server.url}/a.yaml`, signal);
  const second = await web.read(`${server.url}/a.yaml`, signal);
  pages.set("/a.yaml", { body: "a: 2", headers: { etag: '"2"' } });
  const third = await web.read(`${server.url}/a.yaml`, signal);

  expect([first, second, third]).toEqual(["a: 1", "a: 1", "a: 2"]);
  expect(server.requests.map(({ headers }) => headers["if-none-match"])).toEqual([
    undefined,
    '"1"',
    '"1"',
  ]);
});

test("sends a token to its host only", async () => {
  const other = await startWebServer((_request, response) => response.writeHead(200).end("x"));
  pages.set("/a", { status: 302, headers: { location: `${other.url}/b` } });
  const token = new Secret("t0ken");
  const web = createWebReader({ hosts: [{ host: server.host, token }, { host: other.host }] });

  const text = await web.read(`${server.url}/a`, signal);
  await other.close();

  expect(text).toBe("x");
  expect(server.requests[0]?.headers.authorization).toBe("Bearer t0ken");
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test.each([
  ["http://169.254.169.254/latest/meta-data"],
  ["http://localhost/x"],
  ["http://user@HOST/x"],
  ["file:///etc/passwd"],
  ["gopher://HOST/x"],
  ["not a url"],
])("does not read %s", async (url) => {
  const web = createWebReader({ hosts: [{ host: server.host }] });

  await expect(web.read(url.replace("HOST", server.host), signal)).rejects.toMatchObject({
    code: "url-not-allowed",
  });
  expect(server.requests).toEqual([]);
});

test("does not follow a redirect to a host that may not be read", async () => {
  pages.set("/a", { status: 302, headers: { location: "http://169.254.169.254/latest" } });
  const web = createWebReader({ hosts: [{ host: server.host }] });

  await expect(web.read(`${server.url}/a`, signal)).rejects.toMatchObject({
    code: "url-not-allowed",
  });
});

test.each([
  [
    "a loop of redirects",
    "/loop",
    { code: "url-unreadable", message: expect.stringContaining("too many redirects") },
  ],
  [
    "a refusal",
    "/forbidden",
    { code: "url-unreadable", isRetryable: false, hint: expect.stringContaining("token") },
  ],
  ["a failure", "/broken", { code: "url-unreadable", isRetryable: true }],
  [
    "too many requests",
    "/limited",
    { code: "url-unreadable", isRetryable: true, retryAfterMs: 7000 },
  ],
  ["too large an answer", "/large", { code: "url-too-large" }],
  ["an answer that is no text", "/binary", { code: "url-not-text" }],
  [
    "silence",
    "/silent",
    {
      code: "url-unreadable",
      isRetryable: true,
      message: expect.stringContaining("no answer within 0.2 s"),
    },
  ],
])("says what is wrong with %s", async (_what, path, expected) => {
  pages.set("/loop", { status: 302, headers: { location: "/loop" } });
  pages.set("/forbidden", { status: 403 });
  pages.set("/broken", { status: 503 });
  pages.set("/limited", { status: 429, headers: { "retry-after": "7" } });
  pages.set("/large", { body: "x".repeat(2000) });
  pages.set("/binary", { body: Buffer.from([0xff, 0xfe, 0x00]) });
  pages.set("/silent", { status: 0 });
  const web = createWebReader({ hosts: [{ host: server.host }], maxBytes: 1000, timeoutMs: 200 });

  await expect(web.read(server.url + path, signal)).rejects.toMatchObject(expected);
});

test("says that nobody listens", async () => {
  const web = createWebReader({ hosts: [{ host: server.host }] });
  await server.close();

  await expect(web.read(`${server.url}/a`, signal)).rejects.toMatchObject({
    code: "url-unreadable",
    isRetryable: true,
    message: expect.stringContaining("ECONNREFUSED"),
  });
  server = await startWebServer(() => undefined);
});

test("stops when it is told to", async () => {
  pages.set("/silent", { status: 0 });
  const web = createWebReader({ hosts: [{ host: server.host }] });
  const abort = new AbortController();

  const reading = web.read(`${server.url}/silent`, abort.signal);
  abort.abort(new Error("enough"));

  await expect(reading).rejects.toThrow("enough");
});

test.each([
  [
    "https://github.com/a/b/blob/main/x/c.yaml",
    "https://raw.githubusercontent.com/a/b/main/x/c.yaml",
  ],
  [
    "https://git.acme.com/a/b/blob/main/c.yaml",
    "https://git.acme.com/api/v3/repos/a/b/contents/c.yaml?ref=main",
  ],
  ["https://gitlab.com/a/b/c/-/blob/main/d.yaml", "https://gitlab.com/a/b/c/-/raw/main/d.yaml"],
  ["https://example.com/blob/x.yaml", "https://example.com/blob/x.yaml"],
])("reads the page %s as %s", (page, raw) => {
  expect(rawUrl(page)).toBe(raw);
});

test("resolves targets like links, inside the repository", () => {
  const base = "https://github.com/a/b/blob/main/x/c.yaml";

  expect(resolveWebTarget(base, "../d.yaml")).toBe("https://github.com/a/b/blob/main/d.yaml");
  expect(resolveWebTarget(base, "https://github.com/other/x/blob/main/e.yaml")).toContain(
    "/other/",
  );
  expect(() => resolveWebTarget(base, "../../../../../other/x/blob/main/e.yaml")).toThrow(
    "outside",
  );
  expect(() => resolveWebTarget(base, "javascript:alert(1)")).toThrow("may not be read");
});

test("knows files of other repositories", () => {
  const base = "https://github.com/a/b/blob/main/c.yaml";

  expect(isOtherRepository(base, "./x.yaml")).toBe(false);
  expect(isOtherRepository(base, "https://github.com/a/b/blob/v2/x.yaml")).toBe(false);
  expect(isOtherRepository(base, "https://github.com/a/other/blob/main/x.yaml")).toBe(true);
  expect(isOtherRepository("/disk/a.yaml", "https://github.com/a/b/blob/main/x.yaml")).toBe(false);
});
