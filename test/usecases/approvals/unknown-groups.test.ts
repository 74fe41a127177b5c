import { expect, test } from "@jest/globals";

import { reportUnknownGroups } from "../../../src/app/report-groups.ts";
import { type Logger, silentLogger } from "../../../src/base/logger.ts";
import type { Catalog } from "../../../src/catalog/model.ts";
import { parseConfig } from "../../../src/config/load.ts";
import {
  approvalGroupFindings,
  unknownGroups,
} from "../../../src/usecases/approvals/unknown-groups.ts";
import { catalogEntity, templateEntity } from "../../helpers/scaffold.ts";

function catalogOf(...groups: string[]): Catalog {
  const entities = groups.map((name) =>
    catalogEntity(
      { apiVersion: "backstage.io/v1alpha1", kind: "Group", metadata: { name }, spec: {} },
      `group:default/${name}`,
    ),
  );
  return { entities: new Map(entities.map((each) => [each.ref, each])) };
}

const requirement = (...groups: string[]) => ({
  groups,
  count: 1,
  expiresMs: 1000,
  isReminded: false,
});

test("a template that nobody could approve is a warning at its annotation", () => {
  const template = {
    approval: requirement("group:default/security", "group:default/securty"),
    stepApprovals: { publish: requirement("group:default/gone") },
  };

  const findings = approvalGroupFindings(templateEntity({}), template, catalogOf("security"));

  expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
    [
      "warning",
      "template-approval-group-unknown",
      expect.stringMatching(/^callboard.dev\/approval: .*group:default\/securty/),
    ],
    [
      "warning",
      "template-approval-group-unknown",
      expect.stringMatching(/^callboard.dev\/approval.publish: .*group:default\/gone/),
    ],
  ]);
});

test("nothing is said where no group is known at all", () => {
  expect(unknownGroups(["group:default/security"], catalogOf())).toEqual([]);
});

test("groups of callboard.yaml that the catalog does not have are in the log when the bot starts", () => {
  const warnings: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (data: unknown) => void warnings.push(data) };
  const text = JSON.stringify({
    operators: ["ops"],
    approvals: [{ tags: ["x"], groups: ["security", "audit"] }],
    policy: { rules: [{ name: "r", actions: ["start"], groups: ["builders"] }] },
  });
  const { config } = parseConfig({ env: {}, cwd: "/", file: { path: "/callboard.yaml", text } });
  if (config === undefined) throw new Error("the configuration is wrong");

  reportUnknownGroups(config.file, catalogOf("security", "builders"), logger);

  expect(warnings).toEqual([{ groups: ["group:default/audit", "group:default/ops"] }]);
});
