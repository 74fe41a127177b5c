import type { Clock } from "../ids.ts";
import type { Tier } from "./method-table.ts";

/** Calls a minute that a tier allows. */
const perMinute: Record<Exclude<Tier, "post" | "none">, number> = { 1: 1, 2: 20, 3: 50, 4: 100 };
/** Messages to one channel: one a second, and a short burst. */
const postBurst = 5;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Counts calls as Slack does: by method and minute, and messages by channel and second. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a call; returns the seconds to wait when there were too many. */
  take(method: string, tier: Tier, channel: string): number | undefined {
    if (tier === "none") return undefined;
    return tier === "post"
      ? this.#takeToken(`${method} ${channel}`, postBurst, 1 / 1000)
      : this.#takeToken(method, perMinute[tier], perMinute[tier] / 60_000);
  }

  #takeToken(key: string, capacity: number, perMs: number): number | undefined {
    const now = this.#clock();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, atMs: now };
    const refilled = bucket.tokens + Math.max(0, now - bucket.atMs) * perMs;
    bucket.tokens = Math.min(capacity, refilled);
    bucket.atMs = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    bucket.tokens -= 1;
    return undefined;
  }
}
