import { expect, test } from "@jest/globals";

import type { FormField } from "../../../src/scaffold/form-model.ts";
import { renderAnswer } from "../../../src/slack/views/answer.ts";
import { renderApproval } from "../../../src/slack/views/approval-view.ts";
import { renderFormPage } from "../../../src/slack/views/form-view.ts";
import { renderHome } from "../../../src/slack/views/home-view.ts";
import { askFor } from "../../../src/usecases/approvals/approval.ts";
import { sampleRun } from "../../helpers/fake-services.ts";
import { answerWith, entityCard, nowMs, sectionCard } from "../../helpers/sample-answers.ts";

/** Sentences are put together from parts, and a part loses the blanks around it. */
const shownIn = (content: unknown): string => JSON.stringify(content);

test("a card with several runbooks says how many more there are", () => {
  const runbooks = ["a", "b", "c"].map((name) => ({
    path: `${name}.md`,
    title: `Runbook ${name}`,
  }));

  const shown = shownIn(
    renderAnswer(answerWith({ ...entityCard, runbooks }), { nowMs, canShare: false }),
  );

  expect(shown).toContain("*Runbook*  Runbook a and 2 more");
});

test("the Home tab says in which channel one's team is", () => {
  const home = renderHome({
    facts: {
      person: undefined,
      recent: [],
      popular: [],
      teams: [
        {
          team: { ref: "group:default/checkout", kind: "group", title: "Checkout team" },
          contact: { slackChannel: "checkout", slackChannelId: "C0CHECKOU1" },
          memberCount: 3,
          documents: [],
          owns: [],
        },
      ],
    },
    runs: [],
    examples: [],
    templates: [],
    status: {
      entities: 1,
      documents: 0,
      templates: 0,
      errors: 0,
      warnings: 0,
      readAtMs: 0,
    },
    isNew: true,
    nowMs,
  });

  expect(shownIn(home)).toContain(
    "*Your team* is Checkout team in <#C0CHECKOU1|checkout>: say hello",
  );
});

test("an approval by several says how many of whom", () => {
  const requirement = {
    groups: ["group:default/platform"],
    count: 2,
    expiresMs: 1000,
    isReminded: false,
  };
  const about = { number: 1, templateHash: "x", attempt: 0, titles: ["Platform team"] };

  const shown = shownIn(renderApproval(sampleRun(), askFor(requirement, about, nowMs)));

  expect(shown).toContain("Can be decided by 2 of Platform team, until");
});

const box = (key: string, more: object = {}): FormField => ({
  path: [key],
  key,
  label: key,
  widget: "boolean",
  type: "boolean",
  isRequired: true,
  isCondition: false,
  ...more,
});

test("a box that has to be ticked is not called optional, another one is", () => {
  const view = renderFormPage({
    templateTitle: "Request access",
    place: { draft: "d", page: 1 },
    step: 1,
    steps: 2,
    title: "Why",
    index: 0,
    secrets: { linkFor: () => undefined, references: [], given: {} },
    fields: [box("rules", { mustBeTrue: true }), box("news")],
  });

  const inputs = view.blocks.filter((block) => block.type === "input");
  expect(inputs).toMatchObject([
    { label: { text: "rules" }, optional: false },
    { label: { text: "news" }, optional: true },
  ]);
});

test("another document whose beginning fits is named once on its button", () => {
  const others = [
    { id: "1", path: "b.md", title: "Ledger out of balance", heading: "Ledger out of balance" },
    { id: "2", path: "c.md", title: "Payouts are stuck", heading: "Meaning" },
  ];

  const shown = shownIn(
    renderAnswer(answerWith({ ...sectionCard, others }), { nowMs, canShare: false }),
  );

  expect(shown).toContain('"text":"Ledger out of balance"');
  expect(shown).toContain('"text":"Payouts are stuck › Meaning"');
});
