import { Composer, type Document, Lexer, LineCounter, Parser } from "yaml";

import type { Diagnostic } from "../base/diagnostics.ts";
import { maxDepth } from "./depth.ts";

/** No catalog file seen in the wild uses an alias at all; resolving thousands costs seconds. */
const maxAliases = 100;
/** After so many broken tokens nothing sensible follows. */
const maxErrorTokens = 100;

/** Options of the YAML library that catalog files are read with: YAML 1.2 core, merge keys off, as Backstage reads them. */
const yamlOptions = {
  merge: false,
  logLevel: "silent",
  prettyErrors: false,
  resolveKnownTags: false,
  // The library compares each key with all before it; `duplicateKeys` does it in linear time.
  uniqueKeys: false,
} as const;

/** A finding about the text itself; `offset` counts characters from its start. */
export interface YamlFault {
  offset: number;
  code: string;
  severity: Diagnostic["severity"];
  message: string;
  fix?: string;
}

export interface YamlText {
  documents: Document.Parsed[];
  lineCounter: LineCounter;
  /** Set when the text was refused as a whole; there are no documents then. */
  fault?: YamlFault;
}

/** Reads the documents of a text. Never throws and never recurses deeper than the limit, whatever the text holds. */
export function readYaml(text: string): YamlText {
  const lineCounter = new LineCounter();
  lineCounter.addNewLine(0);
  const parser = new Parser(lineCounter.addNewLine);
  const tokens = [];
  let aliases = 0;
  let errors = 0;
  let previous = "";
  for (const lexeme of new Lexer().lex(text)) {
    // \x1f announces the text of a scalar, which may begin with any character.
    if (lexeme.startsWith("*") && previous !== "\x1f") aliases += 1;
    previous = lexeme;
    for (const token of parser.next(lexeme)) {
      if (token.type === "error") errors += 1;
      if (errors <= maxErrorTokens) tokens.push(token);
    }
    const fault = limitFault(parser, aliases);
    if (fault !== undefined) return { documents: [], lineCounter, fault };
  }
  tokens.push(...parser.end());
  return { documents: [...new Composer(yamlOptions).compose(tokens)], lineCounter };
}

/** Looked at before composing, which recurses. */
function limitFault(parser: Parser, aliases: number): YamlFault | undefined {
  const at = { offset: parser.offset, severity: "error" } as const;
  if (parser.stack.length > maxDepth) {
    return { ...at, code: "yaml-too-deep", message: `nested deeper than ${maxDepth} levels` };
  }
  if (aliases > maxAliases) {
    return { ...at, code: "yaml-aliases", message: `more than ${maxAliases} aliases (*name)` };
  }
  return undefined;
}
