import { isRecord } from "../base/json.ts";
import { errorAt, type Finding, shownValue, warningAt } from "./finding.ts";
import { isLabelKey, isLabelValue, isScriptUrl, isTag, isUrl } from "./rules-format.ts";

/** Checks the optional fields of `metadata`: texts, labels, annotations, tags and links. */
export function metadataFindings(metadata: Record<string, unknown>): Finding[] {
  return [
    ...textFindings(metadata),
    ...mapFindings(metadata, "labels", labelFinding),
    ...mapFindings(metadata, "annotations", annotationFinding),
    ...listFindings(metadata, "tags", tagFinding),
    ...listFindings(metadata, "links", linkFindings),
  ];
}

function textFindings(metadata: Record<string, unknown>): Finding[] {
  return ["title", "description", "uid", "etag"].flatMap((field) => {
    const value = metadata[field];
    const isFine = typeof value === "string" && (value !== "" || field === "description");
    if (value === undefined || isFine) return [];
    const message = `metadata.${field} must be a text, found ${value === "" ? "an empty one" : shownValue(value)}`;
    return [errorAt(["metadata", field], "entity-field-invalid", message, quoteFix(value))];
  });
}

function mapFindings(
  metadata: Record<string, unknown>,
  field: "labels" | "annotations",
  check: (key: string, value: unknown) => Finding[],
): Finding[] {
  const map = metadata[field];
  if (map === undefined) return [];
  if (isRecord(map)) return Object.entries(map).flatMap(([key, value]) => check(key, value));
  const message = `metadata.${field} must be a mapping, found ${shownValue(map)}`;
  const fix = map === null ? `remove the empty “${field}:”` : undefined;
  return [errorAt(["metadata", field], "entity-field-invalid", message, fix)];
}

function labelFinding(key: string, value: unknown): Finding[] {
  const path = ["metadata", "labels", key];
  const code = "entity-label-invalid";
  if (!isLabelKey(key)) return [errorAt(path, code, keyMessage("a label", key), "rename it")];
  if (isLabelValue(value)) return [];
  const message = `the label ${key} is ${shownValue(value)}, expected 1–63 letters, digits, “-”, “_” or “.”`;
  const fix = quoteFix(value) ?? "longer texts belong below annotations";
  return [errorAt(path, code, message, fix)];
}

function annotationFinding(key: string, value: unknown): Finding[] {
  const path = ["metadata", "annotations", key];
  const code = "entity-annotation-invalid";
  if (!isLabelKey(key)) return [errorAt(path, code, keyMessage("an annotation", key), "rename it")];
  if (typeof value === "string") return [];
  const message = `the annotation ${key} must be a text, found ${shownValue(value)}`;
  return [errorAt(path, code, message, quoteFix(value))];
}

function keyMessage(what: string, key: string): string {
  return `${shownValue(key)} is no key of ${what}; expected a name, or a lower-case domain, “/” and a name, such as acme.com/team`;
}

function listFindings(
  metadata: Record<string, unknown>,
  field: "tags" | "links",
  check: (value: unknown, path: (string | number)[]) => Finding[],
): Finding[] {
  const list = metadata[field];
  if (list === undefined) return [];
  if (Array.isArray(list)) {
    return list.flatMap((item: unknown, index) => check(item, ["metadata", field, index]));
  }
  const message = `metadata.${field} must be a list, found ${shownValue(list)}`;
  const fix = list === null ? `remove the empty “${field}:”` : undefined;
  return [errorAt(["metadata", field], "entity-field-invalid", message, fix)];
}

function tagFinding(value: unknown, path: (string | number)[]): Finding[] {
  if (isTag(value)) return [];
  const message = `the tag ${shownValue(value)} is not valid; expected 1–63 lower-case letters, digits, “:”, “+”, “#” and single inner hyphens`;
  return [errorAt(path, "entity-tag-invalid", message, tagFix(value))];
}

function tagFix(value: unknown): string | undefined {
  if (typeof value !== "string") return quoteFix(value);
  const cleaned = value
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9:+#]+/g, "-")
    .replace(/^-|-$/g, "");
  return isTag(cleaned) ? `write ${cleaned}` : undefined;
}

function linkFindings(value: unknown, path: (string | number)[]): Finding[] {
  const code = "entity-link-invalid";
  if (!isRecord(value)) {
    const message = `a link must be a mapping with a url, found ${shownValue(value)}`;
    return [errorAt(path, code, message)];
  }
  const findings: Finding[] = [];
  const { url } = value;
  if (!isUrl(url)) {
    const found = url === undefined ? "has no url" : `has the url ${shownValue(url)}`;
    const message = `the link ${found}, expected an absolute one such as https://example.com`;
    findings.push(errorAt([...path, "url"], code, message));
  } else if (isScriptUrl(url)) {
    const message = "the link runs a script; it is not shown";
    findings.push(warningAt([...path, "url"], "entity-link-unsafe", message));
  }
  for (const field of ["title", "icon", "type"]) {
    const text = value[field];
    const isBlank =
      typeof text !== "string" || (field === "type" ? text === "" : text.trim() === "");
    if (text !== undefined && isBlank) {
      const message = `the ${field} of a link must be a text that is not empty, found ${shownValue(text)}`;
      findings.push(errorAt([...path, field], code, message, quoteFix(text)));
    }
  }
  return findings;
}

/** Numbers and booleans become texts in quotes. */
function quoteFix(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean"
    ? `write it in quotes: "${value}"`
    : undefined;
}
