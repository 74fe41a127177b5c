/**
 * How text becomes words, the same for what people ask and for what the catalog says.
 * Every function takes text of any length and content and does work bounded by its limit.
 */

/** Characters of a text that are looked at unless the caller says otherwise. */
const defaultMaxLength = 2_000;

/** Without accents, with plain quotes and dashes; control, bidirectional and zero-width characters are gone. Letter case is kept: for text whose capitals mean something, such as `OrderService`. */
export function plainText(text: string, maxLength = defaultMaxLength): string {
  const head = text.slice(0, maxLength);
  // most names and questions: nothing below would change them
  if (isAscii(head)) return head.replaceAll("`", "'");
  return (
    head
      // half of a surrogate pair, as a cut in the middle of an emoji leaves it
      .replaceAll(/\p{Surrogate}/gu, "")
      .normalize("NFKD")
      // combining marks
      .replaceAll(/\p{M}+/gu, "")
      // single quotes of all shapes
      .replaceAll(/[\u2018\u2019\u201A\u201B\u2032\u0060\u00B4]/g, "'")
      // double quotes of all shapes
      .replaceAll(/[\u201C\u201D\u201E\u2033\u00AB\u00BB]/g, '"')
      // dashes of all shapes
      .replaceAll(/[\u2010-\u2015\u2212]/g, "-")
      // zero-width and bidirectional controls
      .replaceAll(/[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, "")
  );
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/**
 * The words of a name or text in lower case: split at everything that is neither letter nor digit, and inside
 * `camelCase`. Digits stay with their letters: `OrderService-v2` gives `order`, `service`, `v2`.
 */
export function splitWords(text: string, maxWords = 200, maxLength = defaultMaxLength): string[] {
  const spaced = plainText(text, maxLength)
    // e-mail is one word to everybody
    .replaceAll(/\be-(?=mail)/gi, "e")
    // a capital after a small letter or digit begins a word
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    // the last capital before a small letter begins a word: HTTPServer
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2");
  const words: string[] = [];
  // runs of letters and digits; an apostrophe inside a word stays out of it (what's gives whats)
  for (const match of spaced.replaceAll("'", "").matchAll(/[\p{L}\p{N}]+/gu)) {
    if (words.length >= maxWords) break;
    words.push(match[0].toLowerCase());
  }
  return words;
}

/** All letters and digits in lower case with nothing between: `Payments-API` and `payments api` are both `paymentsapi`. */
export function joinWords(text: string): string {
  return splitWords(text, 40, 300).join("");
}
