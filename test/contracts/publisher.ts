import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { ConflictError, InputError } from "../../src/base/errors.ts";
import type {
  PublishContext,
  Publisher,
  PublisherUndo,
  PublishFile,
  PublishRequest,
  PullRequestRequest,
  RunTarget,
} from "../../src/scaffold/publishers/contract.ts";

/** A publisher under test and its world. */
export interface PublisherBench {
  publisher: Publisher;
  /** An owner under which it may create repositories. */
  owner: string;
  /** The host that requests name. */
  host: string;
  /** The same world after the process was killed: a new publisher over the same repositories. */
  restart(): Publisher;
  /** What `git clone` takes for a `remoteUrl`, where that differs (an emulated host). */
  cloneUrl?(remoteUrl: string): string;
  close(): Promise<void>;
}

/** A step's context with notes in memory. */
export function publishContext(
  over: Partial<PublishContext> = {},
): PublishContext & { lines: string[] } {
  const kept = new Map<string, string>();
  const lines: string[] = [];
  return {
    lines,
    signal: new AbortController().signal,
    log: (line) => void lines.push(line),
    assertCurrent: async () => undefined,
    notes: {
      get: async (key) => kept.get(key),
      set: async (key, value) => void kept.set(key, value),
    },
    ...over,
  };
}

/** Files with what goes wrong most: nested, executable, binary, odd names, empty. */
const sampleFiles: PublishFile[] = [
  file("README.md", "# Ledger\n"),
  file("bin/run", "#!/bin/sh\necho run\n", true),
  file("docs/über uns/note (1).md", "grüße\r\n"),
  file("empty", ""),
  { path: "logo.png", content: Buffer.from([0x89, 0x50, 0, 0xff, 0xfe]), isExecutable: false },
  file("src/deep/er/still/main.ts", "export {};\n"),
  file("src.ts", "export {};\n"),
  file("src-b/x", "x\n"),
];

function file(path: string, text: string, isExecutable = false): PublishFile {
  return { path, content: Buffer.from(text), isExecutable };
}

/** A request to create `repo`. */
export function publishRequest(
  bench: Pick<PublisherBench, "owner" | "host">,
  repo: string,
  over: Partial<PublishRequest> = {},
): PublishRequest {
  return {
    runId: "run-one",
    host: bench.host,
    owner: bench.owner,
    repo,
    description: "Books every payment",
    defaultBranch: "main",
    visibility: "private",
    commitMessage: "initial commit",
    author: { name: "Callboard", email: "noreply@callboard.dev" },
    committedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    files: sampleFiles,
    settings: { protectDefaultBranch: false },
    ...over,
  };
}

/** A request to change `repo`. */
export function pullRequest(
  bench: Pick<PublisherBench, "owner" | "host">,
  repo: string,
  over: Partial<PullRequestRequest> = {},
): PullRequestRequest {
  return {
    runId: "run-two",
    host: bench.host,
    owner: bench.owner,
    repo,
    branch: "add-runbook",
    title: "Add a runbook",
    description: "For the next time it breaks.",
    commitMessage: "docs: a runbook",
    author: { name: "Callboard", email: "noreply@callboard.dev" },
    committedAtMs: Date.UTC(2026, 0, 3),
    files: [file("docs/runbook.md", "# Down\n"), file("README.md", "# Ledger, again\n")],
    filesToDelete: ["empty", "src/deep/er/still/main.ts", "not-there"],
    isDraft: false,
    settings: {},
    ...over,
  };
}

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
}

const placeOf = (bench: PublisherBench, repo: string, runId = "run-one"): RunTarget => ({
  runId,
  committedAtMs: runId === "run-one" ? Date.UTC(2026, 0, 2, 3, 4, 5) : Date.UTC(2026, 0, 3),
  host: bench.host,
  owner: bench.owner,
  repo,
});

function undoOf({ undo }: Publisher): PublisherUndo {
  if (undo === undefined) throw new Error("nothing can be taken back");
  return undo;
}

/** Somebody else commits. */
function push(folder: string, branch: string): void {
  git(folder, "checkout", "--quiet", branch);
  const who = ["-c", "user.name=Eve", "-c", "user.email=eve@acme.example"];
  git(folder, ...who, "commit", "--quiet", "--allow-empty", "-m", "mine");
  git(folder, "push", "--quiet", "origin", branch);
}

/** What every publisher promises. */
export function testPublisher(name: string, open: () => Promise<PublisherBench>): void {
  /** A world for one test, and a clone made by plain git. */
  async function withBench(
    work: (bench: PublisherBench, clone: (url: string) => Promise<string>) => Promise<void>,
  ): Promise<void> {
    const bench = await open();
    const folder = await mkdtemp(join(tmpdir(), "callboard-clone-"));
    let clones = 0;
    try {
      await work(bench, async (url) => {
        clones += 1;
        const target = join(folder, String(clones));
        git(folder, "clone", "--quiet", bench.cloneUrl?.(url) ?? url, target);
        git(target, "fsck", "--strict");
        return target;
      });
    } finally {
      await bench.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  describe(`publisher ${name}`, () => {
    test("creates a repository that plain git clones, byte for byte, in one commit", async () => {
      await withBench(async (bench, clone) => {
        const result = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          publishContext(),
        );

        const cloned = await clone(result.remoteUrl);
        const tracked = git(cloned, "-c", "core.quotePath=false", "ls-files", "-z").split("\0");
        expect(tracked.filter((path) => path !== "").toSorted()).toEqual(
          sampleFiles.map((one) => one.path).toSorted(),
        );
        for (const one of sampleFiles) {
          expect(await readFile(join(cloned, one.path))).toEqual(one.content);
          const { mode } = await stat(join(cloned, one.path));
          expect((mode & 0o100) !== 0).toBe(one.isExecutable);
        }
        expect(git(cloned, "rev-parse", "HEAD")).toBe(result.commitHash);
        expect(git(cloned, "rev-parse", "--abbrev-ref", "HEAD")).toBe("main");
        expect(git(cloned, "log", "-1", "--format=%an <%ae> %at %B")).toBe(
          `Callboard <noreply@callboard.dev> ${Date.UTC(2026, 0, 2, 3, 4, 5) / 1000} initial commit\n\nRun-Id: run-one`,
        );
      });
    });

    test("uses the default branch that was asked for", async () => {
      await withBench(async (bench, clone) => {
        const request = publishRequest(bench, "ledger", { defaultBranch: "trunk" });

        const result = await bench.publisher.createRepository(request, publishContext());

        const cloned = await clone(result.remoteUrl);
        expect(git(cloned, "rev-parse", "--abbrev-ref", "HEAD")).toBe("trunk");
        expect(git(cloned, "branch", "--remotes", "--format=%(refname:short)")).not.toContain(
          "main",
        );
      });
    });

    test("doing the same request of the same run again has the effect of doing it once", async () => {
      await withBench(async (bench, clone) => {
        const context = publishContext();
        const first = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          context,
        );

        const again = await bench
          .restart()
          .createRepository(publishRequest(bench, "ledger"), context);

        expect(again.commitHash).toBe(first.commitHash);
        expect(again.remoteUrl).toBe(first.remoteUrl);
        const cloned = await clone(first.remoteUrl);
        expect(git(cloned, "rev-list", "--count", "--all")).toBe("1");
      });
    });

    test("leaves a repository of another run untouched, whatever its letter case", async () => {
      await withBench(async (bench, clone) => {
        const first = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          publishContext(),
        );
        const other = { runId: "run-other", files: [file("other", "other")] };

        for (const repo of ["ledger", "LEDGER"]) {
          const attempt = bench.publisher.createRepository(
            publishRequest(bench, repo, other),
            publishContext(),
          );
          await expect(attempt).rejects.toMatchObject({ code: "repo-exists" });
          await expect(attempt).rejects.toBeInstanceOf(ConflictError);
        }
        expect(git(await clone(first.remoteUrl), "rev-parse", "HEAD")).toBe(first.commitHash);
      });
    });

    test("one of two runs that race for a name gets it", async () => {
      await withBench(async (bench) => {
        const attempts = await Promise.allSettled(
          ["run-a", "run-b"].map((runId) =>
            bench.publisher.createRepository(
              publishRequest(bench, "race", { runId }),
              publishContext(),
            ),
          ),
        );

        expect(attempts.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
        const lost = attempts.find((one) => one.status === "rejected");
        expect(lost?.reason).toMatchObject({ code: "repo-exists" });
      });
    });

    test("writes nothing once another worker has the run", async () => {
      await withBench(async (bench) => {
        const context = publishContext({
          assertCurrent: async () => {
            throw new Error("taken over");
          },
        });

        await expect(
          bench.publisher.createRepository(publishRequest(bench, "ledger"), context),
        ).rejects.toThrow("taken over");

        const { signal } = context;
        expect(await bench.publisher.exists(bench.owner, "ledger", signal)).toBe(false);
      });
    });

    test("refuses to publish nothing", async () => {
      await withBench(async (bench) => {
        const attempt = bench.publisher.createRepository(
          publishRequest(bench, "ledger", { files: [] }),
          publishContext(),
        );

        await expect(attempt).rejects.toMatchObject({ code: "publish-no-files" });
      });
    });

    test("knows whether a name is taken, and its owners", async () => {
      await withBench(async (bench) => {
        await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());
        const { signal } = publishContext();

        expect(await bench.publisher.exists(bench.owner, "ledger", signal)).toBe(true);
        expect(await bench.publisher.exists(bench.owner, "Ledger", signal)).toBe(true);
        expect(await bench.publisher.exists(bench.owner, "unknown", signal)).toBe(false);
        expect(await bench.publisher.owners(signal)).toContain(bench.owner);
      });
    });

    test("reads a file by the address it gave out", async () => {
      await withBench(async (bench) => {
        const { repoContentsUrl } = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          publishContext(),
        );
        const { signal } = publishContext();
        const read = (path: string): Promise<string | undefined> =>
          bench.publisher.readFile(`${repoContentsUrl}/${path}`, signal);

        expect(await read("README.md")).toBe("# Ledger\n");
        expect(await read("src/deep/er/still/main.ts")).toBe("export {};\n");
        expect(await read("missing.md")).toBeUndefined();
      });
    });

    test("opens a pull request on its own branch, deleting what was asked, once for a run", async () => {
      await withBench(async (bench, clone) => {
        const { remoteUrl, commitHash } = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          publishContext(),
        );
        const context = publishContext();

        const opened = await bench.publisher.openPullRequest(pullRequest(bench, "ledger"), context);
        const again = await bench.restart().openPullRequest(pullRequest(bench, "ledger"), context);

        expect(again).toEqual(opened);
        expect(await bench.publisher.branches(bench.owner, "LEDGER", context.signal)).toEqual([
          "main",
          "add-runbook",
        ]);
        expect(await bench.publisher.branches(bench.owner, "nowhere", context.signal)).toEqual([]);
        expect(opened.targetBranch).toBe("main");
        expect(opened.number).toBeGreaterThan(0);
        const cloned = await clone(remoteUrl);
        expect(git(cloned, "rev-parse", "origin/main")).toBe(commitHash);
        expect(git(cloned, "rev-list", "--count", "origin/main..origin/add-runbook")).toBe("1");
        expect(
          git(cloned, "diff", "--name-status", "origin/main", "origin/add-runbook").split("\n"),
        ).toEqual([
          "M\tREADME.md",
          "A\tdocs/runbook.md",
          "D\tempty",
          "D\tsrc/deep/er/still/main.ts",
        ]);
        expect(git(cloned, "ls-tree", "origin/add-runbook", "bin/run")).toMatch(/^100755 /);
      });
    });

    test("leaves a branch that is there untouched, unless it may add to it", async () => {
      await withBench(async (bench, clone) => {
        const { remoteUrl } = await bench.publisher.createRepository(
          publishRequest(bench, "ledger"),
          publishContext(),
        );
        await bench.publisher.openPullRequest(pullRequest(bench, "ledger"), publishContext());
        const later = pullRequest(bench, "ledger", {
          runId: "run-three",
          files: [file("docs/more.md", "more\n")],
          filesToDelete: [],
        });

        const attempt = bench.publisher.openPullRequest(later, publishContext());
        await expect(attempt).rejects.toMatchObject({ code: "branch-exists" });
        await bench.publisher.openPullRequest(
          { ...later, settings: { update: true } },
          publishContext(),
        );

        const cloned = await clone(remoteUrl);
        expect(git(cloned, "rev-list", "--count", "origin/main..origin/add-runbook")).toBe("2");
      });
    });

    test("says so when a pull request would change nothing", async () => {
      await withBench(async (bench) => {
        await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());
        const same = pullRequest(bench, "ledger", {
          files: [file("README.md", "# Ledger\n")],
          filesToDelete: [],
          settings: { createWhenEmpty: false },
        });

        const attempt = bench.publisher.openPullRequest(same, publishContext());

        await expect(attempt).rejects.toMatchObject({ code: "pull-request-empty" });
      });
    });

    test("refuses a pull request on a repository that is not there", async () => {
      await withBench(async (bench) => {
        const attempt = bench.publisher.openPullRequest(
          pullRequest(bench, "nowhere"),
          publishContext(),
        );

        await expect(attempt).rejects.toBeInstanceOf(InputError);
      });
    });

    describe("taking back", () => {
      test("deletes the repository that the same run made, and a second time finds it gone", async () => {
        await withBench(async (bench) => {
          const context = publishContext();
          await bench.publisher.createRepository(publishRequest(bench, "ledger"), context);

          const first = await undoOf(bench.publisher).deleteRepository(
            placeOf(bench, "ledger"),
            context,
          );
          const second = await undoOf(bench.restart()).deleteRepository(
            placeOf(bench, "ledger"),
            context,
          );

          expect([first, second]).toEqual([true, false]);
          const { signal } = context;
          expect(await bench.publisher.exists(bench.owner, "ledger", signal)).toBe(false);
        });
      });

      test("leaves a repository that another run made", async () => {
        await withBench(async (bench) => {
          await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());

          const attempt = undoOf(bench.publisher).deleteRepository(
            placeOf(bench, "ledger", "run-two"),
            publishContext(),
          );

          await expect(attempt).rejects.toMatchObject({ code: "undo-refused" });
        });
      });

      test.each(["main", "theirs"])(
        "leaves a repository in which somebody else has pushed to %s",
        async (branch) => {
          await withBench(async (bench, clone) => {
            const context = publishContext();
            const made = await bench.publisher.createRepository(
              publishRequest(bench, "ledger"),
              context,
            );
            const cloned = await clone(made.remoteUrl);
            git(cloned, "branch", "theirs");
            push(cloned, branch);

            const attempt = undoOf(bench.publisher).deleteRepository(
              placeOf(bench, "ledger"),
              context,
            );

            await expect(attempt).rejects.toMatchObject({ code: "undo-refused" });
          });
        },
      );

      test.each([
        ["amended", ["commit", "--amend", "--no-edit"]],
        ["amended as their own", ["commit", "--amend", "--no-edit", "--reset-author"]],
        ["begun anew", ["commit", "--amend", "-m", "Initial commit"]],
      ])("leaves a repository whose commit somebody else has %s", async (_how, command) => {
        await withBench(async (bench, clone) => {
          const context = publishContext();
          const made = await bench.publisher.createRepository(
            publishRequest(bench, "ledger"),
            context,
          );
          const cloned = await clone(made.remoteUrl);
          await writeFile(join(cloned, "theirs.txt"), "work");
          git(cloned, "add", "-A");
          git(cloned, "-c", "user.name=Eve", "-c", "user.email=eve@acme.example", ...command);
          git(cloned, "push", "-q", "--force");

          const attempt = undoOf(bench.publisher).deleteRepository(
            placeOf(bench, "ledger"),
            context,
          );

          await expect(attempt).rejects.toMatchObject({ code: "undo-refused" });
        });
      });

      test("writes nothing when another worker has the run", async () => {
        await withBench(async (bench) => {
          const context = publishContext();
          await bench.publisher.createRepository(publishRequest(bench, "ledger"), context);
          const stale = {
            ...context,
            assertCurrent: () => Promise.reject(new Error("taken over")),
          };

          const attempt = undoOf(bench.publisher).deleteRepository(placeOf(bench, "ledger"), stale);

          await expect(attempt).rejects.toThrow("taken over");
          expect(await bench.publisher.exists(bench.owner, "ledger", context.signal)).toBe(true);
        });
      });

      test("closes a pull request with its branch, unless somebody else has pushed there", async () => {
        await withBench(async (bench, clone) => {
          const made = await bench.publisher.createRepository(
            publishRequest(bench, "ledger"),
            publishContext(),
          );
          const branches = (): string =>
            git(cloned, "ls-remote", "--heads", "origin").replaceAll(/^.*heads./gm, "");
          const mine = pullRequest(bench, "ledger");
          const changed = pullRequest(bench, "ledger", { branch: "changed" });
          const { number } = await bench.publisher.openPullRequest(mine, publishContext());
          const other = await bench.publisher.openPullRequest(changed, publishContext());
          const cloned = await clone(made.remoteUrl);
          push(cloned, "changed");
          const place = placeOf(bench, "ledger", "run-two");
          const undo = undoOf(bench.publisher);

          const closed = await undo.closePullRequest(
            { ...place, number, branch: "add-runbook" },
            publishContext(),
          );
          const attempt = undo.closePullRequest(
            { ...place, number: other.number, branch: "changed" },
            publishContext(),
          );

          await expect(attempt).rejects.toMatchObject({ code: "undo-refused" });
          expect(closed).toBe(true);
          expect(branches()).toBe("changed\nmain");
        });
      });

      test("closes an issue once", async () => {
        await withBench(async (bench) => {
          await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());
          const issue = await bench.publisher.openIssue?.(
            { ...placeOf(bench, "ledger"), title: "First", body: "", labels: [], assignees: [] },
            publishContext(),
          );
          const place = { ...placeOf(bench, "ledger"), number: issue?.number ?? 0 };

          const first = await undoOf(bench.publisher).closeIssue(place, publishContext());
          const second = await undoOf(bench.publisher).closeIssue(place, publishContext());

          expect([first, second]).toEqual([true, false]);
        });
      });
    });
  });
}
