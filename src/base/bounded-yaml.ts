import { Composer, type CST, Lexer, Parser } from "yaml";

/** A text that came from outside and may hold anything. */
export interface YamlBounds {
  /** Characters. */
  maxLength: number;
  /** Levels of nesting. */
  maxDepth: number;
}

const defaults: YamlBounds = { maxLength: 100_000, maxDepth: 50 };

/**
 * Parses one YAML (or JSON) document that somebody typed or a template holds. Thousands of open brackets would abort the whole
 * process inside the YAML library, so nesting is counted before anything is built.
 * @throws Error in words a person can act on when it is no YAML, too deep, too long or has more than ten aliases.
 */
export function parseBoundedYaml(text: string, bounds: Partial<YamlBounds> = {}): unknown {
  const [first, ...others] = parseBoundedYamlDocuments(text, bounds);
  if (others.length > 0) throw new Error("more than one document");
  return first;
}

/** As {@link parseBoundedYaml}, for any number of documents. @throws Error as above. */
export function parseBoundedYamlDocuments(
  text: string,
  bounds: Partial<YamlBounds> = {},
): unknown[] {
  const tokens = readBoundedTokens(text, bounds);
  const composer = new Composer({ logLevel: "silent", prettyErrors: false });
  const documents = [...composer.compose(tokens)];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error !== undefined) throw new Error(error.message);
  }
  return documents.map((document): unknown => document.toJS({ maxAliasCount: 10 }));
}

/** For callers that need the library's own document with its positions: call this first. @throws Error as above. */
export function assertBoundedYaml(text: string, bounds: Partial<YamlBounds> = {}): void {
  readBoundedTokens(text, bounds);
}

function readBoundedTokens(text: string, bounds: Partial<YamlBounds>): CST.Token[] {
  const { maxLength, maxDepth } = { ...defaults, ...bounds };
  if (text.length > maxLength) throw new Error(`longer than ${maxLength} characters`);
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > maxDepth) throw new Error(`nested deeper than ${maxDepth} levels`);
  }
  tokens.push(...parser.end());
  return tokens;
}
