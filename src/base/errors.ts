/**
 * Errors by how they are handled, not by where they arise. Each surface (Slack, HTTP, CLI) maps a class once;
 * everything that is not a `CallboardError` is a bug of ours.
 */
export interface ErrorOptions {
  /** The next step for the person who sees the error. */
  hint?: string;
  /** For the log only, never shown. */
  cause?: unknown;
}

/** Base of all expected errors: `code` is stable, `message` is safe to show. */
export abstract class CallboardError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.name = new.target.name;
  }
}

/** The person can fix it: shown with its hint, HTTP 400, exit code 2, never retried. */
export class InputError extends CallboardError {}

/** What was asked for does not exist: HTTP 404, exit code 1. */
export class NotFoundError extends CallboardError {}

/** The person may not do this: HTTP 403, exit code 1. */
export class ForbiddenError extends CallboardError {}

/** Somebody else was first, or the state has moved on: HTTP 409, exit code 1. */
export class ConflictError extends CallboardError {}

/** Slack, GitHub, Redis or the disk failed: HTTP 502, exit code 1; a job is retried when `isRetryable`. */
export class UpstreamError extends CallboardError {
  readonly isRetryable: boolean;
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { isRetryable: boolean; retryAfterMs?: number },
  ) {
    super(code, message, options);
    this.isRetryable = options.isRetryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An `Error` for whatever was thrown, so that a handler can rely on `message`. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The `code` of a failure of Node, such as `ENOENT`; undefined when there is none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" && thrown.code !== "" ? thrown.code : undefined;
}
