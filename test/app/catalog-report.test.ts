import { expect, test } from "@jest/globals";

import { createCatalogReport } from "../../src/app/catalog-report.ts";
import type { Diagnostic } from "../../src/base/diagnostics.ts";
import { type Logger, silentLogger } from "../../src/base/logger.ts";

function finding(file: string, severity: Diagnostic["severity"] = "error"): Diagnostic {
  return { file, line: 3, column: 7, severity, code: "yaml-broken", message: "is no YAML" };
}

test("errors are told once, when they appear, and again when they come back; warnings never", () => {
  const told: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (data) => void told.push(data) };
  const report = createCatalogReport(logger);

  report({}, [finding("a.yaml"), finding("b.yaml", "warning")]);
  report({}, [finding("a.yaml")]);
  report({}, []);
  report({}, [finding("a.yaml")]);

  const line = { finding: "a.yaml:3:7: error: is no YAML [yaml-broken]" };
  expect(told).toEqual([line, line]);
});
