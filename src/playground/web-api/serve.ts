import { setTimeout as delay } from "node:timers/promises";

import type { Request, Response } from "express";

import { toError } from "../../base/errors.ts";
import type { FaultPlan, Faults } from "../faults.ts";
import type { Journal, JournalEntry } from "../journal.ts";
import { SlackRefusal } from "../refusal.ts";
import { readCall, type ReadCall, runCall, specOf, warningsFor } from "./call.ts";
import type { ApiContext } from "./context.ts";
import type { RateLimits } from "./rate-limits.ts";

/** What serving the Web API needs. */
export interface ServeOptions {
  context: ApiContext;
  journal: Journal;
  faults: Faults;
  limits: RateLimits;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Answers `POST /api/<method>`: refusals with HTTP 200 and `ok: false`, limits with 429, faults as planned. */
export async function serveApi(
  request: Request,
  response: Response,
  options: ServeOptions,
): Promise<void> {
  const method = String(request.params["method"]);
  const { entry, read } = openEntry(method, request, options);
  const fault = options.faults.takeForMethod(method);
  const answer = await answerOf(method, read, fault, options);
  if (fault?.fault === "slow") await delay("delayMs" in fault ? (fault.delayMs ?? 2000) : 2000);
  const name = typeof answer.body["error"] === "string" ? answer.body["error"] : "ok";
  if (fault?.fault === "lost-reply" || fault?.fault === "dropped") {
    options.journal.finish(entry, fault.fault, answer.body);
    request.socket.destroy();
    return;
  }
  options.journal.finish(entry, answer.status === 200 ? name : String(answer.status), answer.body);
  response
    .status(answer.status)
    .set({ "x-oauth-scopes": [...(options.context.settings.scopes ?? [])].join(",") })
    .set(answer.headers ?? {})
    .json(answer.body);
}

function openEntry(
  method: string,
  request: Request,
  { journal }: ServeOptions,
): { entry: JournalEntry; read: ReadCall | SlackRefusal } {
  try {
    const read = readCall({
      method,
      authorization: request.get("authorization"),
      contentType: request.get("content-type") ?? "",
      body: typeof request.body === "string" ? request.body : "",
    });
    const entry = journal.open("api", method, read.values);
    const warnings = warningsFor(method, read.values);
    if (warnings.length > 0) entry.warnings = warnings;
    return { entry, read };
  } catch (thrown) {
    if (!(thrown instanceof SlackRefusal)) throw thrown;
    return { entry: journal.open("api", method, {}), read: thrown };
  }
}

async function answerOf(
  method: string,
  read: ReadCall | SlackRefusal,
  fault: FaultPlan | undefined,
  { context, limits }: ServeOptions,
): Promise<Answer> {
  const early = faultAnswer(fault);
  if (early !== undefined) return early;
  try {
    if (read instanceof SlackRefusal) throw read;
    const waitS = context.settings.hasRateLimits
      ? limits.take(method, specOf(method).tier, String(read.values["channel"] ?? ""))
      : undefined;
    if (waitS !== undefined) return rateLimited(waitS);
    return { status: 200, body: await runCall(method, read, context) };
  } catch (thrown) {
    if (thrown instanceof SlackRefusal) return { status: 200, body: thrown.toBody() };
    const error = toError(thrown);
    context.logger.error({ method, error: error.message, stack: error.stack }, "method failed");
    return { status: 500, body: { ok: false, error: "internal_error" } };
  }
}

function faultAnswer(fault: FaultPlan | undefined): Answer | undefined {
  switch (fault?.fault) {
    case "429":
      return rateLimited(("retryAfterS" in fault ? fault.retryAfterS : undefined) ?? 1);
    case "500":
    case "503":
      return { status: Number(fault.fault), body: { ok: false, error: "service_unavailable" } };
    case "dropped":
      return { status: 0, body: {} };
    case "error":
      return {
        status: 200,
        body: { ok: false, error: ("error" in fault ? fault.error : undefined) ?? "fatal_error" },
      };
    default:
      return undefined;
  }
}

function rateLimited(waitS: number): Answer {
  return {
    status: 429,
    headers: { "retry-after": String(waitS) },
    body: { ok: false, error: "ratelimited" },
  };
}
