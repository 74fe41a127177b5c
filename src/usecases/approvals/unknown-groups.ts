import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import { approvalAnnotation } from "../../scaffold/approval-annotation.ts";
import type { Template } from "../../scaffold/model.ts";

/**
 * Groups that are to approve and that the catalog does not have: whoever starts the template would wait for nobody. Nothing is said
 * where no group is known at all, as when a template is checked alone.
 */
export function approvalGroupFindings(
  found: CatalogEntity,
  template: Pick<Template, "approval" | "stepApprovals"> | undefined,
  catalog: Catalog,
): Diagnostic[] {
  const { entity, origin, ref } = found;
  const wanted = [
    { key: approvalAnnotation, groups: template?.approval?.groups ?? [] },
    ...Object.entries(template?.stepApprovals ?? {}).map(([stepId, { groups }]) => ({
      key: `${approvalAnnotation}.${stepId}`,
      groups,
    })),
  ];
  return wanted.flatMap(({ key, groups }) =>
    unknownGroups(groups, catalog).map((group) => ({
      file: origin.file,
      ...found.locate(["metadata", "annotations", key]),
      severity: "warning" as const,
      code: "template-approval-group-unknown",
      message: `${key}: the catalog has no group ${group}, so that nobody of it can approve ${entity.metadata.name}`,
      ref,
    })),
  );
}

/** Those of the groups, by canonical reference, that are not in the catalog; none where it has no groups at all. */
export function unknownGroups(refs: readonly string[], { entities }: Catalog): string[] {
  const hasGroups = [...entities.values()].some(({ entity }) => entity.kind === "Group");
  return hasGroups ? [...new Set(refs)].filter((ref) => !entities.has(ref)) : [];
}
