import type { Answer, Card, EntityBrief } from "../../src/usecases/answers/answer.ts";

/** A fixed moment, so that ages in snapshots stay. */
export const nowMs = Date.UTC(2026, 0, 15, 9, 30);

/** A thing with a name. */
export function brief(name: string, more: Partial<EntityBrief> = {}): EntityBrief {
  return {
    ref: `component:default/${name}`,
    kind: "Component",
    title: name,
    type: "service",
    ...more,
  };
}

export const paymentsTeam = brief("team-payments", {
  ref: "group:default/team-payments",
  kind: "Group",
  title: "Payments",
  type: "team",
});

export const entityCard: Extract<Card, { type: "entity" }> = {
  type: "entity",
  subject: brief("payments-api", {
    title: "Payments API",
    lifecycle: "production",
    description: "Takes cards, refunds and payouts.",
  }),
  headline: "Owned by Payments",
  owner: paymentsTeam,
  contact: {
    slackChannel: "#payments",
    slackChannelId: "C0PAYMENT1",
    slackUserGroup: "payments-oncall",
  },
  onCall: "Nina Kowalski",
  system: brief("checkout", { ref: "system:default/checkout", kind: "System", title: "Checkout" }),
  links: [
    { url: "https://grafana.example.com/d/pay", title: "Dashboard" },
    { url: "https://github.com/footlight/payments-api", title: "Repository" },
  ],
  runbooks: [{ path: "runbooks/payments.md", title: "Payments runbook" }],
  dependsOn: [brief("ledger")],
  dependents: [brief("checkout-web"), brief("box-office")],
  tags: ["java"],
};

export const sectionCard: Extract<Card, { type: "section" }> = {
  type: "section",
  subject: brief("payments-api", { title: "Payments API" }),
  owner: paymentsTeam,
  contact: { slackChannel: "#payments" },
  path: "runbooks/payments.md",
  title: "Payments runbook",
  heading: "High latency",
  markdown: [
    "First look at the [dashboard](https://grafana.example.com/d/pay).",
    "",
    "1. Check the *queue*",
    "2. Restart one pod:",
    "",
    "   ```sh",
    "   kubectl rollout restart deploy/payments <namespace>",
    "   ```",
    "",
    "- [ ] tell <!channel> nothing",
  ].join("\n"),
  isCut: true,
  others: [
    { id: "1", path: "runbooks/payments.md", title: "Payments runbook", heading: "Refunds fail" },
  ],
};

/** An answer around a card. */
export function answerWith(card: Card, more: Partial<Answer> = {}): Answer {
  return {
    question: "who owns payments-api",
    intent: "owner",
    status: "answered",
    entities: [],
    documents: [],
    text: "Payments API is owned by Payments.",
    evidence: [
      {
        source: "catalog/payments.yaml:12",
        statement: "spec.owner: team-payments",
        readAtMs: nowMs - 300_000,
      },
    ],
    card,
    ...more,
  };
}
