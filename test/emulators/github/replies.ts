/** What the emulation answers: a status, a JSON body (or text) and headers beside the usual ones. */
export interface Reply {
  status: number;
  /** A Buffer is sent as it is, a text as HTML, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

const documentation = "https://docs.github.com/rest";

/** Thrown by handlers to end in an error answer. */
export class ReplyError extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`GitHub answers ${reply.status}`);
    this.reply = reply;
  }
}

export function ok(body: unknown, status = 200): Reply {
  return { status, body };
}

export const noContent: Reply = { status: 204 };

/** GitHub's usual error body. */
export function problem(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  const body = { message, documentation_url: documentation, status: String(status) };
  return { status, body, headers };
}

export function notFound(): ReplyError {
  return new ReplyError(problem(404, "Not Found"));
}

export interface Fault {
  resource?: string;
  field?: string;
  code: string;
  message?: string;
}

/** 422 with GitHub's list of faults. */
export function invalid(message: string, errors: Fault[] = []): ReplyError {
  const body = {
    message,
    ...(errors.length === 0 ? {} : { errors }),
    documentation_url: documentation,
    status: "422",
  };
  return new ReplyError({ status: 422, body });
}

/** 422 whose faults are plain sentences, as some endpoints answer. */
export function simplyInvalid(message: string, errors: string[]): ReplyError {
  const body = { message, errors, documentation_url: documentation };
  return new ReplyError({ status: 422, body });
}

/** 409 of the Git data API while a repository has no commit. */
export function emptyRepository(): ReplyError {
  return new ReplyError(problem(409, "Git Repository is empty."));
}
