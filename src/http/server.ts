import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import express, { type RequestHandler } from "express";

import { InputError, toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Metrics } from "./metrics.ts";

/** One part of readiness: `undefined` when it is well, else what is wrong. */
export type ReadinessCheck = () => Promise<string | undefined>;

export interface HealthOptions {
  readiness: Record<string, ReadinessCheck>;
  metrics: Metrics;
}

export interface HttpServerOptions {
  port: number;
  /** Absent: all interfaces. */
  host?: string;
  /** Sees each request before express does, whose work it saves where it answers. */
  first?: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** In their order, such as health and the pages. */
  handlers: RequestHandler[];
  logger: Logger;
}

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/** Answers `GET /healthz`, `/readyz` and `/metrics`. */
export function createHealthRouter(options: HealthOptions): express.Router {
  const router = express.Router();
  // a liveness probe must not depend on anything outside: restarting the bot mends neither Redis nor Slack
  router.get("/healthz", (_request, response) => void response.type("text/plain").send("ok\n"));
  router.get("/readyz", (_request, response) => sendReadiness(options.readiness, response));
  router.get("/metrics", async (_request, response) => {
    const { registry } = options.metrics;
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

/** Listens until closed. @throws InputError `port-in-use`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = express();
  app.disable("x-powered-by");
  for (const handler of options.handlers) app.use(handler);
  app.use(errorHandler(options.logger));
  const { first } = options;
  const server = createServer(
    first === undefined
      ? app
      : (request, response) => first(request, response, () => void app(request, response)),
  );
  // slow clients may not hold a connection open: headers within 10 s, the whole request within 30 s
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const port = await listen(server, options.port, options.host);
  return { port, close: () => close(server) };
}

async function sendReadiness(
  checks: Record<string, ReadinessCheck>,
  response: express.Response,
): Promise<void> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
  );
  const isReady = results.every(([, problem]) => problem === undefined);
  response.status(isReady ? 200 : 503).json({
    status: isReady ? "ready" : "not ready",
    checks: Object.fromEntries(results.map(([name, problem]) => [name, problem ?? "ok"])),
  });
}

async function runCheck(check: ReadinessCheck): Promise<string | undefined> {
  try {
    return await check();
  } catch (thrown) {
    return toError(thrown).message;
  }
}

function errorHandler(logger: Logger): express.ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    logger.error({ error: toError(thrown).message, path: request.path }, "HTTP request failed");
    if (response.headersSent) response.destroy();
    else response.status(500).type("text/plain").send("internal error\n");
  };
}

async function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portInUse(port) : error);
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function portInUse(port: number): InputError {
  return new InputError("port-in-use", `port ${port} is already in use`, {
    hint: "stop the other process, or choose another port: PORT=3001 npm start",
  });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // kept-alive connections would hold the process back
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
}
