import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import express, { type RequestHandler, type Response } from "express";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { type GithubEvent, parseGithubEvent } from "./github-event.ts";

export interface GithubWebhookOptions {
  /** As set at GitHub; absent: every delivery is refused. */
  secret: Secret | undefined;
  /** Called once for each delivery that concerns the catalog; a failure asks GitHub's operator to deliver again. */
  onEvent: (event: GithubEvent) => Promise<void>;
  /** Remembers deliveries, so that one that is played again does nothing. */
  deliveries: {
    /** True when this one was not seen before. */
    take(id: string): Promise<boolean>;
    forget(id: string): Promise<void>;
  };
  logger: Logger;
  /** Larger bodies are refused; GitHub's own are far smaller, unless a push has thousands of commits. Default 5 MB. */
  maxBytes?: number;
}

/**
 * Answers `POST /github/webhook`. Nothing of a delivery is looked at before its signature was found right.
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function createGithubWebhook(options: GithubWebhookOptions): RequestHandler {
  const { secret, maxBytes = 5 * 1024 * 1024 } = options;
  const router = express.Router();
  router.post("/github/webhook", async (request, response) => {
    if (secret === undefined || secret.reveal() === "") {
      refuse(response, 403, "webhooks are not set up: GITHUB_WEBHOOK_SECRET is missing");
      return;
    }
    const body = await readBody(request, maxBytes);
    if (body === undefined) {
      response.set("connection", "close");
      refuse(response, 413, `a delivery has at most ${maxBytes} bytes`);
      return;
    }
    if (!isSigned(body, request.get("x-hub-signature-256"), secret)) {
      options.logger.warn({}, "GitHub webhook with a wrong signature");
      refuse(response, 401, "the signature is missing or wrong");
      return;
    }
    await take(options, body, request, response);
  });
  return router;
}

async function take(
  { onEvent, deliveries, logger }: GithubWebhookOptions,
  body: Buffer,
  request: IncomingMessage,
  response: Response,
): Promise<void> {
  const id = headerOf(request, "x-github-delivery");
  const name = headerOf(request, "x-github-event");
  const payload = parseJson(body);
  if (payload === undefined || id === undefined || name === undefined) {
    refuse(response, 400, "expected JSON with X-GitHub-Event and X-GitHub-Delivery");
    return;
  }
  const event = parseGithubEvent(name, payload);
  if (event === undefined) {
    answer(response, 200, "ignored");
    return;
  }
  const key = `github:${id}`;
  // without the storage nobody knows; what a delivery does may be done twice
  const isNew = await deliveries.take(key).catch(() => true);
  if (!isNew) {
    answer(response, 200, "seen before");
    return;
  }
  try {
    await onEvent(event);
    answer(response, 202, "accepted");
  } catch (thrown) {
    logger.warn({ event: name, error: toError(thrown).message }, "GitHub webhook failed");
    await deliveries.forget(key).catch(() => undefined);
    refuse(response, 503, "try again later");
  }
}

function answer(response: Response, status: number, result: string): void {
  response.status(status).json({ result });
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: message });
}

/** Compares in constant time, so that a signature cannot be guessed letter by letter. */
function isSigned(body: Buffer, signature: string | undefined, secret: Secret): boolean {
  const given = Buffer.from(signature ?? "");
  const digest = createHmac("sha256", secret.reveal()).update(body).digest("hex");
  const wanted = Buffer.from(`sha256=${digest}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The raw body; undefined when it is too large, of which no more is kept. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"]) > maxBytes) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > maxBytes) return undefined;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" && value.length <= 100 ? value : undefined;
}

function parseJson(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return value;
  } catch {
    return undefined;
  }
}
