import { expect, test } from "@jest/globals";

import { assertNoClashes, checkRelativePath } from "../../src/scaffold/file-path.ts";

test.each([
  ["a", "a"],
  ["./a//b/", "a/b"],
  ["", ""],
  [".", ""],
  [".github/workflows/ci.yml", ".github/workflows/ci.yml"],
  [".gitignore", ".gitignore"],
  ["übersicht/ä b.md", "übersicht/ä b.md"],
  ["a..b", "a..b"],
  ["${{ values.name | lower }}/what?.txt", "${{ values.name | lower }}/what?.txt"],
  ["con-fig/auxiliary.txt", "con-fig/auxiliary.txt"],
])("%j is %j", (path, wanted) => {
  expect(checkRelativePath(path)).toBe(wanted);
});

test.each([
  "../x",
  "a/../../x",
  "/abs",
  "C:\\x",
  "a\\b",
  "x\0y",
  "x\ny",
  ".git/hooks/pre-commit",
  "sub/.GIT/config",
  ".git./config",
  "git~1/config",
  "a".repeat(300),
  "ü".repeat(150),
  `${"a/".repeat(600)}b`,
  "CON",
  "sub/nul.txt",
  "Com1",
  "ends ",
  "ends.",
  "a:b",
])("refuses %j", (path) => {
  expect(() => checkRelativePath(path)).toThrow(
    expect.objectContaining({ code: "path-not-allowed" }),
  );
});

test("refuses names that are one file on some machines", () => {
  const clash = expect.objectContaining({ code: "path-clash" });

  expect(() => assertNoClashes(["README.md", "readme.md"])).toThrow(clash);
  expect(() => assertNoClashes(["Docs/a", "docs/b"])).toThrow(clash);
  expect(() => assertNoClashes(["\u00fc.md", "u\u0308.md"])).toThrow(clash);
  expect(() => assertNoClashes(["a", "b", "a", "c/a", "c/b"])).not.toThrow();
});
