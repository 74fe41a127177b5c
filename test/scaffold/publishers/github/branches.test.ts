import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createRepositoryService } from "../../../../src/usecases/runs/check-repository.ts";
import type { RepositoryService } from "../../../../src/usecases/services.ts";
import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { publisherFor } from "../../../emulators/github/harness.ts";

const ledger = { owner: "acme", repo: "ledger" };
const numbered = Array.from({ length: 130 }, (_, index) => `b-${String(index).padStart(3, "0")}`);
let github: GithubEmulator;
let service: RepositoryService;

async function addRepository(branches: string[]): Promise<void> {
  const repository = await github.addRepository("acme", "ledger", { files: { "a.md": "a\n" } });
  const head = (await repository.git.resolve("refs/heads/main")) ?? "";
  for (const branch of branches) await repository.git.setRef(`refs/heads/${branch}`, head);
}

beforeEach(async () => {
  github = await startGithubEmulator();
  service = createRepositoryService({
    publisher: publisherFor(github),
    allowedOwners: [],
    clock: () => 0,
  });
});
afterEach(() => github.close());

/** Requests for the list, and for beginnings. */
const asked = (): number[] => [
  github.count("GET", "/repos/{owner}/{repo}/branches"),
  github.count("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}"),
];

test("of more than a hundred branches those are found that begin with what is typed", async () => {
  await addRepository([...numbered, "release/über-1"]);

  const first = await service.branches(ledger, "");
  expect(first).toHaveLength(101);
  expect(first[0]).toBe("main");
  expect(first).not.toContain("release/über-1");
  expect(await service.branches(ledger, "release/ü")).toContain("release/über-1");
  expect(await service.branches(ledger, "b-12")).toContain("b-129");
  expect(await service.branches(ledger, "release/ü")).toContain("release/über-1");
  expect(asked()).toEqual([1, 2]);
});

test("what no branch can be called is not asked for, and what was listed is still offered", async () => {
  await addRepository(numbered);

  expect(await service.branches(ledger, "no branch ~^:?*[\\")).toHaveLength(101);
  expect(asked()).toEqual([1, 0]);
});

test("of fewer branches all are known already", async () => {
  await addRepository(["one"]);

  expect(await service.branches(ledger, "o")).toEqual(["main", "one"]);
  expect(asked()).toEqual([1, 0]);
});
