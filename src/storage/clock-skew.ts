import type { StorageFinding } from "./contract.ts";

/** From here delayed jobs are noticeably early or late. */
const warnMs = 2_000;
/** From here expiries and delays cannot be trusted. */
const errorMs = 30_000;

/**
 * Compares our clock with a server's: delayed jobs run by ours, records expire by the server's.
 * `beforeMs` and `afterMs` are our times around the question, so that a slow answer is not taken for a wrong clock.
 */
export function findClockSkew(
  serverMs: number,
  beforeMs: number,
  afterMs: number,
): StorageFinding[] {
  const skewMs = Math.max(beforeMs - serverMs, serverMs - afterMs, 0);
  if (skewMs < warnMs) return [];
  return [
    {
      severity: skewMs < errorMs ? "warning" : "error",
      code: "clock-skew",
      message: `this machine's clock and the storage server's differ by ${(skewMs / 1000).toFixed(1)} s`,
      hint: "keep both in time with NTP",
    },
  ];
}
