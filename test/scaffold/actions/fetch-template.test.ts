import { execFile } from "node:child_process";
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterEach, describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../../src/base/json.ts";
import type { AnyAction } from "../../../src/scaffold/action.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { checkInput } from "../../../src/scaffold/step-input.ts";
import { actionContext, withFolder } from "../../helpers/scaffold.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Files = Record<string, string | Buffer>;

/** Runs an action over a skeleton; the files of the workspace afterwards, text or `<n bytes>`. */
async function run(
  actionId: string,
  skeleton: Files,
  input: JsonObject,
  before: Files = {},
  prepare: (folder: string) => Promise<void> = async () => undefined,
): Promise<{ files: Record<string, string>; lines: string[] }> {
  return withFolder(async (folder) => {
    const context = actionContext(folder);
    await mkdir(context.workspace, { recursive: true });
    await writeAll(join(folder, "template", "skeleton"), skeleton);
    await writeAll(context.workspace, before);
    await prepare(folder);
    const action: AnyAction | undefined = builtinActions.get(actionId);
    if (action === undefined) throw new Error(`no action ${actionId}`);
    await action.run(checkInput(action, input).input, context);
    return { files: await readAll(context.workspace), lines: context.lines };
  });
}

const fetchTemplate = (
  skeleton: Files,
  input: JsonObject = {},
  before?: Files,
): ReturnType<typeof run> =>
  run("fetch:template", skeleton, { url: "./skeleton", ...input }, before);

async function writeAll(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    if (path.endsWith(".sh")) await chmod(join(folder, path), 0o755);
  }
}

async function readAll(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    const name = path.slice(folder.length + 1) + ((mode & 0o100) === 0 ? "" : "*");
    const content = await readFile(path);
    files[name] = content.includes(0) ? `<${content.length} bytes>` : content.toString("utf8");
  }
  return files;
}

const binary = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0x24, 0x7b, 0x7b]);

describe("fetch:template", () => {
  test("renders names and contents, keeps binaries and modes", async () => {
    const { files } = await fetchTemplate(
      {
        "README.md": "# ${{ values.name }}\n",
        "src/${{ values.name }}/main.ts": "export const port = ${{ values.port }};\n",
        "run.sh": "echo ${{ values.name }}\n",
        "logo.png": binary,
        empty: "",
        ".gitignore": "dist\n",
      },
      { values: { name: "ledger", port: 8080 } },
    );

    expect(files).toEqual({
      "README.md": "# ledger\n",
      "src/ledger/main.ts": "export const port = 8080;\n",
      "run.sh*": "echo ledger\n",
      "logo.png": "<8 bytes>",
      empty: "",
      ".gitignore": "dist\n",
    });
  });

  test("leaves out files whose name, or a part of it, renders to nothing", async () => {
    const { files, lines } = await fetchTemplate(
      {
        "${{ 'Dockerfile' if values.docker else '' }}": "FROM node\n",
        "${{ values.none }}/a.txt": "a",
        "b/${{ values.none }}/c.txt": "c",
        "d/${{ values.none }}": "d",
        "kept.txt": "k",
      },
      { values: { docker: false } },
    );

    expect(Object.keys(files)).toEqual(["kept.txt"]);
    expect(lines.filter((line) => line.startsWith("left out"))).toHaveLength(4);
  });

  test("a missing value prints nothing; other languages' braces are text", async () => {
    const { files } = await fetchTemplate({
      "ci.yml":
        "run: ${{ github.sha }} {{ .Values.x }} ${X} {% raw %}${{ secrets.T }}{% endraw %}\n",
    });

    expect(files["ci.yml"]).toBe("run:  {{ .Values.x }} ${X} ${{ secrets.T }}\n");
  });

  test("copyWithoutTemplating keeps contents, copyWithoutRender also names; a folder stands for all in it", async () => {
    const skeleton = {
      ".github/workflows/${{ values.name }}.yml": "${{ github.sha }}",
      "charts/${{ values.name }}/x.yaml": "${{ .x }}",
      "a.${{ values.name }}.txt": "${{ values.name }}",
      ".hidden.tpl": "${{ values.name }}",
    };

    const templating = await fetchTemplate(skeleton, {
      values: { name: "n" },
      copyWithoutTemplating: [".github/workflows/*", "charts", "*.tpl"],
    });
    const render = await fetchTemplate(skeleton, {
      values: { name: "n" },
      copyWithoutRender: [".github", "charts/**"],
    });

    expect(templating.files).toEqual({
      ".github/workflows/n.yml": "${{ github.sha }}",
      "charts/n/x.yaml": "${{ .x }}",
      "a.n.txt": "n",
      ".hidden.tpl": "${{ values.name }}",
    });
    expect(render.files).toEqual({
      ".github/workflows/${{ values.name }}.yml": "${{ github.sha }}",
      "charts/${{ values.name }}/x.yaml": "${{ .x }}",
      "a.n.txt": "n",
      ".hidden.tpl": "n",
    });
  });

  test("templateFileExtension renders only such files, and takes the ending off", async () => {
    const skeleton = {
      "a.txt.njk": "${{ values.n }}",
      "b.txt": "${{ values.n }}",
      "${{ values.n }}.txt": "x",
      "c.tpl": "${{ values.n }}",
    };

    const standard = await fetchTemplate(skeleton, {
      values: { n: "1" },
      templateFileExtension: true,
    });
    const own = await fetchTemplate(skeleton, { values: { n: "1" }, templateFileExtension: "tpl" });

    expect(standard.files).toEqual({
      "a.txt": "1",
      "b.txt": "${{ values.n }}",
      "1.txt": "x",
      "c.tpl": "${{ values.n }}",
    });
    expect(own.files["c"]).toBe("1");
    await expect(
      fetchTemplate(skeleton, { templateFileExtension: true, copyWithoutTemplating: ["x"] }),
    ).rejects.toMatchObject({ code: "step-input-invalid" });
    await expect(
      fetchTemplate(skeleton, { templateFileExtension: true, cookiecutterCompat: true }),
    ).rejects.toMatchObject({ code: "step-input-invalid" });
  });

  test("cookiecutterCompat reads cookiecutter's own style", async () => {
    const { files } = await fetchTemplate(
      {
        "{{ cookiecutter.name }}.txt":
          "{{ cookiecutter.name | upper }}{% if cookiecutter.name %}!{% endif %}",
      },
      { values: { name: "n" }, cookiecutterCompat: true },
    );

    expect(files).toEqual({ "n.txt": "N!" });
  });

  test("trimBlocks and lstripBlocks tidy up", async () => {
    const skeleton = { a: "x\n  {% if true %}\ny\n  {% endif %}\nz\n" };

    expect(
      (await fetchTemplate(skeleton, { trimBlocks: true, lstripBlocks: true })).files["a"],
    ).toBe("x\ny\nz\n");
  });

  test("files that are there stay, unless replace is set; targetPath leads below", async () => {
    const before = { "a.txt": "old", "sub/b.txt": "old" };

    const kept = await fetchTemplate({ "a.txt": "new", "c.txt": "new" }, {}, before);
    const replaced = await fetchTemplate(
      { "b.txt": "new" },
      { targetPath: "./sub/", replace: true },
      before,
    );

    expect(kept.files).toEqual({ "a.txt": "old", "sub/b.txt": "old", "c.txt": "new" });
    expect(replaced.files).toEqual({ "a.txt": "old", "sub/b.txt": "new" });
  });

  test("values are never rendered a second time", async () => {
    const evil = "${{ values.secret }}\n: # \"'${{ 1/0 }}{% raw %}";

    const { files } = await fetchTemplate(
      { a: "${{ values.evil }}" },
      { values: { evil, secret: "s" } },
    );

    expect(files["a"]).toBe(evil);
  });

  test("a file that cannot be rendered is named with line and column, and stops the step", async () => {
    const attempt = fetchTemplate({ "src/bad.txt": "ok\n  ${{ 'x' | nope }}\n" });

    await expect(attempt).rejects.toMatchObject({
      code: "expression-failed",
      message: expect.stringMatching(/^src\/bad\.txt:2:\d+ cannot be rendered: .*nope/),
    });
  });

  test("text that is not UTF-8 is copied byte by byte", async () => {
    const latin = Buffer.from("gr\u00fc\u00df ${{ values.x }}", "latin1");

    await withFolder(async (folder) => {
      const context = actionContext(folder);
      await mkdir(context.workspace);
      await writeAll(join(folder, "template", "skeleton"), { "a.txt": latin });
      await builtinActions.get("fetch:template")?.run({ url: "./skeleton" }, context);

      expect(await readFile(join(context.workspace, "a.txt"))).toEqual(latin);
    });
  });

  test("a hundred files in several folders", async () => {
    const skeleton = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `f${index % 7}/x${index}.txt`,
        "${{ values.n }}\n",
      ]),
    );

    const { files } = await fetchTemplate(skeleton, { values: { n: 1 } });

    expect(Object.keys(files)).toHaveLength(100);
    expect(new Set(Object.values(files))).toEqual(new Set(["1\n"]));
  });
});

describe("nothing leaves the workspace", () => {
  test.each([
    "../x",
    "../../etc/x",
    "a/../../x",
    ".git/hooks/pre-commit",
    "C:\\x",
    "x\0y",
    "n".repeat(300),
    "CON",
    "sub/.git",
    "ends.",
  ])("a name that renders to %j is refused", async (name) => {
    const attempt = fetchTemplate({ "${{ values.name }}": "evil" }, { values: { name } });

    await expect(attempt).rejects.toMatchObject({ code: "path-not-allowed" });
  });

  test("an absolute name is left out, as in Backstage", async () => {
    expect(
      (await fetchTemplate({ "${{ values.name }}": "evil" }, { values: { name: "/etc/cron.d/x" } }))
        .files,
    ).toEqual({});
  });

  test.each(["../out", "/abs", ".git", "a/../../b"])(
    "the target path %j is refused",
    async (targetPath) => {
      await expect(fetchTemplate({ a: "x" }, { targetPath })).rejects.toMatchObject({
        code: "path-not-allowed",
      });
    },
  );

  test("names that differ only in case are refused", async () => {
    const skeleton = { "a/${{ values.one }}": "1", "a/${{ values.two }}": "2" };

    await expect(
      fetchTemplate(skeleton, { values: { one: "Readme", two: "README" } }),
    ).rejects.toMatchObject({ code: "path-clash" });
  });

  const links: [string, (folder: string) => Promise<void>][] = [
    [
      "a link to a file",
      (folder) => symlink("/etc/passwd", join(folder, "template", "skeleton", "link")),
    ],
    [
      "a link to a folder",
      (folder) => symlink("/etc", join(folder, "template", "skeleton", "etc")),
    ],
    [
      "a dangling link",
      (folder) => symlink("/nowhere/x", join(folder, "template", "skeleton", "dangling")),
    ],
    [
      "a chain of links",
      async (folder) => {
        await symlink("two", join(folder, "template", "skeleton", "one"));
        await symlink("/", join(folder, "template", "skeleton", "two"));
      },
    ],
    [
      "a pipe",
      async (folder) => {
        await promisify(execFile)("mkfifo", [join(folder, "template", "skeleton", "pipe")]);
      },
    ],
    [
      "a socket",
      async (folder) => {
        const server = createServer();
        await new Promise<void>((resolve) => {
          server.listen(join(folder, "template", "skeleton", "socket"), resolve);
        });
        servers.push(server);
      },
    ],
  ];

  test.each(links)("%s in a skeleton is refused", async (_name, prepare) => {
    for (const action of ["fetch:template", "fetch:plain"]) {
      const attempt = run(action, { "a.txt": "a" }, { url: "./skeleton" }, {}, prepare);

      await expect(attempt).rejects.toMatchObject({ code: "tree-not-allowed" });
    }
  });

  test("a link in the workspace is not written through", async () => {
    await withFolder(async (folder) => {
      const outside = join(folder, "outside");
      await mkdir(outside);
      const context = actionContext(folder);
      await mkdir(context.workspace);
      await symlink(outside, join(context.workspace, "sub"));
      await writeAll(join(folder, "template", "skeleton"), { "sub/x": "evil" });

      const attempt = builtinActions.get("fetch:template")?.run({ url: "./skeleton" }, context);

      await expect(attempt).rejects.toMatchObject({ code: "path-not-allowed" });
      expect(await readdir(outside)).toEqual([]);
      expect((await lstat(join(context.workspace, "sub"))).isSymbolicLink()).toBe(true);
    });
  });

  test("too many files, too large ones and too much together are refused in words", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 2001 }, (_, index) => [`d${index % 50}/${index}`, ""]),
    );
    const large = { big: Buffer.alloc(10 * 1024 * 1024 + 1, 1) };
    const much = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`f${index}`, Buffer.alloc(9 * 1024 * 1024)]),
    );

    await expect(fetchTemplate(many)).rejects.toMatchObject({
      code: "tree-too-large",
      message: "The folder has more than 2,000 files.",
    });
    await expect(fetchTemplate(large)).rejects.toMatchObject({
      code: "tree-too-large",
      message: "The folder has “big”, which is larger than 10 MB.",
    });
    await expect(fetchTemplate(much)).rejects.toMatchObject({
      code: "tree-too-large",
      message: "The folder has more than 50 MB.",
    });
  });

  test("git's own folder in a skeleton is passed over", async () => {
    expect(
      (await fetchTemplate({ ".git/config": "x", "sub/.git": "gitdir: ..", a: "1" })).files,
    ).toEqual({ a: "1" });
  });
});

describe("the actions beside it", () => {
  test("fetch:plain copies names and contents as they are, over what is there", async () => {
    const skeleton = {
      "${{ values.x }}.txt": "${{ values.x }}",
      "run.sh": "x",
      "logo.png": binary,
    };

    const { files } = await run(
      "fetch:plain",
      skeleton,
      { url: "./skeleton", targetPath: "sub" },
      { "sub/run.sh": "old" },
    );

    expect(files).toEqual({
      "sub/${{ values.x }}.txt": "${{ values.x }}",
      "sub/run.sh*": "x",
      "sub/logo.png": "<8 bytes>",
    });
  });

  test("fetch:plain:file and fetch:template:file take one file", async () => {
    const skeleton = { "a.txt": "${{ values.n }}" };

    const plain = await run("fetch:plain:file", skeleton, {
      url: "./skeleton/a.txt",
      targetPath: "b/c.txt",
    });
    const rendered = await run("fetch:template:file", skeleton, {
      url: "./skeleton/a.txt",
      targetPath: "b/c.txt",
      values: { n: 1 },
    });
    const kept = await run(
      "fetch:template:file",
      skeleton,
      { url: "./skeleton/a.txt", targetPath: "./c.txt" },
      { "c.txt": "old" },
    );

    expect(plain.files).toEqual({ "b/c.txt": "${{ values.n }}" });
    expect(rendered.files).toEqual({ "b/c.txt": "1" });
    expect(kept.files).toEqual({ "c.txt": "old" });
    for (const action of ["fetch:plain:file", "fetch:template:file"]) {
      await expect(
        run(action, skeleton, { url: "./skeleton", targetPath: "x" }),
      ).rejects.toMatchObject({ code: "step-input-invalid" });
    }
  });

  test("workspace:template and workspace:template:file render what is there", async () => {
    const before = { "tpl/${{ values.n }}.txt": "${{ values.n }}" };
    const input = {
      sourcePath: "tpl",
      targetPath: "out",
      values: { n: "1" },
      copyWithoutTemplating: [],
    };

    const folder = await run("workspace:template", {}, input, before);
    const file = await run(
      "workspace:template:file",
      {},
      { sourcePath: "a.txt", targetPath: "b.txt", values: { n: "1" } },
      { "a.txt": "${{ values.n }}" },
    );

    expect(folder.files).toEqual({ ...before, "out/1.txt": "1" });
    expect(file.files).toEqual({ "a.txt": "${{ values.n }}", "b.txt": "1" });
    await expect(
      run("workspace:template", {}, { ...input, sourcePath: "../x" }, before),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
  });
});
