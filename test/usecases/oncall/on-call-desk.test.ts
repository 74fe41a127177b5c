import { rm } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { UpstreamError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import type { OnCallReading, OnCallSource } from "../../../src/oncall/contract.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { createLastKnownStore, nothingKnown } from "../../../src/usecases/oncall/last-known.ts";
import {
  createOnCallDesk,
  type DeskOptions,
  type OnCallDesk,
} from "../../../src/usecases/oncall/on-call-desk.ts";
import { newDataDir } from "../../helpers/embedded.ts";

const minuteMs = 60_000;
const target = { source: "pd", key: "service:P1" };

/** A source that the test leads, and a clock that it sets. */
function createStage(options: Partial<DeskOptions> = {}) {
  const stage = {
    nowMs: 1_000_000,
    reads: 0,
    answer: async (): Promise<OnCallReading> => readingOf("Ada"),
  };
  const source: OnCallSource = {
    id: "pd",
    label: "PagerDuty",
    async read() {
      stage.reads += 1;
      return await stage.answer();
    },
    check: async () => "fine",
  };
  const desk = createOnCallDesk({
    sources: [source],
    lastKnown: nothingKnown,
    logger: silentLogger,
    clock: () => stage.nowMs,
    ...options,
  });
  return { stage, desk };
}

function readingOf(name: string, untilMs?: number): OnCallReading {
  const handover = untilMs === undefined ? {} : { untilMs };
  return {
    title: "Payments",
    source: "https://acme.pagerduty.com/P1",
    levels: [{ level: 1, people: [{ name }], ...handover }],
  };
}

function fail(code: string, retryAfterMs?: number): () => Promise<OnCallReading> {
  return async () => {
    throw new UpstreamError(code, `PagerDuty failed: ${code}`, {
      isRetryable: true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  };
}

async function who(desk: OnCallDesk, limitMs = 1000) {
  const { reading, isStale, problem, readAtMs } = await desk.ask(target, limitMs);
  return { who: reading?.levels[0]?.people[0]?.name, isStale, problem, readAtMs };
}

describe("the on-call desk", () => {
  test("asks once a minute, however often it is asked", async () => {
    const { stage, desk } = createStage();

    await Promise.all([who(desk), who(desk), who(desk)]);
    stage.nowMs += minuteMs - 1;
    expect(await who(desk)).toMatchObject({ who: "Ada", isStale: false, readAtMs: 1_000_000 });
    expect(stage.reads).toBe(1);

    stage.nowMs += 1;
    await who(desk);
    expect(stage.reads).toBe(2);
  });

  test("asks again as soon as a hand-over has passed", async () => {
    const { stage, desk } = createStage();
    stage.answer = async () => readingOf("Ada", 1_010_000);
    await who(desk);

    stage.nowMs = 1_010_000;
    stage.answer = async () => readingOf("Bo");

    expect((await who(desk)).who).toBe("Bo");
  });

  test("gives whom it knew last, marked, while the source fails, and asks again after a rest", async () => {
    const { stage, desk } = createStage();
    await who(desk);
    stage.nowMs += minuteMs;
    stage.answer = fail("oncall-unreachable");

    expect(await who(desk)).toEqual({
      who: "Ada",
      isStale: true,
      problem: "PagerDuty failed: oncall-unreachable",
      readAtMs: 1_000_000,
    });
    await who(desk);
    expect(stage.reads).toBe(2);

    stage.nowMs += 10_000;
    stage.answer = async () => readingOf("Bo");
    expect(await who(desk)).toMatchObject({ who: "Bo", isStale: false, problem: undefined });
  });

  test("leaves a source alone as long as it asks for", async () => {
    const { stage, desk } = createStage();
    stage.answer = fail("oncall-rate-limited", 5 * minuteMs);
    await who(desk);

    stage.nowMs += 4 * minuteMs;
    await who(desk);
    expect(stage.reads).toBe(1);
    stage.nowMs += minuteMs;
    await who(desk);
    expect(stage.reads).toBe(2);
  });

  test("waits no longer than allowed for a slow source, and has its answer the next time", async () => {
    const { stage, desk } = createStage();
    await who(desk);
    stage.nowMs += minuteMs;
    const arrivals: ((reading: OnCallReading) => void)[] = [];
    stage.answer = async () => await new Promise((resolve) => arrivals.push(resolve));

    expect(await who(desk, 20)).toMatchObject({
      who: "Ada",
      isStale: true,
      problem: "PagerDuty is not answering",
    });

    arrivals[0]?.(readingOf("Bo"));
    expect(await who(desk)).toMatchObject({ who: "Bo", isStale: false });
    expect(stage.reads).toBe(2);
  });

  test("says so when nothing was ever known, or the source does not exist", async () => {
    const { stage, desk } = createStage();
    stage.answer = fail("oncall-unreachable");

    expect(await who(desk)).toMatchObject({ who: undefined, isStale: true });
    expect(await desk.ask({ source: "nope", key: "" }, 10)).toEqual({
      isStale: true,
      problem: "no on-call source is called “nope”",
    });
  });
});

describe("the on-call desk over storage", () => {
  let dataDir: string;
  let storage: Storage;
  beforeAll(async () => {
    dataDir = await newDataDir();
    storage = await openStorage({ dataDir, logger: silentLogger });
  });
  afterAll(async () => {
    await storage.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("knows after a restart whom it knew before, when the source fails from the start", async () => {
    const first = createStage({ lastKnown: createLastKnownStore(storage.records) });
    await who(first.desk);
    await first.desk.close();

    const second = createStage({ lastKnown: createLastKnownStore(storage.records) });
    second.stage.nowMs += 60 * minuteMs;
    second.stage.answer = fail("oncall-unreachable");

    expect(await who(second.desk)).toMatchObject({
      who: "Ada",
      isStale: true,
      readAtMs: 1_000_000,
    });
  });

  test("takes what something else wrote there for nothing", async () => {
    const before = createStage({ lastKnown: createLastKnownStore(storage.records) });
    await who(before.desk);
    const [record] = await storage.records.list("on-call");
    await storage.records.put("on-call", record?.id ?? "", { reading: { levels: 3 }, readAtMs: 1 });

    const { stage, desk } = createStage({ lastKnown: createLastKnownStore(storage.records) });
    stage.answer = fail("oncall-unreachable");

    expect(await who(desk)).toMatchObject({ who: undefined, isStale: true });
  });
});
