import { expect, test } from "@jest/globals";

import { groupYaml, serviceYaml, snapshotOfYaml } from "../../helpers/small-catalog.ts";

const { index } = snapshotOfYaml(
  groupYaml("payers", "#payers") +
    serviceYaml("com.acme.billing.gateway", "payers") +
    serviceYaml("com.acme.ledger", "payers"),
);

test("a name that begins with a reversed domain is also found without it", () => {
  expect(index.search({ text: "billing gateway" })[0]).toMatchObject({
    id: "component:default/com.acme.billing.gateway",
    way: "alias",
  });
  expect(index.hasName("billing-gateway")).toBe(true);
});

test("a single word behind a reversed domain is no name of its own", () => {
  expect(index.hasName("ledger")).toBe(false);
});
