import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { formatDiagnostic } from "../../src/base/diagnostics.ts";
import { checkFile, parseCatalogFile } from "../../src/catalog/read-file.ts";
import {
  isApiVersion,
  isKind,
  isLabelKey,
  isLabelValue,
  isName,
  isNamespace,
  isScriptUrl,
  isTag,
} from "../../src/catalog/rules-format.ts";
import { createEntityRules } from "../../src/catalog/rules.ts";
import { sharedPath } from "../helpers/shared.ts";

const rules = createEntityRules();

/** All findings of a text, one a line, without the file's name. */
function check(text: string, own = rules): string[] {
  const file = { file: "x.yaml", base: "/x.yaml", text };
  const origin = { originBase: file.base, readAtMs: 0 };
  const reading = checkFile(parseCatalogFile(file), own, origin);
  return reading.diagnostics.map((d) => formatDiagnostic(d).replace("x.yaml:", ""));
}

/** A component in which some lines are replaced. */
function component(metadata = "", spec = "  type: service\n  lifecycle: production\n  owner: a\n") {
  return `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\n${metadata}spec:\n${spec}`;
}

test("has nothing to say about a sound component", () => {
  expect(
    check(component("  title: Pay\n  tags: [java, c++, 'a:b']\n  labels: {a.b/c: ''}\n")),
  ).toEqual([]);
});

test.each([
  [
    "a missing owner",
    component("", "  type: service\n  lifecycle: production\n"),
    "5:1: error: spec.owner is required (name the team, as in owner: team-a) [entity-owner-missing]",
  ],
  [
    "an owner as a list",
    component("", "  type: service\n  lifecycle: production\n  owner: [a, b]\n"),
    "8:10: error: spec.owner must be a text, found a list (write one, without list marks) [entity-field-invalid]",
  ],
  [
    "an empty lifecycle",
    component("", '  type: service\n  lifecycle: ""\n  owner: a\n'),
    "7:14: error: spec.lifecycle must be a text, found an empty one (write what is expected, or remove it) [entity-field-invalid]",
  ],
  [
    "a number where a text belongs",
    component("", "  type: service\n  lifecycle: 1\n  owner: a\n"),
    '7:14: error: spec.lifecycle must be a text, found “1” (write it in quotes: "1") [entity-field-invalid]',
  ],
  [
    "a text where a list belongs",
    component("", "  type: a\n  lifecycle: b\n  owner: a\n  dependsOn: component:x\n"),
    '9:14: error: spec.dependsOn must be a list, found “component:x” (write it as a list: ["component:x"]) [entity-field-invalid]',
  ],
  [
    "a missing spec",
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\n",
    "1:1: error: spec is required and needs type, lifecycle, owner (write it) [entity-field-missing]",
  ],
  [
    "empty annotations",
    component("  annotations:\n"),
    "5:3: error: metadata.annotations must be a mapping, found nothing (remove the empty “annotations:”) [entity-field-invalid]",
  ],
  [
    "an annotation that is a number",
    component("  annotations:\n    acme.com/port: 80\n"),
    '6:20: error: the annotation acme.com/port must be a text, found “80” (write it in quotes: "80") [entity-annotation-invalid]',
  ],
  [
    "an annotation key with two slashes",
    component("  annotations:\n    a/b/c: x\n"),
    "6:12: error: “a/b/c” is no key of an annotation; expected a name, or a lower-case domain, “/” and a name, such as acme.com/team (rename it) [entity-annotation-invalid]",
  ],
  [
    "a label that is too free",
    component("  labels:\n    team: a team\n"),
    "6:11: error: the label team is “a team”, expected 1–63 letters, digits, “-”, “_” or “.” (longer texts belong below annotations) [entity-label-invalid]",
  ],
  [
    "an upper-case tag",
    component("  tags:\n    - Java Script\n"),
    "6:7: error: the tag “Java Script” is not valid; expected 1–63 lower-case letters, digits, “:”, “+”, “#” and single inner hyphens (write java-script) [entity-tag-invalid]",
  ],
  [
    "a link without a URL",
    component("  links:\n    - title: Docs\n"),
    "6:7: error: the link has no url, expected an absolute one such as https://example.com (write an address with https://) [entity-link-invalid]",
  ],
  [
    "a relative link",
    component("  links:\n    - url: docs/x.md\n"),
    "6:12: error: the link has the url “docs/x.md”, expected an absolute one such as https://example.com (write an address with https://) [entity-link-invalid]",
  ],
  [
    "a link that runs a script",
    component("  links:\n    - url: 'java\tscript:alert(1)'\n"),
    "6:12: warning: the link runs a script; it is not shown (write an address with https://) [entity-link-unsafe]",
  ],
  [
    "an upper-case namespace",
    component("  namespace: Team A\n"),
    "5:14: error: metadata.namespace is “Team A”, expected 1–63 lower-case letters, digits and inner hyphens (write team-a) [entity-namespace-invalid]",
  ],
  [
    "a foreign root field",
    `${component()}spce: {}\n`,
    "9:7: error: “spce” is no field of an entity; there are apiVersion, kind, metadata, spec (write spec) [entity-root-field-unknown]",
  ],
  [
    "keys that differ in case",
    component("  labels: {Team: a, team: b}\n"),
    "5:27: error: “metadata.labels.team” and “metadata.labels.Team” differ only in letter case (spell both the same way) [entity-keys-clash]",
  ],
  [
    "a dependency without a kind",
    component("", "  type: a\n  lifecycle: b\n  owner: a\n  dependsOn: [db]\n"),
    "9:15: error: spec.dependsOn[0] is “db”, which has no kind; expected kind:namespace/name (write component:db or resource:db) [ref-malformed]",
  ],
  [
    "an owner with an empty part",
    component("", '  type: a\n  lifecycle: b\n  owner: "group:"\n'),
    "8:10: error: spec.owner is “group:”, which is no reference; expected kind:namespace/name (write it as kind:namespace/name) [ref-malformed]",
  ],
  [
    "an owner that is no team",
    component("", "  type: a\n  lifecycle: b\n  owner: system:x\n"),
    "8:10: warning: spec.owner names system:default/x, expected a group or user (name something of that kind) [ref-kind-unexpected]",
  ],
])("says what is wrong with %s, and where", (_what, text, expected) => {
  expect(check(text)).toEqual([expected]);
});

test.each([
  ["no mapping", "- a\n", "document-not-mapping"],
  [
    "no apiVersion",
    "kind: System\nmetadata: {name: a}\nspec: {owner: b}\n",
    "entity-api-version-missing",
  ],
  [
    "a wrong apiVersion",
    "apiVersion: '1.0'\nkind: Foo\nmetadata: {name: a}\n",
    "entity-api-version-invalid",
  ],
  [
    "an unsupported apiVersion",
    component().replace("v1alpha1", "v2"),
    "entity-api-version-unsupported",
  ],
  [
    "a template of an old version",
    "apiVersion: scaffolder.backstage.io/v1beta2\nkind: Template\nmetadata: {name: a}\nspec: {type: a, steps: []}\n",
    "entity-api-version-unsupported",
  ],
  ["no kind", "apiVersion: a.b/v1\nmetadata: {name: a}\n", "entity-kind-missing"],
  [
    "a kind with a hyphen",
    "apiVersion: a.b/v1\nkind: My-Kind\nmetadata: {name: a}\n",
    "entity-kind-invalid",
  ],
  ["no metadata", "apiVersion: a.b/v1\nkind: Foo\n", "entity-metadata-missing"],
  ["no name", "apiVersion: a.b/v1\nkind: Foo\nmetadata: {}\n", "entity-name-missing"],
  [
    "a name with a space",
    "apiVersion: a.b/v1\nkind: Foo\nmetadata: {name: a b}\n",
    "entity-name-invalid",
  ],
  [
    "a spec that is a list",
    "apiVersion: a.b/v1\nkind: Foo\nmetadata: {name: a}\nspec: []\n",
    "entity-field-invalid",
  ],
])("refuses %s", (_what, text, code) => {
  expect(check(text).join("\n")).toContain(`[${code}]`);
});

test("says everything that is wrong at once, each place once", () => {
  const text =
    "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: ''\n  tags: x\nspec:\n  type: ''\n  owner: 5\n";

  expect(check(text).map((line) => /\[.*\]$/.exec(line)?.[0])).toEqual([
    "[entity-name-invalid]",
    "[entity-field-invalid]",
    "[entity-field-missing]",
    "[entity-field-missing]",
    "[entity-field-invalid]",
    "[entity-field-invalid]",
  ]);
});

test("takes a kind in another letter case for the kind that is meant, and says so", () => {
  const text = component().replace("kind: Component", "kind: component");

  expect(check(text)).toEqual([
    "2:7: warning: the kind is spelled “component”; Backstage knows only Component (write Component) [entity-kind-spelling]",
  ]);
});

const api = (spec: string): string[] =>
  check(`apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: ${spec}\n`);

test("requires what a kind and its type require", () => {
  const base = "lifecycle: a, owner: b";

  expect(api(`{type: openapi, ${base}, definition: x}`)).toEqual([]);
  expect(api(`{type: openapi, ${base}}`).join()).toContain("spec.definition is required");
  expect(api(`{type: mcp-server, ${base}, remotes: [{type: sse, url: x}]}`)).toEqual([]);
  expect(api(`{type: mcp-server, ${base}, remotes: []}`).join()).toContain("a list of at least 1");
  expect(api(`{type: mcp-server, ${base}, definition: x}`).join()).toContain("spec.remotes is");
});

test("does not check what stands in another file when that was not read", () => {
  const text =
    "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: a, owner: b, definition: {$text: ./x.yaml}}\n";

  expect(check(text)).toEqual([]);
});

test("lets in only the kinds that are allowed, in any letter case", () => {
  const strict = createEntityRules({ allow: ["API", "component"] });

  expect(check(component(), strict)).toEqual([]);
  expect(
    check(
      "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: b}\n",
      strict,
    ),
  ).toEqual([
    "2:7: error: the kind System is not allowed here (add it to catalog.allow in the configuration) [entity-kind-not-allowed]",
  ]);
  expect(
    check("apiVersion: x/v1\nkind: Compnent\nmetadata: {name: a}\nspec: {owner: b}\n", strict),
  ).toEqual([
    "2:7: error: the kind Compnent is not allowed here (did you mean Component? else add it to catalog.allow in the configuration) [entity-kind-not-allowed]",
  ]);
});

test.each([
  ["javascript:alert(1)", true],
  [" \u0000JaVa\nScRiPt:alert(1)", true],
  ["data:text/html,x", true],
  ["https://example.com/javascript:", false],
  ["mailto:a@b.c", false],
])("knows whether %j runs a script", (url, expected) => {
  expect(isScriptUrl(url)).toBe(expected);
});

const validatorVectors = sharedPath("vectors/validators.json");
(validatorVectors === undefined ? describe.skip : describe)(
  "agrees with Backstage's published verdicts",
  () => {
    const checks: Record<string, (value: unknown) => boolean> = {
      name: isName,
      namespace: isNamespace,
      kind: isKind,
      apiVersion: isApiVersion,
      labelKey: isLabelKey,
      labelValue: isLabelValue,
      annotationKey: isLabelKey,
      annotationValue: (value) => typeof value === "string",
      tag: isTag,
    };

    test("on every field format", () => {
      const vectors: Record<string, { value: unknown; valid: boolean }[]> = JSON.parse(
        readFileSync(validatorVectors ?? "", "utf8"),
      );

      expect(Object.keys(vectors).toSorted()).toEqual(Object.keys(checks).toSorted());
      for (const [field, cases] of Object.entries(vectors)) {
        for (const { value, valid } of cases) {
          expect({ field, value, valid: checks[field]?.(value) }).toEqual({ field, value, valid });
        }
      }
    });

    test("on every document of public repositories", () => {
      const corpus = sharedPath("corpus") ?? "";
      const verdicts: { file: string; ref: string | null; valid: boolean }[] = JSON.parse(
        readFileSync(join(corpus, "oracle.json"), "utf8"),
      );
      expect(verdicts.length).toBeGreaterThan(200);
      const sound = new Map<string, Set<string>>();
      for (const { file, ref, valid } of verdicts) {
        let refs = sound.get(file);
        if (refs === undefined) {
          const path = join(corpus, file);
          const text = readFileSync(path, "utf8");
          const origin = { originBase: path, readAtMs: 0 };
          const reading = checkFile(parseCatalogFile({ file, base: path, text }), rules, origin);
          refs = new Set(reading.documents.map((document) => document.ref));
          sound.set(file, refs);
        }
        const isSound = ref === null ? refs.size > 0 : refs.has(ref);
        expect({ file, ref, valid: isSound }).toEqual({ file, ref, valid });
      }
    });
  },
);
