import { expect, test } from "@jest/globals";

import type { Diagnostic } from "../../../src/base/diagnostics.ts";
import { renderCommitFindings } from "../../../src/slack/views/findings-view.ts";

const repositoryUrl = "https://github.com/acme/pay";
const headOid = "a".repeat(40);

function rendered(findings: Diagnostic[]): string {
  const author = { name: "", email: "" };
  const found = { repositoryUrl, repository: "acme/pay", headOid, author, findings };
  return JSON.stringify(renderCommitFindings(found));
}

function finding(message: string, severity: Diagnostic["severity"] = "error"): Diagnostic {
  const file = `${repositoryUrl}/blob/${headOid}/catalog-info.yaml`;
  return { file, line: 7, column: 1, severity, code: "x", message };
}

test("shows the errors with their lines, not the warnings", () => {
  const shown = rendered([finding("spec.owner is required"), finding("a dangling one", "warning")]);

  expect(shown).toContain("have an error.");
  expect(shown).toContain(
    `${repositoryUrl}/blob/${headOid}/catalog-info.yaml#L7|catalog-info.yaml:7`,
  );
  expect(shown).toContain("spec.owner is required");
  expect(shown).not.toContain("dangling");
});

test("shows five of many, and how many more there are", () => {
  const shown = rendered(Array.from({ length: 12 }, (_, at) => finding(`fault ${at}`)));

  expect(shown).toContain("have 12 errors");
  expect(shown).toContain("fault 4");
  expect(shown).not.toContain("fault 5");
  expect(shown).toContain("… and 7 more");
});

test("what a file says can neither mention nor link, and does not break Slack's limits", () => {
  const hostile = "<!channel> <https://evil.example|github.com> ".repeat(200);

  const shown = rendered(Array.from({ length: 9 }, () => finding(hostile)));

  expect(shown).not.toMatch(/<!channel>|<https:\/\/evil/);
  expect(shown.length).toBeLessThan(12_000);
});
