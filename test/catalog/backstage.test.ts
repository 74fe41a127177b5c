import { createRequire } from "node:module";

import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  DefaultNamespaceEntityPolicy,
  domainEntityV1alpha1Validator,
  type Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  groupEntityV1alpha1Validator,
  type KindValidator,
  locationEntityV1alpha1Validator,
  makeValidator,
  NoForeignRootFieldsEntityPolicy,
  parseEntityRef,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
  stringifyEntityRef,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} from "@backstage/catalog-model";
import type * as BackstageAlpha from "@backstage/catalog-model/alpha";
import { expect, test } from "@jest/globals";

import { canonicalRef, parseRef } from "../../src/catalog/ref.ts";
import { referenceFields } from "../../src/catalog/references.ts";
import {
  isApiVersion,
  isKind,
  isLabelKey,
  isLabelValue,
  isName,
  isNamespace,
  isTag,
} from "../../src/catalog/rules-format.ts";
import { createEntityRules } from "../../src/catalog/rules.ts";
import { testSwitch } from "../helpers/environment.ts";
import { fc } from "../helpers/properties.ts";

/** How many random cases each comparison with Backstage's own code takes; a night run sets more. */
const numRuns = Number(testSwitch("TEST_FUZZ_RUNS") ?? 2000);

/** A night run on a slow machine takes minutes. */
const timeoutMs = 60_000 + numRuns * 20;

// The ES module of this entry point does not load in Node; the other one does.
const alpha: typeof BackstageAlpha = createRequire(import.meta.url)(
  "@backstage/catalog-model/alpha",
);

const policies = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new DefaultNamespaceEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);
const validators: Record<string, KindValidator> = {
  Component: componentEntityV1alpha1Validator,
  API: apiEntityV1alpha1Validator,
  Resource: resourceEntityV1alpha1Validator,
  System: systemEntityV1alpha1Validator,
  Domain: domainEntityV1alpha1Validator,
  Group: groupEntityV1alpha1Validator,
  User: userEntityV1alpha1Validator,
  Location: locationEntityV1alpha1Validator,
  AiResource: alpha.aiResourceEntityV1alpha1Validator,
  "API mcp-server": alpha.mcpServerApiEntityValidator,
  "AiResource skill": alpha.skillAiResourceEntityV1alpha1Validator,
  "AiResource rule": alpha.ruleAiResourceEntityV1alpha1Validator,
  "AiResource plugin": alpha.pluginAiResourceEntityV1alpha1Validator,
  "AiResource marketplace": alpha.marketplaceAiResourceEntityV1alpha1Validator,
};

/** What Backstage says about an entity of a kind it knows. */
async function backstageAccepts(value: unknown): Promise<boolean> {
  try {
    // A copy, since policies may change what they are given.
    const checked = await policies.enforce(JSON.parse(JSON.stringify(value)));
    if (checked === undefined) return false;
    const type = checked.spec?.["type"];
    const special = typeof type === "string" ? validators[`${checked.kind} ${type}`] : undefined;
    const validator = special ?? validators[checked.kind];
    return validator !== undefined && (await validator.check(checked)) && referencesParse(checked);
  } catch {
    return false;
  }
}

/** Backstage parses references while it emits relations, and refuses the entity when one is malformed. */
function referencesParse(checked: Entity): boolean {
  for (const rule of referenceFields.get(checked.kind) ?? []) {
    const value = checked.spec?.[rule.field];
    if (rule.specType !== undefined && rule.specType !== checked.spec?.["type"]) continue;
    if (!value) continue;
    for (const each of Array.isArray(value) ? value : [value]) {
      parseEntityRef(JSON.parse(JSON.stringify(each)), {
        ...(rule.defaultKind === undefined ? {} : { defaultKind: rule.defaultKind }),
        defaultNamespace: checked.metadata.namespace ?? "default",
      });
    }
  }
  return true;
}

/** Texts near the borders of Backstage's formats, and some of everything. */
const odd = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "a",
    "A",
    "a-b",
    "a--b",
    "-a",
    "a.b",
    "a/b",
    "a:b",
    "k:n/a",
    "a_b",
    "x".repeat(63),
    "x".repeat(64),
    "default",
    "Team A",
    "backstage.io/v1alpha1",
    "ä",
  ),
  fc.string({ maxLength: 12, unit: fc.constantFrom(..."aA0-_./:#+ é".split("")) }),
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  odd,
  fc.constantFrom(null, 0, 1, true, false),
  fc.array(odd, { maxLength: 3 }),
  fc.dictionary(
    odd.filter((key) => key !== "__proto__"),
    odd,
    { maxKeys: 2 },
  ),
);
/** Mostly what is right, sometimes anything. */
function mostly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: anything, weight: 1 });
}

const name = mostly(fc.constantFrom("a", "Pay", "a.b_c-d", "x1"));
const text = mostly(
  fc.constantFrom("service", "skill", "rule", "plugin", "marketplace", "mcp-server", "production"),
);
const ref = mostly(fc.constantFrom("team-a", "group:default/team-a", "User:Jane", "ns/x"));
const refs = mostly(
  fc.array(mostly(fc.constantFrom("component:a", "resource:ns/b", "API:default/c", "d")), {
    maxLength: 3,
  }),
);
const profile = mostly(
  fc.record({ displayName: text, email: text, picture: text }, { requiredKeys: [] }),
);

const spec = fc.record(
  {
    type: text,
    lifecycle: text,
    owner: ref,
    system: ref,
    subcomponentOf: ref,
    providesApis: refs,
    consumesApis: refs,
    dependsOn: refs,
    dependencyOf: refs,
    definition: text,
    remotes: mostly(
      fc.array(fc.record({ type: text, url: text }, { requiredKeys: [] }), { maxLength: 2 }),
    ),
    domain: ref,
    subdomainOf: ref,
    children: refs,
    members: refs,
    memberOf: refs,
    parent: ref,
    profile,
    target: text,
    targets: refs,
    presence: mostly(fc.constantFrom("required", "optional")),
    disciplines: refs,
    category: text,
    rationale: text,
    skills: refs,
    plugins: refs,
    version: text,
    compatibility: mostly(fc.constantFrom("Node", "x".repeat(500), "x".repeat(501))),
    another: anything,
  },
  { requiredKeys: ["type", "owner"] },
);
/** Most specs have what any kind requires, so that single faults decide. */
const fullSpec = spec.map((random) => ({
  lifecycle: "production",
  definition: "x",
  children: [],
  memberOf: [],
  category: "a",
  rationale: "b",
  skills: [],
  plugins: [],
  remotes: [{ type: "sse", url: "x" }],
  ...random,
}));

const metadata = fc.record(
  {
    name,
    namespace: mostly(fc.constantFrom("default", "team-a")),
    title: text,
    description: text,
    uid: text,
    etag: text,
    tags: mostly(
      fc.array(mostly(fc.constantFrom("java", "a:b", "c++", "c#", "a-b")), { maxLength: 3 }),
    ),
    labels: mostly(
      fc.dictionary(
        mostly(fc.constantFrom("a", "a.b/c")).filter((key) => typeof key === "string"),
        mostly(fc.constantFrom("x", "")),
        { maxKeys: 2 },
      ),
    ),
    annotations: mostly(
      fc.dictionary(
        mostly(fc.constantFrom("a", "a.b/c")).filter((key) => typeof key === "string"),
        mostly(fc.constantFrom("x", "any text: 1")),
        { maxKeys: 2 },
      ),
    ),
    links: mostly(
      fc.array(
        mostly(
          fc.record(
            {
              url: mostly(fc.constantFrom("https://a.b/c", "mailto:a@b.c", "x:y")),
              title: text,
              icon: text,
              type: text,
            },
            { requiredKeys: ["url"] },
          ),
        ),
        { maxLength: 2 },
      ),
    ),
  },
  { requiredKeys: ["name"] },
);

const entity = fc
  .record(
    {
      apiVersion: mostly(fc.constantFrom("backstage.io/v1alpha1", "backstage.io/v1beta1")),
      kind: fc.constantFrom(
        "Component",
        "API",
        "Resource",
        "System",
        "Domain",
        "Group",
        "User",
        "Location",
        "AiResource",
      ),
      metadata: mostly(metadata),
      spec: mostly(fc.oneof({ arbitrary: fullSpec, weight: 5 }, { arbitrary: spec, weight: 1 })),
      relations: anything,
    },
    { requiredKeys: ["kind", "metadata"] },
  )
  .map(({ relations, ...rest }) => (relations === null ? { ...rest, relations } : rest));

test(
  "accepts and refuses the same random entities as Backstage",
  async () => {
    const rules = createEntityRules();
    let accepted = 0;

    await fc.assert(
      fc.asyncProperty(entity, async (value) => {
        const verdict = rules.check(value);
        // Backstage finds clashing keys only when it indexes, which is not part of its model.
        fc.pre(!verdict.findings.some(({ code }) => code === "entity-keys-clash"));

        const isAccepted = await backstageAccepts(value);

        if (isAccepted) accepted += 1;
        // whatever is wrong, its author reads what to do
        expect(verdict.findings.filter(({ fix }) => fix === undefined)).toEqual([]);
        const faults = verdict.findings.filter(({ severity }) => severity === "error");
        expect({ isAccepted: verdict.entity !== undefined, hasFaults: faults.length > 0 }).toEqual({
          isAccepted,
          hasFaults: !isAccepted,
        });
      }),
      { numRuns },
    );

    // The generator must not drown in broken entities.
    expect(accepted).toBeGreaterThan(numRuns / 20);
  },
  timeoutMs,
);

test("judges every field format as Backstage does", () => {
  const theirs = makeValidator();
  const pairs: [(value: unknown) => boolean, (value: unknown) => boolean][] = [
    [isName, (value) => theirs.isValidEntityName(value)],
    [isNamespace, (value) => theirs.isValidNamespace(value)],
    [isKind, (value) => theirs.isValidKind(value)],
    [isApiVersion, (value) => theirs.isValidApiVersion(value)],
    [isLabelKey, (value) => theirs.isValidLabelKey(value)],
    [isLabelKey, (value) => theirs.isValidAnnotationKey(value)],
    [isLabelValue, (value) => theirs.isValidLabelValue(value)],
    [isTag, (value) => theirs.isValidTag(value)],
  ];

  fc.assert(
    fc.property(fc.oneof(odd, anything), (value) => {
      for (const [ours, backstage] of pairs) expect(ours(value)).toBe(backstage(value));
    }),
    { numRuns },
  );
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

test("parses and prints references as Backstage does", () => {
  const part = fc.string({ maxLength: 6, unit: fc.constantFrom(..."aB1:/@.- ".split("")) });
  const context = fc.record(
    {
      defaultKind: fc.constantFrom("Group", "API"),
      defaultNamespace: fc.constantFrom("ns", "Default"),
    },
    { requiredKeys: [] },
  );

  fc.assert(
    fc.property(
      fc.oneof(
        part,
        fc.tuple(part, part, part).map((parts) => parts.join(":")),
      ),
      context,
      (written, defaults) => {
        const theirs = attempt(() => parseEntityRef(written, defaults));

        expect(attempt(() => parseRef(written, defaults))).toEqual(theirs);
        expect(canonicalRef(written, defaults)).toBe(
          theirs === undefined ? undefined : stringifyEntityRef(theirs),
        );
      },
    ),
    { numRuns },
  );
});

const byField = (a: { field: string }, b: { field: string }): number =>
  a.field.localeCompare(b.field);

test("makes relations from the same fields as Backstage's model", () => {
  const model = alpha.compileCatalogModel([alpha.defaultCatalogEntityModel]);
  const kinds = model.listKinds().map(({ names }) => names.kind);
  expect(kinds).toContain("Component");

  for (const kind of kinds) {
    const fields =
      model.getKind({ kind, apiVersion: "backstage.io/v1alpha1" })?.relationFields ?? [];
    const theirs = fields.map((each) => ({
      field: each.path.replace("spec.", ""),
      type: each.relation,
      reverse: model.getRelations({ kind })?.find(({ forward }) => forward.type === each.relation)
        ?.reverse.type,
      defaultKind: each.defaultKind,
    }));
    const ours = (referenceFields.get(kind) ?? []).map(({ field, type, reverse, defaultKind }) => ({
      field,
      type,
      reverse,
      defaultKind,
    }));
    expect({ kind, fields: ours.toSorted(byField) }).toEqual({
      kind,
      fields: theirs.toSorted(byField),
    });
  }
});
