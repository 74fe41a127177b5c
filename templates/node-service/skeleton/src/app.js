import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { name, version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const favicon = readFileSync(new URL("../public/favicon.png", import.meta.url));

/** What we answer to: a handler returns `{ status, body }`, the body as an object or as bytes. */
const routes = {
  "GET /": () => ({ status: 200, body: { name, version } }),
  "GET /healthz": () => ({ status: 200, body: { status: "ok" } }),
  "GET /readyz": (_request, state) =>
    state.isReady
      ? { status: 200, body: { status: "ready" } }
      : { status: 503, body: { status: "not ready" } },
  "GET /favicon.png": () => ({ status: 200, body: favicon, type: "image/png" }),
};

/**
 * The HTTP server, not yet listening.
 * `state.isReady` decides what `/readyz` says; `log` gets a line for every request.
 */
export function createApp({ log, state }) {
  return createServer((request, response) => {
    const startedAtMs = performance.now();
    response.on("finish", () => {
      log("info", "request", {
        method: request.method,
        path: pathOf(request),
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedAtMs),
      });
    });
    answer(request, state).then(
      (result) => send(response, result),
      (error) => {
        log("error", "request failed", { path: pathOf(request), error: String(error?.stack ?? error) });
        send(response, { status: 500, body: { error: "internal error" } });
      },
    );
  });
}

async function answer(request, state) {
  const path = pathOf(request);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const handler = routes[`${method} ${path}`];
  if (handler !== undefined) return handler(request, state);
  const isKnown = Object.keys(routes).some((route) => route.endsWith(` ${path}`));
  return isKnown
    ? { status: 405, body: { error: "method not allowed" } }
    : { status: 404, body: { error: "not found" } };
}

function pathOf(request) {
  return (request.url ?? "/").split("?", 1)[0];
}

function send(response, { status, body, type = "application/json; charset=utf-8" }) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": type, "content-length": bytes.length });
  response.end(bytes);
}
