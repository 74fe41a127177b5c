import { beforeAll, describe, expect, test } from "@jest/globals";

import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import type { Answer } from "../../../src/usecases/answers/answer.ts";
import { leastCpuMs } from "../../helpers/cpu-time.ts";
import { fc } from "../../helpers/properties.ts";
import { answererOver, loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

/**
 * What people really ask of the sample company, in all classes of questions, and what comes first: an entity's
 * reference, a document's file, or that nothing is known. `questions.test.ts` tells the classes apart in detail.
 */
const table: readonly (readonly [question: string, first: string])[] = [
  // ownership
  ["who maintains the ledger?", "component:default/ledger"],
  ["whom do I ask about refunds", "component:default/refunds"],
  ["which team is looking after checkout", "component:default/checkout"],
  ["who can help me with seat maps", "component:default/seat-map"],
  ["*ledger* - who owns this?", "component:default/ledger"],
  ["checkout is slow again, who owns it?", "component:default/checkout"],
  ["what is the owner of the ledger-db", "resource:default/ledger-db"],
  // on call, contact
  ["who's on call for checkout", "component:default/checkout"],
  ["is anyone on call for identity", "component:default/identity"],
  ["who do I page if checkout is down", "component:default/checkout"],
  ["escalate ledger", "component:default/ledger"],
  ["slack channel of team payments", "group:default/team-payments"],
  ["which team is payments with", "component:default/payments"],
  ["what squad is checkout in", "component:default/checkout"],
  ["who keeps the ledger running", "component:default/ledger"],
  ["by whom is checkout maintained", "component:default/checkout"],
  ["who can approve changes to seat holds", "component:default/seat-holds"],
  ["under which team does checkout fall", "component:default/checkout"],
  ["who's the DRI for seat-holds", "component:default/seat-holds"],
  // runbooks and documents
  ["does ledger have a runbook", "LedgerConsumerLag.md"],
  ["is ledger down", "LedgerConsumerLag.md"],
  ["5xx on orders", "component:default/orders"],
  ["customers are charged twice", "PaymentErrorRateHigh.md"],
  ["payments are failing with 502, what do I do?", "PaymentErrorRateHigh.md"],
  ["ledger lags, what should we do", "LedgerConsumerLag.md"],
  ["runbook for ledger lag", "LedgerConsumerLag.md"],
  ["how do I roll back a release", "roll-back-a-release.md"],
  ["does ledger have docs", "index.md"],
  // dependencies and impact
  ["what breaks if kafka is down", "resource:default/event-stream"],
  ["what would be affected by an outage of the psp gateway", "component:default/psp-gateway"],
  ["who consumes the payments api", "api:default/payments-api"],
  ["what does checkout depend on", "component:default/checkout"],
  ["which apis does ledger provide", "component:default/ledger"],
  // what it is, where it is, its state
  ["what language is ledger written in", "component:default/ledger"],
  ["tech stack of checkout", "component:default/checkout"],
  ["what system is ledger part of", "component:default/ledger"],
  ["ci of ledger", "component:default/ledger"],
  ["repo of payments", "component:default/payments"],
  ["where is the code of ledger", "component:default/ledger"],
  ["is ledger deprecated", "component:default/ledger"],
  ["compare payments and ledger", "component:default/payments"],
  // teams and people
  ["who is mei tanaka", "user:default/mei.tanaka"],
  ["members of team ledger", "group:default/team-ledger"],
  ["what does the ledger team own?", "group:default/team-ledger"],
  ["services of the payments team", "group:default/team-payments"],
  // lists, counts, what is missing
  ["how many services does the payments team own", "component:default/fraud-check"],
  ["all teams", "group:default/audience"],
  ["tier 1 services", "component:default/api-gateway"],
  ["services tagged pci", "component:default/payments"],
  ["production python components of data team", "component:default/warehouse-loader"],
  ["which services are deprecated", "component:default/gift-vouchers"],
  ["components of the money system", "group:default/money"],
  ["list runbooks", "component:default/api-gateway"],
  // what does a thing, in other words
  ["what sends sms", "component:default/notifications"],
  ["is there a service that sends emails", "component:default/notifications"],
  // templates
  ["how do I create a service", "template:default/node-service"],
  ["how do i create a new python job", "template:default/python-job"],
  ["create service", "template:default/node-service"],
  ["can I have a new python job", "template:default/python-job"],
  ["/newservice python", "template:default/python-job"],
  ["I want to add a runbook", "template:default/add-runbook"],
  ["python services of team payments in production", "component:default/fraud-check"],
  ["which python services does the payments team own", "component:default/fraud-check"],
  ["payments team services in production", "component:default/fraud-check"],
  ["services in production owned by payments", "component:default/fraud-check"],
  ["services and databases of team payments", "component:default/fraud-check"],
  ["how many services are in production", "component:default/api-gateway"],
  ["how many services depend on ledger", "component:default/ledger"],
  ["how many members does team payments have", "user:default/jonas.weber"],
  ["how many engineers are in team ledger", "user:default/luca.ferri"],
  ["how many people work here", "user:default/amara.okafor"],
  ["services without a slack channel", "component:default/deploy-bot"],
  ["list databases", "resource:default/event-catalogue-db"],
  ["list all queues", "resource:default/notifications-queue"],
  ["runbooks for api gateway", "ApiGatewayCertificateExpiring.md"],
  ["runbooks of the payments team", "group:default/team-payments"],
  // what is safe, what something is called
  ["is it safe to restart kafka", "resource:default/event-stream"],
  ["is the ledger safe to restart", "component:default/ledger"],
  ["what does PSP mean", "component:default/psp-gateway"],
  ["who is the manager of team payments", "user:default/jonas.weber"],
  // at three in the morning
  ["storefront down!!", "storefront-slow.md"],
  ["seat holds is on fire", "SeatHoldsLatencyHigh.md"],
  ["postgres out of connections", "orders-database-connections.md"],
  ["OOMKilled", "PaymentsOutOfMemory.md"],
  ["is payments up", "PaymentErrorRateHigh.md"],
  ["is checkout healthy?", "CheckoutErrorRateHigh.md"],
  ["refunds stuck since yesterday", "refund-a-cancelled-show.md"],
  ["payouts didn't go out", "payouts-are-stuck.md"],
  ["tickets are not scanning at the door", "ScanGatewayDown.md"],
  ["what does PaymentDeclineRateHigh mean", "PaymentErrorRateHigh.md"],
  [
    ":rotating_light: *FIRING* `ledger` consumer lag > 5000\n> dashboard: https://grafana.footlight.example/d/ledger",
    "LedgerConsumerLag.md",
  ],
  ["who fixes the website", "system:default/public-site"],
  ["who do I escalate a security incident to", "group:default/team-security"],
  ["who's team seating", "group:default/team-seating"],
  ["what's psp", "component:default/psp-gateway"],
  ["seatholds owner pls", "component:default/seat-holds"],
  ["who owns the thing that sends confirmation emails", "component:default/notifications"],
  ["where do I report a bug in the mobile app", "component:default/audience-app"],
  ["compare team payments and team ledger", "group:default/team-payments"],
  ["rollback checkout", "CheckoutErrorRateHigh.md"],
  ["Error: connect ECONNREFUSED orders-db:5432", "orders-database-connections.md"],
  ["pod checkout-7d9f8b6c5-x2x9z CrashLoopBackOff", "CheckoutErrorRateHigh.md"],
  // addresses, paths, images, frames, channels, alerts
  ["https://github.com/footlight-tickets/ledger/blob/main/src/main.ts", "component:default/ledger"],
  [
    "https://github.com/footlight-tickets/ledger/issues/3 whose is this?",
    "component:default/ledger",
  ],
  ["ghcr.io/footlight-tickets/seat-holds:1.2.3", "component:default/seat-holds"],
  ["footlight-tickets/ledger:src/booking.ts", "component:default/ledger"],
  ["at com.footlight.ledger.Booking.run(Booking.java:12)", "component:default/ledger"],
  ["what is #payments for", "component:default/payments"],
  ["at com.footlight.ledger.Consumer.poll(Consumer.java:88)", "component:default/ledger"],
  ["ghcr.io/footlight/payments@sha256:0123456789abcdef", "component:default/payments"],
  [
    "panic: runtime error\ngoroutine 1 [running]:\nmain.main()\n\t/go/src/github.com/footlight-tickets/seat-holds/cmd/main.go:12 +0x1d",
    "component:default/seat-holds",
  ],
  ["LedgerConsumerLag", "LedgerConsumerLag.md"],
  [
    "[FIRING:1] LedgerConsumerLag (ledger critical)\nalertname = LedgerConsumerLag\nservice = ledger",
    "LedgerConsumerLag.md",
  ],
  [
    "[P1] [Triggered on {host:ip-10-2-3-4,service:seat-holds}] SeatHoldsLatencyHigh\np99 is over one second\n@slack-ops",
    "SeatHoldsLatencyHigh.md",
  ],
  [
    '{"status":"firing","labels":{"alertname":"PaymentErrorRateHigh","service":"payments"},"annotations":{"summary":"errors"}}',
    "PaymentErrorRateHigh.md",
  ],
  [
    "TypeError: Cannot read properties of undefined\n  at hold (/usr/src/app/seat-holds/src/hold.ts:10:5)\nproject: seat-holds\nView on Sentry",
    "component:default/seat-holds",
  ],
  // what nobody can know from a catalog
  ["wer besitzt den ledger", "unknown"],
  ["was ist der Sinn des Lebens", "unknown"],
  ["asdf qwertz", "unknown"],
  ["who deployed ledger last", "unknown"],
  ["what is the wifi password", "unknown"],
  ["runbook for zorbulator checkout", "unknown"],
  // one word of them stands in a description, which is not enough
  ["what's the weather", "unknown"],
  ["new joiner, where do I start", "unknown"],
  ["what does everybody depend on", "unknown"],
  ["you are wrong", "unknown"],
  ["how do I get access to production", "unknown"],
  ["who owns the coffee machine on floor 3", "unknown"],
  ["", "unknown"],
  ["???", "unknown"],
];

let ask: Answerer;
const context = { nowMs: 1_700_000_000_000 };

beforeAll(async () => {
  ask = answererOver(await loadSampleSnapshot(context.nowMs));
});

describe("answers as a person would", () => {
  test.each(table)("%j → %s", (question, first) => {
    expect(firstOf(ask(question, context), first)).toContain(first);
  });
});

/** What comes first in an answer: for a document its file beside the thing that it belongs to. */
function firstOf(answer: Answer, wanted: string): string {
  if (answer.status !== "answered") return answer.status;
  const document = answer.documents[0]?.path.split("/").at(-1);
  return (wanted.endsWith(".md") ? document : answer.entities[0]?.ref) ?? "nothing";
}

describe("asks back rather than guess", () => {
  test.each(["who owns service", "who owns the team", "team"])("%s", (question) => {
    expect(ask(question, context).status).not.toBe("answered");
  });
});

describe("any text", () => {
  test.each([
    ["20 KB of words", "payments is down ".repeat(1_200)],
    ["20 KB without a space", "payments".repeat(2_500)],
    ["operators", "who owns +ledger -web payment~50 a~99999 * title:x (team:y) OR ^10"],
    ["addresses", "https://github.com/a/b/blob/main/c.ts ".repeat(500)],
    ["emoji", "👩‍👩‍👧‍👦🔥 who owns ledger ".repeat(500)],
    ["prototype keys", "who owns __proto__ constructor toString"],
    ["lines", "pod=ledger-7d9f8b6c5-x2x9z\n".repeat(700)],
  ])("is answered in bounded work: %s", (_name, text) => {
    expect(leastCpuMs(() => ask(text, context))).toBeLessThan(100);
  });

  test("never throws and never answers with what does not exist", () => {
    const word = fc.oneof(
      fc.constantFrom(
        ...table.flatMap(([question]) => question.split(/\s+/)),
        ..."payment~50 * +- :: team:x <@U1> <#C1|x> ` ``` __proto__ constructor \n".split(" "),
      ),
      fc.string({ maxLength: 20, unit: "grapheme" }),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        const answer = ask(words.join(" "), context);
        expect(["answered", "ambiguous", "unknown"]).toContain(answer.status);
        for (const { score } of answer.entities) expect(score).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
