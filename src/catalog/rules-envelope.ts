import { isRecord } from "../base/json.ts";
import { errorAt, type Finding, shownValue } from "./finding.ts";
import { isApiVersion, isKind, isName, isNamespace } from "./rules-format.ts";
import { nearest } from "./suggest.ts";

const rootFields = ["apiVersion", "kind", "metadata", "spec"];

/** Checks what every entity has: the four root fields, apiVersion, kind, name and namespace. */
export function envelopeFindings(root: Record<string, unknown>): Finding[] {
  return [
    ...rootFieldFindings(root),
    ...apiVersionFindings(root["apiVersion"]),
    ...kindFindings(root["kind"]),
    ...identityFindings(root["metadata"]),
    ...specFindings(root["spec"]),
  ];
}

function rootFieldFindings(root: Record<string, unknown>): Finding[] {
  return Object.keys(root)
    .filter((field) => !rootFields.includes(field))
    .map((field) => {
      const meant = nearest(field, rootFields);
      const fix = meant === undefined ? "move it below metadata or spec" : `write ${meant}`;
      const message = `“${field}” is no field of an entity; there are ${rootFields.join(", ")}`;
      return errorAt([field], "entity-root-field-unknown", message, fix);
    });
}

function apiVersionFindings(value: unknown): Finding[] {
  if (value === undefined || value === null) {
    const fix = "write apiVersion: backstage.io/v1alpha1";
    return [errorAt([], "entity-api-version-missing", "apiVersion is required", fix)];
  }
  if (isApiVersion(value)) return [];
  const message = `apiVersion is ${shownValue(value)}, expected such as backstage.io/v1alpha1`;
  return [errorAt(["apiVersion"], "entity-api-version-invalid", message)];
}

function kindFindings(value: unknown): Finding[] {
  if (value === undefined || value === null) {
    return [errorAt([], "entity-kind-missing", "kind is required, such as Component")];
  }
  if (isKind(value)) return [];
  const message = `kind is ${shownValue(value)}, expected a letter, then letters and digits, at most 63`;
  return [errorAt(["kind"], "entity-kind-invalid", message)];
}

function identityFindings(metadata: unknown): Finding[] {
  if (!isRecord(metadata)) {
    const found = metadata === undefined ? "" : `, found ${shownValue(metadata)}`;
    const message = `metadata is required and must be a mapping${found}`;
    return [errorAt(["metadata"], "entity-metadata-missing", message)];
  }
  const { name, namespace } = metadata;
  const findings: Finding[] = [];
  if (name === undefined || name === null) {
    findings.push(
      errorAt(["metadata", "name"], "entity-name-missing", "metadata.name is required"),
    );
  } else if (!isName(name)) {
    const message = `metadata.name is ${shownValue(name)}, expected 1–63 letters, digits, “-”, “_” or “.”, beginning and ending with a letter or digit`;
    findings.push(errorAt(["metadata", "name"], "entity-name-invalid", message, nameFix(name)));
  }
  if (namespace !== undefined && !isNamespace(namespace)) {
    const message = `metadata.namespace is ${shownValue(namespace)}, expected 1–63 lower-case letters, digits and inner hyphens`;
    const path = ["metadata", "namespace"];
    findings.push(errorAt(path, "entity-namespace-invalid", message, namespaceFix(namespace)));
  }
  return findings;
}

function specFindings(spec: unknown): Finding[] {
  if (spec === undefined || isRecord(spec)) return [];
  const message = `spec must be a mapping, found ${shownValue(spec)}`;
  return [errorAt(["spec"], "entity-field-invalid", message)];
}

function nameFix(name: unknown): string | undefined {
  if (typeof name === "number") return `write it in quotes: "${name}"`;
  if (typeof name !== "string") return undefined;
  const cleaned = name
    .slice(0, 200)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 63)
    // separators at either end
    .replace(/^[._-]+/, "")
    .replace(/[._-]+$/, "");
  return isName(cleaned) ? `write ${cleaned}` : undefined;
}

function namespaceFix(namespace: unknown): string | undefined {
  if (typeof namespace !== "string") return undefined;
  const lower = namespace.slice(0, 200).toLowerCase();
  const cleaned = lower.replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "");
  return isNamespace(cleaned) ? `write ${cleaned}` : undefined;
}

/** Parts of an entity that Backstage does not index, so that their keys cannot clash. */
const unindexed = new Set([
  "attachments",
  "relations",
  "status",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "metadata.etag",
]);

/** Keys that differ only in letter case: Backstage cannot index such an entity and refuses it. */
export function keyClashFindings(root: Record<string, unknown>): Finding[] {
  const known = new Map<string, string>();
  const findings: Finding[] = [];
  const visit = (value: unknown, key: string, path: (string | number)[]): void => {
    if (unindexed.has(key)) return;
    if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, key, [...path, index]));
    } else if (isRecord(value)) {
      for (const [name, child] of Object.entries(value)) {
        visit(child, key === "" ? name : `${key}.${name}`, [...path, name]);
      }
    } else {
      const lower = key.toLowerCase();
      const first = known.get(lower);
      if (first === undefined) known.set(lower, key);
      else if (first !== key) {
        const message = `“${key}” and “${first}” differ only in letter case`;
        findings.push(errorAt(path, "entity-keys-clash", message, "spell both the same way"));
        // One finding for each further spelling is enough.
        known.set(lower, key);
      }
    }
  };
  visit(root, "", []);
  return findings;
}
