import type { Logger } from "../base/logger.ts";
import { bareCause } from "./failure.ts";

/** While a server is away its client reports the same failure many times a second; one line in this time is enough. */
const quietMs = 10_000;

/** A listener for `error` events that logs the first failure and then at most one line in 10 s, with how many were left out. */
export function createErrorLog(logger: Logger, message: string): (error: Error) => void {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  return (error) => {
    const nowMs = performance.now();
    if (nowMs - lastAtMs < quietMs) {
      leftOut += 1;
      return;
    }
    logger.warn({ err: bareCause(error), leftOut }, message);
    lastAtMs = nowMs;
    leftOut = 0;
  };
}
