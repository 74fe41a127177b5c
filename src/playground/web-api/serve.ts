import { setTimeout as delay } from "node:timers/promises";

import type { Request, Response } from "express";

import { toError } from "../../base/errors.ts";
import type { ApiFault, ApiFaultPlan, Faults } from "../faults.ts";
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
  if (fault?.fault === "slow") await delay(fault.delayMs ?? 2000);
  if (fault?.fault === "lost-reply" || fault?.fault === "dropped") {
    options.journal.finish(entry, fault.fault, answer.body);
    request.socket.destroy();
    return;
  }
  options.journal.finish(entry, statusOf(answer), answer.body);
  response
    .status(answer.status)
    .set({ "x-oauth-scopes": [...(options.context.settings.scopes ?? [])].join(",") })
    .set(answer.headers ?? {})
    .json(answer.body);
}

/** `ok`, an error's name, or the HTTP status when it is not 200. */
function statusOf({ status, body }: Answer): string {
  if (status !== 200) return String(status);
  return typeof body["error"] === "string" ? body["error"] : "ok";
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
  fault: ApiFaultPlan | undefined,
  { context, limits }: ServeOptions,
): Promise<Answer> {
  const early = faultAnswer(fault);
  if (early !== undefined) return early;
  try {
    if (read instanceof SlackRefusal) throw read;
    const waitS = context.settings.hasRateLimits
      ? limits.take(method, specOf(method).tier, JSON.stringify(read.values["channel"]))
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

/** The answer of a fault that keeps the method from being run at all. */
function faultAnswer(fault: ApiFaultPlan | undefined): Answer | undefined {
  const answers: Partial<Record<ApiFault, () => Answer>> = {
    "429": () => rateLimited(fault?.retryAfterS ?? 1),
    "500": () => ({ status: 500, body: { ok: false, error: "internal_error" } }),
    "503": () => ({ status: 503, body: { ok: false, error: "service_unavailable" } }),
    dropped: () => ({ status: 0, body: {} }),
    error: () => ({ status: 200, body: { ok: false, error: fault?.error ?? "fatal_error" } }),
  };
  return fault === undefined ? undefined : answers[fault.fault]?.();
}

function rateLimited(waitS: number): Answer {
  return {
    status: 429,
    headers: { "retry-after": String(waitS) },
    body: { ok: false, error: "ratelimited" },
  };
}
