import { expect, test } from "@jest/globals";

import { configuredWellKnown } from "../../../src/app/catalog-well-known.ts";
import { buildCatalog } from "../../../src/catalog/build.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { type Answerer, createAnswerer } from "../../../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";

const nowMs = 1_700_000_000_000;

/** Answers about one component with these lines of metadata, as the section `catalog` of a configuration file says. */
function answerer(metadata: string, catalogSection = ""): Answerer {
  const { config, faults } = parseConfig({
    env: {},
    cwd: "/nowhere",
    file: { path: "callboard.yaml", text: `catalog:\n  orphans: delete\n${catalogSection}` },
  });
  if (config === undefined) throw new Error(JSON.stringify(faults));
  const text = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
${metadata}
spec: { type: service, lifecycle: production, owner: team-a }
`;
  const { catalog } = buildCatalog({
    sources: [{ id: "x", readAtMs: nowMs, files: [{ file: "a.yaml", base: "/a.yaml", text }] }],
  });
  const wellKnown = configuredWellKnown(config.file.catalog);
  const snapshot = buildSnapshot({
    version: 1,
    catalog,
    documents: [],
    diagnostics: [],
    readAtMs: nowMs,
    wellKnown,
  });
  return createAnswerer({ snapshot: () => snapshot, wellKnown });
}

const own = `  annotations:
    acme.com/chat: "#pay-chat"
    acme.com/group: "@pay-people"
    acme.com/board: https://grafana.acme.example/d/pay
    acme.com/handbook: https://wiki.acme.example/pay
    acme.com/what-to-do: https://wiki.acme.example/pay/night
    acme.com/rota: PAY1
    acme.com/also: till, cash desk
    acme.com/mail: pay@acme.example`;

const section = `  annotations:
    slackChannel: [acme.com/chat]
    slackUserGroup: [acme.com/group]
    dashboards: [acme.com/board]
    docs: [acme.com/handbook]
    runbooks: [acme.com/what-to-do]
    onCall: [{ annotation: acme.com/rota, label: Rota }]
    aliases: [acme.com/also]
    email: [acme.com/mail]
`;

test.each([
  ["slack channel of pay", "#pay-chat"],
  ["who owns pay", "@pay-people"],
  ["who owns pay", "pay@acme.example"],
  ["dashboard for pay", "Dashboard: grafana.acme.example"],
  ["dashboard for pay", "Dashboard https://grafana.acme.example/d/pay"],
  ["links of pay", "Docs https://wiki.acme.example/pay"],
  ["links of pay", "Runbook https://wiki.acme.example/pay/night"],
  ["who is on call for pay", "Rota PAY1"],
  ["who owns cash desk", "Owned by team-a"],
  ["who owns till", "Owned by team-a"],
])("%s finds what a company's own annotations say: %s", (question, expected) => {
  const asConfigured = answerer(own, section)(question, { nowMs }).text;
  const asUsual = answerer(own)(question, { nowMs }).text;

  expect(asConfigured).toContain(expected);
  expect(asUsual).not.toContain(expected);
});

test.each([
  [
    "grafana/overview-dashboard: https://g.example/d/1",
    "dashboard for pay",
    "https://g.example/d/1",
  ],
  ["pagerduty.com/service-id: PABC123", "who is on call for pay", "PagerDuty service PABC123"],
  ["github.com/project-slug: acme/pay", "where is the repo of pay", "https://github.com/acme/pay"],
  [
    "backstage.io/source-location: url:https://git.example/acme/pay/tree/main/",
    "where is the repo of pay",
    "https://git.example/acme/pay",
  ],
  [
    "backstage.io/techdocs-ref: url:https://docs.example/pay",
    "links of pay",
    "https://docs.example/pay",
  ],
  ['callboard.dev/aliases: "ledger, pl"', "who owns pl", "Owned by team-a"],
])("without being told, %s is understood", (annotation, question, expected) => {
  const ask = answerer(`  annotations:\n    ${annotation}`);

  expect(ask(question, { nowMs }).text).toContain(expected);
});

test.each([
  [
    "{ url: https://acme.slack.com/archives/C024BE91L, title: Team chat }",
    "channel of pay",
    "C024BE91L",
  ],
  [
    "{ url: https://x.example/1, title: Latency, icon: dashboard }",
    "dashboard for pay",
    "Dashboard: Latency",
  ],
  [
    "{ url: https://x.example/1, title: The board, type: grafana }",
    "dashboard for pay",
    "The board",
  ],
  [
    "{ url: https://grafana.example/1, title: Dashboard }",
    "dashboard for pay",
    "Dashboard: grafana.example",
  ],
])("without being told, the link %s is understood", (link, question, expected) => {
  const ask = answerer(`  links:\n    - ${link}`);

  expect(ask(question, { nowMs }).text).toContain(expected);
});

test("words of links are the company's own where it says so", () => {
  const link =
    "  links:\n    - { url: https://x.example/1, title: Armaturenbrett }\n    - { url: https://x.example/2, title: Grafana }";
  const ask = answerer(link, "  linkWords:\n    dashboards: [armaturenbrett]\n");

  expect(ask("dashboard for pay", { nowMs }).text).toContain("Dashboard: Armaturenbrett");
});
