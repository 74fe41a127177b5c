/** One finding in a file that somebody wrote: what is wrong, where, and how to mend it. */
export interface Diagnostic {
  /** Path as the person knows it, or a URL. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  severity: "error" | "warning";
  /** Stable, kebab-case, such as `entity-owner-missing`. */
  code: string;
  /** What was found and what was expected. */
  message: string;
  /** The entity it belongs to, canonical. */
  ref?: string;
  /** What to write instead. */
  fix?: string;
}

/** `catalog/pay.yaml:12:7: error: spec.owner is required [entity-owner-missing]`, the form editors and CI understand. */
export function formatDiagnostic(d: Diagnostic): string {
  const fix = d.fix === undefined ? "" : ` (${d.fix})`;
  return `${d.file}:${d.line}:${d.column}: ${d.severity}: ${d.message}${fix} [${d.code}]`;
}
