import { beforeEach, expect, test } from "@jest/globals";

import { UpstreamError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import { createEntityRules } from "../../../src/catalog/rules.ts";
import type { CatalogSource } from "../../../src/catalog/sources/contract.ts";
import { createPlainChecker } from "../../../src/usecases/catalog/file-checker.ts";
import { createRemoteSchedule } from "../../../src/usecases/catalog/remote-schedule.ts";
import { createRemoteSource } from "../../../src/usecases/catalog/remote-source.ts";
import { waitFor } from "../../helpers/wait.ts";

let nowMs: number;
let reads: number;
/** What the next readings throw. */
let failure: UpstreamError | undefined;

beforeEach(() => {
  nowMs = 1_000_000;
  reads = 0;
  failure = undefined;
});

const source: CatalogSource = {
  id: "far",
  async read() {
    reads += 1;
    if (failure !== undefined) throw failure;
    return { files: [], diagnostics: [] };
  },
  readRelated: async () => undefined,
};

function scheduled() {
  const remote = createRemoteSource({
    source,
    checker: createPlainChecker(createEntityRules({})),
    logger: silentLogger,
    clock: () => nowMs,
  });
  let rounds = 0;
  const onRead = (): void => void (rounds += 1);
  const schedule = createRemoteSchedule({
    remote: [remote],
    everyMs: 600_000,
    clock: () => nowMs,
    onRead,
  });
  return {
    remote,
    hasten: () => schedule.hasten(),
    /** Lets it read what is due; returns how often it asked so far. */
    look: async (isDue: boolean): Promise<number> => {
      const before = rounds;
      schedule.readDue();
      if (isDue) await waitFor("the reading", () => rounds > before);
      return reads;
    },
  };
}

test("a source that asks for patience is left alone for so long, also when something hastens it", async () => {
  const { remote, look, hasten } = scheduled();
  failure = new UpstreamError("github-secondary-limit", "slow down", {
    isRetryable: true,
    retryAfterMs: 90_000,
  });
  expect(await look(true)).toBe(1);

  failure = undefined;
  for (let push = 0; push < 10; push += 1) {
    nowMs += 8_999;
    hasten();
    expect(await look(false)).toBe(1);
  }
  expect(remote.failure()?.code).toBe("github-secondary-limit");

  nowMs += 10;
  expect(await look(true)).toBe(2);
  expect(remote.failure()).toBeUndefined();
});

test("a source that fails is tried again after 15 seconds, then 30, and so on, at most as seldom as usual", async () => {
  const { look } = scheduled();
  failure = new UpstreamError("far-down", "no answer", { isRetryable: true });
  await look(true);

  for (const waitMs of [15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]) {
    const before = reads;
    nowMs += waitMs - 1;
    expect(await look(false)).toBe(before);
    nowMs += 1;
    expect(await look(true)).toBe(before + 1);
  }
});
