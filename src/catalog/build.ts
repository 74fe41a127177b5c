import { assembleCatalog, type BuiltCatalog } from "./assemble.ts";
import { checkFile, parseCatalogFile } from "./read-file.ts";
import { createEntityRules, type RuleOptions } from "./rules.ts";
import type { SourceFile } from "./sources/contract.ts";

/**
 * Builds a catalog from files that were read already. Placeholders stay unread and Locations are not followed: for those
 * there is `loadCatalog`. A broken file never hides another one.
 */
export function buildCatalog(input: {
  sources: readonly { id: string; readAtMs: number; files: readonly SourceFile[] }[];
  options?: RuleOptions;
}): BuiltCatalog {
  const rules = createEntityRules(input.options);
  const sources = input.sources.map(({ id, readAtMs, files }) => ({
    id,
    readings: files.map((file) =>
      checkFile(parseCatalogFile(file), rules, { originBase: file.base, readAtMs }),
    ),
  }));
  const steps = assembleCatalog(sources);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
