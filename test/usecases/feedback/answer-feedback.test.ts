import { beforeAll, expect, test } from "@jest/globals";

import type { RecordStore } from "../../../src/storage/contract.ts";
import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import type { Snapshot } from "../../../src/usecases/catalog/snapshot.ts";
import type { AnswerFeedback } from "../../../src/usecases/feedback/answer-feedback.ts";
import {
  bookOfRecords,
  bookOfText,
  printBook,
} from "../../../src/usecases/feedback/question-book.ts";
import { readGaps, readStats } from "../../../src/usecases/feedback/question-stats.ts";
import { describeEveryStorage } from "../../helpers/every-storage.ts";
import { createRealFeedback } from "../../helpers/real-feedback.ts";
import { answererOver, loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

const noonMs = Date.UTC(2026, 2, 10, 12);
const dayMs = 24 * 3600_000;
let snapshot: Snapshot;
let answer: Answerer;

beforeAll(async () => {
  snapshot = await loadSampleSnapshot(noonMs);
  answer = answererOver(snapshot);
});

const open = (records: RecordStore, clock: () => number): AnswerFeedback =>
  createRealFeedback(records, () => snapshot, clock).feedback;

function ask(feedback: AnswerFeedback, question: string, nowMs: number, userRef?: string): void {
  const context = { nowMs, ...(userRef === undefined ? {} : { userRef }) };
  feedback.onAnswer(answer(question, context), context, 2);
}

describeEveryStorage("what is counted of questions", (storage) => {
  test("adds up over days, teams, things and processes", async () => {
    let nowMs = noonMs;
    const one = open(storage().records, () => nowMs);
    const other = open(storage().records, () => nowMs);
    const dario = "user:default/dario.costa";

    ask(one, "who owns ledger", nowMs, dario);
    ask(other, "who is on call for ledger", nowMs, dario);
    ask(other, "who owns payments", nowMs);
    await Promise.all([one.flush(), other.flush()]);
    nowMs += dayMs;
    ask(one, "who owns the flux compensator", nowMs);
    ask(one, "help", nowMs);
    const stats = await one.service.stats(2);
    await Promise.all([one.close(), other.close()]);

    expect(stats.days).toEqual([
      { day: "2026-03-10", asked: 3, answered: 3, unclear: 0, unanswered: 0 },
      { day: "2026-03-11", asked: 1, answered: 0, unclear: 0, unanswered: 1 },
    ]);
    expect(stats.total.things).toMatchObject({ "component:default/ledger": 2 });
    expect(Object.values(stats.total.teams)).toEqual([2]);
    expect(stats.total.slowest[0]).toMatchObject({ ms: 2 });
  });

  test("gaps are one for all who ask for the same, with what people wrote", async () => {
    const feedback = open(storage().records, () => noonMs);

    ask(feedback, "who owns the warp drive?", noonMs);
    ask(feedback, "Who owns WARP-DRIVE", noonMs);
    await feedback.flush();
    await feedback.service.reportGap({ words: "warp drive", note: "The one in hall 3", by: "Ada" });
    const gap = (await feedback.service.gaps()).find(({ words }) => words === "warp drive");
    await feedback.close();

    expect(gap).toMatchObject({
      kind: "unanswered",
      count: 2,
      reports: 1,
      notes: [{ text: "The one in hall 3", by: "Ada", atMs: noonMs }],
    });
  });

  test("can be read by who cannot open the storage", async () => {
    const book = bookOfRecords(storage().records);

    const copy = bookOfText(await printBook(book, ["2026-03-10", "2026-03-11"]));

    const days = { nowMs: noonMs + dayMs, days: 2 };
    expect(await readStats(copy, days)).toEqual(await readStats(book, days));
    expect(await readGaps(copy)).toEqual(await readGaps(book));
  });
});
