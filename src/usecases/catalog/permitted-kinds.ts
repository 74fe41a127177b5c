import { errorAt } from "../../catalog/finding.ts";
import { type FileReading, toDiagnostic } from "../../catalog/read-file.ts";
import type { CatalogSource } from "../../catalog/sources/contract.ts";

/**
 * A reading without the entities whose kinds its source may not define, each with a finding; the same object where there are none.
 * What the source made itself, such as a Group of a team, is nobody's file and stays.
 */
export function permittedOnly(
  reading: FileReading,
  { id, allow }: Pick<CatalogSource, "id" | "allow">,
): FileReading {
  if (allow === undefined || reading.file.isDerived === true) return reading;
  const refused = reading.documents.filter(({ entity }) => !allow.has(entity.kind.toLowerCase()));
  if (refused.length === 0) return reading;
  const findings = refused.map(({ entity, locate, ref }) => {
    const message = `the kind ${entity.kind} is not allowed in the source ${id}`;
    const fix =
      "define it in another source, or add the kind to the source's allow in the configuration";
    const finding = errorAt(["kind"], "entity-kind-not-allowed", message, fix);
    return toDiagnostic(finding, reading.file.file, locate, ref);
  });
  return {
    ...reading,
    documents: reading.documents.filter((document) => !refused.includes(document)),
    diagnostics: [...reading.diagnostics, ...findings],
  };
}
