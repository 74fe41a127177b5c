import { ForbiddenError } from "../base/errors.ts";
import { displayName } from "../catalog/model.ts";
import type { Config } from "../config/load.ts";
import { buildForm } from "../scaffold/build-form.ts";
import type { FetchSource } from "../scaffold/fetching/contract.ts";
import type { Template, TemplateStep } from "../scaffold/model.ts";
import { StepWait } from "../scaffold/step-wait.ts";
import { type ApprovalGateDeps, passApproval } from "../usecases/approvals/approval-gate.ts";
import { requiredApproval } from "../usecases/approvals/required-approval.ts";
import { hashTemplate } from "../usecases/approvals/template-hash.ts";
import type { PolicyService } from "../usecases/policy/policy-service.ts";
import type { Notifier } from "../usecases/runs/notifier.ts";
import type { StepHooks } from "../usecases/runs/run-claim.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { configuredWellKnown } from "./catalog-well-known.ts";
import { configuredApprovals } from "./configured-policy.ts";
import type { CatalogState } from "./create-catalog.ts";
import { faultsOf } from "./policy-checks.ts";

/** What stands before runs and steps that need approval. */
export function createApprovalGate(options: {
  catalog: Pick<CatalogState, "templates" | "snapshot">;
  fetch: FetchSource;
  notifier: Notifier;
  config: Config;
  policy: PolicyService;
  clock: () => number;
}): ApprovalGateDeps {
  const { catalog, fetch, notifier, clock, config, policy } = options;
  const rules = configuredApprovals(config.file);
  const wellKnown = configuredWellKnown(config.file.catalog);
  return {
    requirementOf: (run, stepId) => requiredApproval(run, stepId, rules),
    currentTemplate(run) {
      const found = catalog.templates().get(run.templateRef);
      return found === undefined ? undefined : policy.partsFor(found, run.requester);
    },
    faultsOf: (template, run) => [
      ...faultsOf(buildForm(template), run.values, config.file.scaffolder.owners, {
        nowMs: run.createdAtMs,
        user: run.requester.userRef === undefined ? {} : { ref: run.requester.userRef },
      }).map(({ key, message }) => (key === "" ? message : `${key}: ${message}`)),
      ...refusals(template, run, policy),
    ],
    groupOf(ref) {
      const group = catalog.snapshot().catalog.entities.get(ref);
      if (group === undefined) return undefined;
      const found = wellKnown.slackChannel(group);
      const channel = found?.id ?? (found?.name === undefined ? undefined : `#${found.name}`);
      return { title: displayName(group), ...(channel === undefined ? {} : { channel }) };
    },
    hashOf: (template, values, signal) => hashTemplate(template, values, fetch, signal),
    notifier,
    clock,
  };
}

/** The policy may look at tags and parameters, and these may have changed. */
function refusals(template: Template, run: RunRecord, policy: PolicyService): string[] {
  const { requester: by, values: parameters, channel } = run;
  const { allowed, reason } = policy.decide({
    action: "start",
    by,
    template,
    parameters,
    ...(channel === undefined ? {} : { channel }),
  });
  return allowed ? [] : [`${by.name} may not start it: ${reason}`];
}

/**
 * Lets a step begin once it is approved.
 * @throws StepWait until then, ForbiddenError `approval-rejected`, `approval-expired`
 */
export async function passStepApproval(
  step: TemplateStep,
  hooks: StepHooks,
  gate: ApprovalGateDeps,
): Promise<void> {
  const held = await passApproval(hooks.held, hooks.signal, gate, step.id);
  if (held === undefined) {
    if (hooks.held.run().status === "waiting-for-approval") {
      await hooks.held.change((run) => ({ ...run, status: "running" }));
    }
    return;
  }
  if (held.status === "parked") throw new StepWait(held.wait);
  const { code, message, hint } = held.error;
  throw new ForbiddenError(code, message, hint === undefined ? {} : { hint });
}
