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
  const head = text.slice(0, maxLength);
  // most texts are plain, and every question is split several times
  return isAscii(head) && !/e-mail/i.test(head)
    ? splitAscii(head, maxWords)
    : splitAny(head, maxWords);
}

/** The same for every alphabet, by what Unicode says of letters. */
function splitAny(text: string, maxWords: number): string[] {
  const spaced = plainText(text, text.length)
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

/** The same for plain text, letter by letter. */
function splitAscii(text: string, maxWords: number): string[] {
  const lower = text.toLowerCase();
  const words: string[] = [];
  let word = "";
  // where the run of letters began that is not in the word yet
  let start = -1;
  let before: Letter = "none";
  for (let at = 0; at <= text.length && words.length < maxWords; at += 1) {
    const letter = letterAt(text, at);
    const isWordEnd = letter === "none" || beginsWord(text, at, letter, before);
    if (start >= 0 && (isWordEnd || letter === "apostrophe")) {
      word += lower.slice(start, at);
      start = -1;
    }
    if (isWordEnd && word !== "") {
      words.push(word);
      word = "";
    }
    if (letter !== "none" && letter !== "apostrophe" && start < 0) start = at;
    before = letter;
  }
  return words;
}

type Letter = "upper" | "lower" | "digit" | "apostrophe" | "none";

function letterAt(text: string, at: number): Letter {
  const code = text.charCodeAt(at);
  if (code >= 97 && code <= 122) return "lower";
  if (code >= 65 && code <= 90) return "upper";
  if (code >= 48 && code <= 57) return "digit";
  return code === 39 || code === 96 ? "apostrophe" : "none";
}

/** Whether a capital begins a word: after a small letter or digit, and as the last of several before a small letter. */
function beginsWord(text: string, at: number, letter: Letter, before: Letter): boolean {
  if (letter !== "upper") return false;
  if (before === "lower" || before === "digit") return true;
  return before === "upper" && letterAt(text, at + 1) === "lower";
}

/** All letters and digits in lower case with nothing between: `Payments-API` and `payments api` are both `paymentsapi`. */
export function joinWords(text: string): string {
  return splitWords(text, 40, 300).join("");
}
