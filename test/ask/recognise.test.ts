import { describe, expect, test } from "@jest/globals";

import { recogniseClues, workloadOf } from "../../src/ask/recognise.ts";
import { leastCpuMs } from "../helpers/cpu-time.ts";
import { fc } from "../helpers/properties.ts";

const seen = (text: string): string[] =>
  recogniseClues(text).map(({ kind, value, repository }) =>
    repository === undefined ? `${kind} ${value}` : `${kind} ${value} in ${repository}`,
  );

describe("recognises", () => {
  test.each([
    ["[FIRING:1] LedgerConsumerLag (ledger production)", "alert LedgerConsumerLag"],
    ["alertname=KubePodCrashLooping", "alert KubePodCrashLooping"],
    ["*Service:* ledger", "service ledger"],
    ['"service.name": "seat-holds"', "service seat-holds"],
    ["*Labels:* pod = payments-7d9f8b6c5-x2x9z", "workload payments"],
    ["deployment=checkout-web", "workload checkout-web"],
    ["namespace: accounting", "place accounting"],
    ["team=@payments", "team @payments"],
    ["registry.acme.example/acme/ledger:1.4.2", "image ledger"],
    ["image: acme/ledger@sha256:0123456789abcdef", "image ledger"],
    ["https://github.com/acme/pay/pull/12", "repository acme/pay"],
    ["https://github.com/acme/pay/blob/main/src/a%20b.ts#L3", "path src/a b.ts in acme/pay"],
    ["https://github.com/acme/pay/blob/feature/new-login/src/a.ts", "path src/a.ts in acme/pay"],
    [
      "https://github.com/acme/pay/blob/dependabot/npm_and_yarn/zod-4.1.0/src/a.ts",
      "path src/a.ts in acme/pay",
    ],
    ["https://github.com/acme/pay/blob/release/notes.md", "path notes.md in acme/pay"],
    ["https://gitlab.acme.example/a/b/c/-/blob/main/x/y.go", "path x/y.go in a/b/c"],
    ["https://payments.internal.acme.example/v1", "host payments"],
    ["acme/pay:src/main.ts", "path src/main.ts in acme/pay"],
    ["services/payments/main.py:12", "path services/payments/main.py"],
    ["at run (/srv/app/src/seat-holds/index.ts:10:5)", "path app/src/seat-holds/index.ts"],
    ['File "/app/payments/charge.py", line 3', "path payments/charge.py"],
    ["at com.acme.payments.Charge.run(Charge.java:12)", "path payments"],
    ["see #payments-alerts please", "channel payments-alerts"],
    ["ask @eva.green", "person eva.green"],
  ])("%s", (text, clue) => {
    expect(seen(text)).toContain(clue);
  });

  test("the surest clue comes first, each once", () => {
    const clues = recogniseClues("service=ledger service: ledger namespace=x [FIRING:1] LedgerLag");

    expect(clues.map(({ kind }) => kind)).toEqual(["alert", "service", "place"]);
  });

  test.each(["who owns ledger", "what is 10.0.0.1:8080", "and/or", "12:30", "e.g. this"])(
    "nothing telling in: %s",
    (text) => {
      expect(recogniseClues(text).filter(({ weight }) => weight > 0.75)).toEqual([]);
    },
  );
});

test.each([
  ["payments-7d9f8b6c5-x2x9z", "payments"],
  ["ledger-0", "ledger"],
  ["settlement-28391234-bcdfg", "settlement"],
  ["seat-holds", "seat-holds"],
  ["checkout-web", "checkout-web"],
])("the workload of %s is %s", (pod, workload) => {
  expect(workloadOf(pod)).toBe(workload);
});

describe("any text", () => {
  test.each([
    ["slashes", "a/".repeat(10_000)],
    ["equals signs", "x=".repeat(10_000)],
    ["capitals", "Aa".repeat(10_000)],
    ["addresses", "https://".repeat(3_000)],
    ["brackets", "[FIRING".repeat(3_000)],
    ["labels", "service: ".repeat(3_000)],
    ["frames", "at a.b.c.".repeat(3_000)],
    ["dots", ".".repeat(20_000)],
    ["colons", "a/b:".repeat(5_000)],
  ])("takes bounded time: %s", (_name, text) => {
    const clues = recogniseClues(text);

    expect(leastCpuMs(() => recogniseClues(text))).toBeLessThan(100);
    expect(clues.length).toBeLessThanOrEqual(40);
  });

  test("never throws", () => {
    const piece = fc.constantFrom(
      "service=",
      "https://",
      "a/b",
      ":",
      ".ts",
      "[FIRING:1] ",
      "@",
      "#",
      "%E0%A4%A",
      "\n",
      "Aa",
      "1",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const { weight } of recogniseClues(pieces.join(""))) expect(weight).toBeGreaterThan(0);
      }),
    );
  });
});
