import { expect, test } from "@jest/globals";

import { renderDocumentView } from "../../../src/slack/views/document-view.ts";

const runbook = { path: "runbooks/lag.md", title: "Lag", markdown: "# Lag\n\n1. Look\n2. Act\n" };

test("a whole runbook can be started as a checklist, and says what was filled in", () => {
  const filled = [
    { placeholder: "<namespace>", value: "ledger", from: "the catalog", isFilled: true },
  ];
  const { blocks } = renderDocumentView({ ...runbook, steps: 2, filled }, { path: runbook.path });

  const shown = JSON.stringify(blocks);
  expect(shown).toContain("Start checklist (2 steps)");
  expect(shown).toContain("checklist-start");
  expect(shown).toContain("is *ledger* (the catalog)");
});

test("a document without steps has no button for them", () => {
  const { blocks } = renderDocumentView(runbook, { path: runbook.path });

  expect(blocks.map(({ type }) => type)).not.toContain("actions");
});

test("beside the button a long runbook still turns its pages", () => {
  const markdown = "A paragraph of some length.\n\n".repeat(600);
  const { blocks } = renderDocumentView(
    { ...runbook, markdown, steps: 2 },
    { path: runbook.path, page: 1 },
  );

  const row = blocks.find(({ type }) => type === "actions");
  expect(JSON.stringify(row)).toMatch(/Start checklist.*Previous page.*Next page/);
});
