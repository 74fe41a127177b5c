import { ConflictError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { Catalog } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { Answer } from "../answers/answer.ts";
import type { FeedbackService } from "../services.ts";
import type { Claim } from "./claim.ts";
import { type Counters, saveGap } from "./counters.ts";
import type { DigestChannels } from "./digest-channels.ts";
import { keptWords, noteOf, reportedGap } from "./gap.ts";
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
  /** Whether teams get a digest. */
  hasDigest?: boolean;
  /** What people told before. */
  told: ToldBoard;
  /** Called after counters were written. */
  onFlushed?: () => Promise<void>;
}

/** Creates what surfaces may ask for and tell; numbers that were not written yet are written before they are read. */
export function createFeedbackService(
  options: AnswerFeedbackOptions,
  counters: Counters,
  channels: DigestChannels,
): FeedbackService {
  const { records, clock, catalog, told, wellKnown } = options;
  const wrongReports = createWrongReports(records, clock);
  return {
    digest: { ...channels, isEnabled: options.hasDigest === true },
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
      const notes = noteOf(note, by.name, clock());
      const { key: words, ref } = claim;
      await saveGap(records, reportedGap({ kind: "wrong", words, ref, notes }, clock()));
      if (ref === undefined || !(await wrongReports.mayTell(claim))) return [];
      return placesOfOwner(ref, { catalog: catalog(), wellKnown });
    },
    async reportGap({ words, ref, note, by }) {
      const kept = keptWords(words);
      const notes = noteOf(note, by, clock());
      const gap = { kind: "unanswered" as const, words: kept === "" ? unnamed : kept, ref, notes };
      await saveGap(records, reportedGap(gap, clock()));
    },
  };
}

/** Stands for a subject of which nothing may be kept. */
const unnamed = "(no words kept)";

/** The claim that somebody speaks of. @throws ConflictError `answer-changed` */
function presentClaim({ claim }: Answer, fingerprint: string): Claim {
  if (claim?.fingerprint === fingerprint) return claim;
  throw new ConflictError("answer-changed", "this answer has changed since it was shown", {
    hint: "ask again to see what it says now",
  });
}
