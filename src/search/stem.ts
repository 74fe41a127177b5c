import lunr from "lunr";

/** The stem that lunr's English stemmer gives a word in lower case: `refunds`, `refunding` → `refund`. */
export function stemOf(word: string): string {
  return lunr.stemmer(new lunr.Token(word, {})).toString();
}
