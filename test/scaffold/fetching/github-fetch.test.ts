import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import type { FetchSource } from "../../../src/scaffold/fetching/contract.ts";
import { createFileFetch } from "../../../src/scaffold/fetching/file-fetch.ts";
import { createGithubFetch } from "../../../src/scaffold/fetching/github-fetch.ts";
import { githubPlaceOf } from "../../../src/scaffold/fetching/github-place.ts";
import { type GithubEmulator, startGithubEmulator } from "../../emulators/github/emulator.ts";
import { connect } from "../../emulators/github/harness.ts";
import { accountOf, addRepository, commitFiles } from "../../emulators/github/world.ts";
import { withFolder } from "../../helpers/scaffold.ts";

const { signal } = new AbortController();
const base = "https://github.com/acme/templates/blob/main/node/template.yaml";
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator();
  await add("templates", "private", {
    "node/template.yaml": "kind: Template",
    "node/skeleton/README.md": "# ${{ values.name }}",
    "node/skeleton/src/${{ values.name }}.ts": "export {};",
    "shared/LICENSE": "MIT",
  });
  await add("open", "public", { "x/a.txt": "a" });
  await add("hidden", "private", { "secret.txt": "s" });
});
afterEach(async () => await github.close());

async function add(
  name: string,
  visibility: "private" | "public",
  files: Record<string, string>,
): Promise<void> {
  const { world } = github;
  const owner = accountOf(world, "acme");
  const repository = await addRepository(world, { owner, name, visibility });
  await commitFiles(world, repository, "main", files, "files");
}

async function withFetch(
  work: (source: FetchSource, cacheDir: string) => Promise<void>,
  allowed: string[] = [],
): Promise<void> {
  await withFolder(async (cacheDir) => {
    const remote = createGithubFetch({ client: connect(github), cacheDir, allowed });
    await work(createFileFetch({ remote }), cacheDir);
  });
}

test("a template from GitHub copies its skeleton, from its own folder and from elsewhere in its repository", async () => {
  await withFetch(async (source) => {
    const skeleton = await source.fetch("./skeleton", base, signal);
    const shared = await source.fetch("../shared", base, signal);
    const top = await source.fetch("/shared/LICENSE", base, signal);

    expect(skeleton.isFolder).toBe(true);
    expect((await readdir(skeleton.path)).toSorted()).toEqual(["README.md", "src"]);
    expect(await readFile(join(skeleton.path, "src", "${{ values.name }}.ts"), "utf8")).toBe(
      "export {};",
    );
    expect(await readdir(shared.path)).toEqual(["LICENSE"]);
    expect(top.isFolder).toBe(false);
    expect(await readFile(top.path, "utf8")).toBe("MIT");
  });
});

test("whole addresses lead to public repositories, their folders and single files", async () => {
  await withFetch(async (source) => {
    for (const url of [
      "https://github.com/acme/open",
      "https://github.com/acme/open.git",
      "https://github.com/acme/open/tree/main",
    ]) {
      expect(await readdir((await source.fetch(url, base, signal)).path)).toEqual(["x"]);
    }
    const raw = "https://raw.githubusercontent.com/acme/open/main/x/a.txt";
    expect(await source.fetch(raw, base, signal)).toMatchObject({ isFolder: false });
  });
});

test("a private repository of somebody else is not copied from, unless the operator allows it", async () => {
  const url = "https://github.com/acme/hidden/blob/main/secret.txt";

  await withFetch(async (source) => {
    await expect(source.fetch(url, base, signal)).rejects.toMatchObject({
      code: "fetch-not-allowed",
    });
    await expect(source.fetch(url, "/templates/template.yaml", signal)).rejects.toMatchObject({
      code: "fetch-not-allowed",
    });
  });
  await withFetch(
    async (source) => {
      await expect(source.fetch(url, base, signal)).resolves.toMatchObject({ isFolder: false });
    },
    ["Acme/*"],
  );
});

test.each([
  ["120000", "blob", "a symbolic link"],
  ["160000", "commit", "a submodule"],
] as const)("what git keeps with mode %s is not followed", async (mode, type, what) => {
  const { git } = github.repository("acme", "open") ?? {};
  const head = await git?.resolve("refs/heads/main");
  github.failNext({
    method: "GET",
    path: /\/git\/trees\//,
    times: 5,
    fault: {
      status: 200,
      body: {
        sha: head,
        url: "https://api.github.com/x",
        truncated: false,
        tree: [{ path: "x/way-out", mode, type, sha: head, url: "https://api.github.com/x" }],
      },
    },
  });

  await withFetch(async (source) => {
    await expect(
      source.fetch("https://github.com/acme/open/tree/main/x", base, signal),
    ).rejects.toMatchObject({
      code: "tree-not-allowed",
      message: `“x/way-out” is ${what}, which is not copied.`,
    });
  });
});

test("the same content is fetched once", async () => {
  await withFetch(async (source, cacheDir) => {
    const first = await source.fetch("./skeleton", base, signal);
    const written = (await stat(join(first.path, "README.md"))).mtimeMs;

    const second = await source.fetch("./skeleton", base, signal);

    expect(second.path).toBe(first.path);
    expect((await stat(join(second.path, "README.md"))).mtimeMs).toBe(written);
    expect(await readdir(cacheDir)).toHaveLength(1);
  });
});

test("what is not there says so", async () => {
  await withFetch(async (source) => {
    for (const url of [
      "./nothing",
      "https://github.com/acme/nothing",
      "https://github.com/acme/open/tree/other/x",
    ]) {
      await expect(source.fetch(url, base, signal)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:fetch-not-found|github-not-found)$/),
      });
    }
  });
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "https://169.254.169.254/o/r",
  "http://localhost/o/r",
  "https://127.1/o/r",
  "https://0x7f000001/o/r",
  "https://2130706433/o/r",
  "https://[::1]/o/r",
  "https://[::ffff:127.0.0.1]/o/r",
  "http://github.com/acme/open",
  "https://github.com@evil.example/acme/open",
  "https://user:pass@github.com/acme/open",
  "https://github.com.evil.example/acme/open",
  "https://github.com:8443/acme/open",
  "https://api.github.com/repos/acme/open",
  "https://github.com/acme",
  "https://github.com/acme/open/settings",
  "gopher://github.com/acme/open",
  "ftp://github.com/acme/open",
  "data:text/plain,x",
  "file:///etc/passwd",
  "javascript:alert(1)",
])("nothing but GitHub's pages is ever asked: %s", (url) => {
  expect(() => githubPlaceOf(url, base, "github.com")).toThrow(
    expect.objectContaining({ code: "fetch-url-unsupported" }),
  );
});

test.each(["../../x", "../../../../../acme/hidden", "/../x", "skeleton/../../../.."])(
  "a path does not lead out of the repository: %s",
  (url) => {
    expect(() => githubPlaceOf(url, base, "github.com")).toThrow(
      expect.objectContaining({ code: "fetch-not-allowed" }),
    );
  },
);
