import { expect, test } from "@jest/globals";

import type { Diagnostic } from "../../src/base/diagnostics.ts";
import { renderReport } from "../../src/catalog/report.ts";

const diagnostics: Diagnostic[] = [
  {
    file: "a, b:c.yaml",
    line: 3,
    column: 7,
    severity: "error",
    code: "entity-owner-missing",
    message: "100 % wrong\nreally",
    fix: "mend it",
    ref: "component:default/a",
  },
  { file: "z.yaml", line: 1, column: 1, severity: "warning", code: "owner-unknown", message: "x" },
];
const report = { files: 2, entities: 1, diagnostics };

test("prints a line for each finding and a summary", () => {
  expect(renderReport(report, "text").split("\n").slice(-3)).toEqual([
    "z.yaml:1:1: warning: x [owner-unknown]",
    "1 error, 1 warning in 2 files with 1 entity",
    "",
  ]);
});

test("prints JSON as data", () => {
  expect(JSON.parse(renderReport(report, "json"))).toEqual(report);
});

test("escapes what would break a workflow command of GitHub", () => {
  expect(renderReport(report, "github").split("\n")[0]).toBe(
    "::error file=a%2C b%3Ac.yaml,line=3,col=7,title=entity-owner-missing::100 %25 wrong%0Areally (mend it)",
  );
});

test.each([
  ["a b#1?.yaml", "a%20b%231%3F.yaml"],
  [
    "https://github.com/acme/pay/blob/main/a%20b.yaml",
    "https://github.com/acme/pay/blob/main/a%20b.yaml",
  ],
])("names %s by its URI in SARIF", (file, uri) => {
  const finding = { file, line: 1, column: 1, severity: "error", code: "x", message: "y" } as const;

  const log = renderReport({ files: 1, entities: 1, diagnostics: [finding] }, "sarif");

  expect(log).toContain(JSON.stringify({ uri }, undefined, 2).split("\n")[1]);
});

test("prints SARIF with rules, places and URIs", () => {
  const log = JSON.parse(renderReport(report, "sarif", "1.2.3"));

  expect(log.version).toBe("2.1.0");
  expect(log.runs[0].tool.driver).toEqual({
    name: "callboard",
    version: "1.2.3",
    rules: [{ id: "entity-owner-missing" }, { id: "owner-unknown" }],
  });
  expect(log.runs[0].results[0]).toEqual({
    ruleId: "entity-owner-missing",
    level: "error",
    message: { text: "100 % wrong\nreally (mend it)" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: "a,%20b:c.yaml" },
          region: { startLine: 3, startColumn: 7 },
        },
      },
    ],
  });
});
