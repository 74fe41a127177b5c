import { splitWords } from "../base/words.ts";
import { stopWords } from "./common-words.ts";

/** What is read of a query, and how many words of it are looked for. */
export const maxQueryLength = 200;
export const maxQueryWords = 16;

/**
 * The words of a query that can name something. Stop words go, save inside a name as in `follow-up` and at the end of a
 * few words, where they may be a part of one, as in `migrator us`.
 */
export function queryWords(text: string): string[] {
  const tokens = text
    .slice(0, maxQueryLength)
    .split(/\s+/)
    .map((token) => splitWords(token, maxQueryWords * 2));
  const isShort = tokens.length <= 3;
  const words = tokens.flat();
  const telling = tokens.flatMap((token, at) =>
    token.length > 1 || (isShort && at > 0 && at === tokens.length - 1)
      ? token
      : token.filter((word) => !stopWords.has(word)),
  );
  // a text of stop words only may still be a name, such as “About”
  return (telling.length === 0 ? words : telling).slice(0, maxQueryWords);
}

/** The same for all texts that are looked for with the same words: `The Payments-API!` and `payments api` give `payments api`. */
export function wordsKey(text: string): string {
  return queryWords(text).join(" ");
}
