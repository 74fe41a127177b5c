import { readFileSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";

import { formatDiagnostic } from "../../src/base/diagnostics.ts";
import { assembleCatalog, type BuiltCatalog } from "../../src/catalog/assemble.ts";
import { buildCatalog } from "../../src/catalog/build.ts";
import { type Entity, relationTargets } from "../../src/catalog/model.ts";
import { sharedPath } from "../helpers/shared.ts";

/** Builds from texts by file name; every finding as a line. */
function build(files: Record<string, string>) {
  const { catalog, diagnostics } = buildCatalog({
    sources: [
      {
        id: "test",
        readAtMs: 5,
        files: Object.entries(files).map(([file, text]) => ({ file, base: `/top/${file}`, text })),
      },
    ],
  });
  return { entities: catalog.entities, findings: diagnostics.map(formatDiagnostic) };
}

function document(kind: string, name: string, spec: Record<string, unknown>, namespace?: string) {
  const apiVersion =
    kind === "Template" ? "scaffolder.backstage.io/v1beta3" : "backstage.io/v1alpha1";
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return `---\n${JSON.stringify({ apiVersion, kind, metadata, spec })}\n`;
}
const group = (name: string, spec = {}) =>
  document("Group", name, { type: "team", children: [], ...spec });
const component = (name: string, spec = {}) =>
  document("Component", name, {
    type: "service",
    lifecycle: "production",
    owner: "team-a",
    ...spec,
  });

test("relates entities in both directions, each relation once", () => {
  const { entities } = build({
    "a.yaml":
      group("team-a", { members: ["jane"] }) +
      document("User", "jane", { memberOf: ["team-a"] }) +
      component("pay", { dependsOn: ["component:ledger", "Component:Ledger"] }) +
      component("ledger", { dependencyOf: ["component:pay"] }),
  });

  expect(entities.get("group:default/team-a")?.relations).toEqual([
    { type: "hasMember", targetRef: "user:default/jane" },
    { type: "ownerOf", targetRef: "component:default/pay" },
    { type: "ownerOf", targetRef: "component:default/ledger" },
  ]);
  expect(entities.get("component:default/pay")?.relations).toEqual([
    { type: "ownedBy", targetRef: "group:default/team-a" },
    { type: "dependsOn", targetRef: "component:default/ledger" },
  ]);
  expect(entities.get("component:default/ledger")?.relations).toEqual([
    { type: "ownedBy", targetRef: "group:default/team-a" },
    { type: "dependencyOf", targetRef: "component:default/pay" },
  ]);
});

test("takes the namespace of the entity that holds a reference", () => {
  const { entities } = build({
    "a.yaml": document(
      "Component",
      "pay",
      { type: "a", lifecycle: "b", owner: "team", system: "default/core" },
      "finance",
    ),
  });

  expect(
    entities.get("component:finance/pay")?.relations.map(({ targetRef }) => targetRef),
  ).toEqual(["group:finance/team", "system:default/core"]);
});

test("fills in where an entity comes from, over what the file says", () => {
  const text = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
  annotations:
    backstage.io/managed-by-location: "url:https://evil.example"
    backstage.io/edit-url: "javascript:alert(1)"
    backstage.io/view-url: https://wiki.example/pay
spec: {type: a, lifecycle: b, owner: c}
`;
  const base = "https://github.com/acme/pay/blob/main/deploy/catalog-info.yaml";

  const { catalog } = buildCatalog({
    sources: [{ id: "github", readAtMs: 7, files: [{ file: base, base, text }] }],
  });

  const pay = catalog.entities.get("component:default/pay");
  expect(pay?.entity.metadata.annotations).toEqual({
    "backstage.io/managed-by-location": `url:${base}`,
    "backstage.io/managed-by-origin-location": `url:${base}`,
    "backstage.io/view-url": "https://wiki.example/pay",
    "backstage.io/edit-url": "https://github.com/acme/pay/edit/main/deploy/catalog-info.yaml",
    "backstage.io/source-location": "url:https://github.com/acme/pay/tree/main/deploy/",
  });
  expect(pay?.origin).toEqual({ source: "github", file: base, base, line: 1, readAtMs: 7 });
});

test.each([
  [
    "https://gitlab.com/a/b/c/-/blob/main/x.yaml",
    "https://gitlab.com/a/b/c/-/edit/main/x.yaml",
    "url:https://gitlab.com/a/b/c/-/tree/main/",
  ],
  [
    `https://github.com/a/b/blob/${"0".repeat(40)}/x.yaml`,
    undefined,
    `url:https://github.com/a/b/tree/${"0".repeat(40)}/`,
  ],
  ["https://example.com/x.yaml", undefined, undefined],
])("knows where %s is edited", (base, editUrl, sourceLocation) => {
  const { catalog } = buildCatalog({
    sources: [{ id: "x", readAtMs: 0, files: [{ file: base, base, text: component("a") }] }],
  });
  const annotations = catalog.entities.get("component:default/a")?.entity.metadata.annotations;

  expect(annotations?.["backstage.io/edit-url"]).toBe(editUrl);
  expect(annotations?.["backstage.io/source-location"]).toBe(sourceLocation);
});

test("lets the first keep a name that two files claim, in any letter case", () => {
  const { entities, findings } = build({
    "a.yaml": group("team-a") + component("pay", { type: "first" }),
    "b.yaml": component("Pay", { type: "second" }),
  });

  expect(entities.get("component:default/pay")?.entity.spec?.["type"]).toBe("first");
  expect(findings).toEqual([
    "b.yaml:2:77: error: component:default/pay is already defined at a.yaml:4, which keeps it (rename one of the two, or remove it) [entity-duplicate]",
  ]);
});

test("does not let a broken file or document hide the others", () => {
  const { entities, findings } = build({
    "a.yaml": "\tbroken: [\n",
    "b.yaml": `${component("one")}---\nkind: [\n${group("team-a")}`,
  });

  expect([...entities.keys()]).toEqual(["component:default/one", "group:default/team-a"]);
  expect(findings).toHaveLength(2);
});

test("suggests the nearest name for an owner that does not exist", () => {
  const { findings } = build({
    "a.yaml":
      group("team-payments") + group("team-ledger") + component("pay", { owner: "team-paymets" }),
  });

  expect(findings).toContainEqual(
    "a.yaml:6:142: warning: spec.owner names group:default/team-paymets, which is not in the catalog (did you mean team-payments?) [owner-unknown]",
  );
});

test("an owner that is an e-mail address is told to be a name, as Backstage reads it", () => {
  const text =
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {type: a, lifecycle: b, owner: pay@acme.example}\n---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: accounting}\nspec: {type: team, children: [], profile: {email: pay@acme.example}}\n";

  const { diagnostics } = buildCatalog({
    sources: [{ id: "x", readAtMs: 0, files: [{ file: "a.yaml", base: "/a.yaml", text }] }],
  });

  expect(diagnostics.find(({ code }) => code === "owner-unknown")?.fix).toBe(
    "write the name of the group, or user:name for a person, instead of the e-mail address",
  );
});

test("warns of other dangling references, and of an absent kind once", () => {
  const { findings } = build({
    "a.yaml":
      group("team-a", { members: ["x", "y"] }) +
      document("System", "core", { owner: "team-a" }) +
      component("pay", { system: "cor", dependsOn: ["resource:db"], providesApis: ["a", "b"] }),
  });

  expect(findings.map((line) => line.replace(/^.*?warning: /, ""))).toEqual([
    "spec.members[0] names user:default/x, but the catalog holds no user at all (2 such references) (define what it names, or add the source that does) [ref-kind-absent]",
    "spec.system names system:default/cor, which is not in the catalog (did you mean core?) [system-unknown]",
    "spec.dependsOn[0] names resource:default/db, but the catalog holds no resource at all (1 such reference) (define what it names, or add the source that does) [ref-kind-absent]",
    "spec.providesApis[0] names api:default/a, but the catalog holds no api at all (2 such references) (define what it names, or add the source that does) [ref-kind-absent]",
  ]);
});

const custom = (kind: string, name: string) =>
  `---\n{apiVersion: acme.com/v1, kind: ${kind}, metadata: {name: ${name}}}\n`;

test("keeps entities of unknown kinds and warns of each kind once", () => {
  const { entities, findings } = build({
    "a.yaml": custom("Componet", "a") + custom("Componet", "b") + custom("Vehicle", "c"),
  });

  expect([...entities.keys()]).toEqual([
    "componet:default/a",
    "componet:default/b",
    "vehicle:default/c",
  ]);
  expect(findings.map((line) => line.replace(/^.*?warning: /, ""))).toEqual([
    "the kind Componet is not known; its entities are kept and can be searched, but have no relations (did you mean Component?) [entity-kind-unknown]",
    "the kind Vehicle is not known; its entities are kept and can be searched, but have no relations (write a kind that Backstage knows, or leave it as one of your own) [entity-kind-unknown]",
  ]);
});

test("reports each cycle once, with its shortest way", () => {
  const { findings } = build({
    "a.yaml":
      group("team-a", { parent: "team-b" }) +
      group("team-b", { parent: "team-c" }) +
      group("team-c", { parent: "team-a" }) +
      component("self", { dependsOn: ["component:self"] }) +
      component("one", { subcomponentOf: "two" }) +
      component("two", { subcomponentOf: "one" }),
  });

  expect(findings.map((line) => line.replace(/^.*?warning: /, ""))).toEqual([
    "groups are their own parents: group:default/team-a → group:default/team-b → group:default/team-c → group:default/team-a (remove one of them) [relation-cycle]",
    "entities depend on themselves: component:default/self → component:default/self (remove one of them) [relation-cycle]",
    "entities are parts of themselves: component:default/one → component:default/two → component:default/one (remove one of them) [relation-cycle]",
  ]);
});

test("warns of groups that nothing refers to", () => {
  const { findings } = build({
    "a.yaml":
      group("team-a", { parent: "root" }) + group("root") + group("left-over") + component("a"),
  });

  expect(findings.map((line) => line.replace(/^.*?warning: /, ""))).toEqual([
    "group:default/left-over owns nothing, has no members and no groups below it (remove it, or name it where it is meant) [group-unused]",
  ]);
});

test("survives chains longer than the stack", () => {
  const { catalog, diagnostics } = assemble(chain(20_000));

  expect(catalog.entities.size).toBe(20_000);
  expect(diagnostics.map(({ code }) => code)).toEqual(["ref-kind-absent", "relation-cycle"]);
  expect(diagnostics[1]?.message.length).toBeLessThan(500);
});

test("does work in proportion to the number of entities, whatever is wrong with them", () => {
  expect(countWork(4_000, () => "team") / countWork(2_000, () => "team")).toBeLessThan(2.1);
  expect(
    countWork(4_000, (at) => `team-${at}`) / countWork(2_000, (at) => `team-${at}`),
  ).toBeLessThan(2.1);
});

function countWork(size: number, owner: (index: number) => string): number {
  let reads = 0;
  const team: Entity = {
    apiVersion: "backstage.io/v1alpha1",
    kind: "Group",
    metadata: { name: "team" },
  };
  assemble([team, ...chain(size, owner)], () => (reads += 1));
  return reads;
}

/** Components that depend on each other in one great circle. */
function chain(size: number, owner: (index: number) => string = () => "team-a"): Entity[] {
  return Array.from({ length: size }, (_, index) => ({
    apiVersion: "backstage.io/v1alpha1",
    kind: "Component",
    metadata: { name: `c${index}` },
    spec: { owner: owner(index), dependsOn: [`component:c${(index + 1) % size}`] },
  }));
}

/** Assembles checked entities, telling of every look into the spec or the text of one. */
function assemble(entities: readonly Entity[], onRead: () => void = () => undefined): BuiltCatalog {
  const file = { file: "x.yaml", base: "/x.yaml", text: "" };
  const spied = (entity: Entity): Entity => ({
    ...entity,
    spec: new Proxy(entity.spec ?? {}, {
      get(target, key) {
        onRead();
        return Reflect.get(target, key);
      },
    }),
  });
  const steps = assembleCatalog([
    {
      id: "x",
      readings: [
        {
          file,
          diagnostics: [],
          refused: [],
          entities: entities.length,
          hasPlaceholders: false,
          documents: entities.map((entity) => ({
            ref: `${entity.kind}:default/${entity.metadata.name}`.toLowerCase(),
            entity: spied(entity),
            file,
            originBase: file.base,
            line: 1,
            locate: () => {
              onRead();
              return { line: 1, column: 1 };
            },
            places: "",
            readAt: { ms: 0 },
          })),
        },
      ],
    },
  ]);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const vectors = sharedPath("vectors/relations.json");
(vectors === undefined ? describe.skip : describe)("the published table of Backstage", () => {
  test("lists the relations that we emit", () => {
    const { rows }: { rows: [string, string, string, string, string | null][] } = JSON.parse(
      readFileSync(vectors ?? "", "utf8"),
    );
    const complete = {
      type: "service",
      lifecycle: "production",
      owner: "owner-x",
      definition: "x",
      children: [],
      memberOf: [],
      steps: [],
      skills: [],
      plugins: [],
    };

    expect(rows.length).toBeGreaterThan(20);
    for (const [shownKind, path, type, reverse, defaultKind] of rows) {
      const [, kind = "", specType] = /^(\w+)(?: \(type (\w+)\))?$/.exec(shownKind) ?? [];
      const field = path.replace("spec.", "").replace("[]", "");
      const written = defaultKind === null ? "resource:x" : "x";
      const targetRef = `${(defaultKind ?? "resource").toLowerCase()}:ns/x`;
      const spec = {
        ...complete,
        ...(specType === undefined ? {} : { type: specType }),
        [field]: path.endsWith("[]") ? [written] : written,
      };
      const target = document(
        targetRef.startsWith("airesource") ? "AiResource" : capital(targetRef),
        "x",
        complete,
        "ns",
      );

      const { entities } = build({ "a.yaml": document(kind, "holder", spec, "ns") + target });

      const holder = entities.get(`${kind.toLowerCase()}:ns/holder`);
      const reached = entities.get(targetRef);
      expect({
        row: shownKind,
        field,
        targets: holder === undefined ? [] : relationTargets(holder, type),
      }).toEqual({
        row: shownKind,
        field,
        targets: expect.arrayContaining([targetRef]),
      });
      expect({
        row: shownKind,
        field,
        back: reached === undefined ? [] : relationTargets(reached, reverse),
      }).toEqual({
        row: shownKind,
        field,
        back: expect.arrayContaining([`${kind.toLowerCase()}:ns/holder`]),
      });
    }
  });
});

/** The kind of a reference as it is spelled in files. */
function capital(ref: string): string {
  const kind = ref.slice(0, ref.indexOf(":"));
  return kind === "api" ? "API" : kind.charAt(0).toUpperCase() + kind.slice(1);
}
