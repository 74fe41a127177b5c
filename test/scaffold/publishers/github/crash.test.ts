import fs from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { PublishResult } from "../../../../src/scaffold/publishers/contract.ts";
import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { publisherFor } from "../../../emulators/github/harness.ts";
import { git, publishRequest, stepContext } from "../../../helpers/publishing.ts";
import { waitFor } from "../../../helpers/wait.ts";

const orgRepos = "/orgs/{org}/repos";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator();
});

afterEach(() => github.close());

function history(): string[] {
  return git(github.repositoryPath("acme", "payments"), "log", "--format=%s", "HEAD").split("\n");
}

/** Forgets the world but keeps the server: each case starts from nothing. */
function startOver(): void {
  for (const repository of github.world.repositories)
    fs.rmSync(repository.git.gitdir, { recursive: true });
  github.world.repositories = [];
  github.journal.length = 0;
}

function created(): number {
  return github.journal.filter(
    ({ method, template, status }) => method === "POST" && template === orgRepos && status === 201,
  ).length;
}

describe("a worker that is killed", () => {
  const settings = { topics: ["node"], protectDefaultBranch: true };
  const request = publishRequest({ settings, defaultBranch: "trunk" });

  async function expectFinished(stored: Map<string, string>): Promise<void> {
    const result = await publisherFor(github).createRepository(request, stepContext({ stored }));
    expect(result).toMatchObject({ warnings: [], commitHash: expect.any(String) });
    expect(history()).toEqual(["initial commit"]);
    expect(git(github.repositoryPath("acme", "payments"), "branch")).toBe("* trunk");
    expect(github.repository("acme", "payments")).toMatchObject({
      description: "Pays people",
      topics: ["node"],
    });
  }

  test("at any of its notes and fences continues to one repository with one commit", async () => {
    const whole = stepContext();
    await publisherFor(github).createRepository(request, whole);
    expect(whole.boundaries).toBeGreaterThan(8);

    for (let dieAt = 1; dieAt <= whole.boundaries; dieAt += 1) {
      startOver();
      const stored = new Map<string, string>();
      const killed = publisherFor(github).createRepository(request, stepContext({ stored, dieAt }));
      await expect(killed).rejects.toThrow("killed");

      await expectFinished(stored);
      expect(created()).toBe(1);
    }
  });

  test.each(["drop", "lost-reply"] as const)(
    "during any of its writes continues to one repository with one commit: %s",
    async (fault) => {
      await publisherFor(github).createRepository(request, stepContext());
      const writes = github.journal.filter(({ method }) => method !== "GET").length;
      expect(writes).toBeGreaterThan(8);

      for (let after = 0; after < writes; after += 1) {
        startOver();
        const stored = new Map<string, string>();
        await killDuring(after, fault, stored);

        await expectFinished(stored);
        expect(created()).toBe(1);
      }
    },
    60_000,
  );

  async function killDuring(
    after: number,
    fault: "drop" | "lost-reply",
    stored: Map<string, string>,
  ): Promise<void> {
    const controller = new AbortController();
    github.failNext({ method: /POST|PUT|PATCH|DELETE/, after, fault });
    const arrived = new Promise<void>((resolve) => {
      github.observe = (entry) => {
        if (entry.fault === undefined) return;
        controller.abort(new Error("killed"));
        resolve();
      };
    });
    const context = stepContext({ stored, signal: controller.signal });
    await expect(publisherFor(github).createRepository(request, context)).rejects.toThrow("killed");
    await arrived;
    github.observe = undefined;
    // The server finishes what it began before the next worker comes.
    if (fault === "lost-reply")
      await waitFor("GitHub to finish", () => github.journal.at(-1)?.status !== 0);
  }

  test("whose run was taken over writes nothing", async () => {
    const context = stepContext();
    context.assertCurrent = () => Promise.reject(new Error("taken over"));

    const outcome = publisherFor(github).createRepository(publishRequest(), context);

    await expect(outcome).rejects.toThrow("taken over");
    expect(github.journal.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

/** The same numbers for the same seed (mulberry32), so that a failing campaign can be played again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("a GitHub where every eighth request fails", () => {
  test("ends in one repository with one commit for each of twelve runs, none left in between", async () => {
    const failures: unknown[] = [];
    github.unsettle(0.12, seeded(20_260_102));
    for (let run = 1; run <= 12; run += 1) {
      const stored = new Map<string, string>();
      const request = publishRequest({ runId: `run${run}`, repo: `service-${run}` });
      let result: PublishResult | void = undefined;
      for (let attempt = 0; result === undefined && attempt < 20; attempt += 1) {
        result = await publisherFor(github)
          .createRepository(request, stepContext({ stored }))
          .catch((thrown: unknown) => void failures.push(thrown));
      }

      const gitdir = github.repositoryPath("acme", `service-${run}`);
      expect(result?.commitHash).toBe(git(gitdir, "rev-parse", "HEAD"));
      expect(git(gitdir, "rev-list", "--count", "HEAD")).toBe("1");
    }

    const made = github.journal.filter(
      ({ method, template, status }) =>
        method === "POST" && template === orgRepos && status === 201,
    );
    expect(made).toHaveLength(12);
    for (const failure of failures) expect(failure).toMatchObject({ isRetryable: true });
    expect(github.world.repositories).toHaveLength(12);
    expect(github.journal.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(8);
  });
});
