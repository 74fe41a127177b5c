import { mkdir, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, test } from "@jest/globals";

import { createFileFetch } from "../../../src/scaffold/fetching/file-fetch.ts";
import { withFolder } from "../../helpers/scaffold.ts";

const signal = new AbortController().signal;

/** repo/templates/one/template.yaml, repo/skeletons/base/a.txt, other/secret.txt */
async function withRepo(work: (repo: string, base: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const repo = join(folder, "repo");
    await mkdir(join(repo, "templates", "one", "skeleton"), { recursive: true });
    await mkdir(join(repo, "skeletons", "base"), { recursive: true });
    await mkdir(join(repo, ".git"));
    await mkdir(join(folder, "other"));
    await writeFile(join(repo, "skeletons", "base", "a.txt"), "a");
    await writeFile(join(folder, "other", "secret.txt"), "s");
    await work(repo, join(repo, "templates", "one", "template.yaml"));
  });
}

test("resolves relative to the template's file, anywhere in its repository", async () => {
  await withRepo(async (repo, base) => {
    const source = createFileFetch();

    expect(await source.fetch("./skeleton", base, signal)).toMatchObject({ isFolder: true });
    expect(await source.fetch("../../skeletons/base", base, signal)).toEqual({
      path: join(repo, "skeletons", "base"),
      isFolder: true,
    });
    expect(await source.fetch("../../skeletons/base/a.txt", base, signal)).toMatchObject({
      isFolder: false,
    });
    const url = pathToFileURL(join(repo, "skeletons")).href;
    expect(await source.fetch(url, base, signal)).toMatchObject({ isFolder: true });
  });
});

test("stays inside the repository, or the folders that are allowed", async () => {
  await withRepo(async (repo, base) => {
    await symlink(join(repo, "..", "other"), join(repo, "templates", "one", "way-out"));
    const own = createFileFetch();
    const wide = createFileFetch({ roots: [join(repo, "..")] });

    for (const url of [
      "../../../other",
      "/etc",
      "/etc/passwd",
      "file:///etc/passwd",
      "way-out",
      "way-out/secret.txt",
      "../../../nothing",
    ]) {
      await expect(own.fetch(url, base, signal)).rejects.toMatchObject({
        code: "fetch-not-allowed",
      });
    }
    expect(await wide.fetch("../../../other", base, signal)).toMatchObject({ isFolder: true });
    await expect(wide.fetch("/etc", base, signal)).rejects.toMatchObject({
      code: "fetch-not-allowed",
    });
  });
});

test("says what is missing, and what needs a connection", async () => {
  await withRepo(async (_repo, base) => {
    const source = createFileFetch();

    await expect(source.fetch("./nothing", base, signal)).rejects.toMatchObject({
      code: "fetch-not-found",
    });
    for (const url of [
      "https://github.com/acme/x/tree/main/skeleton",
      "gopher://x",
      "git+ssh://x/y",
      "file://evil/share",
    ]) {
      await expect(source.fetch(url, base, signal)).rejects.toMatchObject({
        code: expect.stringMatching(/^fetch-(url-unsupported|not-allowed)$/),
      });
    }
    await expect(
      source.fetch("./x", "https://github.com/acme/x/template.yaml", signal),
    ).rejects.toMatchObject({ code: "fetch-url-unsupported" });
  });
});

test("hands URLs to whoever can fetch them", async () => {
  const asked: string[] = [];
  const remote = {
    fetch: async (url: string, base: string) => {
      asked.push(`${url} from ${base}`);
      return { path: "/somewhere", isFolder: true };
    },
  };

  const source = createFileFetch({ remote });

  await source.fetch("https://x/y", "/t/template.yaml", signal);
  await source.fetch("./y", "https://x/t/template.yaml", signal);

  expect(asked).toEqual([
    "https://x/y from /t/template.yaml",
    "./y from https://x/t/template.yaml",
  ]);
});

test("a template in no repository reaches its own folder, or some folders up when run by hand", async () => {
  await withFolder(async (folder) => {
    const base = join(folder, "a", "b", "c", "d", "template.yaml");
    await mkdir(join(folder, "a", "b", "c", "d", "skeleton"), { recursive: true });
    await mkdir(join(folder, "a", "skeletons"));
    const strict = createFileFetch();
    const nearby = createFileFetch({ reach: "nearby" });

    expect(await strict.fetch("./skeleton", base, signal)).toMatchObject({ isFolder: true });
    await expect(strict.fetch("../../../skeletons", base, signal)).rejects.toMatchObject({
      code: "fetch-not-allowed",
    });
    expect(await nearby.fetch("../../../skeletons", base, signal)).toMatchObject({
      isFolder: true,
    });
    for (const url of ["/etc", "../../../../../../../etc", tmpdir(), homedir(), "/"]) {
      await expect(nearby.fetch(url, base, signal)).rejects.toMatchObject({
        code: "fetch-not-allowed",
      });
    }
    const atHome = createFileFetch({ reach: "nearby" });
    await expect(
      atHome.fetch("../.ssh", join(homedir(), "x", "template.yaml"), signal),
    ).rejects.toMatchObject({ code: "fetch-not-allowed" });
  });
});
