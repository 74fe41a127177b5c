import { ExpressReceiver } from "@slack/bolt";
import { type RequestHandler, Router } from "express";

import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { createSdkLogger } from "./sdk-logger.ts";

export interface HttpTransportOptions {
  signingSecret: Secret;
  logger: Logger;
  now: () => number;
}

/** All of Slack's traffic over HTTP. */
export interface HttpTransport {
  receiver: ExpressReceiver;
  /** To be mounted at the root of an express server; answers `POST /slack/events`. */
  router: Router;
}

/** Slack's requests may be this much older or newer than our clock. @see https://docs.slack.dev/authentication/verifying-requests-from-slack */
const allowedSkewMs = 5 * 60_000;

const path = "/slack/events";

/** Creates the HTTP transport; nothing listens until its router is mounted. */
export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const router = Router();
  router.post(path, refuseOddRequests(options), plainContentType);
  const receiver = new ExpressReceiver({
    signingSecret: options.signingSecret.reveal(),
    endpoints: path,
    router,
    logger: createSdkLogger(options.logger),
  });
  return { receiver, router };
}

/**
 * Bolt lets validly signed requests from the future pass, which could then be replayed until their time has come,
 * and takes any number for a timestamp. What is refused here is refused before its body is read.
 */
function refuseOddRequests({ logger, now }: HttpTransportOptions): RequestHandler {
  return (request, response, next) => {
    const timestamp = request.get("x-slack-request-timestamp") ?? "";
    const signature = request.get("x-slack-signature") ?? "";
    // seconds since the epoch
    const isTime = /^\d{1,12}$/.test(timestamp);
    // version 0 and a SHA-256 in hexadecimal
    const isSignature = /^v0=[0-9a-f]{64}$/.test(signature);
    if (isTime && isSignature && Math.abs(Number(timestamp) * 1000 - now()) <= allowedSkewMs) {
      next();
      return;
    }
    logger.warn({ isTime, isSignature }, "slack request refused");
    response.status(401).end();
  };
}

/** Bolt compares the content type letter by letter, and proxies like to add a charset to it. */
const plainContentType: RequestHandler = (request, _response, next) => {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type !== undefined) request.headers["content-type"] = type.trim().toLowerCase();
  next();
};
