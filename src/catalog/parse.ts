import { LineCounter } from "yaml";

import type { Diagnostic } from "../base/diagnostics.ts";
import { isTooDeep } from "./depth.ts";
import { findPlace, type Locate, writePlaces } from "./places.ts";
import { type PlainDocument, readPlainYaml } from "./plain-yaml.ts";
import { usualFix } from "./usual-fixes.ts";
import { readYaml, type YamlFault } from "./yaml-reader.ts";
import { plainValue } from "./yaml-value.ts";

/** One document of a YAML text that is not empty. */
export interface ParsedDocument {
  /** Counts from 0; empty documents count too. */
  index: number;
  /** Plain data: a mapping in a healthy catalog file, but it may be anything that YAML can say. */
  value: unknown;
  /** Of the first line with content, from 1. */
  line: number;
  /** Where its values stand, for `findPlace`. */
  places: string;
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
  const plain = readPlainYaml(text);
  return plain === undefined ? parseWholeYaml(text, file) : parsedPlain(plain);
}

function parsedPlain(plain: readonly PlainDocument[]): ParsedText {
  const documents = plain.map((document) => ({
    ...document,
    locate: (path: readonly (string | number)[]) => findPlace(document.places, path),
  }));
  return { documents, diagnostics: [], broken: 0 };
}

/** As `parseYamlText`, for a text of any YAML that is not too long. */
export function parseWholeYaml(text: string, file: string): ParsedText {
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
    const { line } = read.lineCounter.linePos(document.contents?.range[0] ?? 0);
    const places = writePlaces(document, read.lineCounter);
    parsed.documents.push({
      index,
      value,
      line,
      places,
      locate: (path) => findPlace(places, path),
    });
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
  const { severity, code, message, fix = usualFix(code) } = fault;
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

/** Reads one JSON document, as other programs write it, many times faster than as YAML. Anything else is left to `parseYamlText`. */
export function parseJsonText(text: string, file: string, maxLength: number): ParsedText {
  if (text.length > maxLength) return refused(file, tooLarge(text.length, maxLength));
  try {
    const value: unknown = JSON.parse(text, withoutReservedKey);
    if (isTooDeep(value)) return parseYamlText(text, file, maxLength);
    // programs write JSON on one line: a column in it tells nobody anything
    const document = {
      index: 0,
      value,
      line: 1,
      places: "",
      locate: () => ({ line: 1, column: 1 }),
    };
    return { documents: [document], diagnostics: [], broken: 0 };
  } catch {
    return parseYamlText(text, file, maxLength);
  }
}

/** A reviver of JSON that drops the key which could reach an object's prototype. */
function withoutReservedKey(key: string, value: unknown): unknown {
  return key === "__proto__" ? undefined : value;
}
