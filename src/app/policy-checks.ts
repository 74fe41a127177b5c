import { ForbiddenError, InputError } from "../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import type { FormScope } from "../scaffold/default-values.ts";
import { fieldsOf } from "../scaffold/fields.ts";
import type { FieldFault, Form, FormField } from "../scaffold/form-model.ts";
import type { Template } from "../scaffold/model.ts";
import { ownerFault } from "../scaffold/publishers/allowed-owners.ts";
import { parseRepoUrl } from "../scaffold/repo-url.ts";
import { validateValues } from "../scaffold/validate-values.ts";
import { isSamePerson } from "../usecases/approvals/approval.ts";
import type { PolicyService } from "../usecases/policy/policy-service.ts";
import type { PolicyAction } from "../usecases/policy/policy.ts";
import type { RunRecord, RunRequester } from "../usecases/runs/run-record.ts";
import type { StartRequest } from "../usecases/runs/start-run.ts";

/** The questions that the use cases of runs ask the policy. */
export function policyChecks(policy: PolicyService) {
  return {
    assertMayStart({ requester, values, channel }: StartRequest, template: Template): void {
      policy.assert({
        action: "start",
        by: requester,
        template,
        parameters: values,
        ...(channel === undefined ? {} : { channel }),
      });
    },
    assertMayChange(run: RunRecord, by: RunRequester, action: "retry" | "cancel" | "undo"): void {
      const question = questionOf(run, by, action);
      if (policy.decide(question).allowed) return;
      if (question.isOwn || policy.isConfigured) policy.assert(question);
      throw new ForbiddenError(
        "run-of-somebody-else",
        `this run was started by ${run.requester.name}; only they can change it`,
      );
    },
    assertMayApprove: (run: RunRecord, by: RunRequester): void =>
      policy.assert(questionOf(run, by, "approve")),
  };
}

function questionOf(run: RunRecord, by: RunRequester, action: PolicyAction) {
  const { template, values: parameters, channel, requester } = run;
  return {
    action,
    by,
    template,
    parameters,
    // a run from a terminal is nobody's in Slack
    isOwn: requester.slackUserId === undefined || isSamePerson(by, requester),
    ...(channel === undefined ? {} : { channel }),
  };
}

/** What is wrong with values: by the form, and owners of repositories that the operator does not list. */
export function faultsOf(
  form: Form,
  values: JsonObject,
  owners: readonly string[],
  scope: FormScope,
): FieldFault[] {
  const fields = form.pages.flatMap((page) => fieldsOf(page, values, scope));
  const foreign = fields.flatMap((field): FieldFault[] => {
    const value = valueAt(values, field.path);
    const fault = typeof value === "string" ? ownerFaultOf(field, value, owners) : undefined;
    return fault === undefined ? [] : [{ key: field.key, message: fault }];
  });
  return [...validateValues(form, values, scope), ...foreign];
}

function ownerFaultOf(
  { widget, suggest }: FormField,
  value: string,
  owners: readonly string[],
): string | undefined {
  if (suggest?.from === "owners") return ownerFault(value, owners);
  return widget === "repo-url" ? repoFault(value, owners) : undefined;
}

function repoFault(value: string, owners: readonly string[]): string | undefined {
  try {
    const { owner } = parseRepoUrl(value);
    return owner === undefined ? undefined : ownerFault(owner, owners);
  } catch (thrown) {
    // the form's own check says what is wrong with it
    if (thrown instanceof InputError) return undefined;
    throw thrown;
  }
}

function valueAt(values: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const key of path)
    value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
