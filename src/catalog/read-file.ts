import type { Diagnostic } from "../base/diagnostics.ts";
import { isRecord } from "../base/json.ts";
import type { Finding } from "./finding.ts";
import type { Entity } from "./model.ts";
import { type ParsedDocument, parseJsonText, parseYamlText } from "./parse.ts";
import {
  findPlaceholders,
  type Placeholder,
  type PlaceholderText,
  replacePlaceholders,
} from "./placeholders.ts";
import type { Locate } from "./places.ts";
import { canonicalRef } from "./ref.ts";
import type { EntityRules } from "./rules.ts";
import { isSkeletonFile } from "./skeletons.ts";
import type { SourceFile } from "./sources/contract.ts";

/** A catalog file, parsed but not yet checked. */
export interface ParsedFile {
  file: SourceFile;
  documents: ParsedDocument[];
  diagnostics: Diagnostic[];
  /** Documents that are no YAML: nobody knows which entities they held. */
  broken: number;
}

/**
 * When something was read, in milliseconds since the epoch. All that a source gave shares one, so that reading it again
 * unchanged makes nothing anew.
 */
export interface ReadTime {
  ms: number;
}

/** A sound entity with the place where it stands. */
export interface CheckedDocument {
  ref: string;
  entity: Entity;
  file: SourceFile;
  /** The file that the source named and from which Locations led here. */
  originBase: string;
  line: number;
  /** Where its values stand, for `findPlace`. */
  places: string;
  locate: Locate;
  readAt: ReadTime;
  /** Set when the file no longer says so soundly and this is what it said before. */
  isKept?: boolean;
}

/** One catalog file after checking, complete in itself: what other files hold does not change it. */
export interface FileReading {
  file: SourceFile;
  documents: CheckedDocument[];
  diagnostics: Diagnostic[];
  /** References of entities that were refused; undefined for a document whose name could not be read. */
  refused: (string | undefined)[];
  /** Documents that mean to be entities, sound or not. */
  entities: number;
  /** The result depends on other files too. */
  hasPlaceholders: boolean;
  /** What its placeholders named, by target. */
  texts?: ReadonlyMap<string, PlaceholderText>;
  /** Set when the file could not be read this time: the next reading does not rely on this one. */
  isStale?: boolean;
  /** The Location that named the file: its file's base and the target as written. */
  via?: string;
}

/** Entities of another catalog hold what placeholders stood for: whole definitions of APIs. In characters. */
const maxResolvedLength = 5 * 1024 * 1024;

/**
 * Parses a file. In a file that nobody named, documents that are no entities are dropped, and so is broken YAML without any.
 * @param heldEntities True when it held entities at the last reading: then whatever is broken in it is a fault.
 */
export function parseCatalogFile(file: SourceFile, heldEntities: boolean = false): ParsedFile {
  if (file.isResolved === true) {
    return { file, ...parseJsonText(file.text, file.file, maxResolvedLength) };
  }
  if (file.isImplied !== true) return { file, ...parseYamlText(file.text, file.file) };
  // No entity is without a key "kind"; this saves parsing most other YAML.
  const mayBeOurs = /\bkind["']?\s*:/.test(file.text) && !isSkeletonFile(file.text);
  if (!mayBeOurs && !heldEntities) return { file, documents: [], diagnostics: [], broken: 0 };
  const parsed = parseYamlText(file.text, file.file);
  const isCatalogFile = /(?:^|\/)catalog-info\.ya?ml$/.test(file.file);
  // Folders hold templates of YAML too (Helm charts, skeletons), which cannot be parsed and need not be.
  const isOurs = heldEntities || isCatalogFile || file.text.includes("backstage.io/");
  return {
    file,
    documents: parsed.documents.filter(({ value }) => isCatalogFile || isMeantAsEntity(value)),
    diagnostics: isOurs ? parsed.diagnostics : [],
    broken: isOurs ? parsed.broken : 0,
  };
}

/** Kinds that mean an entity whatever the apiVersion says; the others exist in Kubernetes and OpenShift too. */
const telltaleKinds = new Set(["component", "api", "system", "location"]);

/** Folders hold Kubernetes manifests and other YAML with apiVersion and kind: an entity says in some way that it is one. */
function isMeantAsEntity(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { apiVersion, kind, spec } = value;
  if (typeof kind !== "string") return false;
  if (typeof apiVersion === "string" && apiVersion.includes("backstage.io/")) return true;
  return telltaleKinds.has(kind.toLowerCase()) || (isRecord(spec) && Object.hasOwn(spec, "owner"));
}

/** All placeholders of a file's documents. */
export function placeholdersOf(parsed: ParsedFile): Placeholder[] {
  return parsed.documents.flatMap(({ value }) => findPlaceholders(value));
}

/**
 * Checks the documents of a file.
 * @param read Gives what a placeholder names; undefined leaves it unread, which is no fault.
 */
export function checkFile(
  parsed: ParsedFile,
  rules: EntityRules,
  context: { originBase: string; readAtMs: number },
  read: (placeholder: Placeholder) => PlaceholderText | undefined = () => undefined,
): FileReading {
  const { file } = parsed;
  const where = { originBase: context.originBase, readAt: { ms: context.readAtMs } };
  const reading: FileReading = {
    file,
    documents: [],
    diagnostics: [...parsed.diagnostics],
    refused: Array.from({ length: parsed.broken }, () => undefined),
    entities: parsed.broken,
    hasPlaceholders: placeholdersOf(parsed).length > 0,
  };
  for (const { value, line, places, locate } of parsed.documents) {
    reading.entities += 1;
    const replaced = replacePlaceholders(value, read);
    const verdict = rules.check(replaced.value);
    const findings = [...replaced.findings, ...verdict.findings];
    const ref = refOfDocument(value);
    for (const finding of findings) {
      reading.diagnostics.push(toDiagnostic(finding, file.file, locate, ref));
    }
    if (ref === undefined || verdict.entity === undefined || replaced.findings.length > 0) {
      reading.refused.push(ref);
    } else {
      const entity = verdict.entity;
      reading.documents.push({ ...where, ref, entity, file, line, places, locate });
    }
  }
  return reading;
}

/** The canonical reference that a document claims; undefined when it does not even say kind and name. */
function refOfDocument(value: unknown): string | undefined {
  if (!isRecord(value) || !isRecord(value["metadata"])) return undefined;
  const { kind } = value;
  const { name, namespace = "default" } = value["metadata"];
  if (typeof kind !== "string" || typeof name !== "string" || typeof namespace !== "string") {
    return undefined;
  }
  return canonicalRef(`${kind}:${namespace}/${name}`);
}

/** Puts a finding at its line and column. */
export function toDiagnostic(
  finding: Finding,
  file: string,
  locate: Locate,
  ref: string | undefined,
): Diagnostic {
  const { path, ...rest } = finding;
  return { file, ...locate(path), ...rest, ...(ref === undefined ? {} : { ref }) };
}
