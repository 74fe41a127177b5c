import type { Services } from "../services.ts";
import type { Answerer } from "./answer-question.ts";
import type { Answer, AskContext } from "./answer.ts";
import { createFollowUpCheck } from "./follow-up.ts";

export interface QuestionServiceOptions {
  answer: Answerer;
  /** Adds what is not known from the catalog alone, such as who is on call. Must not throw nor wait long. */
  complete?: (answer: Answer) => Promise<Answer>;
  /** Told of each answer that somebody asked for, and how long it took to find. */
  onAnswer?: (answer: Answer, context: AskContext, durationMs: number) => void;
  /** Milliseconds of a clock that never goes back. */
  stopwatch?: () => number;
}

/** Creates what surfaces ask: questions in words, with what was said before where a question leaves something out. */
export function createQuestionService(
  options: QuestionServiceOptions,
): Pick<Services, "answerQuestion"> {
  const { answer, complete, onAnswer, stopwatch = () => performance.now() } = options;
  const refersToEarlier = createFollowUpCheck();
  return {
    async answerQuestion(question, { findPrevious, isCounted = true, ...context }) {
      const previous =
        findPrevious !== undefined && refersToEarlier(question) ? await findPrevious() : undefined;
      const startedAt = stopwatch();
      const found = answer(question, previous === undefined ? context : { ...context, previous });
      if (isCounted) onAnswer?.(found, context, stopwatch() - startedAt);
      return complete === undefined ? found : await complete(found);
    },
  };
}
