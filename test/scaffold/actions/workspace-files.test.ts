import { access, chmod, mkdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { createHeldWorkspace } from "../../../src/scaffold/actions/held-workspace.ts";
import { filesOnDisk } from "../../../src/scaffold/actions/workspace.ts";
import type { NewFile, WorkspaceFiles } from "../../../src/scaffold/workspace-files.ts";
import { fc } from "../../helpers/properties.ts";
import { withFolder } from "../../helpers/scaffold.ts";

const { signal } = new AbortController();

function file(path: string, content = path, isExecutable = false): NewFile {
  return { path, content, isExecutable };
}

const kinds: Record<string, (folder: string) => Promise<WorkspaceFiles>> = {
  async "held in memory"(folder) {
    return createHeldWorkspace(join(folder, "workspace")).files;
  },
  async "moved to its folder"(folder) {
    const workspace = createHeldWorkspace(join(folder, "workspace"));
    await workspace.toFolder();
    return workspace.files;
  },
  async "on disk"(folder) {
    await mkdir(join(folder, "workspace"));
    return filesOnDisk(join(folder, "workspace"));
  },
};

describe.each(Object.entries(kinds))("the files of a workspace, %s", (_name, create) => {
  const given = (work: (files: WorkspaceFiles) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => await work(await create(folder)));

  test("are there as they were written, and the later of two writes counts", () =>
    given(async (files) => {
      await files.write([file("a.txt", "first"), file("src/run.sh", "#!", true)]);
      await files.write([file("./a.txt", "second")]);

      expect(await files.paths()).toEqual(new Set(["a.txt", "src/run.sh"]));
      expect(await files.tree("", signal)).toEqual([
        { path: "a.txt", content: Buffer.from("second"), isExecutable: false },
        { path: "src/run.sh", content: Buffer.from("#!"), isExecutable: true },
      ]);
      expect(await files.list("src", signal)).toEqual([
        { path: "run.sh", sizeBytes: 2, isExecutable: true },
      ]);
      expect((await files.read("src/run.sh")).toString()).toBe("#!");
    }));

  test("know files from folders", () =>
    given(async (files) => {
      await files.write([file("src/deep/x")]);

      expect(
        await Promise.all(
          ["", "src", "src/deep", "src/deep/x", "y"].map((path) => files.kind(path)),
        ),
      ).toEqual(["folder", "folder", "folder", "file", undefined]);
      await expect(files.read("src")).rejects.toMatchObject({ code: "tree-not-allowed" });
      await expect(files.read("y")).rejects.toMatchObject({ code: "file-not-found" });
    }));

  test.each(["../x", "/abs", "a/../../x", ".git/hooks/pre-commit", "C:\\x", "a\0b", "CON", ""])(
    "refuse the path %j",
    (path) =>
      given(async (files) => {
        await expect(files.write([file(path)])).rejects.toMatchObject({ code: "path-not-allowed" });
        expect(await files.paths()).toEqual(new Set());
      }),
  );

  test("refuse a file in the place of a folder, and a folder in the place of a file", () =>
    given(async (files) => {
      await files.write([file("a/b"), file("c")]);

      await expect(files.write([file("a")])).rejects.toMatchObject({ code: "path-not-allowed" });
      await expect(files.write([file("c/d")])).rejects.toMatchObject({ code: "path-not-allowed" });
    }));

  test("refuse a file of more than 10 MB", () =>
    given(async (files) => {
      const large = { ...file("x"), content: Buffer.alloc(10 * 1024 * 1024 + 1) };

      await expect(files.write([large])).rejects.toMatchObject({ code: "tree-too-large" });
    }));

  test("refuse to list more than 2,000 files", () =>
    given(async (files) => {
      await files.write(Array.from({ length: 2_001 }, (_, number) => file(`f${number}`)));

      await expect(files.list("", signal)).rejects.toMatchObject({ code: "tree-too-large" });
      await expect(files.tree("", signal)).rejects.toMatchObject({ code: "tree-too-large" });
    }));
});

describe("a workspace that is held in memory", () => {
  test("makes no folder until one is needed, and then everything stands in it", () =>
    withFolder(async (folder) => {
      const workspace = createHeldWorkspace(join(folder, "workspace"));
      await workspace.files.write([file("src/run.sh", "#!", true)]);
      await expect(access(join(folder, "workspace"))).rejects.toThrow("ENOENT");

      const made = await workspace.toFolder();

      expect(await readFile(join(made, "src/run.sh"), "utf8")).toBe("#!");
      expect((await stat(join(made, "src/run.sh"))).mode & 0o111).not.toBe(0);
      await workspace.remove();
      await expect(access(made)).rejects.toThrow("ENOENT");
    }));

  test("goes to disk when it grows beyond 8 MB", () =>
    withFolder(async (folder) => {
      const { files } = createHeldWorkspace(join(folder, "workspace"));
      const half = { ...file("half"), content: Buffer.alloc(5 * 1024 * 1024) };

      await files.write([half, { ...half, path: "other" }]);

      expect((await stat(join(folder, "workspace", "other"))).size).toBe(5 * 1024 * 1024);
    }));

  test("sees what an action did in the folder, and follows no link that it left there", () =>
    withFolder(async (folder) => {
      const workspace = createHeldWorkspace(join(folder, "workspace"));
      await workspace.files.write([file("a.sh")]);
      const made = await workspace.toFolder();
      await chmod(join(made, "a.sh"), 0o755);
      expect(await workspace.files.list("", signal)).toMatchObject([{ isExecutable: true }]);

      await symlink("/etc", join(made, "etc"));

      await expect(workspace.files.read("etc/passwd")).rejects.toMatchObject({
        code: "path-not-allowed",
      });
      await expect(workspace.files.tree("", signal)).rejects.toMatchObject({
        code: "tree-not-allowed",
      });
    }));

  test("holds the same as a folder does, whatever is written in whatever order", async () => {
    const name = fc.constantFrom("a", "b", "c.txt", "A b");
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
    const newFile = fc.record({ path, content: fc.string(), isExecutable: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(newFile, { maxLength: 6 }), (written) =>
        withFolder(async (folder) => {
          const { files } = createHeldWorkspace(join(folder, "held"));
          await mkdir(join(folder, "disk"));
          const disk = filesOnDisk(join(folder, "disk"));
          for (const one of written) {
            const outcomes = await Promise.allSettled([files.write([one]), disk.write([one])]);
            expect(outcomes[0].status).toBe(outcomes[1].status);
          }

          expect(await files.tree("", signal)).toEqual(await disk.tree("", signal));
        }),
      ),
      { numRuns: 60 },
    );
  });
});
