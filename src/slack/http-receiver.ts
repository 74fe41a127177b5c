import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parse } from "node:querystring";

import type { App, Receiver } from "@slack/bolt";

import { toError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";

export interface HttpReceiverOptions {
  signingSecret: Secret;
  logger: Logger;
  now: () => number;
}

/** Answers a request itself or passes it on, as express's handlers do and without needing express. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

/** Bolt's end of Slack's HTTP requests. */
export interface HttpReceiver {
  receiver: Receiver;
  /** Answers `POST /slack/events`. */
  handler: HttpHandler;
}

const path = "/slack/events";
/** Slack's requests may be this much older or newer than our clock. @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
const allowedSkewMs = 5 * 60_000;
/** As Bolt's receivers. */
const mostBodyBytes = 4 * 2 ** 20;
/** Slack has given up by then; what is still open is closed without an answer that could be mistaken for one. */
const answerLimitMs = 3001;

/** A request that is answered with `status` and nothing else. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/**
 * Does what Bolt's `ExpressReceiver` does, at a fraction of its time, which is most of what a short answer costs. Beyond that
 * it takes no timestamps from the future and any content type with a charset; strangers are refused before their body is read.
 */
export function createHttpReceiver(options: HttpReceiverOptions): HttpReceiver {
  let app: App | undefined;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const signed = readSignature(request, options.now());
    const text = await readBody(request);
    if (!isSigned(text, signed, options.signingSecret)) throw new Refused(401, "signature");
    const body = parseBody(text.toString(), request.headers["content-type"] ?? "");
    if (answersItself(body, response)) return;
    await dispatch(app, body, request, response);
  };
  return {
    receiver: {
      init(bolt) {
        app = bolt;
      },
      start: async () => undefined,
      stop: async () => undefined,
    },
    handler(request, response, next) {
      if (request.method !== "POST" || pathOf(request) !== path) {
        next();
        return;
      }
      take(request, response).catch((thrown: unknown) => {
        const isRefused = thrown instanceof Refused;
        const reason = toError(thrown).message;
        options.logger.warn(isRefused ? { reason } : {}, "slack request refused");
        end(response, isRefused ? thrown.status : 500);
      });
    },
  };
}

function pathOf({ url = "" }: IncomingMessage): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

/** When a request was signed, as it says, and the signature. */
interface Signed {
  timestamp: string;
  /** SHA-256 in hexadecimal. */
  hash: string;
}

/** Bolt lets requests from the future pass, which could be replayed until their time has come, and takes any number for a time. */
function readSignature({ headers }: IncomingMessage, nowMs: number): Signed {
  const timestamp = String(headers["x-slack-request-timestamp"] ?? "");
  const signature = String(headers["x-slack-signature"] ?? "");
  // seconds since the epoch
  if (!/^\d{1,12}$/.test(timestamp)) throw new Refused(401, "timestamp");
  // version 0 and a SHA-256 in hexadecimal
  if (!/^v0=[0-9a-f]{64}$/.test(signature)) throw new Refused(401, "signature");
  if (Math.abs(Number(timestamp) * 1000 - nowMs) > allowedSkewMs) throw new Refused(401, "age");
  return { timestamp, hash: signature.slice(3) };
}

function isSigned(body: Buffer, { timestamp, hash }: Signed, secret: Secret): boolean {
  const hmac = createHmac("sha256", secret.reveal()).update(`v0:${timestamp}:`).update(body);
  return timingSafeEqual(hmac.digest(), Buffer.from(hash, "hex"));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= mostBodyBytes) chunks.push(chunk);
      else reject(new Refused(413, "size"));
    });
    request.once("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    request.once("error", reject);
    request.once("close", () => {
      if (!request.complete) reject(new Refused(400, "body cut off"));
    });
  });
}

function parseBody(text: string, contentType: string): unknown {
  try {
    const [type = ""] = contentType.split(";");
    if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") return JSON.parse(text);
    const form = { ...parse(text) };
    return typeof form["payload"] === "string" ? JSON.parse(form["payload"]) : form;
  } catch {
    throw new Refused(400, "body not readable");
  }
}

/** Slack's checks of the address, which are nobody's business but ours. */
function answersItself(body: unknown, response: ServerResponse): boolean {
  if (!isRecord(body)) return false;
  if (body["ssl_check"] !== undefined && body["ssl_check"] !== "") {
    end(response, 200);
    return true;
  }
  if (body["type"] !== "url_verification") return false;
  end(response, 200, { challenge: body["challenge"] });
  return true;
}

async function dispatch(
  app: App | undefined,
  body: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const timer = setTimeout(() => end(response, 404), answerLimitMs);
  const { "x-slack-retry-num": retryNum, "x-slack-retry-reason": retryReason } = request.headers;
  try {
    await app?.processEvent({
      // what is no object is dropped before anybody looks into it
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Bolt's type promises more than any receiver knows
      body: body as Record<string, unknown>,
      ack: async (answer?: unknown) => {
        clearTimeout(timer);
        end(response, 200, answer);
      },
      ...(typeof retryNum === "string" ? { retryNum: Number.parseInt(retryNum, 10) } : {}),
      ...(typeof retryReason === "string" ? { retryReason } : {}),
    });
  } catch (thrown) {
    clearTimeout(timer);
    throw thrown;
  }
}

/** Ends a response that is still open: nothing, a text, or anything else as JSON. */
function end(response: ServerResponse, status: number, answer?: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (answer === undefined || answer === "") {
    response.writeHead(status, { "content-length": 0 }).end();
    return;
  }
  const isText = typeof answer === "string";
  const text = isText ? answer : JSON.stringify(answer);
  response
    .writeHead(status, {
      "content-type": isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
}
