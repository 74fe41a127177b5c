import { canonicalRef } from "../catalog/ref.ts";
import type { FileConfig } from "../config/schema.ts";
import { parseDuration } from "../scaffold/approval-annotation.ts";
import type { ApprovalRule } from "../usecases/approvals/required-approval.ts";
import type { Policy, PolicyRule } from "../usecases/policy/policy.ts";

/** The rules of callboard.yaml with canonical references; undefined when there are none. Operators may what operators may. */
export function configuredPolicy({ policy, operators }: FileConfig): Policy | undefined {
  if (policy === undefined) return undefined;
  const rules = policy.rules.map((rule): PolicyRule => ({
    ...rule,
    groups: rule.groups?.map((name) => refOf(name, "group")),
    users: rule.users?.map((name) => refOf(name, "user")),
  }));
  if (operators.length === 0) return { rules };
  const operating: PolicyRule = {
    name: "operators",
    effect: "allow",
    actions: ["accept-catalog", "see-audit", "see-gaps", "see-stats"],
    groups: operators.map((name) => refOf(name, "group")),
  };
  return { rules: [...rules, operating] };
}

/** The rules about approvals of callboard.yaml. */
export function configuredApprovals({ approvals }: FileConfig): ApprovalRule[] {
  return approvals.map(({ groups, count, expires, channel, remind, ...conditions }) => ({
    ...conditions,
    requirement: {
      groups: groups.map((name) => refOf(name, "group")),
      count,
      expiresMs: parseDuration(expires) ?? longestMs,
      isReminded: remind,
      ...(channel === undefined ? {} : { channel }),
    },
  }));
}

/** Longer than 30 days is 30 days. */
const longestMs = 30 * 86_400_000;

function refOf(name: string, defaultKind: string): string {
  return canonicalRef(name, { defaultKind }) ?? name;
}
