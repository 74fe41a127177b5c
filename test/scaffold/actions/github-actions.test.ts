import fs from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../../src/base/json.ts";
import type { ActionContext } from "../../../src/scaffold/action.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { githubActions } from "../../../src/scaffold/actions/github-actions.ts";
import { type GithubEmulator, startGithubEmulator } from "../../emulators/github/emulator.ts";
import { publisherFor } from "../../emulators/github/harness.ts";
import { git } from "../../helpers/publishing.ts";
import { actionContext, memoryNotes, withFolder } from "../../helpers/scaffold.ts";

const repoUrl = "github.com?owner=acme&repo=ledger";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator({
    users: ["octocat", "jane"],
    teams: { acme: ["payments-team"] },
  });
});

afterEach(() => github.close());

/** Runs an action as a step does: its input is checked by its schema first. */
async function run(
  id: string,
  input: JsonObject,
  context: Partial<ActionContext> & { folder?: string } = {},
): Promise<JsonObject> {
  const action = githubActions.find((one) => one.id === id);
  if (action === undefined) throw new Error(`no action ${id}`);
  const { folder = "/nowhere", ...over } = context;
  const world = actionContext(folder, { publisher: publisherFor(github), ...over });
  return action.run(action.input.parse(input), world);
}

/** The same step again, after a crash: its notes are kept. */
async function runTwice(id: string, input: JsonObject): Promise<JsonObject[]> {
  const notes = memoryNotes()("");
  return [await run(id, input, { notes }), await run(id, input, { notes })];
}

async function push(folder: string, runId: string): Promise<JsonObject> {
  fs.mkdirSync(path.join(folder, "workspace"), { recursive: true });
  fs.writeFileSync(path.join(folder, "workspace", "index.js"), "run();\n");
  const input = { repoUrl, requiredApprovingReviewCount: 2 };
  return run("github:repo:push", input, { folder, runId });
}

describe("issues", () => {
  beforeEach(() => github.addRepository("acme", "ledger"));

  test("are opened once for a step, also when the answer is lost", async () => {
    const notes = memoryNotes()("");
    const input = {
      repoUrl,
      title: "Access for Jane",
      body: "Please.",
      labels: ["access"],
      assignees: ["user:default/jane"],
    };
    github.failNext({ method: "POST", path: /issues$/, fault: "lost-reply" });

    const first = run("github:issues:create", input, { notes });
    await expect(first).rejects.toMatchObject({ code: "github-unreachable", isRetryable: true });
    const output = await run("github:issues:create", input, { notes });

    expect(output).toEqual({
      issueUrl: "https://github.com/acme/ledger/issues/1",
      issueNumber: 1,
    });
    expect(github.repository("acme", "ledger")?.issues).toMatchObject([
      { title: "Access for Jane", labels: ["access"], assignees: ["jane"] },
    ]);
    expect(github.repository("acme", "ledger")?.issues[0]?.body).toMatch(/^Please\.\n\n<!-- /);
  });

  test("get labels, a number given as text too", async () => {
    await run("github:issues:create", { repoUrl, title: "Hello" });

    await run("github:issues:label", { repoUrl, number: "1", labels: ["a", "b"] });

    expect(github.repository("acme", "ledger")?.issues[0]?.labels).toEqual(["a", "b"]);
  });

  test("are only announced in a dry run", async () => {
    const output = await run(
      "github:issues:create",
      { repoUrl, title: "Hello" },
      { isDryRun: true },
    );

    expect(output).toEqual({ issueUrl: "https://github.com/acme/ledger/issues/1", issueNumber: 1 });
    expect(github.journal).toEqual([]);
  });

  test("become Markdown in the data folder without GitHub, once, and the log says so", async () => {
    await withFolder(async (folder) => {
      const world = actionContext(folder);
      const action = githubActions.find(({ id }) => id === "github:issues:create");
      const input = { repoUrl, title: 'Access: "Jane"\nnow', body: "Please.", labels: ["access"] };

      const first = await action?.run(input, world);
      const again = await action?.run(input, world);
      const other = await action?.run(input, { ...world, notes: memoryNotes()("") });

      const file = path.join(folder, "issues/acme/ledger/1.md");
      expect(first).toEqual({ issueNumber: 1, issueUrl: `file://${file}` });
      expect(again).toEqual(first);
      expect(other).toMatchObject({ issueNumber: 2 });
      expect(fs.readFileSync(file, "utf8").replace(/id: \S+/, "id: …")).toBe(
        '---\ntitle: |-\n  Access: "Jane"\n  now\nrepository: acme/ledger\nstate: open\nlabels:\n  - access\nassignees: []\nid: …\n---\n\nPlease.\n',
      );
      expect(world.lines[0]).toContain("without GitHub nobody is notified");
    });
  });
});

describe("without GitHub", () => {
  test.each([
    ["github:issues:label", { number: 1, labels: ["a"] }],
    ["github:webhook", { webhookUrl: "https://ci.acme.example/hook" }],
    ["github:repo:create", {}],
    ["github:actions:dispatch", { workflowId: "ci.yml", branchOrTagName: "main" }],
    ["github:environment:create", { name: "prod" }],
  ])("%s says what it needs", async (id, input) => {
    await withFolder(async (folder) => {
      const { publisher } = actionContext(folder);

      const outcome = run(id, { repoUrl, ...input }, { publisher });

      await expect(outcome).rejects.toMatchObject({
        code: "github-needed",
        message: expect.stringContaining(id),
        hint: expect.stringContaining("GITHUB_TOKEN"),
      });
    });
  });
});

describe("a repository in two steps", () => {
  test.each([true, false])(
    "is created, then filled with one commit (autoInit %s)",
    async (autoInit) => {
      await withFolder(async (folder) => {
        const input = {
          repoUrl,
          description: "Books",
          autoInit,
          topics: ["Go"],
          repoVisibility: "public",
        };

        const [created, again] = await runTwice("github:repo:create", input);
        const pushed = await push(folder, "run-1");

        expect(again).toEqual(created);
        expect(created).toEqual({
          remoteUrl: "https://github.com/acme/ledger.git",
          repoContentsUrl: "https://github.com/acme/ledger/blob/main",
        });
        const gitdir = github.repositoryPath("acme", "ledger");
        expect(pushed["commitHash"]).toBe(git(gitdir, "rev-parse", "main"));
        expect(git(gitdir, "ls-tree", "-r", "--name-only", "main").split("\n")).toContain(
          "index.js",
        );
        expect(git(gitdir, "rev-list", "--count", "main")).toBe(autoInit ? "2" : "1");
        expect(github.repository("acme", "ledger")).toMatchObject({
          description: "Books",
          topics: ["go"],
          visibility: "public",
        });
        const protection = github.repository("acme", "ledger")?.protection.get("main");
        expect(protection).toMatchObject({
          required_pull_request_reviews: { required_approving_review_count: 2 },
        });
      });
    },
  );

  test("never pushes over somebody's work, nor twice", async () => {
    await withFolder(async (folder) => {
      await run("github:repo:create", { repoUrl });
      const first = await push(folder, "run-1");
      github.repository("acme", "ledger")?.protection.clear();
      const again = await push(folder, "run-1");
      github.repository("acme", "ledger")?.protection.clear();

      expect(again).toEqual(first);
      await expect(push(folder, "run-2")).rejects.toMatchObject({ code: "repo-changed" });
      expect(git(github.repositoryPath("acme", "ledger"), "rev-list", "--count", "main")).toBe("1");
    });
  });
});

describe("setting up a repository", () => {
  beforeEach(() =>
    github.addRepository("acme", "ledger", {
      files: { ".github/workflows/deploy.yml": "on: workflow_dispatch\n" },
    }),
  );

  test("a webhook is made once, its secret kept from sight", async () => {
    const input = {
      repoUrl,
      webhookUrl: "https://ci.acme.example/hook",
      webhookSecret: "s3cret",
      events: ["push", "pull_request"],
      contentType: "json",
    };

    await runTwice("github:webhook", input);

    expect(github.repository("acme", "ledger")?.hooks).toMatchObject([
      {
        active: true,
        events: ["push", "pull_request"],
        config: { url: "https://ci.acme.example/hook", content_type: "json", insecure_ssl: "0" },
      },
    ]);
  });

  test("an autolink, pages and a team are set, twice without harm", async () => {
    await runTwice("github:autolinks:create", {
      repoUrl,
      keyPrefix: "PAY-",
      urlTemplate: "https://jira.acme.example/<num>",
    });
    await runTwice("github:pages:enable", { repoUrl, sourcePath: "/docs" });
    await runTwice("github:team:repo:add", { repoUrl, team: "group:default/payments-team" });

    const repository = github.repository("acme", "ledger");
    expect(repository?.autolinks).toMatchObject([{ key_prefix: "PAY-", is_alphanumeric: true }]);
    expect(repository?.pages).toMatchObject({
      build_type: "workflow",
      source: { branch: "main", path: "/docs" },
    });
    expect(Object.fromEntries(repository?.teams ?? [])).toEqual({ "payments-team": "push" });
  });

  test("a deploy key comes with its private half as a secret", async () => {
    const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample deploy@acme";
    const input = { repoUrl, publicKey, privateKey: "PRIVATE", deployKeyName: "Deploy to prod" };

    const [output] = await runTwice("github:deployKey:create", input);

    const repository = github.repository("acme", "ledger");
    expect(output).toEqual({ privateKeySecretName: "DEPLOY_TO_PROD_PRIVATE_KEY" });
    expect(repository?.keys).toMatchObject([{ title: "Deploy to prod", key: publicKey }]);
    expect(repository?.secrets.get("DEPLOY_TO_PROD_PRIVATE_KEY")).toBe("PRIVATE");
  });

  test("an environment gets its rules, reviewers, variables and secrets", async () => {
    await runTwice("github:environment:create", {
      repoUrl,
      name: "prod/eu",
      deploymentBranchPolicy: { protected_branches: false, custom_branch_policies: true },
      customBranchPolicyNames: ["release/*"],
      customTagPolicyNames: ["v*"],
      environmentVariables: { REGION: "eu" },
      secrets: { KEY: "s3cret" },
      waitTimer: 5,
      preventSelfReview: true,
      reviewers: ["user:default/jane", "group:default/payments-team"],
    });

    const repository = github.repository("acme", "ledger");
    expect(repository?.environments.get("prod/eu")).toMatchObject({
      wait_timer: 5,
      prevent_self_review: true,
      reviewers: [{ type: "User" }, { type: "Team" }],
    });
    expect([...(repository?.puts.keys() ?? [])]).toEqual([
      "prod/eu/branch/release/*",
      "prod/eu/tag/v*",
    ]);
    expect(repository?.variables.get("prod/eu/REGION")).toBe("eu");
    expect(repository?.secrets.get("prod/eu/KEY")).toBe("s3cret");
    const unknown = run("github:environment:create", { repoUrl, name: "x", reviewers: ["nobody"] });
    await expect(unknown).rejects.toMatchObject({ code: "github-reviewer-unknown" });
  });

  test("the default branch is protected when none is named", async () => {
    await run("github:branch-protection:create", {
      repoUrl,
      requiredStatusCheckContexts: ["ci"],
      restrictions: { users: ["jane"], teams: [] },
      requiredCommitSigning: true,
    });

    const repository = github.repository("acme", "ledger");
    expect(repository?.protection.get("main")).toMatchObject({
      required_status_checks: { contexts: ["ci"] },
      restrictions: { users: ["jane"], teams: [], apps: [] },
    });
    expect(repository?.signedBranches.has("main")).toBe(true);
  });
});

describe("starting a workflow", () => {
  const input = {
    repoUrl,
    workflowId: "deploy.yml",
    branchOrTagName: "main",
    workflowInputs: { target: "prod", dry: true },
    returnWorkflowRunDetails: true,
  };
  beforeEach(() =>
    github.addRepository("acme", "ledger", {
      files: { ".github/workflows/deploy.yml": "on: workflow_dispatch\n" },
    }),
  );

  test("gives the run's id and addresses", async () => {
    const output = await run("github:actions:dispatch", input);

    expect(output).toEqual({
      workflowRunId: expect.any(Number),
      workflowRunUrl: expect.stringContaining("/repos/acme/ledger/actions/runs/"),
      workflowRunHtmlUrl: expect.stringContaining("https://github.com/acme/ledger/actions/runs/"),
    });
    expect(github.repository("acme", "ledger")?.dispatches).toMatchObject([
      { workflow: "deploy.yml", ref: "main", inputs: { target: "prod", dry: "true" } },
    ]);
  });

  test("starts one, even when the answer is lost and the step done again", async () => {
    const notes = memoryNotes()("");
    github.failNext({ method: "POST", path: /dispatches$/, fault: "lost-reply" });

    const first = run("github:actions:dispatch", input, { notes });
    await expect(first).rejects.toMatchObject({ isRetryable: true });
    const output = await run("github:actions:dispatch", input, { notes });

    expect(output["workflowRunId"]).toEqual(expect.any(Number));
    expect(github.repository("acme", "ledger")?.dispatches).toHaveLength(1);
  });

  test("starts one for each iteration of a step", async () => {
    await run("github:actions:dispatch", input);
    await run("github:actions:dispatch", input);

    expect(github.repository("acme", "ledger")?.dispatches).toHaveLength(2);
  });

  test("says which branch or workflow GitHub does not have", async () => {
    const branch = run("github:actions:dispatch", { ...input, branchOrTagName: "nowhere" });
    await expect(branch).rejects.toMatchObject({
      code: "github-refused",
      message: expect.stringContaining("No ref found for: nowhere"),
    });
    const workflow = run("github:actions:dispatch", { ...input, workflowId: "no.yml" });
    await expect(workflow).rejects.toMatchObject({
      code: "github-not-found",
      message: expect.stringContaining("starting the workflow no.yml (acme/ledger)"),
    });
  });
});

test("a dry run of a repository, a pull request and its settings sends nothing that writes", async () => {
  await github.addRepository("acme", "ledger", { files: { "README.md": "# before\n" } });
  await withFolder(async (folder) => {
    fs.mkdirSync(path.join(folder, "workspace"), { recursive: true });
    fs.writeFileSync(path.join(folder, "workspace", "README.md"), "# after\n");
    const dry = { folder, isDryRun: true };
    const pullRequest = { repoUrl, branchName: "b", title: "t", description: "d" };

    for (const [id, input] of [
      ["publish:github", { repoUrl: "github.com?owner=acme&repo=books", topics: ["a"] }],
      ["publish:github:pull-request", pullRequest],
      ["github:issues:create", { repoUrl, title: "t" }],
      ["github:webhook", { repoUrl, webhookUrl: "https://ci.example.com", webhookSecret: "s" }],
      ["github:environment:create", { repoUrl, name: "prod" }],
      ["github:actions:dispatch", { repoUrl, workflowId: "x.yml", branchOrTagName: "main" }],
      ["github:repo:create", { repoUrl: "github.com?owner=acme&repo=other" }],
    ] as const) {
      const action = builtinActions.get(id);
      const isTried = action?.supportsDryRun === true;
      const world = actionContext(folder, { publisher: publisherFor(github), ...dry });
      // one that cannot try is never called by a dry run
      if (isTried) await action.run(action.input.parse(input), world);
    }

    expect(github.journal.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(github.repository("acme", "books")).toBeUndefined();
    expect(fs.readdirSync(folder)).toEqual(["workspace"]);
  });
});
