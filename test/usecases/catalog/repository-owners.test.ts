import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import { ownersOfPath } from "../../../src/catalog/codeowners.ts";
import {
  createRepositoryFinder,
  loadRepositoryOwners,
} from "../../../src/usecases/catalog/repository-owners.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-repository-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const component =
  "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {type: a, lifecycle: b, owner: c}\n";

/** What is known of the repository that holds these files and an entity. */
async function load(files: Record<string, string>) {
  for (const [path, text] of Object.entries({ ...files, "x/a.yaml": component })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const file = { file: "x/a.yaml", base: join(folder, "x/a.yaml"), text: component };
  const { catalog } = buildCatalog({ sources: [{ id: "x", readAtMs: 0, files: [file] }] });
  const { repositories, diagnostics } = await loadRepositoryOwners({
    catalog,
    showPath: (path) => path.slice(folder.length + 1),
    findRepository: createRepositoryFinder(),
    nowMs: 0,
  });
  const codeowners = repositories[0]?.codeowners;
  return {
    file: codeowners?.file,
    owners: (path: string) =>
      codeowners === undefined ? [] : ownersOfPath(codeowners, path).flatMap((each) => each.owners),
    codes: diagnostics.map(({ file: at, line, code }) => `${at}:${line} ${code}`),
  };
}

test.each([
  [[".github", "", "docs", ".gitlab"], ".github/CODEOWNERS"],
  [["", "docs", ".gitlab"], "CODEOWNERS"],
  [["docs", ".gitlab"], "docs/CODEOWNERS"],
  [[".gitlab"], ".gitlab/CODEOWNERS"],
])("of the files in %j the first counts", async (folders, expected) => {
  const files = Object.fromEntries(
    folders.map((each) => [join(each, "CODEOWNERS"), `* @in/${each === "" ? "root" : each}\n`]),
  );

  expect((await load(files)).file).toBe(expected);
});

test("a file that is empty counts too, and leaves everything to nobody", async () => {
  const found = await load({ ".github/CODEOWNERS": "", CODEOWNERS: "* @all\n" });

  expect([found.file, found.owners("a")]).toEqual([".github/CODEOWNERS", []]);
});

test.each([
  ["headings", { CODEOWNERS: "[Docs] @docs\nx/y.md\n" }],
  ["its folder", { ".gitlab/CODEOWNERS": "x/y.md @docs\n" }],
  ["its pipeline", { CODEOWNERS: "x/y.md @docs\n", ".gitlab-ci.yml": "a: {}\n" }],
])("a repository of GitLab is known by %s, where a path may lie anywhere", async (_what, files) => {
  const found = await load(files);

  expect([found.owners("deep/x/y.md"), found.codes]).toEqual([["@docs"], []]);
});

test("without any of that GitHub's rules hold, and headings in its own folder are a fault", async () => {
  const usual = await load({ CODEOWNERS: "x/y.md @docs\n" });
  const odd = await load({ ".github/CODEOWNERS": "[Docs] @docs\n* @all\n" });

  expect(usual.owners("deep/x/y.md")).toEqual([]);
  expect([odd.owners("a"), odd.codes]).toEqual([
    ["@all"],
    [".github/CODEOWNERS:1 codeowners-pattern-invalid"],
  ]);
});
