import { expect, test } from "@jest/globals";

import { UpstreamError } from "../../src/base/errors.ts";
import { defaultTuning, retryDelay } from "../../src/storage/job-tuning.ts";

function busy(retryAfterMs?: number): UpstreamError {
  return new UpstreamError("busy", "busy", {
    isRetryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

test.each([
  [1, 0, 1_000],
  [1, 1, 2_000],
  [2, 1, 4_000],
  [8, 1, 256_000],
  [9, 1, 300_000],
  [500, 1, 300_000],
  [500, 0, 150_000],
  [0, 1, 2_000],
])("the wait after start %i with luck %d is %i ms", (startCount, luck, expected) => {
  expect(retryDelay(busy(), startCount, defaultTuning, () => luck)).toBe(expected);
});

test.each([0, 0.3, 0.99])("never comes earlier than the other side asked (luck %d)", (luck) => {
  expect(retryDelay(busy(60_000), 1, defaultTuning, () => luck)).toBeGreaterThanOrEqual(60_000);
  expect(retryDelay(busy(60_000), 1, defaultTuning, () => luck)).toBeLessThan(61_000);
});
