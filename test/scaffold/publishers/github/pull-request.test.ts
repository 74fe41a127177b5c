import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { publisherFor } from "../../../emulators/github/harness.ts";
import { git, pullRequest, snapshot, stepContext, textFile } from "../../../helpers/publishing.ts";

const pulls = "/repos/{owner}/{repo}/pulls";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator({ users: ["octocat", "jane"] });
  await github.addRepository("acme", "catalog", {
    files: { "README.md": "catalog\n", "systems/old.yaml": "kind: System\n" },
  });
});

afterEach(() => github.close());

function inCatalog(...args: string[]): string {
  return git(github.repositoryPath("acme", "catalog"), ...args);
}

describe("opening a pull request", () => {
  test("commits to a branch and leaves the target alone", async () => {
    const before = inCatalog("rev-parse", "main");
    const request = pullRequest({ filesToDelete: ["systems/old.yaml", "systems/never.yaml"] });
    const context = stepContext();

    const result = await publisherFor(github).openPullRequest(request, context);

    expect(result).toEqual({
      number: 1,
      targetBranch: "main",
      remoteUrl: "https://github.com/acme/catalog/pull/1",
    });
    expect(inCatalog("rev-parse", "main")).toBe(before);
    expect(inCatalog("rev-parse", "bot/r1a2b3^")).toBe(before);
    expect(inCatalog("ls-tree", "-r", "--name-only", "bot/r1a2b3").split("\n")).toEqual([
      "README.md",
      "systems/payments.yaml",
    ]);
    expect(
      inCatalog("log", "-1", "--format=%s|%(trailers:key=Run-Id,valueonly)", "bot/r1a2b3"),
    ).toBe("add payments|r1a2b3");
    expect(context.lines).toEqual([
      "systems/never.yaml is not in acme/catalog; there is nothing to delete",
    ]);
    expect(github.repository("acme", "catalog")?.pulls[0]).toMatchObject({
      title: "Add payments",
      body: "Asked for by Jane.",
      isDraft: false,
    });
  });

  test("asks reviewers, teams and assignees, and warns about those GitHub does not take", async () => {
    const settings = {
      reviewers: ["user:default/jane"],
      teamReviewers: ["payments-team"],
      assignees: ["jane"],
    };
    const context = stepContext();

    await publisherFor(github).openPullRequest(pullRequest({ settings, isDraft: true }), context);
    await publisherFor(github).openPullRequest(
      pullRequest({ branch: "other", settings: { reviewers: ["nobody"] } }),
      context,
    );

    expect(github.repository("acme", "catalog")?.pulls[0]).toMatchObject({
      isDraft: true,
      reviewers: ["jane"],
      teamReviewers: ["payments-team"],
      assignees: ["jane"],
    });
    expect(context.lines).toEqual([
      expect.stringMatching(/^reviewers nobody was not applied: .*not a collaborator/),
    ]);
  });

  test("goes to another branch than the default one when told so", async () => {
    const head = inCatalog("rev-parse", "main");
    await github.repository("acme", "catalog")?.git.setRef("refs/heads/release", head);

    const result = await publisherFor(github).openPullRequest(
      pullRequest({ targetBranch: "release" }),
      stepContext(),
    );

    expect(result.targetBranch).toBe("release");
  });

  test("refuses a branch that is somebody else's, and adds to it when the template says update", async () => {
    const head = inCatalog("rev-parse", "main");
    await github.repository("acme", "catalog")?.git.setRef("refs/heads/theirs", head);
    const publisher = publisherFor(github);

    const refused = publisher.openPullRequest(pullRequest({ branch: "theirs" }), stepContext());
    await expect(refused).rejects.toMatchObject({ code: "branch-exists" });
    expect(inCatalog("rev-parse", "theirs")).toBe(head);
    const updated = await publisher.openPullRequest(
      pullRequest({ branch: "theirs", settings: { update: true } }),
      stepContext(),
    );

    expect(updated.number).toBe(1);
    expect(inCatalog("rev-parse", "theirs^")).toBe(head);
  });

  test("says so when nothing would change, unless that is wanted", async () => {
    const files = [textFile("README.md", "catalog\n")];
    const publisher = publisherFor(github);

    const empty = publisher.openPullRequest(
      pullRequest({ files, settings: { createWhenEmpty: false } }),
      stepContext(),
    );
    await expect(empty).rejects.toMatchObject({ code: "pull-request-empty" });
    const wanted = await publisher.openPullRequest(pullRequest({ files }), stepContext());

    expect(wanted.number).toBe(1);
  });

  test("refuses forks, an unknown repository and an unknown target, touching nothing", async () => {
    const before = snapshot(github.repositoryPath("acme", "catalog"));
    const attempt = (given: object): Promise<unknown> =>
      publisherFor(github).openPullRequest(pullRequest(given), stepContext());

    await expect(attempt({ settings: { forceFork: true } })).rejects.toMatchObject({
      code: "github-fork-unsupported",
    });
    await expect(attempt({ repo: "nowhere" })).rejects.toMatchObject({
      code: "github-repository-unknown",
    });
    await expect(attempt({ targetBranch: "nowhere" })).rejects.toMatchObject({
      code: "github-not-found",
      message: expect.stringContaining("the branch nowhere of acme/catalog"),
    });
    expect(snapshot(github.repositoryPath("acme", "catalog"))).toBe(before);
  });
});

describe("a pull request whose step is done again", () => {
  test.each(["lost-reply", "bad-gateway"] as const)(
    "is found again when the answer met: %s",
    async (fault) => {
      github.failNext({ method: "POST", path: pulls, fault });

      const result = await publisherFor(github).openPullRequest(pullRequest(), stepContext());

      expect(result.number).toBe(1);
      expect(github.count("POST", pulls)).toBe(1);
    },
  );

  test("is opened by the next attempt when the request never arrived", async () => {
    const stored = new Map<string, string>();
    github.failNext({ method: "POST", path: pulls, fault: "drop" });

    const first = publisherFor(github).openPullRequest(pullRequest(), stepContext({ stored }));
    await expect(first).rejects.toMatchObject({ code: "github-unreachable", isRetryable: true });
    const second = await publisherFor(github).openPullRequest(
      pullRequest(),
      stepContext({ stored }),
    );

    expect(second.number).toBe(1);
  });

  test("keeps its base while others push to the target", async () => {
    const stored = new Map<string, string>();
    const repository = github.repository("acme", "catalog");
    github.failNext({ method: "POST", path: "/repos/{owner}/{repo}/git/refs", fault: "forbidden" });
    const first = publisherFor(github).openPullRequest(pullRequest(), stepContext({ stored }));
    await expect(first).rejects.toMatchObject({ code: "github-forbidden" });
    const base = inCatalog("rev-parse", "main");
    const tree = inCatalog("rev-parse", "main^{tree}");
    const person = { name: "Jane", email: "jane@acme.example", date: "2026-01-02T03:04:05Z" };
    const theirs = { tree, parents: [base], message: "more\n", author: person, committer: person };
    const sha = (await repository?.git.writeCommit(theirs)) ?? "";
    await repository?.git.setRef("refs/heads/main", sha);

    await publisherFor(github).openPullRequest(pullRequest(), stepContext({ stored }));

    expect(inCatalog("rev-parse", "bot/r1a2b3^")).toBe(base);
  });

  test("is one pull request with one commit wherever the worker is killed", async () => {
    const whole = stepContext();
    await publisherFor(github).openPullRequest(pullRequest({ branch: "bot/first" }), whole);
    expect(whole.boundaries).toBeGreaterThan(4);

    for (let dieAt = 1; dieAt <= whole.boundaries; dieAt += 1) {
      const stored = new Map<string, string>();
      const request = pullRequest({ branch: `bot/${dieAt}`, runId: `run${dieAt}` });
      const killed = publisherFor(github).openPullRequest(request, stepContext({ stored, dieAt }));
      await expect(killed).rejects.toThrow("killed");

      const result = await publisherFor(github).openPullRequest(request, stepContext({ stored }));
      const again = await publisherFor(github).openPullRequest(request, stepContext({ stored }));

      expect(again).toEqual(result);
      expect(inCatalog("rev-list", "--count", `main..bot/${dieAt}`)).toBe("1");
    }
    expect(github.repository("acme", "catalog")?.pulls).toHaveLength(whole.boundaries + 1);
  });
});
