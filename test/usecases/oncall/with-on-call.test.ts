import { describe, expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import { createWellKnown } from "../../../src/catalog/well-known.ts";
import type { OnCallPerson } from "../../../src/oncall/contract.ts";
import { createAnswerer } from "../../../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";
import { createScheduleFinder } from "../../../src/usecases/oncall/find-schedule.ts";
import type { DeskAnswer } from "../../../src/usecases/oncall/on-call-desk.ts";
import { createAddOnCall } from "../../../src/usecases/oncall/with-on-call.ts";

const nowMs = Date.parse("2026-03-28T12:00:00Z");
const handoverMs = Date.parse("2026-03-30T07:00:00Z");

const files = {
  "org.yaml": `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: pay, annotations: { pagerduty.com/integration-key: s3cretkey } }
spec: { type: team, profile: { displayName: Payers }, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ada, annotations: { callboard.dev/slack-user: U0ADA00001 } }
spec: { profile: { displayName: Ada Byron, email: ada@acme.example }, memberOf: [pay] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger }
spec: { type: service, lifecycle: production, owner: pay }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: till, annotations: { callboard.dev/on-call: "rota:till" } }
spec: { type: service, lifecycle: production, owner: pay }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: orphan }
spec: { type: service, lifecycle: production, owner: nobody }
`,
};

/** Answers over a small catalog, with a desk that says what the test wants. */
function createStage(person: OnCallPerson, more: Partial<DeskAnswer> = {}, isUnread = false) {
  const read = Object.entries(files).map(([file, text]) => ({ file, base: `/${file}`, text }));
  const { catalog } = buildCatalog({ sources: [{ id: "file:.", readAtMs: nowMs, files: read }] });
  const snapshot = buildSnapshot({
    version: 1,
    catalog,
    documents: [],
    diagnostics: [],
    readAtMs: nowMs,
  });
  const asked: unknown[] = [];
  const add = createAddOnCall({
    desk: {
      async ask(target, limitMs) {
        asked.push({ ...target, limitMs });
        if (isUnread) return { isStale: true, ...more };
        return {
          reading: {
            title: "Payers",
            source: "https://acme.pagerduty.com/P1",
            levels: [{ level: 1, people: [person], untilMs: handoverMs, next: [{ name: "Bo" }] }],
          },
          readAtMs: nowMs,
          isStale: false,
          ...more,
        };
      },
      close: async () => undefined,
    },
    findSchedule: createScheduleFinder(
      new Map([
        ["rota", "rotations"],
        ["pd", "pagerduty"],
      ]),
      { "component:default/orphan": "rota:orphans" },
    ),
    catalog: () => catalog,
    wellKnown: createWellKnown(),
  });
  const answer = createAnswerer({ snapshot: () => snapshot });
  return { asked, ask: async (question: string) => await add(answer(question, { nowMs })) };
}

describe("who is on call", () => {
  test("is the answer's point when that was asked, by the name in the catalog", async () => {
    const { ask, asked } = createStage({ name: "abyron", email: "Ada@acme.example" });

    const { card, text, evidence } = await ask("who is on call for till");

    expect(asked).toEqual([{ source: "rota", key: "till", limitMs: 1200 }]);
    expect(text.split("\n")[0]).toBe(
      "till: On call: Ada Byron until Mon 30 Mar 07:00 UTC, then Bo",
    );
    expect(text.match(/Ada Byron/g)).toHaveLength(2);
    expect(card).toMatchObject({
      onCallNow: {
        levels: [{ people: [{ ref: "user:default/ada", slackUserId: "U0ADA00001" }] }],
      },
    });
    expect(evidence[0]).toEqual({
      source: "https://acme.pagerduty.com/P1",
      statement: "on call in Payers: Ada Byron",
      readAtMs: nowMs,
    });
    expect(evidence[1]?.statement).toContain("callboard.dev/on-call: rota:till");
  });

  test("comes from the owner's schedule, and an integration key is never shown", async () => {
    const { ask, asked } = createStage({ name: "ada", ref: "ada" });

    const answer = await ask("who owns ledger");

    expect(asked).toEqual([{ source: "pd", key: "integration:s3cretkey", limitMs: 250 }]);
    expect(answer.text).toContain(
      "On call: Ada Byron until Mon 30 Mar 07:00 UTC, then Bo (Payers)",
    );
    expect(JSON.stringify(answer)).not.toContain("s3cretkey");
  });

  test("comes from the configuration where nothing is annotated", async () => {
    const { ask, asked } = createStage({ name: "Zed" });

    const { text } = await ask("who is on call for orphan");

    expect(asked).toEqual([{ source: "rota", key: "orphans", limitMs: 1200 }]);
    expect(text).toContain("On call: Zed until");
  });

  test("stands on a team's card, too", async () => {
    const { ask } = createStage({ name: "Ada Byron" });

    expect((await ask("who is on call for team pay")).text).toContain("On call: Ada Byron until");
  });

  test("says that somebody is only known from before, and why", async () => {
    const { ask } = createStage(
      { name: "Ada Byron" },
      { isStale: true, problem: "PagerDuty is not answering", readAtMs: nowMs - 3_600_000 },
    );

    const { text, evidence } = await ask("who is on call for till");

    expect(text).toContain(
      "Ada Byron until Mon 30 Mar 07:00 UTC, then Bo — last known at Sat 28 Mar 11:00 UTC: PagerDuty is not answering",
    );
    expect(evidence[0]?.statement).toContain("(last known)");
  });

  test("is not made up when it was never known", async () => {
    const { ask } = createStage({ name: "x" });
    const unread = createStage(
      { name: "Zed" },
      { isStale: true, problem: "PagerDuty is not answering" },
      true,
    );

    const { text } = await unread.ask("who is on call for till");

    expect(text).toContain("On call: not known at the moment: PagerDuty is not answering");
    expect(text).not.toContain("Zed");
    expect((await ask("what depends on till")).text).not.toContain("On call");
  });
});
