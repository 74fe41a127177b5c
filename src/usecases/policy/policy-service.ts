import { ForbiddenError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Catalog } from "../../catalog/model.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import type { Form } from "../../scaffold/form-model.ts";
import type { Template } from "../../scaffold/model.ts";
import type { RunRequester } from "../runs/run-requester.ts";
import { groupsOf } from "./groups-of.ts";
import { permittedParts } from "./permitted-parts.ts";
import { decide, type Policy, type PolicyAction, type PolicyDecision, whoMay } from "./policy.ts";

/** Whom a question of policy is about. */
export type PolicyPerson = Pick<RunRequester, "userRef" | "slackUserId">;

/** Something that somebody wants to do. */
export interface PolicyQuestion {
  action: PolicyAction;
  by: PolicyPerson;
  template?: { ref: string; title: string; tags: readonly string[] };
  /** Absent: not known yet. */
  parameters?: JsonObject;
  channel?: string;
  isOwn?: boolean;
}

/** Who may do what. */
export interface PolicyService {
  /** False: there is no policy, and everything is as if there were no rules. */
  isConfigured: boolean;
  decide(question: PolicyQuestion): PolicyDecision;
  /** @throws ForbiddenError `policy-denied`, which says whom to ask */
  assert(question: PolicyQuestion): void;
  /** True when somebody may start a template with some values and, where `channel` is absent, in some channel. */
  mayStart(
    template: NonNullable<PolicyQuestion["template"]>,
    by: PolicyPerson,
    channel?: string,
  ): boolean;
  /** A template as far as somebody may use it. */
  partsFor<T extends { template: Template; form: Form }>(loaded: T, by: PolicyPerson): T;
}

export interface PolicyOptions {
  /** Undefined: none. */
  policy: Policy | undefined;
  /** Where people who are refused may ask, such as `#platform-help`. */
  contact?: string | undefined;
  /** The present catalog; asked each time, so that answers are never stale. */
  catalog: () => Catalog;
}

const doing: Record<PolicyAction, string> = {
  start: "start",
  approve: "approve",
  cancel: "cancel",
  retry: "retry",
  undo: "take back what was made by",
  "accept-catalog": "accept readings of the catalog",
  "see-audit": "see the audit log",
  "see-gaps": "see what was asked in vain",
  "see-stats": "see the statistics",
  "use-part": "use this part of the form",
};

/** Creates it; without a policy everybody may do everything but change the runs of others. */
export function createPolicyService({ policy, contact, catalog }: PolicyOptions): PolicyService {
  const requestOf = ({ by, ...rest }: PolicyQuestion & { partTags?: readonly string[] }) => ({
    ...rest,
    person: {
      groups: groupsOf(catalog(), by.userRef),
      ...(by.userRef === undefined ? {} : { userRef: by.userRef }),
    },
  });
  const decideOn = (question: PolicyQuestion): PolicyDecision => {
    if (policy !== undefined) return decide(policy, requestOf(question));
    const { action, isOwn } = question;
    const isOthers = ["cancel", "retry", "undo"].includes(action) && isOwn !== true;
    return isOthers
      ? { allowed: false, reason: "it is somebody else's run" }
      : { allowed: true, reason: "there is no policy" };
  };
  return {
    isConfigured: policy !== undefined,
    decide: decideOn,
    assert(question) {
      const decision = decideOn(question);
      if (decision.allowed) return;
      const what = question.template === undefined ? "" : ` “${question.template.title}”`;
      const may = policy === undefined ? [] : whoMay(policy, requestOf(question));
      throw new ForbiddenError(
        "policy-denied",
        `you may not ${doing[question.action]}${what}: ${decision.reason}`,
        { hint: hintFor(question.by, contact, may) },
      );
    },
    mayStart(template, by, channel) {
      const named = (policy?.rules ?? []).flatMap(({ channels = [] }) => channels);
      const places = channel === undefined ? [undefined, ...new Set(named)] : [channel];
      return places.some((place) => {
        const where = place === undefined ? {} : { channel: place };
        return decideOn({ action: "start", by, template, ...where }).allowed;
      });
    },
    partsFor(loaded, by) {
      if (policy === undefined) return loaded;
      const { template } = loaded;
      const request = requestOf({ action: "use-part", by, template });
      const permitted = permittedParts(
        template,
        (partTags) => partTags.length === 0 || decide(policy, { ...request, partTags }).allowed,
      );
      return permitted === template
        ? loaded
        : { ...loaded, template: permitted, form: buildForm(permitted) };
    },
  };
}

function hintFor(by: PolicyPerson, contact: string | undefined, may: readonly string[]): string {
  const parts = [
    may.length === 0 ? "" : `people of ${may.slice(0, 5).join(", ")} may`,
    contact === undefined ? "" : `ask in ${contact}`,
    contact === undefined && may.length === 0 ? "ask whoever runs Callboard" : "",
    by.userRef === undefined ? "I do not find you in the catalog, which may be why" : "",
  ];
  return parts.filter((part) => part !== "").join("; ");
}
