import { type Diagnostic, formatDiagnostic } from "../base/diagnostics.ts";
import type { Logger } from "../base/logger.ts";

/** More than this are left to `callboard check`. */
const maxLines = 20;

/** Tells the operator what was read, and of errors that were not there at the last reading: file, line and what is wrong with it. */
export function createCatalogReport(
  logger: Logger,
): (counts: object, diagnostics: readonly Diagnostic[]) => void {
  let known = new Set<string>();
  return (counts, diagnostics) => {
    logger.info(counts, "catalog read");
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(formatDiagnostic);
    const fresh = errors.filter((finding) => !known.has(finding));
    for (const finding of fresh.slice(0, maxLines)) logger.warn({ finding }, "catalog error");
    if (fresh.length > maxLines) {
      logger.warn(
        { more: fresh.length - maxLines },
        "more catalog errors; callboard check lists them",
      );
    }
    known = new Set(errors);
  };
}
