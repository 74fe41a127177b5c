import { expect, test } from "@jest/globals";

import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { createdNames } from "../../src/scaffold/created-names.ts";
import type { Template, TemplateStep } from "../../src/scaffold/model.ts";

function namesOf(step: Partial<TemplateStep>, values = {}): string[] {
  const template: Template = {
    ref: "template:default/t",
    title: "T",
    type: "service",
    tags: [],
    base: "/t.yaml",
    pages: [],
    steps: [{ id: "publish", name: "Publish", action: "publish:github", input: {}, ...step }],
    output: {},
  };
  return createdNames(template, values, builtinActions);
}

test.each([
  ["${{ parameters.repoUrl }}", { repoUrl: "github.com?owner=acme&repo=Ledger" }],
  ["github.com?owner=acme&repo=${{ parameters.name }}", { name: "Ledger" }],
  ["github.com?owner=acme&repo=${{ parameters.about.name }}", { about: { name: "Ledger" } }],
])("a repository address of %s is known when the form is sent", (repoUrl, values) => {
  expect(namesOf({ input: { repoUrl } }, values)).toEqual(["github.com/acme/Ledger"]);
});

test.each([
  ["a filter", { input: { repoUrl: "github.com?owner=a&repo=${{ parameters.name | lower }}" } }],
  ["an output", { input: { repoUrl: "${{ steps.x.output.url }}" } }],
  ["a missing value", { input: { repoUrl: "github.com?owner=a&repo=${{ parameters.other }}" } }],
  ["an address that is none", { input: { repoUrl: "nonsense" } }],
  [
    "a step that may be skipped",
    { if: "${{ parameters.name }}", input: { repoUrl: "github.com?owner=a&repo=b" } },
  ],
  ["an action that makes nothing", { action: "debug:log", input: { message: "x" } }],
])("with %s the name is left to the step", (_what, step) => {
  expect(namesOf(step, { name: "ledger" })).toEqual([]);
});
