import type { AskWords } from "./ask-words.ts";
import { cleanQuestion } from "./clean-question.ts";
import {
  compilePattern,
  matchPattern,
  type Pattern,
  type StepBudget,
  wholeSlot,
} from "./pattern.ts";
import type { Query, QueryIntent } from "./query.ts";
import { englishWords } from "./words-en.ts";

/** Turns what people type into a query. */
export type QuestionParser = (text: string) => Query;

/** What is compared with patterns; what people really ask is much shorter. */
const maxWords = 60;
/** Comparisons with all patterns together: what a text costs at most. What is left over is a search. */
const maxSteps = 150_000;

/** Creates the parser for a language. Compiles its patterns once. */
export function createQuestionParser(language: AskWords = englishWords): QuestionParser {
  const rules = language.patterns.flatMap(({ intent, patterns }) =>
    patterns.map((text) => ({ intent, pattern: compilePattern(text, language.sets) })),
  );
  const byWord = rulesByWord(rules);
  const opening = longestFirst(language.opening);
  const closing = longestFirst(language.closing);
  const continuations = longestFirst(language.continuations);
  return (text) => {
    const clean = cleanQuestion(text);
    const all = tokenize(clean.text, language);
    const tokens = withoutContinuation(trimTokens(all, opening, closing), continuations);
    const common = {
      text: typedOf(tokens),
      mentions: clean.mentions,
      urls: clean.urls,
      isElliptic: continuations.some((phrase) => isAt(all, 0, phrase)),
    };
    const words = tokens.map((token) => token.word);
    const known = new Set(words);
    const budget = { left: maxSteps };
    for (const at of worthTrying(byWord, known)) {
      const rule = rules[at];
      if (rule === undefined) continue;
      const { intent, pattern } = rule;
      const fitted = fits(pattern, words, known, budget);
      if (fitted === undefined) continue;
      const { ranges, start } = fitted;
      const about = ranges.flatMap(([from, to]) => tokens.slice(from, to));
      const [first, second] = ranges;
      const isComparison = intent === "describe" && first !== undefined && second !== undefined;
      return {
        ...common,
        intent,
        subject: subjectOf(isComparison ? tokens.slice(...first) : about, intent, language),
        ...(isComparison ? { second: subjectOf(tokens.slice(...second), intent, language) } : {}),
        ...reference(withoutFailure(about, intent, language), language),
        before: subjectOf(tokens.slice(0, start), intent, language),
        isTerse: isTerse(pattern),
        isCount: intent === "list" && isCount(words),
      };
    }
    return {
      ...common,
      intent: "search",
      subject: common.text,
      ...reference(tokens, language),
      before: "",
      isTerse: false,
      isCount: false,
    };
  };
}

/** For each word that some patterns cannot do without, the numbers of these; under "" those that need none. */
function rulesByWord(rules: readonly { pattern: Pattern }[]): ReadonlyMap<string, number[]> {
  const byWord = new Map<string, number[]>();
  rules.forEach(({ pattern }, at) => {
    const [rarest = [""]] = pattern.required.toSorted((a, b) => a.size - b.size);
    for (const word of rarest) {
      const numbers = byWord.get(word);
      if (numbers === undefined) byWord.set(word, [at]);
      else numbers.push(at);
    }
  });
  return byWord;
}

/** The rules that hold a word of the question, in their order: most hold none. */
function worthTrying(
  byWord: ReadonlyMap<string, readonly number[]>,
  words: ReadonlySet<string>,
): Iterable<number> {
  const numbers = new Set(byWord.get(""));
  for (const word of words) for (const at of byWord.get(word) ?? []) numbers.add(at);
  return [...numbers].toSorted((a, b) => a - b);
}

function typedOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => token.typed)
    .filter((typed) => typed !== "")
    .join(" ");
}

function withoutContinuation(
  tokens: readonly Token[],
  continuations: readonly (readonly string[])[],
): readonly Token[] {
  const phrase = continuations.find(
    (words) => words.length < tokens.length && isAt(tokens, 0, words),
  );
  return phrase === undefined ? tokens : tokens.slice(phrase.length);
}

/** Whether a subject begins with a word for what was spoken of before, and what else is in it. */
function reference(
  about: readonly Token[],
  language: AskWords,
): { refersBack: boolean; restAfterPronoun: string } {
  const isGeneral = ({ word }: Token): boolean =>
    language.pronouns.has(word) || language.generalNouns.has(word);
  const first = about.find(({ word }) => !language.generalNouns.has(word));
  const start = about.findIndex((token) => !isGeneral(token));
  return {
    refersBack: first !== undefined && language.pronouns.has(first.word),
    restAfterPronoun: start < 0 ? "" : typedOf(about.slice(start)),
  };
}

/** A word as typed, and as compared. */
interface Token {
  typed: string;
  word: string;
}

/** Longer phrases first, so that “hi all” goes as a whole. */
function longestFirst(phrases: readonly string[]): string[][] {
  return phrases.map((phrase) => phrase.split(" ")).toSorted((a, b) => b.length - a.length);
}

/**
 * Words at white space; punctuation around a word is dropped and signs inside it are kept, because they belong to names.
 * A contraction becomes its words.
 */
function tokenize(text: string, language: AskWords): Token[] {
  const tokens: Token[] = [];
  for (const piece of text.split(/\s+/, maxWords * 2)) {
    if (tokens.length >= maxWords) break;
    // punctuation at both ends; a leading dot, slash or @ may belong to a path or name
    const typed = piece
      .slice(0, 400)
      .replace(/^[^\p{L}\p{N}./@#_]+/u, "")
      .replace(/[^\p{L}\p{N}/_*+#]{1,40}$/u, "");
    const word = typed.toLowerCase().replaceAll("'", "");
    if (word === "") continue;
    const long = Object.hasOwn(language.contractions, word)
      ? language.contractions[word]
      : undefined;
    // "on-call" is two words in every pattern
    const parts = (long ?? (word === "on-call" ? "on call" : word)).split(" ");
    parts.forEach((part, at) => tokens.push({ word: part, typed: at === 0 ? typed : "" }));
  }
  return tokens;
}

/** Drops greetings and politeness from both ends, as often as there are some, but never everything. */
function trimTokens(
  tokens: readonly Token[],
  opening: readonly (readonly string[])[],
  closing: readonly (readonly string[])[],
): Token[] {
  let from = 0;
  let to = tokens.length;
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const phrase of opening)
      if (from + phrase.length < to && isAt(tokens, from, phrase)) {
        from += phrase.length;
        isChanged = true;
      }
    for (const phrase of closing)
      if (to - phrase.length > from && isAt(tokens, to - phrase.length, phrase)) {
        to -= phrase.length;
        isChanged = true;
      }
  }
  return tokens.slice(from, to);
}

function isAt(tokens: readonly Token[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, offset) => tokens[at + offset]?.word === word);
}

function fits(
  pattern: Pattern,
  words: readonly string[],
  known: ReadonlySet<string>,
  budget: StepBudget,
): { ranges: (readonly [number, number])[]; start: number } | undefined {
  for (const set of pattern.required) if (!intersects(known, set)) return undefined;
  const slots = matchPattern(pattern, words, budget);
  if (slots === undefined) return undefined;
  const ranges = [...slots].filter(([name]) => name !== wholeSlot).map(([, range]) => range);
  return {
    ranges: ranges.toSorted(([a], [b]) => a - b),
    start: slots.get(wholeSlot)?.[0] ?? 0,
  };
}

/** Whether a question's words, which are few, hold one of a set. */
function intersects(words: ReadonlySet<string>, set: ReadonlySet<string>): boolean {
  for (const word of words) if (set.has(word)) return true;
  return false;
}

/** Intents whose subject is one thing, whose failure is only mentioned. */
const ignoresFailure: ReadonlySet<QueryIntent> = new Set([
  "dependents",
  "owner",
  "on-call",
  "channel",
]);

function subjectOf(tokens: readonly Token[], intent: QueryIntent, language: AskWords): string {
  const isEdge = (token: Token | undefined): boolean =>
    token !== undefined && language.edges.has(token.word);
  let from = 0;
  let to = tokens.length;
  while (from < to - 1 && isEdge(tokens[from])) from += 1;
  while (to - 1 > from && isEdge(tokens[to - 1])) to -= 1;
  return typedOf(withoutFailure(tokens.slice(from, to), intent, language));
}

/** Without words at the end that only say how a thing fails, but never without all. */
function withoutFailure(
  tokens: readonly Token[],
  intent: QueryIntent,
  language: AskWords,
): readonly Token[] {
  if (!ignoresFailure.has(intent)) return tokens;
  let to = tokens.length;
  while (to > 1 && language.failureWords.has(tokens[to - 1]?.word ?? "")) to -= 1;
  return tokens.slice(0, to);
}

function isTerse(pattern: Pattern): boolean {
  return pattern.isWhole || pattern.hasOpenStart;
}

function isCount(words: readonly string[]): boolean {
  return words.includes("many") || words[0] === "count" || words[0] === "number";
}
