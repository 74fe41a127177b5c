import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { isRecord } from "../../../src/base/json.ts";
import { clone, git } from "../../helpers/publishing.ts";
import { type GithubEmulator, startGithubEmulator } from "./emulator.ts";
import { connect } from "./harness.ts";
import { hasOpenapi } from "./openapi.ts";

let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator();
});

afterEach(() => github.close());

/** One plain request, for what a client library would never send. */
async function send(
  method: string,
  route: string,
  body?: unknown,
  token = github.token,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${github.url}${route}`, {
    method,
    headers: { authorization: `token ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

describe("the emulated GitHub", () => {
  test("answers 409 to Git data until a repository has a commit, and takes contents before that", async () => {
    const { rest } = connect(github).root;
    await rest.repos.createInOrg({ org: "acme", name: "x" });
    const at = { owner: "acme", repo: "x" };

    const blob = await send("POST", "/repos/acme/x/git/blobs", { content: "a" });
    await rest.repos.createOrUpdateFileContents({
      ...at,
      path: "a.txt",
      message: "first",
      content: Buffer.from("a\n").toString("base64"),
    });

    expect(blob).toMatchObject({ status: 409, body: { message: "Git Repository is empty." } });
    expect(git(github.repositoryPath("acme", "x"), "log", "--format=%s")).toBe("first");
    const folder = clone(github.repositoryPath("acme", "x"));
    expect(fs.readFileSync(path.join(folder, "a.txt"), "utf8")).toBe("a\n");
    fs.rmSync(folder, { recursive: true });
  });

  test("gives out a tarball of any branch", async () => {
    await github.addRepository("acme", "x", { files: { "a/b.txt": "hello\n" } });

    const answer = await fetch(`${github.url}/repos/acme/x/tarball/main`, { headers: auth() });
    const archive = Buffer.from(await answer.arrayBuffer());

    expect(execFileSync("tar", ["-tz"], { input: archive, encoding: "utf8" })).toContain(
      "acme-x-main/a/b.txt",
    );
  });

  test("refuses names that are taken, in GitHub's words, and wrong credentials", async () => {
    const first = await send("POST", "/orgs/acme/repos", { name: "x" });
    const second = await send("POST", "/orgs/acme/repos", { name: "X" });
    const stranger = await send("GET", "/user", undefined, "wrong");

    expect(first.status).toBe(201);
    expect(second).toMatchObject({
      status: 422,
      body: { errors: [{ message: "name already exists on this account" }] },
    });
    expect(stranger).toMatchObject({ status: 401, body: { message: "Bad credentials" } });
  });

  test("refuses what is no fast forward, a protected branch and paths that lead out", async () => {
    const repository = await github.addRepository("acme", "x");
    const head = git(repository.git.gitdir, "rev-parse", "main");
    const tree = git(repository.git.gitdir, "rev-parse", "main^{tree}");
    const commit = await send("POST", "/repos/acme/x/git/commits", { message: "m", tree });
    const sha = isRecord(commit.body) ? commit.body["sha"] : undefined;

    const sideways = await send("PATCH", "/repos/acme/x/git/refs/heads/main", { sha });
    const outside = await send("POST", "/repos/acme/x/git/trees", {
      tree: [{ path: "../x", mode: "100644", type: "blob", content: "x" }],
    });
    repository.protection.set("main", {});
    const forced = await send("PATCH", "/repos/acme/x/git/refs/heads/main", { sha, force: true });

    expect([sideways.status, outside.status, forced.status]).toEqual([422, 422, 422]);
    expect(git(repository.git.gitdir, "rev-parse", "main")).toBe(head);
  });

  test("hides a new repository for as many requests as its replicas lag", async () => {
    github.world.lagReads = 2;
    await send("POST", "/orgs/acme/repos", { name: "x", auto_init: true });

    const statuses = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await send("GET", "/repos/acme/x")).status);

    expect(statuses).toEqual([404, 404, 200]);
  });

  test("fails as ordered, so often and so late as ordered", async () => {
    github.failNext({ method: "GET", path: "/user", fault: "unavailable", after: 1, times: 2 });

    const statuses = [];
    for (let at = 0; at < 4; at += 1)
      statuses.push((await fetch(`${github.url}/user`, { headers: auth() })).status);

    expect(statuses).toEqual([200, 503, 503, 200]);
    expect(github.journal.map(({ fault }) => fault)).toEqual([
      undefined,
      "unavailable",
      "unavailable",
      undefined,
    ]);
  });
});

// Without GitHub's description beside the project there is nothing to check against.
(hasOpenapi ? describe : describe.skip)("GitHub's own description", () => {
  test("is held against requests: misspelt, unknown and wrongly typed parts are reported", async () => {
    const spoilt = await startGithubEmulator();

    await fetch(`${spoilt.url}/orgs/acme/repos?colour=red`, {
      method: "POST",
      headers: { authorization: `token ${spoilt.token}` },
      body: JSON.stringify({ name: 7, descripton: "misspelt" }),
    });

    expect(spoilt.violations).toEqual([
      "POST /orgs/{org}/repos (request): unknown query parameter colour",
      "POST /orgs/{org}/repos (request): unknown body property descripton",
      expect.stringContaining("/name must be string"),
    ]);
    await expect(spoilt.close()).rejects.toThrow("unknown body property descripton");
  });
});

function auth(): Record<string, string> {
  return { authorization: `token ${github.token}` };
}
