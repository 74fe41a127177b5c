import type { z } from "zod";

import {
  CallboardError,
  ForbiddenError,
  InputError,
  NotFoundError,
  toError,
  UpstreamError,
} from "../../base/errors.ts";

/** How a source asks a server. */
export interface Asking {
  /** The source as people know it, for messages: `PagerDuty`. */
  label: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Default 2,000: nobody waits longer to learn whom to call. */
  timeoutMs?: number;
}

const defaultTimeoutMs = 2_000;
/** An answer about one schedule has kilobytes; a calendar of a team less than this. */
const mostBytes = 2 * 1024 * 1024;
const longestRetryAfterMs = 10 * 60_000;

/**
 * Reads JSON of a known shape, in bounded time and size.
 * @throws as `fetchText`; InputError `oncall-malformed` when the answer is something else
 */
export async function fetchJson<T>(url: URL, schema: z.ZodType<T>, asking: Asking): Promise<T> {
  const text = await fetchText(url, asking);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw nonsense(asking, "no JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw nonsense(asking, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/**
 * Reads a text, in bounded time and size; redirects are refused, because a token would go with them.
 * @throws ForbiddenError `oncall-refused`, NotFoundError `oncall-schedule-unknown`, UpstreamError `oncall-rate-limited` or
 * `oncall-unreachable`
 */
export async function fetchText(url: URL, asking: Asking): Promise<string> {
  const { label, headers, signal, timeoutMs = defaultTimeoutMs } = asking;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: { "user-agent": "callboard", ...headers },
      redirect: "error",
      signal: AbortSignal.any([signal, limit]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusal(response, label);
    }
    return await readBounded(response, label);
  } catch (thrown) {
    if (thrown instanceof CallboardError) throw thrown;
    signal.throwIfAborted();
    const why = limit.aborted ? `did not answer within ${timeoutMs} ms` : "cannot be reached";
    throw new UpstreamError("oncall-unreachable", `${label} ${why}`, {
      isRetryable: true,
      hint: "check the network and the source's address in callboard.yaml",
      cause: toError(thrown),
    });
  }
}

function refusal({ status, headers }: Response, label: string): CallboardError {
  if (status === 401 || status === 403)
    return new ForbiddenError("oncall-refused", `${label} refuses the token (${status})`, {
      hint: "renew the token of this source and see that it may read schedules",
    });
  if (status === 404)
    return new NotFoundError("oncall-schedule-unknown", `${label} knows no such schedule`, {
      hint: "compare the id in the annotation with the one in the schedule's address",
    });
  if (status === 429)
    return new UpstreamError("oncall-rate-limited", `${label} was asked too often`, {
      isRetryable: true,
      retryAfterMs: retryAfterOf(headers.get("retry-after")),
    });
  return new UpstreamError("oncall-unreachable", `${label} answered ${status}`, {
    isRetryable: status >= 500,
  });
}

function retryAfterOf(header: string | null): number {
  const seconds = Number(header ?? "");
  const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 60_000;
  return Math.min(waitMs, longestRetryAfterMs);
}

async function readBounded(response: Response, label: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.byteLength;
    if (sizeBytes > mostBytes)
      throw new InputError(
        "oncall-malformed",
        `${label} answers with more than ${mostBytes / 1024 / 1024} MB`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function nonsense({ label }: Asking, what: string): InputError {
  return new InputError(
    "oncall-malformed",
    `${label} gave an answer that cannot be read: ${what.slice(0, 200)}`,
    { hint: "check that the source's address in callboard.yaml is the one of its API" },
  );
}
