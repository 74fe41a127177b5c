import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { localPublisher } from "../../../../src/scaffold/publishers/local/local-publisher.ts";
import {
  publishContext,
  publishRequest,
  type PublisherBench,
  pullRequest,
  testPublisher,
} from "../../../contracts/publisher.ts";

/** In a folder whose name needs escaping in a URL. */
async function openLocal(): Promise<PublisherBench & { dataDir: string }> {
  const parent = await mkdtemp(join(tmpdir(), "callboard-local-"));
  const dataDir = join(parent, "data ü #1");
  const open = (): ReturnType<typeof localPublisher> => localPublisher({ dataDir });
  return {
    dataDir,
    publisher: open(),
    owner: "acme",
    host: "github.com",
    restart: open,
    close: () => rm(parent, { recursive: true, force: true }),
  };
}

testPublisher("local", openLocal);

async function withLocal(
  work: (bench: PublisherBench & { dataDir: string }) => Promise<void>,
): Promise<void> {
  const bench = await openLocal();
  try {
    await work(bench);
  } finally {
    await bench.close();
  }
}

test("stands where the documentation says and leaves nothing beside it", async () => {
  await withLocal(async (bench) => {
    const { remoteUrl } = await bench.publisher.createRepository(
      publishRequest(bench, "Ledger"),
      publishContext(),
    );

    const gitdir = join(bench.dataDir, "git", "acme", "Ledger.git");
    expect(fileURLToPath(remoteUrl)).toBe(gitdir);
    expect(await readdir(join(bench.dataDir, "git", ".tmp"))).toEqual([]);
    expect(await readFile(join(gitdir, "description"), "utf8")).toBe("Books every payment\n");
    expect(execFileSync("git", ["-C", gitdir, "fsck", "--strict"], { encoding: "utf8" })).toBe("");
  });
});

test("a build that a killed process left behind does not stand in the way", async () => {
  await withLocal(async (bench) => {
    const half = join(bench.dataDir, "git", ".tmp", "run-one-dead");
    await mkdir(half, { recursive: true });
    await writeFile(join(half, "HEAD"), "ref: refs/heads/main\n");
    await mkdir(join(bench.dataDir, "git", "acme"), { recursive: true });

    await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());

    expect(await bench.publisher.owners(publishContext().signal)).toEqual(["acme"]);
  });
});

test("does not touch a repository that somebody put there by hand", async () => {
  await withLocal(async (bench) => {
    const gitdir = join(bench.dataDir, "git", "acme", "ledger.git");
    await mkdir(gitdir, { recursive: true });
    execFileSync("git", ["init", "--bare", "--quiet", gitdir]);

    const attempt = bench.publisher.createRepository(
      publishRequest(bench, "ledger"),
      publishContext(),
    );

    await expect(attempt).rejects.toMatchObject({ code: "repo-exists" });
  });
});

test("people can push to what was created", async () => {
  await withLocal(async (bench) => {
    const { remoteUrl } = await bench.publisher.createRepository(
      publishRequest(bench, "ledger"),
      publishContext(),
    );
    const clone = join(bench.dataDir, "clone");
    execFileSync("git", ["clone", "--quiet", remoteUrl, clone], { stdio: "pipe" });
    const who = ["-c", "user.name=R", "-c", "user.email=r@x.io"];
    const commit = ["commit", "--quiet", "--allow-empty", "-m", "more"];
    execFileSync("git", ["-C", clone, ...who, ...commit], { stdio: "pipe" });
    execFileSync("git", ["-C", clone, "push", "--quiet"], { stdio: "pipe" });

    const gitdir = fileURLToPath(remoteUrl);
    const count = execFileSync("git", ["-C", gitdir, "rev-list", "--count", "main"], {
      encoding: "utf8",
    });
    expect(count.trim()).toBe("2");
  });
});

test("describes a pull request in Markdown", async () => {
  await withLocal(async (bench) => {
    await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());
    const other = pullRequest(bench, "ledger", {
      branch: "other",
      runId: "run-three",
      isDraft: true,
    });

    await bench.publisher.openPullRequest(pullRequest(bench, "ledger"), publishContext());
    const second = await bench.publisher.openPullRequest(other, publishContext());

    expect(second.number).toBe(2);
    const text = await readFile(fileURLToPath(second.remoteUrl), "utf8");
    expect(text).toMatch(
      /^---\ntitle: Add a runbook\nbranch: other\ntarget: main\ncommit: [0-9a-f]{40}\nstate: draft\nrun: run-three\n---\n\nFor the next time it breaks.\n$/,
    );
  });
});

test("reads what a template wrote for GitHub from the local repository of that name", async () => {
  await withLocal(async (bench) => {
    await bench.publisher.createRepository(publishRequest(bench, "ledger"), publishContext());
    const { signal } = publishContext();

    const read = (url: string): Promise<string | undefined> =>
      bench.publisher.readFile(url, signal);
    expect(await read("https://github.com/acme/ledger/blob/main/README.md")).toBe("# Ledger\n");
    expect(await read("https://github.com/acme/ledger/tree/main/README.md")).toBe("# Ledger\n");
    expect(await read("https://github.com/acme/other/blob/main/README.md")).toBeUndefined();
    expect(await read("file:///etc/passwd")).toBeUndefined();
    expect(await read("not a url")).toBeUndefined();
    expect(await read("https://github.com/%E0%A4%A/x/blob/main/y")).toBeUndefined();
  });
});

test.each([
  "..",
  ".",
  ".git",
  "-x",
  "a".repeat(101),
  "a/b",
  "a b",
  "ü",
  "x.git",
  "x.",
  "",
  "CON\u0000",
])("refuses the repository name %j", async (repo) => {
  await withLocal(async (bench) => {
    const attempt = bench.publisher.createRepository(publishRequest(bench, repo), publishContext());

    await expect(attempt).rejects.toMatchObject({ code: "repo-name-invalid" });
  });
});

test.each(["..", "", "a/b", "-a", "a-", ".hidden", "a b", "x".repeat(40)])(
  "refuses the owner %j",
  async (owner) => {
    await withLocal(async (bench) => {
      const request = publishRequest(bench, "ledger", { owner });

      const attempt = bench.publisher.createRepository(request, publishContext());

      await expect(attempt).rejects.toMatchObject({ code: "repo-name-invalid" });
    });
  },
);

test("an author's name cannot break the commit", async () => {
  await withLocal(async (bench) => {
    const author = { name: "R <evil@x.io>\nparent 0", email: "a>b@x.io\n" };
    const { remoteUrl } = await bench.publisher.createRepository(
      publishRequest(bench, "ledger", { author }),
      publishContext(),
    );

    const gitdir = fileURLToPath(remoteUrl);
    expect(execFileSync("git", ["-C", gitdir, "fsck", "--strict"], { encoding: "utf8" })).toBe("");
  });
});
