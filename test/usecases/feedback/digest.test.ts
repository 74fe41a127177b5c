import { beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import { createDigestChannels } from "../../../src/usecases/feedback/digest-channels.ts";
import {
  createDigestSchedule,
  type DigestSchedule,
} from "../../../src/usecases/feedback/digest-schedule.ts";
import { dueWeek } from "../../../src/usecases/feedback/digest-week.ts";
import type { TeamDigest } from "../../../src/usecases/feedback/team-digest.ts";
import { describeEveryStorage } from "../../helpers/every-storage.ts";
import { fc } from "../../helpers/properties.ts";
import { createRealFeedback } from "../../helpers/real-feedback.ts";
import { brief } from "../../helpers/sample-answers.ts";
import { groupYaml, serviceYaml, snapshotOfYaml } from "../../helpers/small-catalog.ts";

const mondayNine = { weekday: 1, hour: 9 };
const monday = Date.UTC(2026, 10, 30, 9);
const hourMs = 3600_000;
const weekMs = 7 * 24 * hourMs;

test.each([
  ["at the hour", monday, "2026-11-30"],
  ["a moment before", monday - 1, undefined],
  ["a day late", monday + 24 * hourMs, "2026-11-30"],
  ["three days late", monday + 72 * hourMs, undefined],
  ["a week later", monday + weekMs, "2026-12-07"],
])("%s", (_when, nowMs, week) => {
  expect(dueWeek(nowMs, mondayNine)).toBe(week);
});

test("each week is due under one name, whatever the day and hour", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: monday, max: monday + 52 * weekMs }),
      (weekday, hour, nowMs) => {
        const week = dueWeek(nowMs, { weekday, hour });
        if (week === undefined) return;
        expect(new Date(week).getUTCDay()).toBe(weekday);
        expect(dueWeek(Date.parse(week) + hour * hourMs, { weekday, hour })).toBe(week);
      },
    ),
  );
});

const digestFor = (name: string, channel: string): TeamDigest => ({
  team: brief(name, { ref: `group:default/${name}`, kind: "Group" }),
  channel,
  asked: [{ brief: brief("till"), count: 3 }],
  gaps: [],
  wrong: [],
  missingRunbooks: [],
  broken: [],
});

describeEveryStorage("the weekly digest", (storage) => {
  let nowMs = monday;
  let sent: string[] = [];
  let start = monday;
  beforeEach(() => {
    // each test has weeks of its own
    start += 10 * weekMs;
    nowMs = start;
    sent = [];
  });

  function process(owner: string, send?: () => Promise<string>): DigestSchedule {
    const { records } = storage();
    return createDigestSchedule({
      records,
      logger: silentLogger,
      clock: () => nowMs,
      time: mondayNine,
      channels: createDigestChannels(records),
      owner,
      digests: async () => [digestFor("books", "C0BOOKS"), digestFor("doors", "#doors")],
      send:
        send ??
        (async ({ channel }) => {
          sent.push(`${owner} ${channel}`);
          return channel === "#doors" ? "C0DOORS" : channel;
        }),
    });
  }

  test("comes once a week, from one of several processes", async () => {
    const one = process("one");
    const other = process("other");

    await Promise.all([one.tick(), other.tick()]);
    await Promise.all([one.tick(), other.tick()]);
    const first = sent.length;
    nowMs += weekMs;
    await other.tick();
    await one.tick();
    await Promise.all([one.close(), other.close()]);

    expect(first).toBe(2);
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map((each) => each.split(" ")[1]))).toEqual(new Set(["C0BOOKS", "#doors"]));
  });

  test("is never sent again when nobody knows whether it arrived", async () => {
    const failing = process("failing", async () => {
      sent.push("lost");
      throw new Error("connection lost");
    });
    const other = process("other");

    await failing.tick();
    await failing.close();
    await other.tick();
    await other.close();

    expect(sent).toEqual(["lost", "lost"]);
  });

  test("ends for a channel that switched it off, also where the catalog knows its name only", async () => {
    const schedule = process("one");
    const channels = createDigestChannels(storage().records);

    await schedule.tick();
    await channels.set("C0BOOKS", false);
    await channels.set("C0DOORS", false);
    nowMs += weekMs;
    await schedule.tick();
    const afterOff = sent.length;
    await channels.set("C0DOORS", true);
    nowMs += weekMs;
    await schedule.tick();
    await schedule.close();
    await channels.set("C0BOOKS", true);

    expect(afterOff).toBe(2);
    expect(sent.slice(2)).toEqual(["one #doors"]);
  });

  test("tells a team of its own things, and nothing to who wants none", async () => {
    const snapshot = snapshotOfYaml(
      groupYaml("books", "C0BOOKS001") +
        groupYaml("quiet", "C0QUIET", ', callboard.dev/digest: "false"') +
        groupYaml("idle", "C0IDLE") +
        serviceYaml("till", "books") +
        serviceYaml("safe", "quiet"),
      nowMs,
    );
    const real = createRealFeedback(
      storage().records,
      () => snapshot,
      () => nowMs,
    );
    const context = { nowMs };

    await real.services.answerQuestion("who owns till", context);
    await real.services.answerQuestion("who owns safe", context);
    await real.services.feedback?.reportGap({
      words: "till keys",
      ref: "component:default/till",
      note: "",
      by: "Ada",
    });
    const digests = await real.feedback.digests(snapshot);
    await real.close();

    expect(digests.map(({ team }) => team.ref)).toEqual(["group:default/books"]);
    expect(digests[0]).toMatchObject({
      channel: "C0BOOKS001",
      asked: [{ brief: { ref: "component:default/till" }, count: 1 }],
      gaps: [{ words: "till keys" }],
      missingRunbooks: [{ ref: "component:default/till" }],
    });
  });
});
