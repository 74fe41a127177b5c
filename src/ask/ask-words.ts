import type { QueryIntent } from "./query.ts";

/** Patterns by intent, the more telling ones first. */
export type AskPatterns = readonly { intent: QueryIntent; patterns: readonly string[] }[];

/**
 * How people ask, as data: `words-en.ts` is English, another language is another file of this shape.
 *
 * A pattern is a row of words; `(a|b c)` is one of several, `(a)?` may be absent, `{x}` is what the question is about.
 * A pattern that ends in `{x}` may stand anywhere in the question and takes the rest; one that begins with `{x}` takes
 * all before it. The first pattern that fits wins, so the more telling ones come first.
 */
export interface AskWords {
  patterns: AskPatterns;
  /** Named sets of words for patterns: `<team>`. */
  sets: Readonly<Record<string, string>>;
  /** Contractions and what they mean. */
  contractions: Readonly<Record<string, string>>;
  /** Left out at the beginning and end of a question. */
  opening: readonly string[];
  closing: readonly string[];
  /** Left out at the edges of what the question is about. */
  edges: ReadonlySet<string>;
  /** Words for what was spoken of before. */
  pronouns: ReadonlySet<string>;
  /** Words that may follow such a word without naming anything. */
  generalNouns: ReadonlySet<string>;
  /** Beginnings of a question that continues another. */
  continuations: readonly string[];
  /** Words that say how a thing fails, left out where the failure itself is not asked about. */
  failureWords: ReadonlySet<string>;
}
