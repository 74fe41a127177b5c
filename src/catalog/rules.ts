import { isRecord } from "../base/json.ts";
import { errorAt, type Finding, shownValue, warningAt } from "./finding.ts";
import { kindRules, knownKinds } from "./kinds.ts";
import type { Entity } from "./model.ts";
import { referenceFindings } from "./references.ts";
import { envelopeFindings, keyClashFindings } from "./rules-envelope.ts";
import { isKind } from "./rules-format.ts";
import { metadataFindings } from "./rules-metadata.ts";
import { createSpecCheck } from "./rules-spec.ts";
import { nearest } from "./suggest.ts";

export interface RuleOptions {
  /** Kinds that may enter the catalog, in any case; absent means all, unknown ones included. */
  allow?: readonly string[] | undefined;
}

/** The verdict on one document. */
interface Verdict {
  /** Set when there is no error: the document as an entity, its kind in the known spelling. */
  entity?: Entity;
  findings: Finding[];
}

/** Checks documents against Backstage's rules; unlike Backstage it says everything that is wrong at once. */
export interface EntityRules {
  check(value: unknown): Verdict;
}

/** Creates the rules; schemas are compiled when they are first needed and kept. */
export function createEntityRules(options: RuleOptions = {}): EntityRules {
  const checkSpec = createSpecCheck();
  const allowed =
    options.allow === undefined
      ? undefined
      : new Set(options.allow.map((kind) => kind.toLowerCase()));

  function kindFindings(root: Record<string, unknown>, kind: string): Finding[] {
    const rule = kindRules.get(kind);
    // Unknown kinds are kept; the build warns about each once.
    if (rule === undefined) return [];
    const { apiVersion, spec } = root;
    const findings: Finding[] = [];
    if (typeof apiVersion === "string" && !rule.apiVersions.includes(apiVersion)) {
      const expected = rule.apiVersions.join(" or ");
      const message = `a ${kind} has the apiVersion ${shownValue(apiVersion)}, expected ${expected}`;
      const fix = `write ${rule.apiVersions[0] ?? expected}`;
      findings.push(errorAt(["apiVersion"], "entity-api-version-unsupported", message, fix));
    }
    const type = isRecord(spec) ? spec["type"] : undefined;
    return [...findings, ...checkSpec(spec, rule.spec(type))];
  }

  return {
    check(value) {
      if (!isRecord(value)) {
        const message = `a document must be a mapping with apiVersion, kind, metadata and spec, found ${shownValue(value)}`;
        return { findings: [errorAt([], "document-not-mapping", message)] };
      }
      const { kind: written, metadata } = value;
      const kind = isKind(written) ? knownSpelling(written) : undefined;
      const findings = envelopeFindings(value);
      if (isRecord(metadata)) findings.push(...metadataFindings(metadata));
      if (kind !== undefined) {
        findings.push(...spellingFindings(written, kind), ...allowFindings(kind, allowed));
        findings.push(...kindFindings(value, kind));
      }
      findings.push(...keyClashFindings(value));
      const candidate = { ...value, kind };
      if (findings.some(isError) || !isEntity(candidate)) return { findings };
      findings.push(...referenceFindings(candidate));
      return findings.some(isError) ? { findings } : { entity: candidate, findings };
    },
  };
}

function isError(finding: Finding): boolean {
  return finding.severity === "error";
}

function knownSpelling(kind: string): string {
  const lower = kind.toLowerCase();
  return knownKinds.find((known) => known.toLowerCase() === lower) ?? kind;
}

function spellingFindings(written: unknown, kind: string): Finding[] {
  if (written === kind) return [];
  const message = `the kind is spelled ${shownValue(written)}; Backstage knows only ${kind}`;
  return [warningAt(["kind"], "entity-kind-spelling", message, `write ${kind}`)];
}

function allowFindings(kind: string, allowed: ReadonlySet<string> | undefined): Finding[] {
  if (allowed === undefined || allowed.has(kind.toLowerCase())) return [];
  const message = `the kind ${kind} is not allowed here`;
  const near = kindRules.has(kind) ? undefined : nearest(kind, knownKinds);
  const meant = near === undefined ? "" : `did you mean ${near}? else `;
  const fix = `${meant}add it to catalog.allow in the configuration`;
  return [errorAt(["kind"], "entity-kind-not-allowed", message, fix)];
}

/** True for what passed the rules; says so to the compiler. */
function isEntity(value: Record<string, unknown>): value is Record<string, unknown> & Entity {
  const { metadata } = value;
  return (
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isRecord(metadata) &&
    typeof metadata["name"] === "string"
  );
}
