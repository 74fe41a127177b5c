import fs from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { patientTiming, publisherFor } from "../../../emulators/github/harness.ts";
import {
  clone,
  git,
  publishRequest,
  snapshot,
  stepContext,
  textFile,
} from "../../../helpers/publishing.ts";

const orgRepos = "/orgs/{org}/repos";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator({
    teams: { acme: ["payments-team"] },
    users: ["octocat", "jane"],
  });
});

afterEach(() => github.close());

/** Messages of the commits on the default branch, newest first. */
function history(owner = "acme", repo = "payments"): string[] {
  return git(github.repositoryPath(owner, repo), "log", "--format=%s", "HEAD").split("\n");
}

describe("creating a repository", () => {
  test("makes one commit that can be cloned, with binaries and executable bits", async () => {
    const result = await publisherFor(github).createRepository(publishRequest(), stepContext());

    const gitdir = github.repositoryPath("acme", "payments");
    const folder = clone(gitdir);
    const modes = git(gitdir, "ls-tree", "-r", "--format=%(objectmode) %(path)", "main");
    const format = "%an <%ae> %aI|%s|%(trailers:key=Run-Id,valueonly)";
    expect(result).toEqual({
      remoteUrl: "https://github.com/acme/payments.git",
      repoContentsUrl: "https://github.com/acme/payments/blob/main",
      commitHash: git(gitdir, "rev-parse", "main"),
      warnings: [],
    });
    expect(git(gitdir, "log", `--format=${format}`, "main")).toBe(
      "Scaffolder <scaffolder@acme.example> 2026-01-02T03:04:05+00:00|initial commit|r1a2b3",
    );
    expect(modes.split("\n")).toEqual(["100644 README.md", "100755 bin/start", "100644 logo.png"]);
    expect(fs.readFileSync(path.join(folder, "logo.png")).toString("hex")).toBe("895000fffe");
    expect(git(gitdir, "fsck", "--strict", "--no-dangling")).toBe("");
    expect(github.repository("acme", "payments")?.description).toBe("Pays people");
    fs.rmSync(folder, { recursive: true });
  });

  test("keeps the bytes of text in any language and of files that are empty", async () => {
    const files = [
      textFile("größe/naïve.txt", "\u{FEFF}Größe \u{1F600}\r\n"),
      textFile("empty", ""),
      { path: "latin1.txt", content: Buffer.from([0x47, 0xf6]), isExecutable: false },
    ];

    await publisherFor(github).createRepository(publishRequest({ files }), stepContext());

    const folder = clone(github.repositoryPath("acme", "payments"));
    for (const file of files)
      expect(fs.readFileSync(path.join(folder, file.path))).toEqual(file.content);
    fs.rmSync(folder, { recursive: true });
  });

  test("writes hundreds of files in few requests, since GitHub wants a second between writes", async () => {
    const files = Array.from({ length: 510 }, (_none, at) => textFile(`src/f${at}.txt`, `${at}`));

    await publisherFor(github).createRepository(publishRequest({ files }), stepContext());

    const gitdir = github.repositoryPath("acme", "payments");
    expect(git(gitdir, "ls-tree", "-r", "--name-only", "main").split("\n")).toHaveLength(510);
    expect(github.journal.filter(({ method }) => method !== "GET").length).toBeLessThan(9);
  });

  test("works for the user whose token it has, and says no for any other user", async () => {
    const publisher = publisherFor(github);

    await publisher.createRepository(publishRequest({ owner: "octocat" }), stepContext());
    const other = publisher.createRepository(publishRequest({ owner: "jane" }), stepContext());

    await expect(other).rejects.toMatchObject({ code: "github-owner-not-ours" });
    expect(history("octocat")).toEqual(["initial commit"]);
    expect(github.count("POST", "/user/repos")).toBe(1);
  });

  test("has the wanted default branch where the organisation's own is another", async () => {
    const request = publishRequest({ defaultBranch: "trunk" });

    const result = await publisherFor(github).createRepository(request, stepContext());

    const gitdir = github.repositoryPath("acme", "payments");
    expect(result.repoContentsUrl).toBe("https://github.com/acme/payments/blob/trunk");
    expect(git(gitdir, "branch", "--format=%(refname:short)")).toBe("trunk");
    expect(git(gitdir, "symbolic-ref", "HEAD")).toBe("refs/heads/trunk");
  });

  test("is not confused by replicas that lag behind", async () => {
    github.world.lagReads = 4;

    await publisherFor(github, { timing: patientTiming }).createRepository(
      publishRequest(),
      stepContext(),
    );

    expect(history()).toEqual(["initial commit"]);
    expect(github.count("POST", orgRepos)).toBe(1);
  });

  test("applies settings, and takes entity refs for people and teams", async () => {
    const settings = {
      topics: ["Payments", "node"],
      access: "acme/payments-team",
      collaborators: [
        { access: "maintain", team: "group:default/payments-team" },
        { access: "push", user: "user:default/jane" },
      ],
      homepage: "https://pay.acme.example",
      hasWiki: false,
      allowMergeCommit: false,
      allowAutoMerge: true,
      deleteBranchOnMerge: true,
      protectDefaultBranch: true,
      requiredApprovingReviewCount: 2,
      requireCodeOwnerReviews: true,
      requiredStatusCheckContexts: ["ci"],
      requiredCommitSigning: true,
      customProperties: { tier: "gold" },
      repoVariables: { REGION: "eu" },
      secrets: { API_KEY: "s3cret ü" },
      subscribe: true,
      oidcCustomization: { useDefault: false, includeClaimKeys: ["repo"] },
    };

    const result = await publisherFor(github).createRepository(
      publishRequest({ settings }),
      stepContext(),
    );

    const made = github.repository("acme", "payments");
    expect(result.warnings).toEqual([]);
    expect(made).toMatchObject({
      topics: ["payments", "node"],
      homepage: "https://pay.acme.example",
      properties: { tier: "gold" },
      flags: {
        has_wiki: false,
        allow_merge_commit: false,
        allow_auto_merge: true,
        delete_branch_on_merge: true,
        squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
      },
    });
    expect(Object.fromEntries(made?.teams ?? [])).toEqual({ "payments-team": "maintain" });
    expect(Object.fromEntries(made?.collaborators ?? [])).toEqual({ jane: "push" });
    expect(made?.protection.get("main")).toMatchObject({
      enforce_admins: true,
      required_status_checks: { strict: true, contexts: ["ci"] },
      required_pull_request_reviews: {
        required_approving_review_count: 2,
        require_code_owner_reviews: true,
      },
    });
    expect([...(made?.signedBranches ?? [])]).toEqual(["main"]);
    expect(made?.variables.get("REGION")).toBe("eu");
    expect(made?.secrets.get("API_KEY")).toBe("s3cret ü");
    expect(made?.puts.get("oidc")).toEqual({ use_default: false, include_claim_keys: ["repo"] });
  });

  test("warns about settings that GitHub refuses or that have the wrong type, and goes on", async () => {
    github.failNext({ method: "PUT", path: /protection$/, fault: "plan" });
    const settings = {
      access: "acme/no-such-team",
      topics: ["not a topic!"],
      hasWiki: "yes",
      deleteBranchOnMerge: true,
    };
    const context = stepContext();

    const result = await publisherFor(github).createRepository(
      publishRequest({ settings }),
      context,
    );

    expect(result.warnings).toEqual([
      expect.stringMatching(/^hasWiki was not applied: .*boolean/),
      expect.stringMatching(/^branch protection was not applied: .*Upgrade to GitHub Pro/),
      expect.stringMatching(/^access for acme\/no-such-team was not applied: .*not found/),
      expect.stringMatching(/^topics was not applied: .*must start with a lowercase/),
    ]);
    expect(context.lines.join("\n")).toContain("Upgrade to GitHub Pro");
    expect(github.repository("acme", "payments")).toMatchObject({
      description: "Pays people",
      flags: { delete_branch_on_merge: true },
    });
  });

  test("fits a long description of several lines to what GitHub takes", async () => {
    const description = `First line\nsecond line ${"x".repeat(400)}`;

    await publisherFor(github).createRepository(publishRequest({ description }), stepContext());

    const sent = github.journal.find(({ method }) => method === "POST");
    expect(sent?.body["description"]).toMatch(/^First line second line x+… \[run:r1a2b3\]$/);
    expect(github.repository("acme", "payments")?.description).toHaveLength(350);
  });

  test("asks for an internal repository in an organisation only", async () => {
    const publisher = publisherFor(github);
    const internal = { visibility: "internal" } as const;

    await publisher.createRepository(publishRequest(internal), stepContext());
    const refused = publisher.createRepository(
      publishRequest({ ...internal, owner: "octocat" }),
      stepContext(),
    );

    await expect(refused).rejects.toMatchObject({ code: "github-internal-needs-organisation" });
    expect(github.repository("acme", "payments")?.visibility).toBe("internal");
  });

  test.each(["a b", ".", "..", ".git", "x.git", "-x", "zähler", "x".repeat(101), "dot.", ""])(
    "refuses the name %j before anything is sent",
    async (repo) => {
      const outcome = publisherFor(github).createRepository(
        publishRequest({ repo }),
        stepContext(),
      );

      await expect(outcome).rejects.toMatchObject({ code: "repo-name-invalid" });
      expect(github.journal).toEqual([]);
    },
  );

  test("refuses a repository without files, another host and an unknown owner, and creates nothing", async () => {
    const publisher = publisherFor(github);
    const attempt = (given: object): Promise<unknown> =>
      publisher.createRepository(publishRequest(given), stepContext());

    await expect(attempt({ files: [] })).rejects.toMatchObject({ code: "publish-no-files" });
    await expect(attempt({ host: "ghe.acme.com" })).rejects.toMatchObject({
      code: "github-host-unknown",
      message: expect.stringContaining("ghe.acme.com"),
    });
    await expect(attempt({ owner: "nobody" })).rejects.toMatchObject({
      code: "github-owner-unknown",
    });
    expect(github.world.repositories).toEqual([]);
  });
});

describe("a name that is taken", () => {
  test.each([
    ["seen for the first time", new Map<string, string>()],
    ["after a crash between intent and request", new Map([["github.create", "intended"]])],
  ])("ends in repo-exists and leaves the other repository untouched: %s", async (_case, stored) => {
    await github.addRepository("acme", "Payments", { description: "ours since 2019" });
    const before = snapshot(github.repositoryPath("acme", "payments"));

    const outcome = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ stored }),
    );

    await expect(outcome).rejects.toMatchObject({ name: "ConflictError", code: "repo-exists" });
    expect(snapshot(github.repositoryPath("acme", "payments"))).toBe(before);
    expect(github.repository("acme", "payments")?.description).toBe("ours since 2019");
  });

  test("says so as well when we may not see the other repository", async () => {
    await github.addRepository("acme", "payments", { isHidden: true });
    const stored = new Map([["github.create", "intended"]]);

    const first = publisherFor(github).createRepository(publishRequest(), stepContext());
    await expect(first).rejects.toMatchObject({ code: "repo-exists" });
    const resumed = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ stored }),
    );
    await expect(resumed).rejects.toMatchObject({ code: "repo-exists" });
  });

  test("does not take a repository for ours that redirects from the name, or carries another run's mark", async () => {
    await github.addRepository("acme", "payments", { description: "x [run:r1a2b3]" });
    github.renameRepository("acme", "payments", "payments-old");
    await github.addRepository("acme", "billing", { description: "x [run:other]" });
    const publisher = publisherFor(github);

    await publisher.createRepository(
      publishRequest(),
      stepContext({ stored: new Map([["github.create", "intended"]]) }),
    );
    const foreign = publisher.createRepository(
      publishRequest({ repo: "billing" }),
      stepContext({ stored: new Map([["github.create", "intended"]]) }),
    );

    await expect(foreign).rejects.toMatchObject({ code: "repo-exists" });
    expect(history()).toEqual(["initial commit"]);
    expect(history("acme", "payments-old")).toEqual(["Initial commit"]);
  });

  test("a retry after a refusal creates at once, without waiting for a repository that cannot be", async () => {
    github.failNext({ method: "POST", path: orgRepos, fault: "forbidden" });
    const stored = new Map<string, string>();

    const refused = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ stored }),
    );
    await expect(refused).rejects.toMatchObject({ code: "github-forbidden" });
    await publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));

    expect(stored.get("github.repositoryId")).toBeDefined();
    expect(github.count("GET", "/repos/{owner}/{repo}")).toBe(0);
  });
});

describe("answers that get lost", () => {
  test.each(["lost-reply", "bad-gateway", "half", "hang", "html"] as const)(
    "creates one repository when the creating request meets: %s",
    async (fault) => {
      github.failNext({ method: "POST", path: orgRepos, fault });

      await publisherFor(github, { timeoutMs: 700 }).createRepository(
        publishRequest(),
        stepContext(),
      );

      const carriedOut = github.journal.filter(
        ({ template, method, status }) =>
          method === "POST" && template === orgRepos && status === 201,
      );
      expect(carriedOut).toHaveLength(1);
      expect(history()).toEqual(["initial commit"]);
    },
  );

  test.each(["drop", "unavailable"] as const)(
    "sends the creating request again only after looking, when it never arrived: %s",
    async (fault) => {
      github.failNext({ method: "POST", path: orgRepos, fault });
      const context = stepContext();

      await publisherFor(github).createRepository(publishRequest(), context);

      const kinds = github.journal
        .filter(({ template }) => [orgRepos, "/repos/{owner}/{repo}"].includes(template))
        .map(({ method }) => method);
      expect(kinds.slice(0, 2)).toEqual(["POST", "GET"]);
      expect(github.count("POST", orgRepos)).toBe(2);
      expect(context.lines).toContain(
        "GitHub's answer to creating acme/payments was lost; looking for it",
      );
    },
  );

  test("finds a repository that appears only after the lost answer", async () => {
    github.world.lagReads = 3;
    github.failNext({ method: "POST", path: orgRepos, fault: "lost-reply" });

    await publisherFor(github, { timing: patientTiming }).createRepository(
      publishRequest(),
      stepContext(),
    );

    expect(github.count("POST", orgRepos)).toBe(1);
    expect(history()).toEqual(["initial commit"]);
  });

  test.each([
    "/repos/{owner}/{repo}/git/trees",
    "/repos/{owner}/{repo}/git/commits",
    "/repos/{owner}/{repo}/git/refs/{ref}",
    "/repos/{owner}/{repo}/git/blobs",
  ])("makes one commit when an answer is lost at %s", async (template) => {
    github.failNext({ path: template, fault: "lost-reply" });

    await publisherFor(github).createRepository(publishRequest(), stepContext());

    expect(history()).toEqual(["initial commit"]);
    expect(
      git(github.repositoryPath("acme", "payments"), "fsck", "--strict", "--no-dangling"),
    ).toBe("");
  });

  test("gives up with a retryable error when GitHub stays away, and the next attempt finishes", async () => {
    const stored = new Map<string, string>();
    github.failNext({ method: "POST", path: orgRepos, fault: "drop", times: 3 });

    const outcome = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ stored }),
    );
    await expect(outcome).rejects.toMatchObject({
      name: "UpstreamError",
      code: "github-create-uncertain",
      isRetryable: true,
    });
    await publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));

    expect(history()).toEqual(["initial commit"]);
  });
});

describe("people who work in the repository meanwhile", () => {
  test("are never overwritten", async () => {
    const stored = new Map<string, string>();
    github.failNext({ method: "POST", path: /git\/trees$/, fault: "forbidden" });
    const first = publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));
    await expect(first).rejects.toMatchObject({ code: "github-forbidden" });
    const gitdir = github.repositoryPath("acme", "payments");
    const repository = github.repository("acme", "payments");
    const head = git(gitdir, "rev-parse", "main");
    const tree = git(gitdir, "rev-parse", "main^{tree}");
    const person = { name: "Jane", email: "jane@acme.example", date: "2026-01-02T03:04:05Z" };
    const theirs = await repository?.git.writeCommit({
      tree,
      parents: [head],
      message: "mine\n",
      author: person,
      committer: person,
    });
    await repository?.git.setRef("refs/heads/main", theirs ?? "");

    const resumed = publisherFor(github).createRepository(
      publishRequest(),
      stepContext({ stored }),
    );

    await expect(resumed).rejects.toMatchObject({ code: "repo-changed" });
    expect(git(gitdir, "rev-parse", "main")).toBe(theirs);
  });

  test("and who rename it stop the run instead of being undone", async () => {
    const stored = new Map<string, string>();
    await publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));
    github.renameRepository("acme", "payments", "payouts");

    const again = publisherFor(github).createRepository(publishRequest(), stepContext({ stored }));

    await expect(again).rejects.toMatchObject({
      code: "repo-moved",
      message: expect.stringContaining("acme/payouts"),
    });
  });

  test("do not stop a finished step from giving its result again", async () => {
    const stored = new Map<string, string>();
    const publisher = publisherFor(github);

    const first = await publisher.createRepository(publishRequest(), stepContext({ stored }));
    const writes = github.count("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}");
    const second = await publisher.createRepository(publishRequest(), stepContext({ stored }));

    expect(second).toEqual(first);
    expect(github.count("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}")).toBe(writes);
    expect(github.count("POST", orgRepos)).toBe(1);
  });
});
