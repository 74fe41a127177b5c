import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

import type { JsonObject } from "../../../src/base/json.ts";
import type { ActionContext, AnyAction } from "../../../src/scaffold/action.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { checkInput } from "../../../src/scaffold/step-input.ts";
import { actionContext, catalogEntity, memoryCatalog, withFolder } from "../../helpers/scaffold.ts";

interface Done {
  output: JsonObject;
  files: string[];
  lines: string[];
  workspace: string;
}

/** Runs an action in a workspace with these files. */
async function run(
  actionId: string,
  input: JsonObject,
  files: Record<string, string> = {},
  over: Partial<ActionContext> = {},
  look: (done: Done) => Promise<void> = async () => undefined,
): Promise<Done> {
  return withFolder(async (folder) => {
    const context = actionContext(folder, over);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(context.workspace, path)), { recursive: true });
      await writeFile(join(context.workspace, path), text);
    }
    await mkdir(context.workspace, { recursive: true });
    const action: AnyAction | undefined = builtinActions.get(actionId);
    if (action === undefined) throw new Error(`no action ${actionId}`);
    const output = await action.run(checkInput(action, input).input, context);
    const entries = await readdir(context.workspace, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(context.workspace.length + 1));
    const done = {
      output,
      files: names.toSorted(),
      lines: context.lines,
      workspace: context.workspace,
    };
    await look(done);
    return done;
  });
}

const some = { "a.txt": "a", "b/c.txt": "c", "b/d.md": "d", ".env": "e" };

describe("fs:delete", () => {
  test.each([
    [["a.txt"], [".env", "b/c.txt", "b/d.md"]],
    [["b"], [".env", "a.txt"]],
    [["b/"], [".env", "a.txt"]],
    [["**/*.txt"], [".env", "b/d.md"]],
    [["*"], []],
    [
      ["{a,b/c}.txt", "missing"],
      [".env", "b/d.md"],
    ],
  ])("%j leaves %j", async (files, left) => {
    expect((await run("fs:delete", { files }, some)).files).toEqual(left);
  });

  test.each(["..", "../x", "/etc", ".", "", ".git/x"])("refuses %j", async (path) => {
    await expect(run("fs:delete", { files: [path] }, some)).rejects.toMatchObject({
      code: "path-not-allowed",
    });
  });

  test("a glob that never ends is refused in time", async () => {
    const files = { [`${"a".repeat(200)}.txt`]: "x" };

    await expect(run("fs:delete", { files: [`${"*a".repeat(60)}b`] }, files)).rejects.toMatchObject(
      { code: "glob-invalid" },
    );
  });
});

describe("fs:rename", () => {
  test("moves files and folders, making folders as needed", async () => {
    const { files } = await run(
      "fs:rename",
      {
        files: [
          { from: "a.txt", to: "x/y/a.txt" },
          { from: "b", to: "z" },
        ],
      },
      some,
    );

    expect(files).toEqual([".env", "x/y/a.txt", "z/c.txt", "z/d.md"]);
  });

  test("writes over what is there only when asked", async () => {
    await expect(
      run("fs:rename", { files: [{ from: "a.txt", to: "b" }] }, some),
    ).rejects.toMatchObject({ code: "file-exists" });
    const { files } = await run(
      "fs:rename",
      { files: [{ from: "a.txt", to: "b", overwrite: true }] },
      some,
    );
    expect(files).toEqual([".env", "b"]);
  });

  test.each([
    ["missing", "x", "file-not-found"],
    ["../a", "x", "path-not-allowed"],
    ["a.txt", "../x", "path-not-allowed"],
    ["a.txt", ".git/config", "path-not-allowed"],
    ["b", "b/inside", "path-not-allowed"],
  ])("refuses %s to %s", async (from, to, code) => {
    await expect(run("fs:rename", { files: [{ from, to }] }, some)).rejects.toMatchObject({ code });
  });
});

test("fs:readdir lists files and folders, below too when asked", async () => {
  const flat = await run("fs:readdir", { paths: ["."] }, some);
  const deep = await run("fs:readdir", { paths: ["b", "./"], recursive: true }, some);

  expect(flat.output).toEqual({
    files: [
      { name: ".env", path: "", fullPath: ".env" },
      { name: "a.txt", path: "", fullPath: "a.txt" },
    ],
    folders: [{ name: "b", path: "", fullPath: "b" }],
  });
  expect(JSON.stringify(deep.output["files"])).toContain("b/d.md");
  await expect(run("fs:readdir", { paths: ["missing"] }, some)).rejects.toMatchObject({
    code: "file-not-found",
  });
});

test("fs:read gives a file's text, and follows no link", async () => {
  expect((await run("fs:read", { path: "b/c.txt" }, some)).output).toEqual({ content: "c" });
  await expect(run("fs:read", { path: "nope" }, some)).rejects.toMatchObject({
    code: "file-not-found",
  });
  await expect(run("fs:read", { path: "../../etc/passwd" }, some)).rejects.toMatchObject({
    code: "path-not-allowed",
  });
  await withFolder(async (folder) => {
    const context = actionContext(folder);
    await mkdir(context.workspace);
    await symlink("/etc/passwd", join(context.workspace, "link"));

    await expect(
      builtinActions.get("fs:read")?.run({ path: "link" }, context),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
  });
});

test("debug:log writes the message and what is asked of the workspace", async () => {
  const names = await run("debug:log", { message: "hello", listWorkspace: true }, some);
  const contents = await run(
    "debug:log",
    { listWorkspace: "with-contents" },
    { "a.txt": "text", "b.bin": "\0" },
  );

  expect(names.lines).toEqual([
    "hello",
    ".env (1 bytes)",
    "a.txt (1 bytes)",
    "b/c.txt (1 bytes)",
    "b/d.md (1 bytes)",
  ]);
  expect(contents.lines).toEqual(["a.txt (4 bytes)", "text", "b.bin (1 bytes)", "(binary)"]);
});

test("debug:wait waits, at most ten minutes, and ends when the run is stopped", async () => {
  const controller = new AbortController();
  const before = performance.now();

  await run("debug:wait", { milliseconds: 30 });
  expect(performance.now() - before).toBeGreaterThan(25);
  await expect(run("debug:wait", { minutes: 10, seconds: 1 })).rejects.toMatchObject({
    code: "step-input-invalid",
  });
  const waiting = run("debug:wait", { minutes: 9 }, {}, { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toThrow("aborted");
  await run("debug:wait", { minutes: 9 }, {}, { isDryRun: true });
});

describe("the catalog", () => {
  const ledger = catalogEntity(
    {
      apiVersion: "backstage.io/v1alpha1",
      kind: "Component",
      metadata: { name: "ledger" },
      spec: { owner: "team-a" },
    },
    "component:default/ledger",
  );
  const catalog = memoryCatalog([ledger]);

  test("catalog:fetch reads one or several, missing ones only where that is allowed", async () => {
    const one = await run(
      "catalog:fetch",
      { entityRef: "Component:default/Ledger" },
      {},
      { catalog },
    );
    const short = await run(
      "catalog:fetch",
      { entityRef: "ledger", defaultKind: "Component" },
      {},
      { catalog },
    );
    const many = await run(
      "catalog:fetch",
      { entityRefs: ["component:ledger", "component:none"], optional: true },
      {},
      { catalog },
    );

    expect(one.output).toEqual({ entity: ledger.entity });
    expect(short.output).toEqual(one.output);
    expect(many.output).toEqual({ entities: [ledger.entity, null] });
    await expect(
      run("catalog:fetch", { entityRef: "component:none" }, {}, { catalog }),
    ).rejects.toMatchObject({ code: "entity-unknown" });
    await expect(
      run("catalog:fetch", { entityRef: "none" }, {}, { catalog }),
    ).rejects.toMatchObject({ code: "ref-malformed" });
    await expect(run("catalog:fetch", {}, {}, { catalog })).rejects.toMatchObject({
      code: "step-input-invalid",
    });
  });

  test("catalog:write says which template it came from, whatever the input claims", async () => {
    const entity = {
      kind: "Component",
      metadata: { name: "x", annotations: { a: "b", "backstage.io/source-template": "forged" } },
    };

    await run(
      "catalog:write",
      { entity, filePath: "sub/info.yaml" },
      {},
      {},
      async ({ files, workspace }) => {
        expect(files).toEqual(["sub/info.yaml"]);
        expect(parse(await readFile(join(workspace, "sub/info.yaml"), "utf8"))).toEqual({
          kind: "Component",
          metadata: {
            name: "x",
            annotations: { a: "b", "backstage.io/source-template": "template:default/sample" },
          },
        });
      },
    );
    const { files } = await run("catalog:write", { entity: { kind: "X" } });
    expect(files).toEqual(["catalog-info.yaml"]);
  });

  test("values that look like YAML come back as they were", async () => {
    const odd = {
      a: "no",
      b: "1.20",
      c: "x: y # z",
      d: "${{ x }}",
      e: "line\nline",
      f: "- 'q\"",
      g: "",
    };

    await run("catalog:write", { entity: { spec: odd } }, {}, {}, async ({ workspace }) => {
      const written: unknown = parse(await readFile(join(workspace, "catalog-info.yaml"), "utf8"));
      expect(written).toMatchObject({ spec: odd });
    });
  });

  test("catalog:register names the component that people mean", async () => {
    const url = "https://github.com/acme/ledger/blob/main";
    const published = {
      id: "fake",
      createRepository: () => Promise.reject(new Error("not here")),
      openPullRequest: () => Promise.reject(new Error("not here")),
      createIssue: () => Promise.reject(new Error("not here")),
      exists: async () => true,
      branches: async () => [],
      owners: async () => [],
      readFile: async (at: string) => (at.includes("catalog-info") ? "kind: Component" : undefined),
    };
    const memory = memoryCatalog();
    const world = { publisher: published, catalog: memory };

    const byRepo = await run("catalog:register", { repoContentsUrl: `${url}/` }, {}, world);
    const byUrl = await run(
      "catalog:register",
      { catalogInfoUrl: `${url}/x/catalog-info.yaml` },
      {},
      world,
    );

    expect(byRepo.output).toEqual({
      catalogInfoUrl: `${url}/catalog-info.yaml`,
      entityRef: "component:default/ledger",
    });
    expect(memory.registered).toEqual([`${url}/catalog-info.yaml`, `${url}/x/catalog-info.yaml`]);
    expect(byUrl.output["entityRef"]).toBe("component:default/ledger");
    await expect(
      run("catalog:register", { catalogInfoUrl: `${url}/none` }, {}, world),
    ).rejects.toMatchObject({ code: "catalog-file-missing" });
    expect(
      (await run("catalog:register", { catalogInfoUrl: `${url}/none`, optional: true }, {}, world))
        .output,
    ).toEqual({ catalogInfoUrl: `${url}/none` });
    await expect(run("catalog:register", {}, {}, world)).rejects.toMatchObject({
      code: "step-input-invalid",
    });
  });
});

describe("publishing", () => {
  const repoUrl = "github.com?owner=acme&repo=ledger";

  test("publish:github makes a repository of the workspace, or of a folder in it", async () => {
    const whole = await run("publish:github", { repoUrl }, some);
    const part = await run("publish:github", { repoUrl, sourcePath: "./b" }, some);

    expect(whole.output).toEqual({
      remoteUrl: expect.stringMatching(/^file:.*\/git\/acme\/ledger\.git$/),
      repoContentsUrl: expect.stringMatching(/\/blob\/main$/),
      commitHash: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(part.lines.join()).toContain("with 2 files");
  });

  test("a dry run writes nothing and says what it would do", async () => {
    const { output, lines } = await run(
      "publish:github",
      { repoUrl, defaultBranch: "trunk" },
      some,
      { isDryRun: true },
    );

    expect(lines).toEqual(["would create acme/ledger on github.com with 4 files on trunk"]);
    expect(output).toMatchObject({
      remoteUrl: "https://github.com/acme/ledger.git",
      repoContentsUrl: "https://github.com/acme/ledger/blob/trunk",
    });
  });

  test.each([
    [{ repoUrl: "github.com?repo=x" }, "repo-url-malformed"],
    [{ repoUrl: "acme/ledger" }, "repo-url-malformed"],
    [{ repoUrl: "github.com?owner=acme&repo=.." }, "repo-name-invalid"],
    [{ repoUrl: "github.com?owner=acme&repo=-x" }, "repo-name-invalid"],
    [{ repoUrl, sourcePath: "../x" }, "path-not-allowed"],
    [{ repoUrl, sourcePath: "/etc" }, "path-not-allowed"],
    [{ repoUrl, sourcePath: "a.txt" }, "path-not-allowed"],
    [{ repoUrl, sourcePath: "missing" }, "path-not-allowed"],
  ])("refuses %j", async (input, code) => {
    for (const isDryRun of [true, false]) {
      await expect(run("publish:github", input, some, { isDryRun })).rejects.toMatchObject({
        code,
      });
    }
  });

  test("a link that a step left in the workspace is not published", async () => {
    await withFolder(async (folder) => {
      const context = actionContext(folder);
      await mkdir(context.workspace);
      await symlink("/etc/passwd", join(context.workspace, "passwd"));

      const attempt = builtinActions.get("publish:github")?.run({ repoUrl }, context);

      await expect(attempt).rejects.toMatchObject({ code: "tree-not-allowed" });
    });
  });

  test("publish:github:pull-request puts files below targetPath and refuses odd branches", async () => {
    const input = { repoUrl, branchName: "add", title: "Add", description: "why" };
    const dry = await run(
      "publish:github:pull-request",
      { ...input, targetPath: "b", filesToDelete: ["old.txt"] },
      some,
      { isDryRun: true },
    );

    expect(dry.lines).toEqual(["would open “Add” on acme/ledger: 2 files on add, 1 deleted"]);
    expect(dry.output).toMatchObject({ targetBranchName: "main", pullRequestNumber: 1 });
    for (const branchName of [
      "-x",
      "a..b",
      "a b",
      "x.lock",
      "/a",
      "a/",
      "",
      "a\nb",
      "@",
      "a~1",
      "x".repeat(201),
    ]) {
      await expect(
        run("publish:github:pull-request", { ...input, branchName }, some),
      ).rejects.toMatchObject({ code: "branch-name-invalid" });
    }
    await expect(
      run("publish:github:pull-request", { ...input, filesToDelete: ["../x"] }, some),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
  });
});
