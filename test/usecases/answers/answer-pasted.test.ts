import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import { loadRepositoryOwners } from "../../../src/usecases/catalog/repository-owners.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";
import { answererOver, loadSampleSnapshot } from "../../helpers/sample-catalog.ts";

const nowMs = 1_700_000_000_000;

describe("in the sample catalog", () => {
  let ask: Answerer;
  beforeAll(async () => {
    ask = answererOver(await loadSampleSnapshot(nowMs));
  });

  const alert = `[FIRING:1] LedgerConsumerLag (ledger production critical)
*Service:* ledger
pod=ledger-7d9f8b6c5-x2x9z namespace="accounting" severity=critical
*Summary:* the consumer group is 9000 events behind`;

  test("a pasted alert finds its runbook", () => {
    const answer = ask(`runbook for ${alert}`, { nowMs });

    expect(answer.documents[0]?.path).toContain("LedgerConsumerLag.md");
    expect(answer.card.type).toBe("section");
    expect(answer.card.type === "section" && answer.card.markdown).not.toBe("");
  });

  test("a pasted alert finds its owner", () => {
    const answer = ask(`who owns ${alert}`, { nowMs });

    expect([answer.intent, answer.entities[0]?.ref]).toEqual(["owner", "component:default/ledger"]);
  });

  test("a pasted alert without a question finds its runbook", () => {
    expect(ask(alert, { nowMs }).documents[0]?.path).toContain("LedgerConsumerLag.md");
  });

  test("the labels of a general alert say what it is about", () => {
    const text = `who owns [FIRING:1] KubePodCrashLooping
*Labels:* pod = seat-holds-7d9f8b6c5-x2x9z, namespace = production
*Description:* Pod is restarting`;

    expect(ask(text, { nowMs }).entities[0]?.ref).toBe("component:default/seat-holds");
  });

  test.each([
    ["who owns services/seat-holds/src/index.ts", "component:default/seat-holds"],
    ["who owns footlight-tickets/ledger:src/main.kt", "component:default/ledger"],
    [
      "who owns https://github.com/footlight-tickets/payments/blob/main/src/charge.kt",
      "component:default/payments",
    ],
    ["who owns registry.footlight.example/team/checkout:1.2.3", "component:default/checkout"],
    [
      "Error: connect ECONNREFUSED\n    at Object.<anonymous> (/srv/app/src/waiting-room/index.ts:10:5)",
      "component:default/waiting-room",
    ],
    [
      "who owns https://pricing-engine.internal.footlight.example/v1/price",
      "component:default/pricing-engine",
    ],
    ["who owns #payments", "component:default/payments"],
    ["who owns @mei.tanaka", "user:default/mei.tanaka"],
  ])("%s", (question, ref) => {
    expect(ask(question, { nowMs }).entities[0]?.ref).toBe(ref);
  });

  test("a long text without anything known gives an honest no", () => {
    const answer = ask(`foo: bar\n${"qux quux corge ".repeat(300)}`, { nowMs });

    expect(answer.status).toBe("unknown");
  });
});

describe("with a CODEOWNERS file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "callboard-owners-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function answerer(codeowners: string, file = ".github/CODEOWNERS"): Promise<Answerer> {
    const yaml = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay
  annotations: { github.com/project-slug: acme/pay }
spec: { type: service, lifecycle: production, owner: team-a }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team-a, annotations: { callboard.dev/slack-channel: "#team-a" } }
spec: { type: team, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team-b
  annotations: { callboard.dev/slack-channel: "#team-b", callboard.dev/slack-user-group: "@b-oncall" }
spec: { type: team, children: [] }
`;
    const base = join(folder, "catalog/catalog-info.yaml");
    mkdirSync(dirname(base), { recursive: true });
    mkdirSync(join(folder, ".github"));
    writeFileSync(base, yaml);
    writeFileSync(join(folder, file), codeowners);
    const { catalog } = buildCatalog({
      sources: [
        {
          id: "file:.",
          readAtMs: nowMs,
          files: [{ file: "catalog/catalog-info.yaml", base, text: yaml }],
        },
      ],
    });
    const { repositories, diagnostics } = await loadRepositoryOwners({
      catalog,
      showPath: (path) => path.slice(folder.length + 1),
      nowMs,
    });
    return answererOver(
      buildSnapshot({
        version: 1,
        catalog,
        documents: [],
        diagnostics,
        repositories,
        readAtMs: nowMs,
      }),
    );
  }

  test("a path belongs to the last rule that matches, with the line as evidence", async () => {
    const ask = await answerer("* @acme/team-a\n/src/billing/ @acme/team-b\n");

    const answer = ask("who owns src/billing/invoice.ts", { nowMs });

    expect(answer.entities[0]?.ref).toBe("group:default/team-b");
    expect(answer.evidence[0]).toMatchObject({
      source: ".github/CODEOWNERS:2",
      statement: "src/billing/invoice.ts: @acme/team-b",
    });
  });

  test("a path given with its repository or as an address is looked up there", async () => {
    const ask = await answerer("* @acme/team-a\n/src/billing/ @acme/team-b\n");

    for (const question of [
      "who owns acme/pay:src/billing/invoice.ts",
      "who owns https://github.com/acme/pay/blob/main/src/billing/invoice.ts",
    ])
      expect(ask(question, { nowMs }).entities[0]?.ref).toBe("group:default/team-b");
  });

  test("where CODEOWNERS resets, the owner of the thing answers", async () => {
    const ask = await answerer("* @acme/team-b\n/src/free/\n");

    const answer = ask("who owns acme/pay:src/free/x.ts", { nowMs });

    expect(answer.entities[0]?.ref).toBe("component:default/pay");
    expect(answer.text).toContain("team-a");
  });

  test("whom to reach is who owns the path, not who owns the thing around it", async () => {
    const ask = await answerer("* @acme/team-a\n/src/ @acme/team-b\n");

    const { card, text } = ask("who owns acme/pay:src/x.ts", { nowMs });

    expect(card).toMatchObject({
      type: "entity",
      subject: { ref: "component:default/pay" },
      owner: { ref: "group:default/team-b" },
      contact: { slackChannel: "#team-b", slackUserGroup: "@b-oncall" },
    });
    expect(text).not.toContain("#team-a");
  });

  test("who is on call for a path is who is on call for those whom CODEOWNERS names", async () => {
    const ask = await answerer("* @acme/team-a\n/src/ @acme/team-b\n");

    for (const question of [
      "who is on call for acme/pay:src/x.ts",
      "where can I ask about acme/pay:src/x.ts",
    ]) {
      const answer = ask(question, { nowMs });
      expect(answer.card).toMatchObject({ type: "team", subject: { ref: "group:default/team-b" } });
      expect(answer.evidence[0]?.source).toBe(".github/CODEOWNERS:2");
    }
    expect(ask("who is on call for acme/pay:src/x.ts", { nowMs }).intent).toBe("on-call");
  });

  test("a branch with a slash is no folder", async () => {
    const ask = await answerer("* @acme/team-a\n/src/ @acme/team-b\n");

    const answer = ask("https://github.com/acme/pay/blob/feature/new-login/src/x.ts", { nowMs });

    expect(answer.evidence[0]?.statement).toBe("src/x.ts: @acme/team-b");
  });

  test("a folder belongs to the rule for what is in it", async () => {
    const ask = await answerer("* @acme/team-a\n/src/ @acme/team-b\n");

    for (const question of [
      "who owns https://github.com/acme/pay/tree/main/src",
      "who owns acme/pay:src/billing",
    ])
      expect(ask(question, { nowMs }).entities[0]?.ref).toBe("group:default/team-b");
    expect(ask("who owns acme/pay:Makefile", { nowMs }).entities[0]?.ref).toBe(
      "group:default/team-a",
    );
  });

  test("a path of this machine is looked up in the repository that it lies in", async () => {
    const ask = await answerer("* @acme/team-a\n/src/ @acme/team-b\n");

    const answer = ask(`who owns ${join(folder, "src/x.ts")}`, { nowMs });

    expect(answer.entities[0]?.ref).toBe("group:default/team-b");
    expect(answer.evidence[0]?.statement).toBe("src/x.ts: @acme/team-b");
  });

  test("a path of a repository that is not ours is nobody's of ours", async () => {
    const ask = await answerer("* @acme/team-a\n");

    const answer = ask("who owns acme/other:src/x.ts", { nowMs });

    expect(answer.evidence.map(({ source }) => source)).not.toContain(".github/CODEOWNERS:1");
  });

  test("owners that are not in the catalog are named as CODEOWNERS writes them", async () => {
    const ask = await answerer("/src/billing/ @acme/data sam@acme.example @acme/team-b\n");

    const answer = ask("who owns acme/pay:src/billing/invoice.ts", { nowMs });
    const alone = ask("who owns src/billing/invoice.ts", { nowMs });

    for (const each of [answer, alone]) {
      expect(each.intent).toBe("owner");
      expect(each.text).toContain("@acme/data, sam@acme.example, team-b");
      expect(each.evidence[0]?.source).toBe(".github/CODEOWNERS:1");
    }
    expect(answer.entities.map(({ ref }) => ref)).toContain("group:default/team-b");
  });

  test("says whom CODEOWNERS names and the catalog does not know, before it falls back to the thing's owner", async () => {
    const ask = await answerer("* @acme/team-b\n/src/ @acme/x\n/lib/ @acme/x @acme/team-b\n");

    const alone = ask("who owns acme/pay:src/a.ts", { nowMs });
    const among = ask("who owns acme/pay:lib/a.ts", { nowMs });

    expect(alone.card).toMatchObject({
      headline:
        "For src/a.ts CODEOWNERS names @acme/x, which the catalog does not know; pay belongs to team-a",
      owner: { title: "@acme/x", description: "not in the catalog" },
      contact: { slackChannel: "#team-a" },
    });
    expect(alone.evidence[0]).toMatchObject({
      source: ".github/CODEOWNERS:2",
      statement: "src/a.ts: @acme/x",
    });
    expect(among.card).toMatchObject({
      headline:
        "lib/a.ts is owned by @acme/x, team-b; CODEOWNERS names @acme/x, which the catalog does not know",
      contact: { slackChannel: "#team-b" },
    });
  });

  test("a path has owners where no entity has one", async () => {
    const ask = await answerer("/migrations/ @acme/data\n");

    const answer = ask("who owns migrations/001.sql", { nowMs });

    expect(answer.status).toBe("answered");
    expect(answer.text.split("\n")[0]).toBe(
      "For migrations/001.sql CODEOWNERS names @acme/data, which the catalog does not know",
    );
    expect(answer.card).toMatchObject({
      type: "list",
      groups: [{ items: [{ title: "@acme/data", description: "not in the catalog" }] }],
    });
    expect(answer.evidence).toMatchObject([
      { source: ".github/CODEOWNERS:1", statement: "migrations/001.sql: @acme/data" },
    ]);
  });

  test("all sections of GitLab own a path, those that must approve first", async () => {
    const text = "^[Docs] @acme/team-a\n*.md\n[Security][2] @acme/team-b\n/auth/\n";
    const ask = await answerer(text, "CODEOWNERS");

    const answer = ask("who owns auth/intro.md", { nowMs });

    expect(answer.text).toContain("auth/intro.md is owned by team-b, team-a");
    expect(answer.evidence.map(({ statement }) => statement)).toEqual([
      "auth/intro.md: @acme/team-b (section Security, 2 approvals)",
      "auth/intro.md: @acme/team-a (section Docs, optional)",
    ]);
  });
});
