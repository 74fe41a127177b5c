import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import type { RepositoryService } from "../../src/usecases/services.ts";
import { type FormBench, startFormBench } from "../helpers/form-bench.ts";

const longRef = `component:default/${"a".repeat(63)}`;
const repository = { type: "string", title: "Repository", "ui:field": "RepoUrlPicker" };
const templates = {
  pickers: [
    {
      properties: {
        tags: {
          type: "array",
          title: "Tags",
          "ui:field": "EntityTagsPicker",
          "ui:options": { kinds: ["Component"], showCounts: true, helperText: "Choose well." },
        },
        owner: {
          type: "string",
          title: "Owner",
          "ui:field": "RepoOwnerPicker",
          "ui:options": { excludedOwners: ["acme-old"] },
        },
        component: { type: "string", title: "Component", "ui:field": "EntityPicker" },
        strict: {
          type: "string",
          title: "Known",
          "ui:field": "EntityPicker",
          "ui:options": { allowArbitraryValues: false },
        },
        several: { type: "array", title: "Several", "ui:field": "MultiEntityPicker" },
      },
    },
  ],
  "same page": [
    {
      properties: {
        repoUrl: repository,
        branch: { type: "string", title: "Branch", "ui:field": "RepoBranchPicker" },
      },
    },
  ],
  "earlier page": [
    { properties: { where: repository } },
    {
      properties: { branch: { type: "string", title: "Branch", "ui:field": "RepoBranchPicker" } },
    },
  ],
  "long branch": [
    {
      properties: {
        branch: {
          type: "string",
          "ui:field": "RepoBranchPicker",
          default: `feature/${"long-".repeat(20)}`,
        },
      },
    },
  ],
};

let form: FormBench;
let allowedOwners: string[];
let isDown = false;
const asked: string[] = [];

beforeAll(async () => {
  const repositories: RepositoryService = {
    get allowedOwners() {
      return allowedOwners;
    },
    owners: async () => {
      if (isDown) throw new Error("no answer");
      return ["acme", "acme-old", "acme-labs"];
    },
    branches: async ({ owner, repo }) => {
      asked.push(`${owner}/${repo}`);
      return ["main", "release/1.0", "feature/main-menu"];
    },
    fault: async () => undefined,
  };
  form = await startFormBench(templates, { repositories });
  form.services.entities = {
    ...form.services.entities,
    tags: (kinds) => (kinds.includes("Component") ? [{ tag: "java", count: 2 }] : []),
    findForField: (_field, text) =>
      [longRef, "component:default/shop"]
        .filter((ref) => ref.includes(text))
        .map((ref) => ({ ref, title: "A thing", kind: "Component" })),
  };
});
beforeEach(() => {
  allowedOwners = [];
  isDown = false;
  asked.length = 0;
});
afterAll(async () => await form.close());

test("tags are those of the catalog, with their number, or new ones by Backstage's rule", async () => {
  await form.open("pickers");
  expect(form.shown()).toContain("Choose well.");
  expect(await form.offered("0::tags", "ja")).toEqual(["java", "ja"]);
  expect(await form.offered("0::tags", "JAVA")).toEqual(["java"]);
  await form.offered("0::tags", "Not OK");
  await form.offered("0::tags", "new-tag");

  const refused = await form.send({ "0::tags": ["java", "Not OK"] });
  await form.send({ "0::tags": ["java", "new-tag"] });

  expect(refused.errors?.["0::tags"]).toContain("is not a valid tag");
  expect(await form.create()).toEqual({ tags: ["java", "new-tag"] });
});

test("owners of repositories are suggested, and any other can be typed", async () => {
  await form.open("pickers");

  expect(await form.offered("0::owner", "")).toEqual(["acme", "acme-labs"]);
  expect(await form.offered("0::owner", "labs")).toEqual(["acme-labs", "labs"]);
  await form.send({ "0::owner": "labs" });

  expect(await form.create()).toEqual({ owner: "labs" });
});

test("where the host does not answer the name can be typed all the same", async () => {
  isDown = true;
  await form.open("pickers");

  expect(await form.offered("0::owner", "")).toEqual([]);
  expect(await form.offered("0::owner", "acme")).toEqual(["acme"]);
});

test("where the operator lists owners there are no others to choose, in any picker", async () => {
  allowedOwners = ["acme", "acme-old"];
  await form.open("pickers");
  const owner = JSON.stringify(form.view().blocks.find(({ block_id: id }) => id === "0::owner"));
  await form.open("same page");
  const ofUrl = JSON.stringify(
    form.view().blocks.find(({ block_id: id }) => id === "0:owner:repoUrl"),
  );
  await form.send({ "0:owner:repoUrl": "acme-old", "0:name:repoUrl": "x" });

  expect(owner).toContain("static_select");
  expect(owner).not.toContain("acme-old");
  expect(ofUrl).toMatch(/static_select.*acme.*acme-old/);
  expect(await form.create()).toEqual({ repoUrl: "github.com?owner=acme-old&repo=x" });
});

test("branches are those of the repository on the same page, before it is sent", async () => {
  await form.open("same page");
  const before = await form.offered("0::branch", "");
  await form.bench.driver.enter({ user: "U0DARIOCO1", blockId: "0:owner:repoUrl", value: "acme" });
  await form.bench.driver.enter({ user: "U0DARIOCO1", blockId: "0:name:repoUrl", value: "shop" });

  expect(before).toEqual([]);
  expect(await form.offered("0::branch", "")).toEqual(["main", "release/1.0", "feature/main-menu"]);
  expect(await form.offered("0::branch", "ma")).toEqual(["main", "feature/main-menu", "ma"]);
  await form.send({ "0::branch": "release/1.0" });
  const values = await form.create();

  expect(new Set(asked)).toEqual(new Set(["acme/shop"]));
  expect(values).toEqual({
    branch: "release/1.0",
    repoUrl: "github.com?owner=acme&repo=shop",
  });
});

test("branches are those of a repository of an earlier page, or what is typed", async () => {
  await form.open("earlier page");
  await form.send({ "0:owner:where": "acme", "0:name:where": "books" });
  expect(await form.offered("1::branch", "release")).toEqual(["release/1.0", "release"]);
  await form.offered("1::branch", "hotfix/7");
  await form.send({ "1::branch": "hotfix/7" });

  expect(asked).toContain("acme/books");
  expect((await form.create())["branch"]).toBe("hotfix/7");
});

test("a value that no option can carry is a line of text", async () => {
  await form.open("long branch");

  expect(form.shown()).toContain("plain_text_input");
  await form.send();
  expect(await form.create()).toEqual({ branch: `feature/${"long-".repeat(20)}` });
});

test("a reference that is longer than an option goes without its namespace, and comes back whole", async () => {
  await form.open("pickers");

  const offered = await form.offered("0::component", "aaa");
  await form.offered("0::several", "");
  await form.send({
    "0::component": offered[0] ?? "",
    "0::several": [offered[0] ?? "", "component:default/shop"],
  });
  await form.back();
  await form.send();

  expect(await form.create()).toEqual({
    component: longRef,
    several: [longRef, "component:default/shop"],
  });
});

test("what the catalog does not know can be typed where the template allows it", async () => {
  await form.open("pickers");

  expect(await form.offered("0::component", "sho")).toEqual(["component:default/shop"]);
  expect(await form.offered("0::component", "component:other/thing")).toEqual([
    "component:other/thing",
  ]);
  expect(await form.offered("0::strict", "component:other/thing")).toEqual([]);
});
