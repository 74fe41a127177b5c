import { expect, test } from "@jest/globals";

import { runSubject } from "../../../src/usecases/runs/run-subject.ts";

test.each([
  [{ description: "x", name: " seat-upgrades " }, "seat-upgrades"],
  [{ component_id: "ledger" }, "ledger"],
  [{ where: "github.com?owner=acme&repo=pay&x=1" }, "pay"],
  [{ name: 7, text: "nothing" }, undefined],
])("what a run with the values %j makes is called %s", (values, expected) => {
  expect(runSubject(values)).toBe(expected);
});
