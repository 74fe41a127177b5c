import { silentLogger } from "../../src/base/logger.ts";
import { createWellKnown } from "../../src/catalog/well-known.ts";
import type { RecordStore } from "../../src/storage/contract.ts";
import { createAnswerer } from "../../src/usecases/answers/answer-question.ts";
import { createQuestionService } from "../../src/usecases/answers/question-service.ts";
import type { Snapshot } from "../../src/usecases/catalog/snapshot.ts";
import {
  type AnswerFeedback,
  createAnswerFeedback,
} from "../../src/usecases/feedback/answer-feedback.ts";
import { createToldBoard, type ToldBoard } from "../../src/usecases/feedback/told-board.ts";
import type { Services } from "../../src/usecases/services.ts";

/** Questions and feedback as the bot wires them, over one snapshot. */
export interface RealFeedback {
  feedback: AnswerFeedback;
  told: ToldBoard;
  services: Pick<Services, "answerQuestion" | "feedback">;
  close(): Promise<void>;
}

/** Wires them; `snapshot` is asked for each question, so that a test may change the catalog. */
export function createRealFeedback(
  records: RecordStore,
  snapshot: () => Snapshot,
  clock: () => number = Date.now,
): RealFeedback {
  const logger = silentLogger;
  const told = createToldBoard({ records, logger, clock });
  const wellKnown = createWellKnown();
  const catalog = () => snapshot().catalog;
  const feedback = createAnswerFeedback({ records, logger, clock, catalog, wellKnown, told });
  const questions = createQuestionService({
    answer: createAnswerer({ snapshot, wellKnown, hints: () => told.hints() }),
    claimOf: (answer) => feedback.claimOf(answer),
    onAnswer: (answer, context) => feedback.onAnswer(answer, context, 3),
  });
  return {
    feedback,
    told,
    services: { ...questions, feedback: feedback.service },
    async close() {
      told.close();
      await feedback.close();
    },
  };
}
