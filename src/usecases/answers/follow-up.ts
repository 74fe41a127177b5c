import { createQuestionParser } from "../../ask/parse-question.ts";
import type { Query } from "../../ask/query.ts";
import type { Answer, Previous } from "./answer.ts";

/** What to remember of an answer, so that “and who is on call?” after it is understood; small enough for a message's metadata. */
export function followUpOf(answer: Answer): Previous | undefined {
  const ref = answer.entities[0]?.ref;
  return answer.status !== "answered" || ref === undefined || answer.card.type === "choice"
    ? undefined
    : { ref, intent: answer.intent };
}

/** Creates the function that says whether a question leaves something out that an earlier answer may have said. */
export function createFollowUpCheck(): (question: string) => boolean {
  const parse = createQuestionParser();
  return (question) => refersToEarlier(parse(question));
}

function refersToEarlier(query: Query): boolean {
  if (query.intent === "help") return false;
  return query.intent === "search" ? query.isElliptic : query.subject === "" || query.refersBack;
}

/** Intents whose subject may be followed by a symptom. */
const withSymptom: ReadonlySet<string> = new Set(["runbook", "docs"]);

/**
 * Completes a question that leaves out what an earlier one said: “and who owns it?” takes its thing, “and ledger?” its
 * intent, “and when it is slow?” both.
 */
export function completeQuery(
  query: Query,
  previous: Previous | undefined,
  isName: (text: string) => boolean,
): Query {
  if (!refersToEarlier(query)) return query;
  const self = completeFromItself(query, previous, isName);
  if (self !== undefined || previous === undefined) return self ?? query;
  if (query.intent === "search") return completeSearch(query, previous, isName);
  if (query.subject === "") return { ...query, subject: previous.ref };
  if (!query.refersBack) return query;
  const rest = query.restAfterPronoun;
  if (rest === "") return { ...query, subject: previous.ref };
  return withSymptom.has(query.intent) && !isName(rest)
    ? { ...query, subject: `${previous.ref} ${rest}`, text: rest }
    : query;
}

/** “Ledger: who owns this?” says itself what it is about. */
function completeFromItself(
  query: Query,
  previous: Previous | undefined,
  isName: (text: string) => boolean,
): Query | undefined {
  const { before, refersBack, restAfterPronoun } = query;
  if (before === "" || !refersBack || restAfterPronoun !== "") return undefined;
  return previous === undefined || isName(before) ? { ...query, subject: before } : undefined;
}

function completeSearch(
  query: Query,
  previous: Previous,
  isName: (text: string) => boolean,
): Query {
  if (!query.isElliptic || previous.intent === "help" || previous.intent === "unknown")
    return query;
  const intent = previous.intent === "search" ? "describe" : previous.intent;
  if (!withSymptom.has(intent) || isName(query.subject)) return { ...query, intent };
  return { ...query, intent, subject: `${previous.ref} ${query.restAfterPronoun}` };
}
