import { type Document, LineCounter } from "yaml";

import type { Diagnostic } from "../base/diagnostics.ts";
import { isTooDeep } from "./depth.ts";
import { readYaml, type YamlFault } from "./yaml-reader.ts";
import { offsetOf, plainValue } from "./yaml-value.ts";

/** Line and column, both from 1. */
interface Position {
  line: number;
  column: number;
}

/** Finds where a value stands; the nearest existing parent when the path is absent. */
export type Locate = (path: readonly (string | number)[]) => Position;

/** One document of a YAML text that is not empty. */
export interface ParsedDocument {
  /** Counts from 0; empty documents count too. */
  index: number;
  /** Plain data: a mapping in a healthy catalog file, but it may be anything that YAML can say. */
  value: unknown;
  /** Of the first line with content, from 1. */
  line: number;
  locate: Locate;
}

export interface ParsedText {
  documents: ParsedDocument[];
  diagnostics: Diagnostic[];
  /** Documents that could not be read at all. */
  broken: number;
}

/** Larger catalog files are refused: reading one would hold up everything else, and no person edits such a file. */
export const maxCatalogFileLength = 256 * 1024;

/**
 * Reads a text of YAML documents. A broken document gives a diagnostic and does not hide the others; empty documents are
 * skipped. Hostile text (alias bombs, deep nesting, cycles, prototype keys) gives diagnostics too. Never throws.
 * @param file Path or URL as the person knows it, for the diagnostics.
 * @param maxLength In characters.
 */
export function parseYamlText(
  text: string,
  file: string,
  maxLength: number = maxCatalogFileLength,
): ParsedText {
  if (text.length > maxLength) return refused(file, tooLarge(text.length, maxLength));
  // The byte order mark would shift the columns of the first line.
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  const read = readYaml(source);
  if (read.fault !== undefined) return refused(file, read.fault, read.lineCounter);
  const parsed: ParsedText = { documents: [], diagnostics: [], broken: 0 };
  read.documents.forEach((document, index) => {
    const { value, faults } = plainValue(document);
    for (const fault of faults) parsed.diagnostics.push(diagnose(file, fault, read.lineCounter));
    if (value === undefined) parsed.broken += 1;
    if (value === undefined || value === null) return;
    const line = read.lineCounter.linePos(document.contents?.range[0] ?? 0).line;
    const locate = locatorOf(document, source, read.lineCounter);
    parsed.documents.push({ index, value, line, locate });
  });
  return parsed;
}

function refused(file: string, fault: YamlFault, lineCounter?: LineCounter): ParsedText {
  return { documents: [], diagnostics: [diagnose(file, fault, lineCounter)], broken: 1 };
}

function tooLarge(length: number, maxLength: number): YamlFault {
  return {
    offset: 0,
    code: "file-too-large",
    severity: "error",
    message: `the file has ${Math.ceil(length / 1024)} KB, at most ${Math.floor(maxLength / 1024)} KB are read`,
    fix: "split it into several files",
  };
}

function diagnose(file: string, fault: YamlFault, lineCounter = new LineCounter()): Diagnostic {
  const { line, col } = lineCounter.linePos(fault.offset);
  const { severity, code, message, fix } = fault;
  return {
    file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    severity,
    code,
    message,
    ...(fix === undefined ? {} : { fix }),
  };
}

function locatorOf(document: Document.Parsed, source: string, lineCounter: LineCounter): Locate {
  const [start, , end] = document.range;
  const { line, col: column } = lineCounter.linePos(start);
  const tree = { document, lineCounter, lineShift: 0 };
  return createLocator(source.slice(start, end), { line, column }, tree);
}

/** Reads one JSON document, as other programs write it, many times faster than as YAML. Anything else is left to `parseYamlText`. */
export function parseJsonText(text: string, file: string, maxLength: number): ParsedText {
  if (text.length > maxLength) return refused(file, tooLarge(text.length, maxLength));
  try {
    const value: unknown = JSON.parse(text, withoutReservedKey);
    if (isTooDeep(value)) return parseYamlText(text, file, maxLength);
    const locate = createLocator(text, { line: 1, column: 1 });
    return { documents: [{ index: 0, value, line: 1, locate }], diagnostics: [], broken: 0 };
  } catch {
    return parseYamlText(text, file, maxLength);
  }
}

/** A reviver of JSON that drops the key which could reach an object's prototype. */
function withoutReservedKey(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}

interface Tree {
  document: Document.Parsed;
  lineCounter: LineCounter;
  /** Added to the tree's lines: it may be of the document alone, or of the whole file. */
  lineShift: number;
}

/**
 * Keeps the document's text instead of its syntax tree, which is many times larger, and reads it again when somebody asks.
 * While the garbage collector has not taken the tree, it is used as it is.
 */
function createLocator(text: string, first: Position, tree?: Tree): Locate {
  let known = tree === undefined ? undefined : new WeakRef(tree);
  return (path) => {
    let found = known?.deref();
    if (found === undefined) {
      const again = readYaml(text);
      const [only] = again.documents;
      if (only === undefined) return first;
      found = { document: only, lineCounter: again.lineCounter, lineShift: first.line - 1 };
      known = new WeakRef(found);
    }
    const { line, col } = found.lineCounter.linePos(offsetOf(found.document, path));
    return { line: line + found.lineShift, column: col };
  };
}
