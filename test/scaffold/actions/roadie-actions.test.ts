import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../../src/base/json.ts";
import type { AnyAction } from "../../../src/scaffold/action.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { checkInput } from "../../../src/scaffold/step-input.ts";
import { actionContext, withFolder } from "../../helpers/scaffold.ts";

/** Runs an action over these files; its output, and the file called `look` afterwards. */
async function run(
  actionId: string,
  input: JsonObject,
  files: Record<string, string> = {},
  look?: string,
): Promise<{ output: JsonObject; text?: string }> {
  return withFolder(async (folder) => {
    const context = actionContext(folder);
    await mkdir(context.workspace);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(context.workspace, path)), { recursive: true });
      await writeFile(join(context.workspace, path), text);
    }
    const action: AnyAction | undefined = builtinActions.get(actionId);
    if (action === undefined) throw new Error(`no action ${actionId}`);
    const output = await action.run(checkInput(action, input).input, context);
    if (look === undefined) return { output };
    return { output, text: await readFile(join(context.workspace, look), "utf8") };
  });
}

describe("files", () => {
  test("write makes a file and its folders; data becomes JSON", async () => {
    const done = await run(
      "roadiehq:utils:fs:write",
      { path: "a/b.txt", content: "x\n" },
      {},
      "a/b.txt",
    );

    expect(done).toEqual({ output: { path: "a/b.txt" }, text: "x\n" });
    expect(
      (await run("roadiehq:utils:fs:write", { path: "a.json", content: { b: 1 } }, {}, "a.json"))
        .text,
    ).toBe('{\n  "b": 1\n}');
    await expect(
      run("roadiehq:utils:fs:write", { path: "../x", content: "" }),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
    await expect(
      run("roadiehq:utils:fs:write", { path: "a", content: "" }, { "a/b": "" }),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
    await expect(
      run("roadiehq:utils:fs:write", { path: "a/b", content: "" }, { a: "" }),
    ).rejects.toMatchObject({ code: "path-not-allowed" });
  });

  test("append adds to a file, or makes it", async () => {
    expect(
      (await run("roadiehq:utils:fs:append", { path: "a", content: "2" }, { a: "1" }, "a")).text,
    ).toBe("12");
    expect((await run("roadiehq:utils:fs:append", { path: "b", content: "2" }, {}, "b")).text).toBe(
      "2",
    );
  });

  test("replace takes words literally, expressions as such, and dot files only when asked", async () => {
    const files = { "a.env": "K=$1 a.c abc", ".env": "abc", "sub/b.env": "abc\n\n\nabc" };
    const replace = (one: JsonObject, look: string): ReturnType<typeof run> =>
      run(
        "roadiehq:utils:fs:replace",
        { files: [{ file: "**/*.env", find: "a.c", replaceWith: "$&!", ...one }] },
        files,
        look,
      );

    expect((await replace({}, "a.env")).text).toBe("K=$1 $&! abc");
    expect((await replace({ matchRegex: true }, "a.env")).text).toBe("K=$1 a.c! abc!");
    expect((await replace({ matchRegex: true }, ".env")).text).toBe("abc");
    expect((await replace({ matchRegex: true, includeDotFiles: true }, ".env")).text).toBe("abc!");
    expect((await replace({ file: ".env", matchRegex: true }, ".env")).text).toBe("abc!");
    expect(
      (await replace({ find: "\\n\\s*\\n", replaceWith: "\n", matchRegex: true }, "sub/b.env"))
        .text,
    ).toBe("abc\nabc");
    await expect(replace({ find: "(", matchRegex: true }, ".env")).rejects.toMatchObject({
      code: "pattern-invalid",
    });
  });

  test("an expression that never ends is refused in time", async () => {
    const input = { files: [{ file: "a", find: "^(a+)+$", replaceWith: "", matchRegex: true }] };

    await expect(
      run("roadiehq:utils:fs:replace", input, { a: `${"a".repeat(60)}!` }),
    ).rejects.toMatchObject({ code: "pattern-invalid" });
  });

  test.each([
    [undefined, "a: 1\n", "a: 1\n"],
    ["json", '{"a": 1}', { a: 1 }],
    ["yaml", "a: [1, x]", { a: [1, "x"] }],
    ["multiyaml", "---\na: 1\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
  ])("parse as %s", async (parser, text, content) => {
    const input = parser === undefined ? { path: "f" } : { path: "f", parser };

    expect((await run("roadiehq:utils:fs:parse", input, { f: text })).output).toEqual({ content });
  });

  test.each([
    ["json", "{"],
    ["yaml", "a: b: c"],
    ["yaml", "[".repeat(5000)],
    ["multiyaml", "{".repeat(5000)],
    ["yaml", "a: 1\n---\nb: 2"],
    ["yaml", `a: &x [1]\nb: [${"*x,".repeat(50)}]`],
  ])("unreadable %s is said so: %.20j", async (parser, text) => {
    await expect(
      run("roadiehq:utils:fs:parse", { path: "f", parser }, { f: text }),
    ).rejects.toMatchObject({ code: "file-unreadable" });
  });
});

describe("data", () => {
  const data = { service: { name: "api", endpoints: [{ path: "/a" }, { path: "/b" }] } };

  test("jsonata reshapes data and files", async () => {
    const expression =
      '{ "name": service.name, "routes": service.endpoints.path, "n": $count(service.endpoints) }';
    const result = { name: "api", routes: ["/a", "/b"], n: 2 };

    expect((await run("roadiehq:utils:jsonata", { data, expression })).output).toEqual({ result });
    expect((await run("roadiehq:utils:jsonata", { data, expression: "nothing" })).output).toEqual(
      {},
    );
    const json = await run(
      "roadiehq:utils:jsonata:json:transform",
      { path: "f", expression, space: 1 },
      { f: JSON.stringify(data) },
    );
    expect(json.output).toEqual({ result: JSON.stringify(result, undefined, 1) });
    const yaml = await run(
      "roadiehq:utils:jsonata:yaml:transform",
      { path: "f", expression: "service.name" },
      { f: "service: { name: x }" },
    );
    expect(yaml.output).toEqual({ result: "x\n" });
    await expect(run("roadiehq:utils:jsonata", { data, expression: "(" })).rejects.toMatchObject({
      code: "query-failed",
    });
  });

  test("serialize gives JSON and YAML text", async () => {
    const value = { b: 1, a: { c: "no", d: [1] } };

    expect((await run("roadiehq:utils:serialize:json", { data: value })).output).toEqual({
      serialized: JSON.stringify(value),
    });
    expect(
      (await run("roadiehq:utils:serialize:json", { data: value, replacer: ["b"], space: 2 }))
        .output,
    ).toEqual({ serialized: '{\n  "b": 1\n}' });
    expect((await run("roadiehq:utils:serialize:yaml", { data: value })).output).toEqual({
      serialized: "b: 1\na:\n  c: no\n  d:\n    - 1\n",
    });
    expect(
      (
        await run("roadiehq:utils:serialize:yaml", {
          data: value,
          options: { sortKeys: true, indent: 4, lineWidth: -1 },
        })
      ).output,
    ).toEqual({
      serialized: "a:\n    c: no\n    d:\n        - 1\nb: 1\n",
    });
  });

  test("merge puts data into JSON and YAML files, and leaves comments alone", async () => {
    const yaml =
      "# top\nmetadata:\n  name: x # the name\n  annotations:\n    a: 1\nlist: [1, 2, 3]\n";
    const content = { metadata: { annotations: { b: "2" } }, list: [9] };

    expect(
      (await run("roadiehq:utils:merge", { path: "c.yaml", content }, { "c.yaml": yaml }, "c.yaml"))
        .text,
    ).toBe(
      '# top\nmetadata:\n  name: x # the name\n  annotations:\n    a: 1\n    b: "2"\nlist:\n  - 9\n  - 2\n  - 3\n',
    );
    const json = await run(
      "roadiehq:utils:merge",
      { path: "c.json", content, mergeArrays: true },
      { "c.json": '{"list":[1],"k":1}' },
      "c.json",
    );
    expect(JSON.parse(json.text ?? "")).toEqual({
      list: [1, 9],
      k: 1,
      metadata: { annotations: { b: "2" } },
    });
    const text = await run(
      "roadiehq:utils:json:merge",
      { path: "c", content: "a: 1" },
      { c: "{}" },
      "c",
    );
    expect(JSON.parse(text.text ?? "")).toEqual({ a: 1 });
    const two = await run(
      "roadiehq:utils:merge",
      { path: "c.yaml", content: { x: 1 }, useDocumentIncludingField: { key: "kind", value: "B" } },
      { "c.yaml": "kind: A\n---\nkind: B\n" },
      "c.yaml",
    );
    expect(two.text).toBe("kind: A\n---\nkind: B\nx: 1\n");
  });

  test("merge cannot reach what objects have in common", async () => {
    const content = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}';

    await run("roadiehq:utils:json:merge", { path: "c", content }, { c: "{}" });

    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("sleep waits for seconds, written as number or text", async () => {
    const before = performance.now();

    await run("roadiehq:utils:sleep", { amount: "0.02" });

    expect(performance.now() - before).toBeGreaterThan(15);
    await expect(run("roadiehq:utils:sleep", { amount: 601 })).rejects.toMatchObject({
      code: "step-input-invalid",
    });
  });

  test("zip packs a folder so that other tools can read it", async () => {
    await withFolder(async (folder) => {
      const context = actionContext(folder);
      await mkdir(join(context.workspace, "sub"), { recursive: true });
      await writeFile(join(context.workspace, "a.txt"), "a".repeat(1000));
      await writeFile(join(context.workspace, "sub", "ü.sh"), "x", { mode: 0o755 });
      const zip = builtinActions.get("roadiehq:utils:zip");

      await zip?.run({ path: ".", outputPath: "out/all.zip" }, context);
      const first = await readFile(join(context.workspace, "out", "all.zip"));
      await zip?.run({ path: "a.txt", outputPath: "one.zip" }, context);

      const script =
        "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print([(i.filename,i.file_size,oct(i.external_attr>>16)) for i in z.infolist()])";
      const listed = execFileSync(
        "python3",
        ["-c", script, join(context.workspace, "out", "all.zip")],
        { encoding: "utf8" },
      );
      expect(listed.trim()).toBe("[('a.txt', 1000, '0o100644'), ('sub/ü.sh', 1, '0o100755')]");
      expect(first.length).toBeLessThan(1000);
    });
  });
});
