import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, test } from "@jest/globals";

import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import type { Answer, AskContext } from "../../../src/usecases/answers/answer.ts";
import { answererOver, loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

let ask: Answerer;
const context: AskContext = { nowMs: 1_700_000_000_000 };

beforeAll(async () => {
  ask = answererOver(await loadSampleSnapshot(context.nowMs));
});

/** Question → intent, first reference (or document's file), a text that the answer must hold. */
type Row = readonly [question: string, intent: Answer["intent"], first: string, says?: string];

function check(rows: readonly Row[]): void {
  test.each(rows)("%s", (question, intent, first, says = "") => {
    const answer = ask(question, context);

    const documents = answer.documents.map((document) => document.path.split("/").at(-1));
    const found = first.endsWith(".md") ? documents[0] : answer.entities[0]?.ref;
    expect({ intent: answer.intent, status: answer.status, found }).toEqual({
      intent,
      status: "answered",
      found: first,
    });
    expect(answer.text).toContain(says);
    expect(answer.evidence.length).toBeGreaterThan(0);
  });
}

describe("asks for an owner", () => {
  check([
    ["who owns ledger", "owner", "component:default/ledger", "Owned by Ledger team"],
    ["Who owns the Ledger?", "owner", "component:default/ledger", "#ledger"],
    ["WHO OWNS LEDGRE", "owner", "component:default/ledger"],
    ["/whoowns ledger", "owner", "component:default/ledger"],
    ["who's responsible for seat holds", "owner", "component:default/seat-holds", "Seating team"],
    ["who owns seat_holds", "owner", "component:default/seat-holds"],
    ["who owns SeatHolds", "owner", "component:default/seat-holds"],
    ["who owns component:default/orders?", "owner", "component:default/orders", "Checkout team"],
    [
      "which team owns the pricing engine",
      "owner",
      "component:default/pricing-engine",
      "Pricing team",
    ],
    ["owner of psp gateway", "owner", "component:default/psp-gateway", "Payments team"],
    ["who owns kafka", "owner", "resource:default/event-stream", "Data team"],
    ["who maintains gl these days?", "owner", "component:default/ledger"],
    [
      "hey callboard, do you know who looks after the waitng room please?",
      "owner",
      "component:default/waiting-room",
    ],
    [
      "who should I talk to about promo codes",
      "owner",
      "component:default/promo-codes",
      "Pricing team",
    ],
    ["whose is the scan gateway", "owner", "component:default/scan-gateway", "Front of House"],
    ["who owns footlight-tickets/ledger", "owner", "component:default/ledger"],
    [
      "who owns https://github.com/footlight-tickets/ledger/pull/12",
      "owner",
      "component:default/ledger",
    ],
    [
      "<@U0CALLBOARD> who owns `payments-api`?",
      "owner",
      "api:default/payments-api",
      "Payments team",
    ],
    ["ledger owner", "owner", "component:default/ledger"],
    ["whom should I ping when checkout breaks?", "owner", "component:default/checkout"],
    ["who is responsible for the mobile app", "owner", "component:default/audience-app"],
    ["what team does Mei Tanaka belong to", "owner", "user:default/mei.tanaka", "Ledger team"],
    ["who owns notificatons", "owner", "component:default/notifications", "Messaging team"],
  ]);
});

describe("asks what somebody owns", () => {
  check([
    ["what does team payments own", "owns", "group:default/team-payments", "PSP gateway"],
    ["what does the ledger team own?", "owns", "group:default/team-ledger", "Tax exporter"],
    ["what does foh own", "owns", "group:default/team-front-of-house", "Box office"],
    ["services owned by security team", "owns", "group:default/team-security", "Identity"],
    ["what does Money own", "owns", "group:default/money", "Ledger"],
    ["show me everything team-data owns", "owns", "group:default/team-data", "Warehouse"],
    ["which services does the payments team own", "owns", "group:default/team-payments"],
  ]);
});

describe("asks for a runbook", () => {
  check([
    ["runbook for ledger lag", "runbook", "LedgerConsumerLag.md"],
    ["ledger runbook out of balance", "runbook", "ledger-out-of-balance.md"],
    ["runbook ledger stuck payouts", "runbook", "payouts-are-stuck.md", "Diagnosis"],
    ["runbook ledger payouts stuck", "runbook", "payouts-are-stuck.md"],
    ["runbook payments provider down", "runbook", "provider-outage.md", "Diagnosis"],
    ["runbook notifications emails not arriving", "runbook", "email-bounces.md", "Mitigate"],
    ["runbook for payments oom", "runbook", "PaymentsOutOfMemory.md"],
    ["payments is out of memory", "search", "PaymentsOutOfMemory.md"],
    ["what do I do when payments returns 5xx errors?", "runbook", "PaymentErrorRateHigh.md"],
    ["LedgerConsumerLag", "search", "LedgerConsumerLag.md"],
    ["runbook SeatHoldsLatencyHigh", "runbook", "SeatHoldsLatencyHigh.md"],
    ["runbook for seat holds slow", "runbook", "SeatHoldsLatencyHigh.md"],
    ["seat sold twice", "search", "seat-sold-twice.md"],
    ["how do I roll back a release", "runbook", "roll-back-a-release.md", "Roll back"],
    ["refund a cancelled show", "search", "refund-a-cancelled-show.md"],
    ["runbook for api gateway certificate expires", "runbook", "ApiGatewayCertificateExpiring.md"],
    ["settlement file is missing", "search", "settlement-file-missing.md"],
    ["runbook for notifications backlog", "runbook", "NotificationsBacklog.md"],
    ["we are getting 502s from checkout, what should I do?", "runbook", "CheckoutErrorRateHigh.md"],
    ["checkout is returning 500 errors", "search", "CheckoutErrorRateHigh.md"],
    ["kafka consumer lag ledger", "search", "LedgerConsumerLag.md"],
    ["pods of payments are OOMKilled", "search", "PaymentsOutOfMemory.md"],
    ["the website is slow", "runbook", "storefront-slow.md"],
    [
      "cert for api.footlight.example is about to expire",
      "search",
      "ApiGatewayCertificateExpiring.md",
    ],
    ["prices are stale", "search", "prices-stale.md"],
    ["search results are out of date", "search", "SearchIndexLag.md"],
    ["ticket scanners don't work offline", "search", "ticket-scanner-offline-evening.md"],
    ["how do I restore a backup", "runbook", "RestoreTestFailed.md"],
    ["CheckoutErrorRateHigh is firing in production", "runbook", "CheckoutErrorRateHigh.md"],
  ]);
});

describe("asks what hangs together", () => {
  check([
    ["what depends on ledger", "dependents", "component:default/ledger", "Payouts"],
    ["what breaks if payments is down?", "dependents", "component:default/payments", "Checkout"],
    [
      "what does checkout depend on",
      "dependencies",
      "component:default/checkout",
      "Pricing engine",
    ],
    [
      "dependencies of seat holds",
      "dependencies",
      "component:default/seat-holds",
      "Seat holds cache",
    ],
    ["who uses the event stream", "dependents", "resource:default/event-stream", "Ledger"],
    ["impact of the ledger database", "dependents", "resource:default/ledger-db", "Ledger"],
    ["what apis does payments provide", "apis", "component:default/payments", "Payments API"],
    ["show me all APIs of ticketing", "apis", "domain:default/ticketing", "Seat map API"],
    [
      "what databases does checkout use",
      "dependencies",
      "component:default/checkout",
      "Orders database",
    ],
    [
      "can I turn off the newsletter tool?",
      "dependents",
      "component:default/newsletter-tool",
      "nothing",
    ],
    ["compare ledger and payments", "describe", "component:default/ledger", "Event stream"],
    ["payments vs refunds", "describe", "component:default/payments", "Both need"],
  ]);
});

describe("asks for links, documents, people and state", () => {
  check([
    ["docs for ledger", "docs", "index.md", "Double-entry"],
    ["links of seat holds", "links", "component:default/seat-holds", "grafana"],
    ["dashboard for checkout", "links", "component:default/checkout", "grafana"],
    [
      "where is the repo of payments",
      "links",
      "component:default/payments",
      "github.com/footlight-tickets/payments",
    ],
    ["who is on call for payments", "on-call", "component:default/payments", "On call"],
    ["slack channel of team pricing", "channel", "group:default/team-pricing", "#"],
    [
      "is the newsletter tool deprecated",
      "status",
      "component:default/newsletter-tool",
      "deprecated",
    ],
    ["what is settlement", "describe", "component:default/settlement", "settlement files"],
    ["who is Mei Tanaka", "describe", "user:default/mei.tanaka", "Ledger team"],
    ["how do I create a new service", "templates", "template:default/node-service"],
    ["who's on call right now for seat holds?", "on-call", "component:default/seat-holds"],
    ["members of the payments team", "describe", "group:default/team-payments", "Priya Raman"],
    ["who's the tech lead of pricing", "describe", "user:default/noor.haddad"],
    [
      "list people in team payments",
      "list",
      "user:default/jonas.weber",
      "people in team payments (2)",
    ],
    ["services of the payments system", "list", "component:default/fraud-check", "Refunds"],
    ["list services in ticketing", "list", "component:default/checkout", "Seat holds"],
    ["which services are in production", "list", "component:default/api-gateway"],
    ["what's deprecated", "describe", "component:default/gift-vouchers", "Newsletter tool"],
    ["how many teams are there?", "list", "group:default/audience", "There are 21"],
    ["what systems exist", "list", "system:default/access-and-identity"],
    ["which service sends emails", "search", "component:default/notifications"],
    ["what handles fraud", "search", "component:default/fraud-check"],
    ["I need a new python job", "templates", "template:default/python-job"],
    ["list python jobs", "list", "component:default/access-review", "Settlement"],
  ]);
});

describe("bare words", () => {
  check([
    ["ledger", "search", "component:default/ledger"],
    ["team payments", "search", "group:default/team-payments"],
    ["wa iting room", "search", "component:default/waiting-room"],
    ["seatholds", "search", "component:default/seat-holds"],
    ["dwh", "search", "resource:default/warehouse"],
    ["Status page", "search", "component:default/status-page"],
    ["chargebacks", "search", "component:default/refunds"],
  ]);
});

test("offers a choice of at most five when several things fit", () => {
  const answer = ask("who owns seat plan", context);

  expect(answer.status).toBe("ambiguous");
  expect(answer.card.type).toBe("choice");
  expect(answer.entities.length).toBeGreaterThan(1);
  expect(answer.card.type === "choice" && answer.card.choices.length).toBeLessThanOrEqual(5);
});

test("a choice's question answers for the chosen thing", () => {
  const answer = ask("who owns seat plan", context);
  const choice = answer.card.type === "choice" ? answer.card.choices[1] : undefined;

  const chosen = ask(choice?.question ?? "", context);

  expect(chosen.status).toBe("answered");
  expect(chosen.entities[0]?.ref).toBe(choice?.brief.ref);
});

test.each([
  "who owns the flux compensator",
  "runbook for blorgbax",
  "what depends on qwertyuiop",
  "zzzz",
])("says that it does not know: %s", (question) => {
  const answer = ask(question, context);

  expect(answer.status).toBe("unknown");
  expect(answer.card.type).toBe("nothing");
  expect(answer.card.type === "nothing" && answer.card.suggestions.length).toBeGreaterThan(0);
});

test("names the nearest thing when nothing is sure", () => {
  const answer = ask("who owns quantum billing gateway", context);

  expect(answer.status).toBe("unknown");
  expect(answer.card.type === "nothing" && answer.card.near.length).toBeGreaterThan(0);
});

test("the evidence of a runbook names its file once, with what ties it to its thing", () => {
  const { evidence, documents } = ask("runbook for ledger lag", context);

  expect(evidence.filter(({ source }) => source.includes(documents[0]?.path ?? "nothing"))).toEqual(
    [
      {
        source: expect.stringMatching(/LedgerConsumerLag\.md:\d+$/),
        statement: "Diagnosis (entity: component:default/ledger, line 1)",
        readAtMs: context.nowMs,
      },
    ],
  );
});

test("a word in some description is no name that is near", () => {
  const answer = ask("/whoowns nonsense-thing", context);

  expect(answer.card).toMatchObject({ type: "nothing", near: [] });
  expect(answer.text).not.toContain("Care console");
});

test("my team is the asker's team", () => {
  const answer = ask("what does my team own?", { ...context, userRef: "user:default/mei.tanaka" });

  expect(answer.entities[0]?.ref).toBe("group:default/team-ledger");
});

test("every example in the users' guide is answered", () => {
  const guide = readFileSync(new URL("../../../docs/questions.md", import.meta.url), "utf8");
  const rows = guide.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  const examples = rows.flatMap((row) =>
    [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
  );

  const unanswered = examples.filter(
    (example) =>
      ask(example, { ...context, userRef: "user:default/mei.tanaka" }).status !== "answered",
  );

  expect(examples.length).toBeGreaterThan(30);
  expect(unanswered).toEqual([]);
});
