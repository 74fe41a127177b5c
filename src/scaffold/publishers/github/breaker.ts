import { UpstreamError } from "../../../base/errors.ts";

/** Keeps requests from a host that has stopped answering, so that runs wait in the queue and not in a worker. */
export interface Breaker {
  /** Right before a request. @throws UpstreamError `github-not-answering`, to be called again later. */
  assertClosed(): void;
  /** What became of a request that was sent. */
  note(outcome: "answered" | "failed"): void;
}

export interface BreakerOptions {
  /** So many failures one after the other open it. Default 5. */
  failures?: number;
  /** They count when they lie no further apart. Default 30,000. */
  withinMs?: number;
  /** How long nothing is sent; then one request tries. Default 30,000. */
  openMs?: number;
}

/**
 * Creates one for a host. Any answer closes it, whatever it says; a failure of the request that tries keeps it open.
 */
export function createBreaker(
  host: string,
  clock: () => number,
  { failures = 5, withinMs = 30_000, openMs = 30_000 }: BreakerOptions = {},
): Breaker {
  /** When the last requests failed, without an answer in between. */
  let failedAtMs: number[] = [];
  let openUntilMs: number | undefined;
  let sinceMs = 0;
  return {
    assertClosed() {
      if (openUntilMs === undefined) return;
      const nowMs = clock();
      if (nowMs >= openUntilMs) {
        // this one tries; the others wait for what comes of it
        openUntilMs = nowMs + openMs;
        return;
      }
      throw notAnswering(host, sinceMs, openUntilMs - nowMs);
    },
    note(outcome) {
      if (outcome === "answered") {
        failedAtMs = [];
        openUntilMs = undefined;
        return;
      }
      const nowMs = clock();
      failedAtMs = [...failedAtMs.filter((atMs) => nowMs - atMs <= withinMs), nowMs];
      if (openUntilMs !== undefined) openUntilMs = nowMs + openMs;
      else if (failedAtMs.length >= failures) {
        sinceMs = failedAtMs[0] ?? nowMs;
        openUntilMs = nowMs + openMs;
      }
    },
  };
}

function notAnswering(host: string, sinceMs: number, retryAfterMs: number): UpstreamError {
  const since = new Date(sinceMs).toISOString().slice(11, 16);
  return new UpstreamError("github-not-answering", `${host} has not answered since ${since} UTC`, {
    isRetryable: true,
    retryAfterMs,
    hint: "nothing is lost: it goes on when GitHub answers again",
  });
}
