import type { Diagnostic } from "../base/diagnostics.ts";
import { isRecord } from "../base/json.ts";
import { isOtherRepository } from "./code-host.ts";
import { locationTargets } from "./locations.ts";
import type { PlaceholderText } from "./placeholders.ts";
import { findPlace } from "./places.ts";
import {
  checkFile,
  type CheckedDocument,
  type FileReading,
  parseCatalogFile,
  placeholdersOf,
  type ReadTime,
} from "./read-file.ts";
import type { EntityRules } from "./rules.ts";
import type { SourceFile } from "./sources/contract.ts";

/** A file to parse and check. Plain data, as the answers are, so that a thread can do it. */
export interface CheckOrder {
  file: SourceFile;
  /** True when it held entities at the last reading: then whatever is broken in it is a fault. */
  wasHeld: boolean;
  /** What its placeholders name, by target; absent: not asked for yet. */
  texts?: readonly (readonly [string, PlaceholderText])[];
}

/** What a file says, without the file itself. */
export interface FileCheck extends Omit<FileReading, "file" | "documents" | "texts"> {
  documents: Pick<CheckedDocument, "ref" | "entity" | "line" | "places">[];
}

/** The verdict on a file, or the targets of placeholders that have to be read before. */
export type CheckResult = { check: FileCheck } | { needs: string[] };

/** Parses and checks one file. */
export function checkText({ file, wasHeld, texts }: CheckOrder, rules: EntityRules): CheckResult {
  const parsed = parseCatalogFile(file, wasHeld);
  if (texts === undefined && file.isResolved !== true) {
    const needs = new Set(placeholdersOf(parsed).map(({ target }) => target));
    if (needs.size > 0) return { needs: [...needs] };
  }
  const known = new Map(texts);
  const nowhere = { originBase: "", readAtMs: 0 };
  const reading = checkFile(parsed, rules, nowhere, ({ target }) => known.get(target));
  const { file: _file, documents, ...rest } = reading;
  return {
    check: {
      ...rest,
      documents: documents.map(({ ref, entity, line, places }) => ({ ref, entity, line, places })),
    },
  };
}

/** Puts a file and what it says together. */
export function toReading(
  file: SourceFile,
  { documents, ...rest }: FileCheck,
  context: { originBase: string; readAt: ReadTime },
): FileReading {
  return {
    ...rest,
    file,
    documents: documents.map((document) => ({
      ...document,
      ...context,
      file,
      locate: (path) => findPlace(document.places, path),
    })),
  };
}

/** The verdict on a file that could not be read within the limits of a thread. */
export function refusedFile(file: SourceFile, limit: string): FileCheck {
  const finding: Diagnostic = {
    file: file.file,
    line: 1,
    column: 1,
    severity: "error",
    code: "file-too-costly",
    message: `reading the file takes more than ${limit}`,
    fix: "split it into several files, and write it plainly",
  };
  return {
    documents: [],
    diagnostics: [finding],
    refused: [undefined],
    entities: 1,
    hasPlaceholders: false,
  };
}

// a placeholder's key, or the kind that leads to other files
const mayLeadOn = /\$(?:text|json|yaml)\b|\bLocation\b/i;

/** True for a file that may name others; costs next to nothing. */
export function mayName(file: SourceFile): boolean {
  return file.isResolved !== true && mayLeadOn.test(file.text);
}

/** The targets of a file's placeholders and Locations, as written, each once. */
export function namedTargets(file: SourceFile): string[] {
  if (!mayName(file)) return [];
  const parsed = parseCatalogFile(file);
  const placeholders = placeholdersOf(parsed)
    .map(({ target }) => target)
    .filter((target) => !isOtherRepository(file.base, target));
  const locations = parsed.documents.flatMap(({ value }) => {
    if (!isRecord(value) || value["kind"] !== "Location") return [];
    const { spec } = value;
    const { targets } = locationTargets(isRecord(spec) ? { spec } : {}, file.base);
    return targets.map(({ target }) => target);
  });
  return [...new Set([...placeholders, ...locations])];
}
