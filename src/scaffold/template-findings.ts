import type { Diagnostic } from "../base/diagnostics.ts";
import type { CatalogEntity } from "../catalog/model.ts";

type Path = readonly (string | number)[];

/** Collects findings about one template, each with the place of its path in the file. */
export interface TemplateFindings {
  readonly diagnostics: Diagnostic[];
  add(
    severity: Diagnostic["severity"],
    path: Path,
    code: string,
    message: string,
    fix?: string,
  ): void;
}

/** Creates an empty collection for `entity`. */
export function createTemplateFindings(entity: CatalogEntity): TemplateFindings {
  const diagnostics: Diagnostic[] = [];
  return {
    diagnostics,
    add(severity, path, code, message, fix) {
      const { line, column } = entity.locate(path);
      const file = entity.origin.file;
      const finding: Diagnostic = { file, line, column, severity, code, message, ref: entity.ref };
      diagnostics.push(fix === undefined ? finding : { ...finding, fix });
    },
  };
}
