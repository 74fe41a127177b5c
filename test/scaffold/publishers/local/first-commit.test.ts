import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { packFirstCommit } from "../../../../src/scaffold/publishers/local/first-commit.ts";
import {
  storeCommit,
  storeFiles,
  storeTree,
} from "../../../../src/scaffold/publishers/local/git.ts";
import { localPublisher } from "../../../../src/scaffold/publishers/local/local-publisher.ts";
import { storePack } from "../../../../src/scaffold/publishers/local/pack.ts";
import { fc } from "../../../helpers/properties.ts";
import { actionContext, startedAtMs, withFolder } from "../../../helpers/scaffold.ts";

const commit = {
  message: "initial commit",
  runId: "run-1",
  author: { name: "Ada <ada>", email: "ada@example.com" },
  committedAtMs: startedAtMs,
};

// names that git sorts otherwise than most would: a folder counts as if it ended in a slash
const names = fc.constantFrom("a", "a.txt", "a-b", "a0", "B", "ü", "z");
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const files = fc
  .uniqueArray(
    fc.record({
      path: paths,
      content: fc.string().map((text) => Buffer.from(text)),
      isExecutable: fc.boolean(),
    }),
    { selector: ({ path }) => path, minLength: 1, maxLength: 12 },
  )
  .filter((given) =>
    given.every(({ path }) => !given.some((other) => other.path.startsWith(`${path}/`))),
  );

test("a commit in one pack has the id that git's own way to it has, and git finds nothing wrong with it", async () => {
  await fc.assert(
    fc.asyncProperty(files, (given) =>
      withFolder(async (folder) => {
        execFileSync("git", ["init", "--quiet", "--bare"], { cwd: folder });
        const other = join(folder, "other");
        await mkdir(other);
        execFileSync("git", ["init", "--quiet", "--bare"], { cwd: other });

        const packed = await packFirstCommit({ ...commit, files: given });

        await storePack(folder, packed.pack);
        execFileSync("git", ["update-ref", "refs/heads/main", packed.commit], { cwd: folder });
        execFileSync("git", ["fsck", "--strict", "--full"], { cwd: folder, stdio: "pipe" });
        const tree = await storeTree(other, await storeFiles(other, given));
        const loose = await storeCommit({ ...commit, gitdir: other, tree, parents: [] });
        expect(packed.commit).toBe(loose);
      }),
    ),
    { numRuns: 15 },
  );
});

test.each(["../../../x", "a..b", "x.lock", "with blank", "a\nb", ""])(
  "a default branch called %j is refused and nothing is left",
  (defaultBranch) =>
    withFolder(async (folder) => {
      const publisher = localPublisher({ dataDir: folder });
      const content = Buffer.from("a");
      const request = {
        ...commit,
        host: "github.com",
        owner: "acme",
        repo: "ledger",
        description: "",
        defaultBranch,
        visibility: "private" as const,
        commitMessage: "initial commit",
        files: [{ path: "a", content, isExecutable: false }],
        settings: {},
      };

      await expect(publisher.createRepository(request, actionContext(folder))).rejects.toThrow(
        /ref/i,
      );

      expect(await publisher.exists("acme", "ledger", new AbortController().signal)).toBe(false);
    }),
);
