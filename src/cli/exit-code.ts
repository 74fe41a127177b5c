import {
  CallboardError,
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  toError,
  UpstreamError,
} from "../base/errors.ts";

/** Exit code of our own bugs, `EX_SOFTWARE` of sysexits.h. */
const softwareError = 70;

/** The exit code for a failure: 2 bad input, 1 any other expected failure, 70 our bug. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof InputError) return 2;
  const isExpected =
    thrown instanceof NotFoundError ||
    thrown instanceof ForbiddenError ||
    thrown instanceof ConflictError ||
    thrown instanceof UpstreamError;
  return isExpected ? 1 : softwareError;
}

/** What is printed on standard error for a failure. */
export function failureText(thrown: unknown): string {
  if (thrown instanceof CallboardError) {
    const hint = thrown.hint === undefined ? "" : `\n  ${thrown.hint}`;
    return `callboard: ${thrown.message} [${thrown.code}]${hint}`;
  }
  const error = toError(thrown);
  return `callboard: this is a bug of Callboard: ${error.stack ?? error.message}`;
}
