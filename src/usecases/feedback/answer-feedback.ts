import { ConflictError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { type Catalog, relationTargets } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { Answer, AnswerClaim, AskContext } from "../answers/answer.ts";
import type { FeedbackService } from "../services.ts";
import { type Claim, claimOf } from "./claim.ts";
import { countedOf, gapOf } from "./count-answer.ts";
import { createCounters, saveGap } from "./counters.ts";
import { type Gap, keptWords, noteOf } from "./gap.ts";
import { placesOfOwner } from "./owner-places.ts";
import { bookOfRecords } from "./question-book.ts";
import { readGaps, readStats } from "./question-stats.ts";
import type { ToldBoard } from "./told-board.ts";
import { createWrongReports } from "./wrong-reports.ts";

export interface AnswerFeedbackOptions {
  records: RecordStore;
  logger: Logger;
  clock: () => number;
  /** The present catalog. */
  catalog: () => Catalog;
  wellKnown: WellKnown;
  /** What people told before. */
  told: ToldBoard;
  /** Called after counters were written. */
  onFlushed?: () => Promise<void>;
}

/** Takes what people tell back and what is counted of their questions. */
export interface AnswerFeedback {
  service: FeedbackService;
  /** Counts an answer; takes no time. */
  onAnswer(answer: Answer, context: AskContext, durationMs: number): void;
  /** The part of an answer that people may vouch for, and who did. */
  claimOf(answer: Answer): Omit<AnswerClaim, "question"> | undefined;
  /** Writes what was counted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Creates it over any backend's records. */
export function createAnswerFeedback(options: AnswerFeedbackOptions): AnswerFeedback {
  const { records, clock, catalog, told, wellKnown } = options;
  const counters = createCounters(options);
  const wrongReports = createWrongReports(records, clock);
  return {
    onAnswer(answer, { userRef }, durationMs) {
      const counted = countedOf(answer, { team: teamOf(catalog(), userRef), durationMs });
      if (counted !== undefined) counters.count(counted);
      const gap = gapOf(answer, clock());
      if (gap !== undefined) counters.addGap(gap);
    },
    claimOf(answer) {
      const claim = claimOf(answer);
      if (claim === undefined) return undefined;
      const confirmed = told.confirmationOf(claim);
      return {
        ...claim,
        ...(confirmed === undefined
          ? {}
          : { confirmed: { by: confirmed.by, atMs: confirmed.atMs } }),
      };
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
      choose: (choice) => told.choose(choice),
      confirm: async (answer, fingerprint, by) =>
        await told.confirm(presentClaim(answer, fingerprint), by),
      async reportWrong({ answer, fingerprint, note, by }) {
        const claim = presentClaim(answer, fingerprint);
        await wrongReports.accept(claim, by.slackUserId);
        await saveGap(records, wrongGap(claim, noteOf(note, by.name, clock()), clock()));
        if (claim.ref === undefined || !(await wrongReports.mayTell(claim))) return [];
        return placesOfOwner(claim.ref, { catalog: catalog(), wellKnown });
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

/** The claim that somebody speaks of. @throws ConflictError `answer-changed` */
function presentClaim({ claim }: Answer, fingerprint: string): Claim {
  if (claim?.fingerprint === fingerprint) return claim;
  throw new ConflictError("answer-changed", "this answer has changed since it was shown", {
    hint: "ask again to see what it says now",
  });
}

function wrongGap({ key, ref }: Claim, notes: Gap["notes"], nowMs: number): Gap {
  return {
    kind: "wrong",
    words: key,
    count: 0,
    reports: 1,
    ...(ref === undefined ? {} : { ref }),
    notes,
    firstAtMs: nowMs,
    lastAtMs: nowMs,
  };
}

/** The team by which a person's questions are counted: the first that they are a member of. */
function teamOf(catalog: Catalog, userRef: string | undefined): string | undefined {
  const user = userRef === undefined ? undefined : catalog.entities.get(userRef);
  return user === undefined ? undefined : relationTargets(user, "memberOf")[0];
}
