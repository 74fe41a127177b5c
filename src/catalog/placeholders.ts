import { isRecord } from "../base/json.ts";
import { isTooDeep } from "./depth.ts";
import { errorAt, type Finding, pathText } from "./finding.ts";
import { parseYamlText } from "./parse.ts";

/** `{$text: ./openapi.yaml}`: a value that stands in another file. */
export interface Placeholder {
  type: "text" | "json" | "yaml";
  /** Path relative to the file that holds it, or URL. */
  target: string;
  path: readonly (string | number)[];
}

/** What a placeholder's file holds; `problem` says why it cannot be used. */
export type PlaceholderText = { text: string } | { problem: string };

/** Definitions of APIs are often larger than catalog files; beyond this they are refused. In characters. */
const maxPlaceholderLength = 5 * 1024 * 1024;

/** Finds every mapping with exactly one key `$text`, `$json` or `$yaml`. Other `$keys` stay as they are. */
export function findPlaceholders(value: unknown): Placeholder[] {
  const found: Placeholder[] = [];
  walk(value, [], (placeholder) => {
    found.push(placeholder);
    return undefined;
  });
  return found;
}

/**
 * Replaces placeholders by what `read` gives for them. One that cannot be read or parsed gives a finding and stays.
 * `read` is asked once for each placeholder, in the order of `findPlaceholders`.
 */
export function replacePlaceholders(
  value: unknown,
  read: (placeholder: Placeholder) => PlaceholderText | undefined,
): { value: unknown; findings: Finding[] } {
  const findings: Finding[] = [];
  const replaced = walk(value, [], (placeholder) => {
    const got = read(placeholder);
    if (got === undefined) return { value: stub(placeholder) };
    const result = "problem" in got ? got : contentOf(placeholder, got.text);
    if ("value" in result) return result;
    const name = pathText(placeholder.path);
    const message = `${name}: $${placeholder.type} names “${placeholder.target}”, ${result.problem}`;
    findings.push(errorAt(placeholder.path, "placeholder-unreadable", message));
    return { value: stub(placeholder) };
  });
  return { value: replaced, findings };
}

/** Stands for what was not read, so that the rest of the entity can be checked. */
function stub({ type, target }: Placeholder): unknown {
  return type === "text" ? `$text: ${target}` : { [`$${type}`]: target };
}

/** Copies `value` where `replace` returns something; otherwise returns it as it is. */
function walk(
  value: unknown,
  path: (string | number)[],
  replace: (placeholder: Placeholder) => { value: unknown } | undefined,
): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = value.map((item: unknown, index) =>
      walk(item, [...path, index], replace),
    );
    return copy.some((item, index) => item !== value[index]) ? copy : value;
  }
  if (!isRecord(value)) return value;
  const placeholder = placeholderOf(value, path);
  if (placeholder !== undefined) {
    const replaced = replace(placeholder);
    return replaced === undefined ? value : replaced.value;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, child] of Object.entries(value)) {
    const walked = walk(child, [...path, key], replace);
    if (walked !== child) copy = { ...(copy ?? value), [key]: walked };
  }
  return copy ?? value;
}

const placeholderTypes: Record<string, Placeholder["type"] | undefined> = {
  $text: "text",
  $json: "json",
  $yaml: "yaml",
};

function placeholderOf(
  value: Record<string, unknown>,
  path: (string | number)[],
): Placeholder | undefined {
  const [key, ...more] = Object.keys(value);
  if (key === undefined || more.length > 0 || !Object.hasOwn(placeholderTypes, key))
    return undefined;
  const type = placeholderTypes[key];
  const target = value[key];
  return type === undefined || typeof target !== "string" ? undefined : { type, target, path };
}

function contentOf({ type }: Placeholder, text: string): { value: unknown } | { problem: string } {
  if (text.length > maxPlaceholderLength) return { problem: "which is larger than 5 MB" };
  if (type === "text") return { value: text };
  if (type === "json") {
    try {
      const value: unknown = JSON.parse(text);
      return isTooDeep(value) ? { problem: "which is nested too deep" } : { value };
    } catch {
      return { problem: "which is no valid JSON" };
    }
  }
  const parsed = parseYamlText(text, "", maxPlaceholderLength);
  const [only, ...others] = parsed.documents;
  if (parsed.broken > 0) return { problem: "which is no valid YAML" };
  if (only === undefined || others.length > 0) {
    return { problem: `which holds ${parsed.documents.length} YAML documents, expected one` };
  }
  return { value: only.value };
}
