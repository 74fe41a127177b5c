import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import { loadDocuments } from "../../../src/usecases/documents/documents.ts";
import { readGitHistory } from "../../../src/usecases/documents/git-history.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "callboard-git-")));
  git("init", "--quiet", "--initial-branch=main");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function git(...args: string[]): void {
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", ...args], {
    cwd: folder,
    stdio: "pipe",
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: folder,
      GIT_COMMITTER_DATE: date,
      GIT_AUTHOR_DATE: date,
    },
  });
}

let date = "";

function commit(on: string, files: Record<string, string>): number {
  date = on;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git("add", "--all");
  git("commit", "--quiet", "--message=x");
  return Date.parse(on);
}

async function load() {
  const { catalog } = buildCatalog({ sources: [] });
  const { signal } = new AbortController();
  return await loadDocuments({ catalog, sources: [{ path: "." }], folder, nowMs: 0, signal });
}

describe("documents in a git checkout", () => {
  test("changed when their last commit did, and have a page at the code host", async () => {
    const first = commit("2026-01-05T09:00:00Z", {
      "runbooks/a b.md": "# A",
      "runbooks/ü\n.md": "# Odd",
      "other.txt": "x",
    });
    const second = commit("2026-02-05T09:00:00Z", { "runbooks/b.md": "# B" });
    writeFileSync(join(folder, "runbooks/new.md"), "# New");
    git("remote", "add", "origin", "git@github.com:acme/runbooks.git");
    git("update-ref", "refs/remotes/origin/main", "HEAD");
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");

    const { documents } = await load();
    const found = new Map(documents.map((each) => [each.path, each]));

    expect(found.get("runbooks/a b.md")).toMatchObject({
      changedAtMs: first,
      url: "https://github.com/acme/runbooks/blob/main/runbooks/a%20b.md",
    });
    expect(found.get("runbooks/b.md")?.changedAtMs).toBe(second);
    // what no commit has seen is as old as its file, and on no page
    expect(found.get("runbooks/new.md")?.changedAtMs).toBeGreaterThan(second);
    expect(found.get("runbooks/new.md")?.url).toBeUndefined();
  });

  test("are not asked for again while the same commit is checked out", async () => {
    commit("2026-01-05T09:00:00Z", { "a.md": "# A" });
    const first = await readGitHistory(folder, undefined);

    expect(await readGitHistory(folder, first)).toBe(first);
    commit("2026-03-05T09:00:00Z", { "a.md": "# A2" });
    expect((await readGitHistory(folder, first))?.changedAtMs.get(join(folder, "a.md"))).toBe(
      Date.parse("2026-03-05T09:00:00Z"),
    );
  });

  test("stand beside catalog files, whose last commits are known as well", async () => {
    const first = commit("2026-01-05T09:00:00Z", { "pay/catalog-info.yaml": "a: 1", "b.yml": "x" });
    const second = commit("2026-02-05T09:00:00Z", { "pay/catalog-info.yaml": "a: 2" });

    const history = await readGitHistory(folder, undefined);

    expect(history?.changedAtMs.get(join(folder, "pay/catalog-info.yaml"))).toBe(second);
    expect(history?.changedAtMs.get(join(folder, "b.yml"))).toBe(first);
  });

  test("keep the date of their file where there is no history", async () => {
    await rm(join(folder, ".git"), { recursive: true });
    writeFileSync(join(folder, "a.md"), "# A");

    const { documents } = await load();

    expect(documents[0]?.changedAtMs).toBeGreaterThan(0);
    expect(documents[0]?.url).toBeUndefined();
  });
});
