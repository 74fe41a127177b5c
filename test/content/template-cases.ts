import type { JsonObject } from "../../src/base/json.ts";

/** Values as a person would fill in a form of ours. */
export interface TemplateCase {
  template: string;
  what: string;
  values: JsonObject;
}

/** Typed by a person, so it must come out as typed and never be evaluated. */
export const typedExpression = "${{ values.owner }} {% raw %}";

/** Text that breaks whatever pastes it into a file without quoting. */
const hostileText = `Says "hello" to 'you' — at 100 % \\n, #1: ${typedExpression} \`rm\` $HOME ✨
and more`;

/** The first case of each template is the typical one. */
export const templateCases: readonly TemplateCase[] = [
  {
    template: "node-service",
    what: "a typical service",
    values: {
      name: "seat-upgrades",
      description: "Offers people a better seat on the day of the show.",
      owner: "group:default/team-checkout",
      system: "system:default/order-flow",
      lifecycle: "experimental",
      port: 9000,
      slackChannel: "#seat-upgrades",
      tags: ["nodejs", "beta"],
      hasApi: true,
      hasDockerfile: true,
      nodeVersion: "24",
      repoUrl: "github.com?owner=footlight-tickets&repo=seat-upgrades",
      visibility: "internal",
    },
  },
  {
    template: "node-service",
    what: "as little as possible",
    values: {
      name: "abc",
      description: "Ten chars.",
      owner: "group:default/team-web",
      tags: [],
      hasApi: false,
      hasDockerfile: false,
      repoUrl: "github.com?owner=footlight-tickets&repo=abc",
    },
  },
  {
    template: "node-service",
    what: "a hostile description and the longest name",
    values: {
      name: `a${"-b".repeat(19)}c`,
      description: hostileText,
      owner: "group:default/team-front-of-house",
      system: "system:default/door-operations",
      lifecycle: "production",
      port: 65_535,
      nodeVersion: "22",
      repoUrl: "github.com?owner=footlight-tickets&repo=Long.Name_1",
      visibility: "public",
    },
  },
  {
    template: "python-job",
    what: "a nightly job",
    values: {
      name: "unsold-seats",
      description: "Reports the seats that nobody bought yesterday.",
      owner: "group:default/team-data",
      dependsOn: ["resource:default/warehouse", "resource:default/orders-db"],
      schedule: "daily",
      hour: 0,
      timeoutMinutes: 45,
      isCritical: false,
      repoUrl: "github.com?owner=footlight-tickets&repo=unsold-seats",
    },
  },
  {
    template: "python-job",
    what: "a name that is a word and a module of Python, every hour",
    values: {
      name: "import",
      description: "Imports what venues send us.",
      owner: "group:default/team-venues",
      schedule: "hourly",
      timeoutMinutes: 1,
      repoUrl: "github.com?owner=footlight-tickets&repo=import",
    },
  },
  {
    template: "python-job",
    what: "a hostile description, once a week",
    values: {
      name: "email",
      description: hostileText,
      owner: "group:default/team-messaging",
      schedule: "weekly",
      weekday: "0",
      timeoutMinutes: 720,
      isCritical: true,
      repoUrl: "github.com?owner=footlight-tickets&repo=email",
    },
  },
  {
    template: "python-job",
    what: "a cron expression of one's own",
    values: {
      name: "settle-2",
      description: "Settles what is left over.",
      owner: "group:default/team-ledger",
      schedule: "custom",
      cron: "*/15 6-18 1,15 * 1-5",
      timeoutMinutes: 10,
      repoUrl: "github.com?owner=footlight-tickets&repo=settle-2",
    },
  },
  {
    template: "access-request",
    what: "reading a database for a month",
    values: {
      person: "user:default/theo.blake",
      target: "resource:default/orders-db",
      level: "read",
      days: 30,
      reason: "Find out why refunds of March differ from orders.",
      hasReadRules: true,
    },
  },
  {
    template: "access-request",
    what: "administering a system, for oneself, with a hostile reason",
    values: {
      target: "system:default/payment-processing",
      level: "admin",
      ticket: "INC-87",
      days: 1,
      reason: hostileText,
      hasReadRules: true,
    },
  },
  {
    template: "add-runbook",
    what: "a page with a dashboard",
    values: {
      component: "component:default/checkout",
      alert: "CheckoutBasketsLost",
      severity: "page",
      meaning: "Baskets vanish before they are paid, more than ten a minute.",
      impact: "People lose their seats and start again.",
      diagnosis: ["Look at the dashboard", "Run `kubectl -n checkout get pods`"],
      mitigation: ["Roll back", "Slow the waiting room to 60 a minute"],
      hasDashboard: true,
      dashboard: "https://grafana.footlight.example/d/checkout",
    },
  },
  {
    template: "add-runbook",
    what: "a ticket with hostile texts",
    values: {
      component: "component:default/settlement",
      alert: "Abc",
      severity: "ticket",
      meaning: hostileText,
      impact: hostileText,
      diagnosis: [hostileText.replace("\n", " ")],
      mitigation: ["---", "# not a heading"],
    },
  },
];
