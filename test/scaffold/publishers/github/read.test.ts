import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { parseGithubFileUrl } from "../../../../src/scaffold/publishers/github/read.ts";
import { type GithubEmulator, startGithubEmulator } from "../../../emulators/github/emulator.ts";
import { patientTiming, publisherFor } from "../../../emulators/github/harness.ts";
import { publishRequest, stepContext, textFile } from "../../../helpers/publishing.ts";

const signal = new AbortController().signal;
let github: GithubEmulator;

beforeEach(async () => {
  github = await startGithubEmulator();
});

afterEach(() => github.close());

describe("reading a file by the address a person sees", () => {
  test("finds it on branches with and without slashes, and nothing where there is nothing", async () => {
    const files = { "catalog-info.yaml": "kind: Component # ü\n", "docs/a.md": "a\n" };
    const repository = await github.addRepository("acme", "ledger", { files });
    const head = (await repository.git.resolve("refs/heads/main")) ?? "";
    await repository.git.setRef("refs/heads/team/x", head);
    const publisher = publisherFor(github);
    const read = (tail: string): Promise<string | undefined> =>
      publisher.readFile(`https://github.com/acme/ledger/${tail}`, signal);

    expect(await read("blob/main/catalog-info.yaml")).toBe("kind: Component # ü\n");
    expect(await read("blob/team/x/docs/a.md#L1")).toBe("a\n");
    expect(await read("tree/main/docs")).toBeUndefined();
    expect(await read("blob/main/absent.yaml")).toBeUndefined();
    expect(await read("blob/main")).toBeUndefined();
    expect(await publisher.readFile("https://github.com/acme/nowhere/blob/main/x", signal)).toBe(
      undefined,
    );
  });

  test("waits a moment for a repository that was created just now", async () => {
    const publisher = publisherFor(github, { timing: patientTiming });
    const files = [textFile("catalog-info.yaml", "kind: Component\n")];
    const { repoContentsUrl } = await publisher.createRepository(
      publishRequest({ files }),
      stepContext(),
    );
    github.failNext({ path: /contents/, fault: "not-found", times: 2 });

    const text = await publisher.readFile(`${repoContentsUrl}/catalog-info.yaml`, signal);

    expect(text).toBe("kind: Component\n");
  });

  test("refuses what GitHub does not give out whole, and addresses of other hosts", async () => {
    await github.addRepository("acme", "big", { files: { "big.yaml": "x".repeat(1_100_000) } });
    const publisher = publisherFor(github);

    await expect(
      publisher.readFile("https://github.com/acme/big/blob/main/big.yaml", signal),
    ).rejects.toMatchObject({ code: "github-file-too-large" });
    await expect(
      publisher.readFile("https://gitlab.com/acme/big/blob/main/x", signal),
    ).rejects.toMatchObject({ code: "github-url-unsupported" });
  });

  test.each([
    ["https://github.com/acme/x/blob/main/a/b.md", "main", "a/b.md"],
    ["https://github.com/acme/x/raw/main/b.md?plain=1", "main", "b.md"],
    ["https://raw.githubusercontent.com/acme/x/main/b%20c.md", "main", "b c.md"],
    ["https://github.com/acme/x/edit/main/b.md", "main", "b.md"],
  ])("understands %s", (url, ref, path) => {
    const file = parseGithubFileUrl(url, "github.com");

    expect(file).toMatchObject({ owner: "acme", repo: "x" });
    expect(file?.readings[0]).toEqual({ ref, path });
  });

  test.each([
    "not a url",
    "https://github.com/acme",
    "https://github.com/acme/x/issues/1",
    "https://github.com/acme/x/blob/main/%E0%A4%A",
    "https://evil.example/acme/x/blob/main/a",
    "https://github.com@evil.example/acme/x/blob/main/a",
  ])("does not take %s for a file on GitHub", (url) => {
    expect(parseGithubFileUrl(url, "github.com")).toBeUndefined();
  });
});

describe("for checking a form", () => {
  test("knows which names are taken, in any case, and a renamed repository's old name as free", async () => {
    await github.addRepository("acme", "Ledger");
    await github.addRepository("acme", "old");
    github.renameRepository("acme", "old", "new");
    const publisher = publisherFor(github);

    await expect(publisher.exists("acme", "ledger", signal)).resolves.toBe(true);
    await expect(publisher.exists("acme", "free", signal)).resolves.toBe(false);
    await expect(publisher.exists("acme", "old", signal)).resolves.toBe(false);
    expect(github.journal.every(({ method }) => method === "GET")).toBe(true);
  });

  test("lists the owners a token can create for", async () => {
    await expect(publisherFor(github).owners(signal)).resolves.toEqual(["acme", "octocat"]);
  });
});
