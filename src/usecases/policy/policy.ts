import type { JsonObject, JsonValue } from "../../base/json.ts";

/** What a policy decides about. */
export type PolicyAction =
  | "start"
  | "approve"
  | "cancel"
  | "retry"
  | "undo"
  | "accept-catalog"
  | "see-audit"
  | "see-gaps"
  | "see-stats"
  | "use-part";

/** A rule; every condition that it has must hold. References are canonical. */
export interface PolicyRule {
  /** For reasons and the log. */
  name: string;
  effect: "allow" | "deny";
  actions: readonly PolicyAction[];
  /** Whom it is about; without both: everybody. */
  groups?: readonly string[] | undefined;
  users?: readonly string[] | undefined;
  /** Names or references, `*` for any characters. */
  templates?: readonly string[] | undefined;
  tags?: readonly string[] | undefined;
  /** Values that parameters must have; `*` in texts for any characters. */
  parameters?: Readonly<Record<string, readonly (string | number | boolean)[]>> | undefined;
  /** Ids of Slack channels in which it is asked for. */
  channels?: readonly string[] | undefined;
  /** Tags of `backstage:permissions`, for `use-part`. */
  partTags?: readonly string[] | undefined;
}

export interface Policy {
  rules: readonly PolicyRule[];
}

export interface PolicyRequest {
  action: PolicyAction;
  person: { userRef?: string; groups: ReadonlySet<string> };
  template?: { ref: string; tags: readonly string[] };
  /** Absent: not known yet, as before a form is filled in; what depends on them is decided when they are. */
  parameters?: JsonObject;
  channel?: string;
  /** About a run of their own. */
  isOwn?: boolean;
  partTags?: readonly string[];
}

export interface PolicyDecision {
  allowed: boolean;
  /** The rule that decided; absent: none did. */
  rule?: string;
  /** In words that can follow “because”. */
  reason: string;
}

/** Allowed unless some rule allows it to somebody by name. */
const openUnlessNamed: ReadonlySet<PolicyAction> = new Set<PolicyAction>([
  "approve",
  "see-gaps",
  "see-stats",
  "use-part",
]);

/**
 * Decides whether somebody may do something. A rule that denies wins over all that allow; what no rule allows is denied, save
 * cancelling one's own run, and what is open unless a rule names it. Pure.
 */
export function decide(policy: Policy, request: PolicyRequest): PolicyDecision {
  const matching = policy.rules.filter(
    (rule) =>
      rule.actions.includes(request.action) && isAbout(rule, request.person) && fits(rule, request),
  );
  const denying = matching.find((rule) => rule.effect === "deny");
  if (denying !== undefined) {
    return { allowed: false, rule: denying.name, reason: `the rule “${denying.name}” forbids it` };
  }
  const allowing = matching.find((rule) => rule.effect === "allow");
  if (allowing !== undefined) {
    return { allowed: true, rule: allowing.name, reason: `the rule “${allowing.name}” allows it` };
  }
  return decideWithoutRule(policy, request);
}

function decideWithoutRule(policy: Policy, request: PolicyRequest): PolicyDecision {
  const { action, isOwn } = request;
  const isNamed = policy.rules.some(
    (rule) => rule.effect === "allow" && rule.actions.includes(action) && fits(rule, request),
  );
  const isOwnUndo = action === "undo" && !isNamed;
  if (isOwn === true && (action === "cancel" || isOwnUndo))
    return { allowed: true, reason: "it is their own run" };
  // whoever may start something may try it again
  if (action === "retry" && isOwn === true && !isNamed) {
    return decide(policy, { ...request, action: "start" });
  }
  if (openUnlessNamed.has(action) && !isNamed) {
    return { allowed: true, reason: "no rule restricts it" };
  }
  return { allowed: false, reason: "no rule allows it" };
}

/** Groups and users whom some rule allows it, for a hint whom to ask. */
export function whoMay(policy: Policy, request: PolicyRequest): string[] {
  const rules = policy.rules.filter(
    (rule) =>
      rule.effect === "allow" && rule.actions.includes(request.action) && fits(rule, request),
  );
  return [...new Set(rules.flatMap(({ groups = [], users = [] }) => [...groups, ...users]))];
}

function isAbout({ groups, users }: PolicyRule, person: PolicyRequest["person"]): boolean {
  if (groups === undefined && users === undefined) return true;
  return (
    groups?.some((group) => person.groups.has(group)) === true ||
    (person.userRef !== undefined && users?.includes(person.userRef) === true)
  );
}

/** True when all conditions hold that are not about the person. */
function fits(rule: PolicyRule, request: PolicyRequest): boolean {
  const { template, channel, partTags } = request;
  if (rule.templates !== undefined && !rule.templates.some((name) => isTemplate(name, template))) {
    return false;
  }
  if (rule.tags !== undefined && !overlaps(rule.tags, template?.tags)) return false;
  if (rule.partTags !== undefined && !overlaps(rule.partTags, partTags)) return false;
  if (
    rule.channels !== undefined &&
    !overlaps(rule.channels, channel === undefined ? [] : [channel])
  ) {
    return false;
  }
  return fitsParameters(rule, request.parameters);
}

function overlaps(wanted: readonly string[], present: readonly string[] = []): boolean {
  return wanted.some((one) => present.includes(one));
}

function isTemplate(pattern: string, template: PolicyRequest["template"]): boolean {
  if (template === undefined) return false;
  const wanted = pattern.toLowerCase();
  const [, name = ""] = template.ref.split("/");
  return matchesText(wanted, template.ref) || matchesText(wanted, name);
}

/**
 * Of a list, a rule that allows wants every entry to be allowed, and one that denies is content with one. Values that are not
 * known yet may turn out well: they stop neither a rule that allows nor count for one that denies.
 */
function fitsParameters(rule: PolicyRule, parameters: JsonObject | undefined): boolean {
  if (rule.parameters === undefined) return true;
  if (parameters === undefined) return rule.effect === "allow";
  return Object.entries(rule.parameters).every(([name, wanted]) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (rule.effect === "deny") {
      return (Array.isArray(value) ? value : [value]).some((item) => isLikeOneOf(wanted, item));
    }
    if (!Array.isArray(value)) return isOneOf(wanted, value);
    return value.length > 0 && value.every((item) => isOneOf(wanted, item));
  });
}

type Wanted = readonly (string | number | boolean)[];

function isOneOf(wanted: Wanted, value?: JsonValue): boolean {
  return wanted.some((one) =>
    typeof one === "string" && typeof value === "string" ? matchesText(one, value) : one === value,
  );
}

/**
 * What a rule forbids is not to be had by writing it otherwise: GitHub, DNS and most others take `Prod-1`, and a form a text `8080`, for the
 * same as the rule's `prod-1` and 8080.
 */
function isLikeOneOf(wanted: Wanted, value?: JsonValue): boolean {
  if (value === undefined || value === null || typeof value === "object") return false;
  const text = plainText(String(value));
  return wanted.some((one) => matchesText(plainText(String(one)), text));
}

function plainText(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim();
}

/** True when `text` is `pattern`, in which each `*` stands for any characters. Takes time proportional to both lengths. */
function matchesText(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
