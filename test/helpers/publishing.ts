import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import type {
  PublishContext,
  PublishFile,
  PublishRequest,
  PullRequestRequest,
} from "../../src/scaffold/publishers/contract.ts";

/** A step's context whose notes survive a crash of the step. */
export interface TestContext extends PublishContext {
  lines: string[];
  stored: Map<string, string>;
  /** How often the step crossed a boundary at which a worker may be killed: a note, or a look at the fence. */
  boundaries: number;
}

export function stepContext(
  given: { stored?: Map<string, string>; dieAt?: number; signal?: AbortSignal } = {},
): TestContext {
  const stored = given.stored ?? new Map<string, string>();
  const lines: string[] = [];
  const context: TestContext = {
    signal: given.signal ?? new AbortController().signal,
    lines,
    stored,
    boundaries: 0,
    log: (line) => void lines.push(line),
    assertCurrent: () => Promise.resolve(cross()),
    notes: {
      get: (key) => Promise.resolve(stored.get(key)),
      async set(key, value) {
        // Killed before the note is down, or right after.
        cross();
        stored.set(key, value);
        cross();
        return Promise.resolve();
      },
    },
  };
  function cross(): void {
    context.boundaries += 1;
    if (context.boundaries === given.dieAt) throw new Error("killed");
  }
  return context;
}

export function textFile(name: string, content: string, isExecutable = false): PublishFile {
  return { path: name, content: Buffer.from(content), isExecutable };
}

export function publishRequest(given: Partial<PublishRequest> = {}): PublishRequest {
  return {
    runId: "r1a2b3",
    host: "github.com",
    owner: "acme",
    repo: "payments",
    description: "Pays people",
    defaultBranch: "main",
    visibility: "private",
    commitMessage: "initial commit",
    author: { name: "Scaffolder", email: "scaffolder@acme.example" },
    committedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    files: [
      textFile("README.md", "# payments\n"),
      textFile("bin/start", "#!/bin/sh\nexec node .\n", true),
      { path: "logo.png", content: Buffer.from([0x89, 0x50, 0, 0xff, 0xfe]), isExecutable: false },
    ],
    settings: { protectDefaultBranch: false },
    ...given,
  };
}

export function pullRequest(given: Partial<PullRequestRequest> = {}): PullRequestRequest {
  return {
    runId: "r1a2b3",
    host: "github.com",
    owner: "acme",
    repo: "catalog",
    branch: "bot/r1a2b3",
    title: "Add payments",
    description: "Asked for by Jane.",
    commitMessage: "add payments",
    author: { name: "Scaffolder", email: "scaffolder@acme.example" },
    committedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    files: [textFile("systems/payments.yaml", "kind: System\n")],
    filesToDelete: [],
    isDraft: false,
    settings: {},
    ...given,
  };
}

/** Runs git on a bare repository. */
export function git(gitdir: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir", gitdir, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** Clones a bare repository with the git program and gives the folder. */
export function clone(gitdir: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "callboard-clone-"));
  execFileSync("git", ["clone", "--quiet", gitdir, folder], { stdio: "ignore" });
  return folder;
}

/** Every file of a folder with its digest: equal before and after means that nothing was touched. */
export function snapshot(folder: string): string {
  return execFileSync("sh", ["-c", "find . -type f | sort | xargs sha256sum"], {
    cwd: folder,
    encoding: "utf8",
  });
}
