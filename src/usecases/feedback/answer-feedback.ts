import { type Catalog, relationTargets } from "../../catalog/model.ts";
import type { Answer, AnswerClaim, AskContext } from "../answers/answer.ts";
import type { Snapshot } from "../catalog/snapshot.ts";
import type { FeedbackService } from "../services.ts";
import { claimOf } from "./claim.ts";
import { countedOf, gapOf } from "./count-answer.ts";
import { createCounters } from "./counters.ts";
import { createDigestChannels, type DigestChannels } from "./digest-channels.ts";
import { type AnswerFeedbackOptions, createFeedbackService } from "./feedback-service.ts";
import { bookOfRecords } from "./question-book.ts";
import { readGaps, readStats } from "./question-stats.ts";
import { type TeamDigest, teamDigests } from "./team-digest.ts";

/** Takes what people tell back and what is counted of their questions. */
export interface AnswerFeedback {
  service: FeedbackService;
  /** Counts an answer; takes no time. */
  onAnswer(answer: Answer, context: AskContext, durationMs: number): void;
  /** The part of an answer that people may vouch for, and who did. */
  claimOf(answer: Answer): Omit<AnswerClaim, "question"> | undefined;
  /** What teams are told of the last seven days. */
  digests(snapshot: Snapshot): Promise<TeamDigest[]>;
  channels: DigestChannels;
  /** Writes what was counted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const weekMs = 7 * 24 * 3600_000;

/** Creates it over any backend's records. */
export function createAnswerFeedback(options: AnswerFeedbackOptions): AnswerFeedback {
  const { records, clock, catalog, told, wellKnown } = options;
  const counters = createCounters(options);
  const channels = createDigestChannels(records);
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
    channels,
    async digests(snapshot) {
      await counters.flush();
      const book = bookOfRecords(records);
      const nowMs = clock();
      const { total } = await readStats(book, { nowMs, days: 7 });
      const [gaps, sinceMs] = [await readGaps(book), nowMs - weekMs];
      return teamDigests({ snapshot, wellKnown, things: total.things, gaps, sinceMs });
    },
    flush: () => counters.flush(),
    close: () => counters.close(),
    service: createFeedbackService(options, counters, channels),
  };
}

/** The team by which a person's questions are counted: the first that they are a member of. */
function teamOf(catalog: Catalog, userRef: string | undefined): string | undefined {
  const user = userRef === undefined ? undefined : catalog.entities.get(userRef);
  return user === undefined ? undefined : relationTargets(user, "memberOf")[0];
}
