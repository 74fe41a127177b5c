import { expect, test } from "@jest/globals";

import type { JsonValue } from "../../../src/base/json.ts";
import {
  decide,
  type Policy,
  type PolicyRequest,
  type PolicyRule,
  whoMay,
} from "../../../src/usecases/policy/policy.ts";
import { fc } from "../../helpers/properties.ts";

const allow = (rule: Partial<PolicyRule>): PolicyRule => ({
  name: "r",
  effect: "allow",
  actions: ["start"],
  ...rule,
});
const deny = (rule: Partial<PolicyRule>): PolicyRule =>
  allow({ name: "d", effect: "deny", ...rule });

const ada = {
  userRef: "user:default/ada",
  groups: new Set(["group:default/pay", "group:default/all"]),
};
const service = { ref: "template:default/node-service", tags: ["service"] };

function ask(rules: PolicyRule[], request: Partial<PolicyRequest> = {}): boolean {
  return decide({ rules }, { action: "start", person: ada, template: service, ...request }).allowed;
}

test.each<[JsonValue | undefined, string | number | boolean, boolean]>([
  ["PROD-1", "prod-*", true],
  [" prod-1 ", "prod-*", true],
  ["ｐｒｏｄ-1", "prod-*", true],
  ["8080", 8080, true],
  [8080, "8080", true],
  ["True", true, true],
  [["dev", "Prod-1"], "prod-*", true],
  ["reprod-1", "prod-*", false],
  [undefined, "*", false],
  [{ a: "prod-1" }, "prod-*", false],
])("%p is what a rule forbids that says %p: %p", (value, said, isForbidden) => {
  const parameters = value === undefined ? {} : { x: value };
  const rules = [allow({}), deny({ parameters: { x: [said] } })];

  expect(ask(rules, { parameters })).toBe(!isForbidden);
  // what is allowed has to be written as the rule says
  expect(ask([allow({ parameters: { x: ["prod-1"] } })], { parameters: { x: "Prod-1" } })).toBe(
    false,
  );
});

test.each<[string, PolicyRule[], Partial<PolicyRequest>, boolean]>([
  ["without a rule a write is denied", [], {}, false],
  ["a rule without conditions allows everybody", [allow({})], {}, true],
  ["by group", [allow({ groups: ["group:default/pay"] })], {}, true],
  ["by another group", [allow({ groups: ["group:default/ops"] })], {}, false],
  ["by user", [allow({ users: ["user:default/ada"] })], {}, true],
  [
    "by group or user",
    [allow({ groups: ["group:default/ops"], users: ["user:default/ada"] })],
    {},
    true,
  ],
  ["by template name", [allow({ templates: ["Node-Service"] })], {}, true],
  ["by pattern", [allow({ templates: ["node-*"] })], {}, true],
  ["by reference", [allow({ templates: ["template:default/node-service"] })], {}, true],
  ["by another name", [allow({ templates: ["node"] })], {}, false],
  ["by tag", [allow({ tags: ["infra", "service"] })], {}, true],
  ["by channel", [allow({ channels: ["C0AAAAAAA"] })], { channel: "C0AAAAAAA" }, true],
  ["in another channel", [allow({ channels: ["C0AAAAAAA"] })], { channel: "C0BBBBBBB" }, false],
  ["in no channel", [allow({ channels: ["C0AAAAAAA"] })], {}, false],
  ["undoing one's own without a rule", [], { action: "undo", isOwn: true }, true],
  ["undoing another's without a rule", [], { action: "undo", isOwn: false }, false],
  [
    "undoing one's own when it is for others",
    [allow({ actions: ["undo"], groups: ["group:default/ops"] })],
    { action: "undo", isOwn: true },
    false,
  ],
  [
    "undoing by group",
    [allow({ actions: ["undo"], groups: ["group:default/pay"] })],
    { action: "undo", isOwn: false },
    true,
  ],
  ["a denial wins, wherever it stands", [deny({ tags: ["service"] }), allow({})], {}, false],
  [
    "by parameter",
    [allow({ parameters: { env: ["dev", "test-*"] } })],
    { parameters: { env: "test-1" } },
    true,
  ],
  [
    "by another value",
    [allow({ parameters: { env: ["dev"] } })],
    { parameters: { env: "prod" } },
    false,
  ],
  ["by a missing value", [allow({ parameters: { env: ["dev"] } })], { parameters: {} }, false],
  [
    "every entry of a list must be allowed",
    [allow({ parameters: { env: ["dev"] } })],
    { parameters: { env: ["dev", "prod"] } },
    false,
  ],
  [
    "one entry of a list is enough to deny",
    [allow({}), deny({ parameters: { env: ["prod"] } })],
    { parameters: { env: ["dev", "prod"] } },
    false,
  ],
  [
    "before the form is filled in, what values decide is open",
    [allow({ parameters: { env: ["dev"] } }), deny({ parameters: { env: ["prod"] } })],
    {},
    true,
  ],
  ["one's own run may be cancelled", [], { action: "cancel", isOwn: true }, true],
  ["somebody else's not", [], { action: "cancel" }, false],
  ["unless a rule says so", [allow({ actions: ["cancel"] })], { action: "cancel" }, true],
  [
    "one's own run may be retried by whoever may start it",
    [allow({})],
    { action: "retry", isOwn: true },
    true,
  ],
  ["and by nobody else", [], { action: "retry", isOwn: true }, false],
  ["nobody sees the audit log without a rule", [allow({})], { action: "see-audit" }, false],
  ["approving is open to approvers", [], { action: "approve" }, true],
  [
    "until a rule names it",
    [allow({ actions: ["approve"], groups: ["group:default/ops"] })],
    { action: "approve" },
    false,
  ],
  ["a part with tags is open", [], { action: "use-part", partTags: ["secret"] }, true],
  [
    "until a rule names one of its tags",
    [allow({ actions: ["use-part"], partTags: ["secret"], groups: ["group:default/ops"] })],
    { action: "use-part", partTags: ["secret"] },
    false,
  ],
  [
    "and other parts stay open",
    [allow({ actions: ["use-part"], partTags: ["secret"], groups: ["group:default/ops"] })],
    { action: "use-part", partTags: ["other"] },
    true,
  ],
  [
    "names such as __proto__ are names",
    [allow({ parameters: { constructor: ["x"] } })],
    { parameters: {} },
    false,
  ],
])("%s", (_what, rules, request, allowed) => {
  expect(ask(rules, request)).toBe(allowed);
});

test("says whom to ask, and which rule decided", () => {
  const rules = [
    allow({ groups: ["group:default/ops"] }),
    allow({ groups: ["group:default/dba"], tags: ["database"] }),
    deny({ users: ["user:default/ada"] }),
  ];
  const request: PolicyRequest = { action: "start", person: ada, template: service };

  expect(whoMay({ rules }, request)).toEqual(["group:default/ops"]);
  expect(decide({ rules }, request)).toEqual({
    allowed: false,
    rule: "d",
    reason: "the rule “d” forbids it",
  });
});

test("no further denial ever allows more, and matching takes no time on hostile patterns", () => {
  const text = fc.string({ maxLength: 8 });
  const rule: fc.Arbitrary<PolicyRule> = fc.record({
    name: text,
    effect: fc.constantFrom("allow", "deny"),
    actions: fc.constant(["start"]),
    templates: fc.option(
      fc.array(fc.constantFrom("*", "node-*", "a*b*c*", "**"), { minLength: 1 }),
      { nil: undefined },
    ),
    tags: fc.option(fc.array(fc.constantFrom("service", "x"), { minLength: 1 }), {
      nil: undefined,
    }),
  });
  fc.assert(
    fc.property(fc.array(rule), rule, (rules, more) => {
      const policy: Policy = { rules: [...rules, { ...more, effect: "deny" }] };
      const request: PolicyRequest = { action: "start", person: ada, template: service };
      return !decide(policy, request).allowed || decide({ rules }, request).allowed;
    }),
  );
  const hostile = allow({ parameters: { x: [`${"a*".repeat(2000)}b`] } });
  const before = performance.now();
  expect(ask([hostile], { parameters: { x: "a".repeat(50_000) } })).toBe(false);
  expect(performance.now() - before).toBeLessThan(2000);
});
