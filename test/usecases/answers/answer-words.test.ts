import { expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";
import { answererOver } from "../../helpers/sample-catalog.ts";

const nowMs = 1_700_000_000_000;

function answererFor(text: string, changedAtMs?: ReadonlyMap<string, number>): Answerer {
  const { catalog } = buildCatalog({
    sources: [{ id: "x", readAtMs: nowMs, files: [{ file: "a.yaml", base: "/a.yaml", text }] }],
  });
  return answererOver(
    buildSnapshot({
      version: 1,
      catalog,
      documents: [],
      diagnostics: [],
      changedAtMs,
      readAtMs: nowMs,
    }),
  );
}

function group(name: string, annotations = "{}"): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: ${name}, annotations: ${annotations} }
spec: { type: team, children: [] }
`;
}

function service(name: string, owner: string): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name} }
spec: { type: service, lifecycle: production, owner: ${owner} }
`;
}

test("a team that is called squad is another than the one without", () => {
  const ask = answererFor(
    [
      group("coconut"),
      group("squad-coconut"),
      service("bread", "coconut"),
      service("milk", "squad-coconut"),
    ].join("---\n"),
  );

  const first = (question: string): unknown => ask(question, { nowMs }).entities[0]?.ref;

  expect(first("services of Squad Coconut")).toBe("group:default/squad-coconut");
  expect(first("services of coconut")).toBe("group:default/coconut");
});

test("a channel of which only the id is known is shown as what opens it", () => {
  const ask = answererFor(
    [
      group("people", `{ callboard.dev/slack-channel: C0ENGINEE1 }`),
      service("bread", "people"),
    ].join("---\n"),
  );

  const { text, card } = ask("slack channel of bread", { nowMs });

  expect(card).toMatchObject({ headline: "The channel of people" });
  expect(text).toContain("Reach them: https://slack.com/app_redirect?channel=C0ENGINEE1");
});

test("who is on call for a team is what the catalog says of it", () => {
  const ask = answererFor(group("people", `{ callboard.dev/on-call: "@people-oncall" }`));

  expect(ask("who is on call for people", { nowMs }).text).toContain("On call: @people-oncall");
});

test("the repository comes first where it was asked for", () => {
  const ask = answererFor(
    service("bread", "people").replace(
      "metadata: {",
      `metadata: { annotations: { github.com/project-slug: acme/bread }, links: [{ url: "https://acme.example" }],`,
    ),
  );

  const { card } = ask("repo of bread", { nowMs });

  expect(card).toMatchObject({ headline: "Repository: acme/bread" });
  expect(card.type === "entity" && card.links[0]?.url).toBe("https://github.com/acme/bread");
});

test("a name with a dash is one name behind “of”, whatever its words mean", () => {
  const ask = answererFor(
    [group("team-up"), service("bread", "team-up"), service("milk", "nobody")].join("---\n"),
  );

  const answer = ask("services of team-up", { nowMs });

  expect(answer.entities.map(({ ref }) => ref)).toEqual([
    "group:default/team-up",
    "component:default/bread",
  ]);
});

test("what proves an answer says when a commit last changed it", () => {
  const text = [group("people"), service("bread", "people")].join("---\n");
  const changedAtMs = Date.parse("2026-02-05T09:00:00Z");

  const known = answererFor(text, new Map([["/a.yaml", changedAtMs]]))("who owns bread", { nowMs });
  const unknown = answererFor(text)("who owns bread", { nowMs });

  expect(known.evidence[0]).toMatchObject({ source: "a.yaml:9", changedAtMs });
  expect(known.text).toContain("spec.owner: people, last commit 2026-02-05");
  expect(unknown.text).not.toContain("last commit");
});

test("two teams are compared by what they own", () => {
  const ask = answererFor(
    [group("bakers"), group("grocers"), service("bread", "bakers"), service("rye", "bakers")].join(
      "---\n",
    ),
  );

  const { card } = ask("compare bakers and grocers", { nowMs });

  expect(card).toMatchObject({
    title: "bakers: team, owns 2 things; grocers: team, owns 0 things",
  });
  expect(card.type === "list" && card.groups.map(({ heading }) => heading)).toEqual([
    "Compared",
    "Only bakers owns",
  ]);
});
