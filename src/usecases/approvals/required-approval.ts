import type { ApprovalRequirement } from "../../scaffold/model.ts";
import type { RunRecord } from "../runs/run-record.ts";

/** Who must approve a run as a whole or, with `stepId`, one of its steps; undefined when nobody must. */
export function requiredApproval(
  { template }: Pick<RunRecord, "template">,
  stepId?: string,
): ApprovalRequirement | undefined {
  if (stepId === undefined) return template.approval;
  return Object.hasOwn(template.stepApprovals ?? {}, stepId)
    ? template.stepApprovals?.[stepId]
    : undefined;
}
