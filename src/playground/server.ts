import { fileURLToPath } from "node:url";

import express, { type Express, type NextFunction, type Request, type Response } from "express";

import { CallboardError, NotFoundError, toError } from "../base/errors.ts";
import { isTrustedRequest } from "./guard.ts";
import { createPageApi } from "./page-api.ts";
import { SlackRefusal } from "./refusal.ts";
import { applyResponse } from "./responses.ts";
import type { ServerParts } from "./server-parts.ts";
import type { ApiContext } from "./web-api/context.ts";
import { fileBytes } from "./web-api/files.ts";
import { RateLimits } from "./web-api/rate-limits.ts";
import { serveApi } from "./web-api/serve.ts";

const bodyLimit = "5mb";

/** The playground's HTTP side: Slack's API for the bot, response URLs, and the page with its own API. */
export function createApp(parts: ServerParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(refuseStrangers);
  for (const handler of parts.handlers) app.use(handler);
  const limits = new RateLimits(parts.acts.workspace.clock);
  const text = express.text({ type: () => true, limit: bodyLimit });
  app.all("/api/:method", text, (request, response) =>
    serveApi(request, response, {
      context: parts.api,
      journal: parts.journal,
      faults: parts.faults,
      limits,
    }),
  );
  app.post("/response/:id", text, (request, response) =>
    serveResponseUrl(request, response, parts),
  );
  app.post(
    "/upload/:id",
    express.raw({ type: () => true, limit: fileBytes }),
    (request, response) => receiveFile(request, response, parts),
  );
  app.get("/files/:id", (request, response) => sendFile(request, response, parts));
  app.use("/_playground", createPageApi(parts));
  app.use(setPageHeaders, express.static(fileURLToPath(new URL("./public/", import.meta.url))));
  app.use((_request, response) => void response.status(404).json({ error: "not_found" }));
  app.use((thrown: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) return next(thrown);
    answerError(toError(thrown), response, parts.api);
  });
  return app;
}

function answerError(error: Error, response: Response, { logger }: ApiContext): void {
  if (error instanceof CallboardError) {
    const { code, message, hint } = error;
    response
      .status(error instanceof NotFoundError ? 404 : 400)
      .json({ error: code, message, hint });
    return;
  }
  // body-parser says what it did not like in a status of its own.
  const status = "status" in error && typeof error.status === "number" ? error.status : 500;
  if (status >= 500) logger.error({ error: error.message, stack: error.stack }, "request failed");
  response.status(status).json({ error: status === 413 ? "request_too_large" : "bad_request" });
}

function refuseStrangers(request: Request, response: Response, next: NextFunction): void {
  if (isTrustedRequest(request)) return next();
  response.status(403).json({ error: "only pages of this machine may talk to the playground" });
}

/** The page loads nothing from elsewhere and cannot be framed. */
function setPageHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  });
  next();
}

function serveResponseUrl(request: Request, response: Response, parts: ServerParts): void {
  const body = parseBody(request.body);
  const entry = parts.journal.open("response_url", "response_url", body);
  try {
    const target = parts.acts.tickets.takeResponseUrl(String(request.params["id"]));
    applyResponse(body, target, parts.api);
    parts.journal.finish(entry, "ok");
    response.type("text/plain").send("ok");
  } catch (thrown) {
    if (!(thrown instanceof SlackRefusal)) throw thrown;
    parts.journal.finish(entry, thrown.error, thrown.toBody());
    const isGone = thrown.error.endsWith("_url");
    response.status(isGone ? 404 : 400).json(thrown.toBody());
  }
}

async function receiveFile(
  request: Request,
  response: Response,
  { acts }: ServerParts,
): Promise<void> {
  const file = acts.workspace.files.get(String(request.params["id"]));
  if (file === undefined || !Buffer.isBuffer(request.body)) {
    response.status(404).send("no such upload");
    return;
  }
  file.content = await readUpload(request.body, request.get("content-type") ?? "");
  response.type("text/plain").send(`OK - ${file.content.length}`);
}

/** The bytes themselves, or the one file of a form. */
async function readUpload(body: Buffer, contentType: string): Promise<Buffer> {
  if (!contentType.startsWith("multipart/form-data")) return body;
  const copy = new Uint8Array(body);
  const form = await new globalThis.Response(copy, {
    headers: { "content-type": contentType },
  }).formData();
  for (const part of form.values()) {
    if (typeof part !== "string") return Buffer.from(await part.arrayBuffer());
  }
  return Buffer.alloc(0);
}

/** Always a download: nothing that the bot uploads may run as a page of this origin. */
function sendFile(request: Request, response: Response, { acts }: ServerParts): void {
  const file = acts.workspace.files.get(String(request.params["id"]));
  if (file?.content === undefined) {
    response.status(404).send("no such file");
    return;
  }
  response.set("content-security-policy", "sandbox").attachment(file.name).send(file.content);
}

function parseBody(body: unknown): unknown {
  if (typeof body !== "string") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    // Slack takes a form with a `payload` as well.
    return undefined;
  }
}
