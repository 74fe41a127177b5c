import { expect, test } from "@jest/globals";

import type { CatalogEntity, EntityMetadata } from "../../src/catalog/model.ts";
import { parseSlackChannel } from "../../src/catalog/slack-names.ts";
import { createWellKnown, repositoryOfUrl } from "../../src/catalog/well-known.ts";

function entityWith(
  metadata: Partial<EntityMetadata>,
  spec: Record<string, unknown> = {},
): CatalogEntity {
  return {
    ref: "component:default/pay",
    entity: {
      apiVersion: "backstage.io/v1alpha1",
      kind: "Component",
      metadata: { name: "pay", ...metadata },
      spec,
    },
    origin: { source: "test", file: "pay.yaml", base: "/pay.yaml", line: 1, readAtMs: 0 },
    relations: [],
    locate: () => ({ line: 1, column: 1 }),
  };
}

const wellKnown = createWellKnown();

test.each([
  ["#payments", { name: "payments" }],
  ["Payments", { name: "payments" }],
  ["C024BE91L", { id: "C024BE91L" }],
  ["#C024BE91L", { id: "C024BE91L" }],
  ["<#C024BE91L|payments>", { id: "C024BE91L", name: "payments" }],
  ["https://acme.slack.com/archives/C024BE91L/p1700000000", { id: "C024BE91L" }],
  ["https://app.slack.com/client/T1/C024BE91L", { id: "C024BE91L" }],
  ["slack://channel?team=T1&id=C024BE91L", { id: "C024BE91L" }],
  ["U024BE7LH, #payments", { name: "payments" }],
  ["U024BE7LH", undefined],
  ["team@acme.com", undefined],
  ["https://example.com/archives/C024BE91L", undefined],
  ["https://evilslack.com/archives/C024BE91L", undefined],
  ["", undefined],
])("reads the channel in %j", (text, expected) => {
  expect(parseSlackChannel(text)).toEqual(expected);
});

test("takes the channel's name from the annotation and its id from a link", () => {
  const entity = entityWith({
    annotations: { "slack.com/channel": "#payments" },
    links: [{ url: "https://acme.slack.com/archives/C024BE91L", title: "#payments" }],
  });

  expect(wellKnown.slackChannel(entity)).toEqual({
    name: "payments",
    id: "C024BE91L",
    path: ["metadata", "annotations", "slack.com/channel"],
  });
});

test("does not mix the id of another channel's link into an annotation", () => {
  const entity = entityWith({
    annotations: { "slack.com/channel": "#payments" },
    links: [{ url: "https://acme.slack.com/archives/C024BE91L", title: "#incidents" }],
  });

  expect(wellKnown.slackChannel(entity)).toMatchObject({ name: "payments" });
  expect(wellKnown.slackChannel(entity)).not.toHaveProperty("id");
});

test("recognises links by type, icon or title, as whole words", () => {
  const entity = entityWith({
    links: [
      { url: "https://a.example/1", title: "Ledger Runbooks" },
      { url: "https://a.example/2", type: "runbook" },
      { url: "https://a.example/3", icon: "dashboard", title: "Latency" },
      { url: "https://a.example/4", title: "Codex" },
      { url: "https://a.example/5", title: "On-Call" },
    ],
  });

  expect(wellKnown.runbooks(entity).map((found) => found.target)).toEqual([
    "https://a.example/1",
    "https://a.example/2",
  ]);
  expect(wellKnown.dashboards(entity)).toEqual([
    { target: "https://a.example/3", title: "Latency", path: ["metadata", "links", 2] },
  ]);
  expect(wellKnown.onCall(entity)).toEqual([
    { text: "On-Call", url: "https://a.example/5", path: ["metadata", "links", 4] },
  ]);
  expect(wellKnown.repository(entity)).toBeUndefined();
});

test("splits runbooks and aliases at commas", () => {
  const entity = entityWith({
    annotations: {
      "callboard.dev/runbooks": "./runbooks, docs/incident.md",
      "callboard.dev/aliases": "ledger, pl",
    },
  });

  expect(wellKnown.runbooks(entity).map((found) => found.target)).toEqual([
    "./runbooks",
    "docs/incident.md",
  ]);
  expect(wellKnown.aliases(entity)).toEqual(["ledger", "pl"]);
});

test("names the on-call service without showing integration keys", () => {
  const entity = entityWith({
    annotations: {
      "pagerduty.com/integration-key": "secret",
      "pagerduty.com/service-id": "PABC123",
    },
  });

  expect(wellKnown.onCall(entity)).toEqual([
    {
      text: "PagerDuty service PABC123",
      path: ["metadata", "annotations", "pagerduty.com/service-id"],
    },
  ]);
});

test("finds the repository by slug, on the host of the source location", () => {
  const annotations = { "github.com/project-slug": "acme/pay" };

  expect(wellKnown.repository(entityWith({ annotations }))).toMatchObject({
    url: "https://github.com/acme/pay",
    slug: "acme/pay",
  });
  expect(
    wellKnown.repository(
      entityWith({
        annotations: {
          ...annotations,
          "backstage.io/source-location": "url:https://git.acme.com/acme/pay/tree/main/",
        },
      }),
    ),
  ).toMatchObject({ url: "https://git.acme.com/acme/pay", slug: "acme/pay" });
});

test.each([
  [
    "https://github.com/acme/pay/blob/main/x.yaml",
    { url: "https://github.com/acme/pay", slug: "acme/pay" },
  ],
  ["https://gitlab.com/a/b/c/-/tree/main/", { url: "https://gitlab.com/a/b/c", slug: "a/b/c" }],
  ["https://github.com/acme/pay.git", { url: "https://github.com/acme/pay", slug: "acme/pay" }],
  ["https://github.com/acme", undefined],
  ["javascript:alert(1)", undefined],
  ["nonsense", undefined],
])("reads the repository of %s", (url, expected) => {
  expect(repositoryOfUrl(url)).toEqual(expected);
});

test("reads an e-mail address from the profile, an annotation or a mailto link", () => {
  expect(wellKnown.email(entityWith({}, { profile: { email: "a@acme.com" } }))).toEqual({
    address: "a@acme.com",
    path: ["spec", "profile", "email"],
  });
  expect(
    wellKnown.email(entityWith({ links: [{ url: "mailto:b@acme.com?subject=x" }] }))?.address,
  ).toBe("b@acme.com");
});

test("reads Slack ids of people and user groups", () => {
  const entity = entityWith({
    annotations: { "slack.com/user-id": "U024BE7LH", "slack.com/user-group": "@Payments-OnCall" },
  });

  expect(wellKnown.slackUserId(entity)?.id).toBe("U024BE7LH");
  expect(wellKnown.slackUserGroup(entity)?.handle).toBe("payments-oncall");
});

test("reads the annotations that the options name instead of the defaults", () => {
  const own = createWellKnown({ slackChannelAnnotations: ["acme.com/chat"] });
  const entity = entityWith({
    annotations: { "acme.com/chat": "#own", "slack.com/channel": "#other" },
  });

  expect(own.slackChannel(entity)?.name).toBe("own");
});

test("survives annotations of the wrong shape and prototype keys", () => {
  const entity = entityWith(JSON.parse('{"annotations": {"slack.com/channel": 5}}'));
  const own = createWellKnown({ slackChannelAnnotations: ["__proto__", "constructor"] });

  expect(wellKnown.slackChannel(entity)).toBeUndefined();
  expect(own.slackChannel(entity)).toBeUndefined();
});
