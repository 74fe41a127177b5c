import { expect, test } from "@jest/globals";

import type { Catalog, CatalogEntity, Relation } from "../../src/catalog/model.ts";
import type { FormField } from "../../src/scaffold/form-model.ts";
import { createEntityService } from "../../src/usecases/entities.ts";

function entity(
  kind: string,
  name: string,
  more: {
    spec?: Record<string, unknown>;
    annotations?: Record<string, string>;
    relations?: Relation[];
    tags?: string[];
  } = {},
): CatalogEntity {
  return {
    ref: `${kind}:default/${name}`.toLowerCase(),
    entity: {
      apiVersion: "backstage.io/v1alpha1",
      kind,
      metadata: {
        name,
        ...(more.tags === undefined ? {} : { tags: more.tags }),
        ...(more.annotations === undefined ? {} : { annotations: more.annotations }),
      },
      spec: more.spec ?? {},
    },
    origin: { source: "test", file: "a.yaml", base: "/a.yaml", line: 1, readAtMs: 0 },
    relations: more.relations ?? [],
    locate: () => ({ line: 1, column: 1 }),
  };
}

const all = [
  entity("Group", "ledger-team", { spec: { type: "team" } }),
  entity("Group", "web-team", { spec: { type: "team" } }),
  entity("Group", "engineering", { spec: { type: "department" } }),
  entity("Component", "ledger", { annotations: { "acme.com/tier": "1" } }),
  entity("Component", "shop", {
    tags: ["java", "web"],
    relations: [{ type: "ownedBy", targetRef: "group:default/web-team" }],
  }),
  entity("API", "orders", { tags: ["java"] }),
  entity("User", "ada", {
    spec: { profile: { email: "Ada@Example.com" } },
    relations: [{ type: "memberOf", targetRef: "group:default/web-team" }],
  }),
  entity("User", "bob", { annotations: { "callboard.dev/slack-user": "U0BOBBOB1" } }),
];
const catalog: Catalog = { entities: new Map(all.map((each) => [each.ref, each])) };
const service = createEntityService(() => catalog);

function field(filter: NonNullable<FormField["entity"]>["filter"]): FormField {
  return {
    path: ["owner"],
    key: "owner",
    label: "Owner",
    isRequired: true,
    widget: "entity",
    type: "string",
    isCondition: false,
    entity: { filter, allowArbitraryValues: false },
  };
}

test.each([
  ["one kind", [{ kind: "group" }], ["engineering", "ledger-team", "web-team"]],
  [
    "kind and type, in any case",
    [{ Kind: "GROUP", "spec.type": ["Team"] }],
    ["ledger-team", "web-team"],
  ],
  [
    "any of several filters",
    [{ kind: "User" }, { "spec.type": "department" }],
    ["engineering", "ada", "bob"],
  ],
  [
    "an annotation that exists, with dots in its key",
    [{ "metadata.annotations.acme.com/tier": { exists: true } }],
    ["ledger"],
  ],
  ["a relation", [{ "relations.memberOf": "group:default/web-team" }], ["ada"]],
])("a field's filter takes %s", (_name, filter, names) => {
  const found = service.findForField(field(filter), "", 100);

  expect(found.map((each) => each.ref.split("/")[1])).toEqual(names);
});

test("the exact name comes first, then one's own teams, then names that begin with the text", () => {
  const found = service.findForField(
    field([{ kind: ["Group", "Component"] }]),
    "ledger",
    10,
    "user:default/ada",
  );
  const own = service.findForField(field([{ kind: "Group" }]), "", 1, "user:default/ada");

  expect(found.map((each) => each.ref)).toEqual([
    "component:default/ledger",
    "group:default/ledger-team",
  ]);
  expect(own[0]?.ref).toBe("group:default/web-team");
});

function offered(only: "owned" | "my-groups", userRef?: string): string[] {
  const entityOptions = { filter: [], allowArbitraryValues: false, only };
  return service
    .findForField({ ...field([]), entity: entityOptions }, "", 100, userRef)
    .map(({ ref }) => ref);
}

test("what is the asker's own is offered alone where the picker says so", () => {
  expect(offered("my-groups", "user:default/ada")).toEqual(["group:default/web-team"]);
  expect(offered("owned", "user:default/ada")).toEqual(["component:default/shop"]);
  expect(offered("my-groups", "user:default/bob")).toEqual([]);
  // of somebody whom the catalog does not know nothing is known
  expect(offered("my-groups")).toHaveLength(all.length);
});

test("tags are counted by kind, the most used first", () => {
  expect(service.tags([])).toEqual([
    { tag: "java", count: 2 },
    { tag: "web", count: 1 },
  ]);
  expect(service.tags(["component"])).toEqual([
    { tag: "java", count: 1 },
    { tag: "web", count: 1 },
  ]);
});

test("a person is found by Slack id or, in any case, by e-mail", () => {
  expect(service.userOf({ slackUserId: "U0BOBBOB1" })).toBe("user:default/bob");
  expect(service.userOf({ slackUserId: "U9", email: "ada@example.com" })).toBe("user:default/ada");
  expect(service.userOf({ slackUserId: "U9", email: "x@example.com" })).toBeUndefined();
});
