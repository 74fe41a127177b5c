import type { Diagnostic } from "../base/diagnostics.ts";
import { usualFix } from "./usual-fixes.ts";

/** What a rule found in an entity: as a `Diagnostic`, but placed by a path into the data instead of line and column. */
export interface Finding {
  path: readonly (string | number)[];
  severity: Diagnostic["severity"];
  /** Stable, kebab-case; `docs/catalog.md` lists all of them. */
  code: string;
  /** What was found and what was expected. */
  message: string;
  /** What to write instead. */
  fix?: string;
}

/** A finding that keeps the entity out of the catalog. */
export function errorAt(
  path: Finding["path"],
  code: string,
  message: string,
  fix?: string,
): Finding {
  return { path, severity: "error", code, message, ...fixOf(code, fix) };
}

/** A finding that an author should know; the entity is taken all the same. */
export function warningAt(
  path: Finding["path"],
  code: string,
  message: string,
  fix?: string,
): Finding {
  return { path, severity: "warning", code, message, ...fixOf(code, fix) };
}

/** The given next step, else the usual one. */
function fixOf(code: string, given: string | undefined): { fix?: string } {
  const fix = given ?? usualFix(code);
  return fix === undefined ? {} : { fix };
}

/** `spec.steps[2].action`, as authors read it. */
export function pathText(path: Finding["path"]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`,
    "",
  );
}

/** A value as it is quoted in a message: short, on one line. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = typeof value === "string" ? value.slice(0, 200) : JSON.stringify(value);
  const line = text.replace(/\s+/g, " ");
  return `“${line.length > 80 ? `${line.slice(0, 80)}…` : line}”`;
}
