import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createEmulator, type Emulator } from "emulate";

import { isRecord } from "../../../../src/base/json.ts";
import { silentLogger } from "../../../../src/base/logger.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { createGithubClient } from "../../../../src/scaffold/publishers/github/client.ts";
import { githubPublisher } from "../../../../src/scaffold/publishers/github/github-publisher.ts";
import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { connect, publisherFor, quickTiming } from "../../../emulators/github/harness.ts";
import { publishRequest, stepContext } from "../../../helpers/publishing.ts";
import { freePort } from "../../../helpers/servers.ts";

/** A GitHub emulated by people who are not us; it does not do everything, and says so. */
let theirs: Emulator;
let ours: GithubEmulator;
let baseUrl: string;

beforeAll(async () => {
  const port = await freePort();
  baseUrl = `http://127.0.0.1:${port}`;
  theirs = await createEmulator({
    service: "github",
    port,
    seed: {
      tokens: { ghp_theirs: { login: "octocat", scopes: ["repo", "user", "admin:org"] } },
      github: {
        users: [{ login: "octocat", name: "The Octocat", email: "octocat@acme.example" }],
        orgs: [{ login: "acme", name: "Acme", members: [{ login: "octocat", role: "admin" }] }],
      },
    },
  });
  ours = await startGithubEmulator();
});

afterAll(async () => {
  await theirs.close();
  await ours.close();
});

const auth = { kind: "token", token: new Secret("ghp_theirs") } as const;

describe("another emulation of GitHub", () => {
  test("takes the whole creation for a user, and its commit has the id that ours has", async () => {
    const client = createGithubClient({ auth, baseUrl, logger: silentLogger, isPaced: false });
    const request = publishRequest({
      owner: "octocat",
      settings: { topics: ["Node"], collaborators: [{ access: "push", user: "octocat" }] },
    });
    const stored = new Map<string, string>();
    const publisher = githubPublisher({ client, timing: quickTiming });

    const result = await publisher.createRepository(request, stepContext({ stored }));
    const again = await publisher.createRepository(request, stepContext({ stored }));
    const taken = publisher.createRepository({ ...request, runId: "other" }, stepContext());

    await expect(taken).rejects.toMatchObject({ code: "repo-exists" });
    const mine = await publisherFor(ours).createRepository(request, stepContext());
    expect(result.warnings).toEqual([]);
    expect(again.commitHash).toBe(result.commitHash);
    expect(result.commitHash).toBe(mine.commitHash);
    const { data } = await client.root.rest.repos.get({ owner: "octocat", repo: "payments" });
    expect(data).toMatchObject({ description: "Pays people", default_branch: "main" });
    const { rest } = client.root;
    const topics = await rest.repos.getAllTopics({ owner: "octocat", repo: "payments" });
    expect(topics.data.names).toEqual(["node"]);
    const branch = { owner: "octocat", repo: "payments", branch: "main" };
    const protection = await rest.repos.getBranchProtection(branch);
    expect(protection.data.enforce_admins).toMatchObject({ enabled: true });
  });

  // Not asked: organisations as a whole. It knows none under GET /users/{name}, as GitHub does, and refuses trees and commits
  // in an organisation's repositories with 403 even to an admin; contents of files and tarballs are missing.
  test.each([
    ["a repository in an organisation", "POST /orgs/acme/repos", { name: "one", auto_init: true }],
    ["the same name again", "POST /orgs/acme/repos", { name: "one" }],
    ["a repository", "GET /repos/acme/one", {}],
    ["one that is not there", "GET /repos/acme/nowhere", {}],
    ["a branch's ref", "GET /repos/acme/one/git/ref/heads/main", {}],
    ["a ref that is not there", "GET /repos/acme/one/git/ref/heads/nowhere", {}],
    ["topics", "PUT /repos/acme/one/topics", { names: ["a", "b"] }],
    ["a new description", "PATCH /repos/acme/one", { description: "new" }],
    ["the branches", "GET /repos/acme/one/branches", {}],
    ["an issue", "POST /repos/acme/one/issues", { title: "Hello", body: "there" }],
    ["labels on it", "POST /repos/acme/one/issues/1/labels", { labels: ["bug"] }],
    ["the pull requests", "GET /repos/acme/one/pulls", {}],
    ["a branch that is protected by nothing", "GET /repos/acme/one/branches/main/protection", {}],
  ])("answers as ours to %s", async (_what, route, body) => {
    const [here, there] = await Promise.all([
      ask(connect(ours).root.request, route, body),
      ask(connect(ours, { auth, baseUrl }).root.request, route, body),
    ]);

    expect(here).toEqual(there);
  });
});

type Ask = (route: string, body: object) => Promise<{ status: number; data: unknown }>;

/** The status and those facts of an answer that do not depend on ids, times and addresses. */
async function ask(send: Ask, route: string, body: object): Promise<unknown> {
  try {
    const { status, data } = await send(route, body);
    return { status, facts: factsOf(data) };
  } catch (thrown) {
    if (!isRecord(thrown) || !isRecord(thrown["response"])) throw thrown;
    return { status: thrown["status"] };
  }
}

const comparable = [
  "name",
  "full_name",
  "description",
  "private",
  "default_branch",
  "topics",
  "names",
  "ref",
  "title",
  "body",
  "state",
  "number",
];

function factsOf(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(factsOf);
  if (!isRecord(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => comparable.includes(key)));
}
