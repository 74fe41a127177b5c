import type { ApprovalRequirement } from "../../scaffold/model.ts";
import { decide, type PolicyRule } from "../policy/policy.ts";
import type { RunRecord } from "../runs/run-record.ts";

/** A rule of callboard.yaml: runs that fit it must be approved. */
export interface ApprovalRule extends Pick<PolicyRule, "templates" | "tags" | "parameters"> {
  /** The step before which it is asked; absent: before the run. */
  step?: string | undefined;
  requirement: ApprovalRequirement;
}

/**
 * Who must approve a run as a whole or, with `stepId`, one of its steps; undefined when nobody must. The first rule of the
 * configuration that fits counts; without one, what the template says itself.
 */
export function requiredApproval(
  run: Pick<RunRecord, "template" | "values">,
  stepId: string | undefined,
  rules: readonly ApprovalRule[],
): ApprovalRequirement | undefined {
  const { template } = run;
  const rule = rules.find((each) => each.step === stepId && fitsRun(each, run));
  if (rule !== undefined) return rule.requirement;
  if (stepId === undefined) return template.approval;
  return Object.hasOwn(template.stepApprovals ?? {}, stepId)
    ? template.stepApprovals?.[stepId]
    : undefined;
}

/** Every approval that a run will ask for: first that of the run as a whole, then those of its steps in their order. */
export function requiredApprovals(
  run: Pick<RunRecord, "template" | "values">,
  rules: readonly ApprovalRule[],
): { stepId?: string; requirement: ApprovalRequirement }[] {
  const stepIds = [undefined, ...run.template.steps.map(({ id }) => id)];
  return stepIds.flatMap((stepId) => {
    const requirement = requiredApproval(run, stepId, rules);
    if (requirement === undefined) return [];
    return [{ requirement, ...(stepId === undefined ? {} : { stepId }) }];
  });
}

/** A rule about approvals has the conditions of a rule that denies: one entry of a list that fits is enough. */
function fitsRun(
  { templates, tags, parameters }: ApprovalRule,
  { template, values }: Pick<RunRecord, "template" | "values">,
): boolean {
  const conditions = { templates, tags, parameters };
  const rule: PolicyRule = { name: "approval", effect: "deny", actions: ["start"], ...conditions };
  const request = { action: "start" as const, person: { groups: new Set<string>() } };
  return decide({ rules: [rule] }, { ...request, template, parameters: values }).rule !== undefined;
}
