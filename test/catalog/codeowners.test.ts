import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { buildCatalog } from "../../src/catalog/build.ts";
import { matchesPath, parsePattern } from "../../src/catalog/codeowners-match.ts";
import { createCodeownerIndex } from "../../src/catalog/codeowners-refs.ts";
import {
  codeownersPaths,
  dialectOf,
  ownersOfPath,
  parseCodeowners,
} from "../../src/catalog/codeowners.ts";
import { sharedPath } from "../helpers/shared.ts";

function owners(text: string, path: string, dialect: "github" | "gitlab" = "github"): string[][] {
  const { codeowners } = parseCodeowners(text, "CODEOWNERS", dialect);
  return ownersOfPath(codeowners, path).map((found) => found.owners);
}

function faults(text: string, dialect: "github" | "gitlab" = "github"): string[] {
  const { diagnostics } = parseCodeowners(text, "CODEOWNERS", dialect);
  return diagnostics.map(({ line, code }) => `${line} ${code}`);
}

test("looks where GitHub looks, in its order", () => {
  expect(codeownersPaths.github).toEqual([".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]);
});

test.each([
  ["*", "a/b/c.js", true],
  ["*.js", "a/b/c.js", true],
  ["*.js", "a/b/c.ts", false],
  ["/build/logs/", "build/logs/a/b.log", true],
  ["/build/logs/", "x/build/logs/a.log", false],
  ["docs/*", "docs/getting-started.md", true],
  ["docs/*", "docs/build-app/troubleshooting.md", false],
  ["docs/*.md", "docs/a.md", true],
  ["docs/*.md", "x/docs/a.md", false],
  ["apps/", "x/apps/y/z.js", true],
  ["apps/", "apps", false],
  ["/docs/", "docs/a/b", true],
  ["/scripts", "scripts/a/b.sh", true],
  ["/scripts", "scripts", true],
  ["**/logs", "deeply/nested/logs/a", true],
  ["**/logs", "logs", true],
  ["/apps/**/test", "apps/test", true],
  ["/apps/**/test", "apps/a/b/test/c", true],
  ["/apps/**", "apps/a/b", true],
  ["/apps/**", "apps", false],
  ["foo?.txt", "x/foo1.txt", true],
  ["foo?.txt", "x/foo.txt", false],
  ["Docs/x", "docs/x", false],
  ["a*b*c", "x/aXXbYYc", true],
  ["a*b*c", "x/aXXbYY", false],
  ["packages/*/src", "packages/pay/src/a.ts", true],
  ["packages/*/src", "packages/pay/core/src/a.ts", false],
])("on GitHub %s owns %s: %s", (pattern, path, expected) => {
  const parsed = parsePattern(pattern, "github");

  expect(parsed !== undefined && matchesPath(parsed, path)).toBe(expected);
});

test.each([
  ["internal/README.md", "x/internal/README.md", true],
  ["/docs/", "docs/a/b.md", true],
  ["/docs/*", "docs/a.md", true],
  ["/docs/*", "docs/a/b.md", false],
  ["/docs/**/index.md", "docs/index.md", true],
  ["/docs", "docs/a.md", false],
  ["*", "a/b/c", true],
])("on GitLab %s owns %s: %s", (pattern, path, expected) => {
  const parsed = parsePattern(pattern, "gitlab");

  expect(parsed !== undefined && matchesPath(parsed, path)).toBe(expected);
});

test("lets the last line that matches win, and a line without owners reset", () => {
  const text = "* @org/all\n/apps/ @octocat dev@acme.com # the apps\n/apps/github\n";

  expect(owners(text, "readme.md")).toEqual([["@org/all"]]);
  expect(owners(text, "apps/x/y")).toEqual([["@octocat", "dev@acme.com"]]);
  expect(owners(text, "apps/github/x")).toEqual([]);
});

test("reads spaces in paths, comments, tabs and Windows line ends", () => {
  const text = "# all\r\n*\t@a\r\n/my\\ docs/ @b #@c\r\n\r\n";

  expect(owners(text, "my docs/x")).toEqual([["@b"]]);
  expect(owners(text, "x")).toEqual([["@a"]]);
  expect(faults(text)).toEqual([]);
});

test("reports broken lines, skips them and keeps the others", () => {
  const text = [
    "* @org/all",
    "<<<<<<< HEAD",
    "/a @b",
    "=======",
    ">>>>>>> main",
    "@org/team @octocat",
    "name: payments",
    "!/docs @b",
    "/x[ab] @b",
    "/y not-an-owner",
  ].join("\n");

  expect(faults(text)).toEqual([
    "2 codeowners-conflict",
    "4 codeowners-conflict",
    "5 codeowners-conflict",
    "6 codeowners-pattern-missing",
    "7 codeowners-owner-invalid",
    "8 codeowners-pattern-invalid",
    "9 codeowners-pattern-invalid",
    "10 codeowners-owner-invalid",
  ]);
  expect(owners(text, "a/x")).toEqual([["@b"]]);
  expect(owners(text, "y")).toEqual([["@org/all"]]);
});

test("asks every section of GitLab and fills in its default owners", () => {
  const text = [
    "* @all",
    "[Docs] @docs-team",
    "*.md",
    "/docs/api/ @api",
    "^[Security][2]",
    "/auth/ @sec/team/core @@maintainers",
    "[docs]",
    "README.md @other",
  ].join("\n");
  const { codeowners, diagnostics } = parseCodeowners(text, "CODEOWNERS", "gitlab");

  expect(diagnostics).toEqual([]);
  expect(ownersOfPath(codeowners, "x/a.md")).toEqual([
    { owners: ["@all"], line: 1 },
    { owners: ["@docs-team"], line: 3, section: "Docs", isOptional: false },
  ]);
  expect(ownersOfPath(codeowners, "README.md")[1]).toEqual({
    owners: ["@other"],
    line: 8,
    section: "Docs",
    isOptional: false,
  });
  expect(ownersOfPath(codeowners, "auth/x.md")).toHaveLength(3);
  expect(ownersOfPath(codeowners, "auth/x.md")[2]).toEqual({
    owners: ["@sec/team/core", "@@maintainers"],
    line: 6,
    section: "Security",
    isOptional: true,
    approvals: 2,
  });
});

test("a section of GitLab that is written twice is required when one of them is, with the higher number", () => {
  const text = "^[Docs][3] @a\n*.md\n[docs][2] @b\n*.txt\n";
  const { codeowners } = parseCodeowners(text, "CODEOWNERS", "gitlab");

  expect(ownersOfPath(codeowners, "x.md")).toEqual([
    { owners: ["@a"], line: 2, section: "Docs", isOptional: false, approvals: 3 },
  ]);
});

test("on GitLab a path that is excluded has no owners in its section, whatever comes after", () => {
  const text = "* @all\n!/vendor/\n/vendor/x/ @b\n[Docs] @docs\n*.md\n";

  expect(owners(text, "vendor/x/a.md", "gitlab")).toEqual([["@docs"]]);
  expect(owners(text, "a.md", "gitlab")).toEqual([["@all"], ["@docs"]]);
  expect(faults(text, "gitlab")).toEqual([]);
});

test("on GitLab a word that is no owner is left out, on GitHub its line", () => {
  const text = "* @all\n/docs/ @docs writers\n";

  expect(owners(text, "docs/a", "gitlab")).toEqual([["@docs"]]);
  expect(owners(text, "docs/a", "github")).toEqual([["@all"]]);
  expect(faults(text, "gitlab")).toEqual(["2 codeowners-owner-invalid"]);
});

test.each([
  ["[Docs] @docs\n*.md\n", "gitlab"],
  ["# all\n^[Security][2]\n/auth/ @sec\n", "gitlab"],
  ["* @all\n!/vendor/\n", "github"],
  ["[a-z]*.md @docs\n", "github"],
  ["/x[ab] @b\n", "github"],
  ["", "github"],
] as const)("tells whose file %j is by its headings: %s", (text, dialect) => {
  expect(dialectOf(text)).toBe(dialect);
});

test("says in each finding what to do", () => {
  const text = "<<<<<<< HEAD\n@org/team\n!/docs @b\n/y nobody\n";
  const { diagnostics } = parseCodeowners(text, "CODEOWNERS");

  expect(diagnostics.map(({ fix }) => fix ?? "")).not.toContain("");
  expect(diagnostics).toHaveLength(4);
});

test("ignores a file beyond GitHub's limit, and says so", () => {
  expect(faults("# x\n".repeat(800_000))).toEqual(["1 codeowners-too-large"]);
});

test("takes no more than its share of time for hostile patterns", () => {
  const pattern = parsePattern(`${"a*".repeat(2000)}b`, "github");
  const deep = parsePattern("/**/a".repeat(300), "github");
  const startMs = performance.now();

  expect(pattern !== undefined && matchesPath(pattern, "a".repeat(5000))).toBe(false);
  expect(deep !== undefined && matchesPath(deep, `${"a/".repeat(2000)}b`)).toBe(true);

  expect(performance.now() - startMs).toBeLessThan(2000);
});

test("finds groups and users by slug, login, e-mail and name", () => {
  const text = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments, annotations: {github.com/team-slug: acme/pay-team}}
spec: {type: team, children: [], profile: {email: Pay@Acme.com}}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: jane.doe, annotations: {github.com/user-login: JaneD}}
spec: {memberOf: []}
`;
  const { catalog } = buildCatalog({
    sources: [{ id: "x", readAtMs: 0, files: [{ file: "a.yaml", base: "/a.yaml", text }] }],
  });
  const find = createCodeownerIndex(catalog);

  expect(find("@acme/pay-team")?.ref).toBe("group:default/payments");
  expect(find("@acme/Payments")?.ref).toBe("group:default/payments");
  expect(find("pay@acme.com")?.ref).toBe("group:default/payments");
  expect(find("@janed")?.ref).toBe("user:default/jane.doe");
  expect(find("@jane.doe")?.ref).toBe("user:default/jane.doe");
  expect(find("@nobody")).toBeUndefined();
  expect(find("x@acme.com")).toBeUndefined();
});

const corpus = sharedPath("corpus/codeowners");
(corpus === undefined ? describe.skip : describe)("files of public repositories", () => {
  test.each([
    ["kubeshop__botkube/.github", "pkg/x.go", ["@kubeshop/botkube-dev", "@PrasadG193"]],
    ["slackapi__bolt-js/.github", "docs/a.md", ["@slackapi/developer-education"]],
    ["slackapi__bolt-js/.github", "src/App.ts", ["@slackapi/slack-platform-javascript"]],
    [
      "changesets__changesets/.github",
      ".github/workflows/ci.yml",
      ["@Andarist", "@bluwy", "@emmatown"],
    ],
    ["coreeng__core-platform-software-templates/.github", "x", ["@coreeng/platform"]],
  ])("of %s name the owners of %s", (folder, path, expected) => {
    const text = readFileSync(join(corpus ?? "", folder, "CODEOWNERS"), "utf8");

    expect(faults(text)).toEqual([]);
    expect(owners(text, path)).toEqual([expected]);
  });
});
