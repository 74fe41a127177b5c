import type { Services } from "../services.ts";
import { questionFor } from "./answer-frame.ts";
import type { Answerer } from "./answer-question.ts";
import type { Answer, AnswerClaim, AskContext, Previous } from "./answer.ts";
import { createFollowUpCheck } from "./follow-up.ts";

export interface QuestionServiceOptions {
  answer: Answerer;
  /** Adds what is not known from the catalog alone, such as who is on call. Must not throw nor wait long. */
  complete?: (answer: Answer) => Promise<Answer>;
  /** Told of each answer that somebody asked for, and how long it took to find. */
  onAnswer?: (answer: Answer, context: AskContext, durationMs: number) => void;
  /** What is known of the answer's claim; absent: nothing is. */
  claimOf?: (answer: Answer) => Omit<AnswerClaim, "question"> | undefined;
  /** Milliseconds of a clock that never goes back. */
  stopwatch?: () => number;
}

/** Creates what surfaces ask: questions in words, with what was said before where a question leaves something out. */
export function createQuestionService(
  options: QuestionServiceOptions,
): Pick<Services, "answerQuestion"> {
  const { answer, complete, onAnswer, claimOf, stopwatch = () => performance.now() } = options;
  const refersToEarlier = createFollowUpCheck();
  return {
    async answerQuestion(question, { findPrevious, isCounted = true, ...context }) {
      const previous =
        findPrevious !== undefined && refersToEarlier(question) ? await findPrevious() : undefined;
      const startedAt = stopwatch();
      const found = answer(question, previous === undefined ? context : { ...context, previous });
      if (isCounted) onAnswer?.(found, context, stopwatch() - startedAt);
      const completed = complete === undefined ? found : await complete(found);
      // what is added changes from minute to minute: people vouch for what the catalog says
      const claim = isOfTheMoment(completed) ? undefined : claimOf?.(found);
      if (claim === undefined) return completed;
      return withClaim(completed, { ...claim, question: againOf(found, previous) });
    },
  };
}

/** True for whoever is on call just now, which is nothing to confirm. */
function isOfTheMoment({ intent, card }: Answer): boolean {
  return intent === "on-call" && "onCallNow" in card && card.onCallNow !== undefined;
}

/** Who cannot see the card reads of a confirmation, too. */
function withClaim(answer: Answer, claim: AnswerClaim): Answer {
  const { confirmed } = claim;
  if (confirmed === undefined) return { ...answer, claim };
  const day = new Date(confirmed.atMs).toISOString().slice(0, 10);
  return { ...answer, claim, text: `${answer.text}\nConfirmed by ${confirmed.by} on ${day}.` };
}

/** The question as it was asked; or, when it left out what was said before, the one that it stands for. */
function againOf({ question, intent, entities }: Answer, previous: Previous | undefined): string {
  const ref = entities[0]?.ref;
  return previous === undefined || ref === undefined || intent === "unknown"
    ? question
    : questionFor(intent, ref);
}
