import type { CatalogEntity } from "../catalog/model.ts";
import { approvalAnnotation, parseApproval } from "./approval-annotation.ts";
import type { ApprovalRequirement, Template } from "./model.ts";
import type { TemplateFindings } from "./template-findings.ts";

/**
 * Reads what a template's annotations say about approvals into `template`. One that cannot be read is an error: a template that
 * wants approval must never run without.
 */
export function readApprovals(
  entity: CatalogEntity,
  template: Template,
  findings: TemplateFindings,
): void {
  const prefix = `${approvalAnnotation}.`;
  const steps = new Map<string, ApprovalRequirement>();
  for (const [key, text] of Object.entries(entity.entity.metadata.annotations ?? {})) {
    if (key !== approvalAnnotation && !key.startsWith(prefix)) continue;
    const path = ["metadata", "annotations", key];
    const parsed = parseApproval(text);
    if ("fault" in parsed) {
      findings.add("error", path, "template-approval-invalid", `${key}: ${parsed.fault}`);
    } else if (key === approvalAnnotation) {
      template.approval = parsed.requirement;
    } else {
      const stepId = key.slice(prefix.length);
      if (template.steps.some((step) => step.id === stepId)) steps.set(stepId, parsed.requirement);
      else {
        const message = `${key}: there is no step “${stepId}”`;
        findings.add("error", path, "template-approval-invalid", message);
      }
    }
  }
  if (steps.size > 0) template.stepApprovals = Object.fromEntries(steps);
}
