import { setTimeout as sleep } from "node:timers/promises";

/** Resolves with the first defined, true-like answer of `check`; throws with `what` when there is none in time. */
export async function waitFor<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<NonNullable<T>> {
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await check();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > giveUpAtMs)
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(5);
  }
}
