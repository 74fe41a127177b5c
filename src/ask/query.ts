/** What a question wants to know. The same words as an answer's intent. */
export const queryIntents = [
  "owner",
  "owns",
  "runbook",
  "dependencies",
  "dependents",
  "links",
  "docs",
  "on-call",
  "channel",
  "apis",
  "status",
  "describe",
  "list",
  "templates",
  "search",
  "help",
] as const;
export type QueryIntent = (typeof queryIntents)[number];

/** A question, understood. Pure data; nothing in it was compared with the catalog. */
export interface Query {
  intent: QueryIntent;
  /** The words that say what it is about, as typed; empty when none are left. May hold a symptom or filter too. */
  subject: string;
  /** The other thing of a comparison. */
  second?: string;
  /** The whole question without markup, greetings and politeness, as typed. */
  text: string;
  /** Slack ids of people mentioned in it, other than as the addressee. */
  mentions: string[];
  /** Addresses in it, such as of a repository or pull request. */
  urls: string[];
  /** True when only a word beside the subject told the intent, as in “ledger dashboard”: it may be a part of a name. */
  isTerse: boolean;
  /** True when it speaks of what was spoken of before: “who owns it”, “that service is slow”. */
  refersBack: boolean;
  /** The subject without pronouns and words such as “that service”; empty when nothing else is in it. */
  restAfterPronoun: string;
  /** What stands in front of the question proper: `ledger is slow` in “ledger is slow, who owns it?”; mostly empty. */
  before: string;
  /** True when it begins as the continuation of another question: “and ledger?”, “what about ledger”. */
  isElliptic: boolean;
  /** True when it asks for a number: “how many services …”. */
  isCount: boolean;
}
