import type { Logger } from "../../base/logger.ts";
import { type Catalog, relationTargets } from "../../catalog/model.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { Answer, AskContext } from "../answers/answer.ts";
import type { FeedbackService } from "../services.ts";
import { countedOf, gapOf } from "./count-answer.ts";
import { createCounters, saveGap } from "./counters.ts";
import { keptWords, noteOf } from "./gap.ts";
import { bookOfRecords } from "./question-book.ts";
import { readGaps, readStats } from "./question-stats.ts";

export interface AnswerFeedbackOptions {
  records: RecordStore;
  logger: Logger;
  clock: () => number;
  /** The present catalog. */
  catalog: () => Catalog;
  /** Called after counters were written. */
  onFlushed?: () => Promise<void>;
}

/** Takes what people tell back and what is counted of their questions. */
export interface AnswerFeedback {
  service: FeedbackService;
  /** Counts an answer; takes no time. */
  onAnswer(answer: Answer, context: AskContext, durationMs: number): void;
  /** Writes what was counted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Creates it over any backend's records. */
export function createAnswerFeedback(options: AnswerFeedbackOptions): AnswerFeedback {
  const { records, clock, catalog } = options;
  const counters = createCounters(options);
  return {
    onAnswer(answer, { userRef }, durationMs) {
      const counted = countedOf(answer, { team: teamOf(catalog(), userRef), durationMs });
      if (counted !== undefined) counters.count(counted);
      const gap = gapOf(answer, clock());
      if (gap !== undefined) counters.addGap(gap);
    },
    flush: () => counters.flush(),
    close: () => counters.close(),
    service: {
      async stats(days) {
        await counters.flush();
        return await readStats(bookOfRecords(records), { nowMs: clock(), days });
      },
      async gaps() {
        await counters.flush();
        return await readGaps(bookOfRecords(records));
      },
      async reportGap({ words, ref, note, by }) {
        const nowMs = clock();
        await saveGap(records, {
          kind: "unanswered",
          words: keptWords(words),
          count: 0,
          reports: 1,
          ...(ref === undefined ? {} : { ref }),
          notes: noteOf(note, by, nowMs),
          firstAtMs: nowMs,
          lastAtMs: nowMs,
        });
      },
    },
  };
}

/** The team by which a person's questions are counted: the first that they are a member of. */
function teamOf(catalog: Catalog, userRef: string | undefined): string | undefined {
  const user = userRef === undefined ? undefined : catalog.entities.get(userRef);
  return user === undefined ? undefined : relationTargets(user, "memberOf")[0];
}
