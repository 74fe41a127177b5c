import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

import { z } from "zod";

import { ConflictError, InputError, NotFoundError } from "../../base/errors.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { checkRelativePath } from "../file-path.ts";
import { listTree } from "./file-tree.ts";
import { matchGlobs } from "./globs.ts";
import { kindInside, resolveFileInside, resolveInside } from "./workspace.ts";

/** Deletes files and folders, by path or glob. */
export const fsDelete = defineAction({
  id: "fs:delete",
  description: "Deletes files and folders of the workspace; globs are allowed.",
  input: z.object({ files: z.array(z.string()) }),
  needsFolder: true,
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    for (const written of input.files) await deleteOne(written, context);
    return {};
  },
});

async function deleteOne(written: string, context: ActionContext): Promise<void> {
  // * ? [ ] { } make a glob
  if (!/[*?[\]{}]/.test(written)) {
    const path = await resolveFileInside(context.workspace, written);
    await rm(path, { recursive: true, force: true });
    return;
  }
  const paths = (await listTree(context.workspace, context.signal)).map((file) => file.path);
  for (const path of matchGlobs([written], paths)) {
    await rm(await resolveFileInside(context.workspace, path), { force: true });
  }
}

/** Moves files and folders. */
export const fsRename = defineAction({
  id: "fs:rename",
  description: "Moves files and folders inside the workspace.",
  input: z.object({
    files: z.array(
      z.object({ from: z.string(), to: z.string(), overwrite: z.boolean().optional() }),
    ),
  }),
  needsFolder: true,
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    for (const { from, to, overwrite } of input.files) {
      const source = await resolveFileInside(context.workspace, from);
      const target = await resolveFileInside(context.workspace, to);
      if ((await kindInside(context.workspace, from)) === undefined) throw missing(from);
      if (source === target) continue;
      if (`${target}/`.startsWith(`${source}/`)) {
        throw new InputError(
          "path-not-allowed",
          `“${from}” cannot be moved into itself (“${to}”).`,
        );
      }
      if ((await kindInside(context.workspace, to)) !== undefined) {
        if (overwrite !== true) {
          throw new ConflictError("file-exists", `“${to}” is already there.`, {
            hint: "set overwrite: true to replace it",
          });
        }
        await rm(target, { recursive: true });
      }
      await mkdir(dirname(target), { recursive: true });
      await rename(source, target);
    }
    return {};
  },
});

/** Lists files and folders. */
export const fsReaddir = defineAction({
  id: "fs:readdir",
  description: "Lists the files and folders below paths of the workspace.",
  input: z.object({ paths: z.array(z.string()), recursive: z.boolean().optional() }),
  needsFolder: true,
  supportsDryRun: true,
  async run(input, context) {
    const files: Listed[] = [];
    const folders: Listed[] = [];
    for (const path of input.paths) {
      await list(checkRelativePath(path), input.recursive ?? false, context, { files, folders });
    }
    return { files: files.map(toEntry), folders: folders.map(toEntry) };
  },
});

interface Listed {
  name: string;
  path: string;
  fullPath: string;
}

function toEntry({ name, path, fullPath }: Listed): {
  name: string;
  path: string;
  fullPath: string;
} {
  return { name, path, fullPath };
}

async function list(
  path: string,
  isRecursive: boolean,
  context: ActionContext,
  found: { files: Listed[]; folders: Listed[] },
): Promise<void> {
  const absolute = await resolveInside(context.workspace, path);
  if ((await kindInside(context.workspace, path)) !== "folder") throw missing(path);
  const entries = await readdir(absolute, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const fullPath = path === "" ? entry.name : `${path}/${entry.name}`;
    // `path` is the folder, as in Backstage
    const one = { name: entry.name, path, fullPath };
    if (entry.isFile()) found.files.push(one);
    if (!entry.isDirectory() || entry.name === ".git") continue;
    found.folders.push(one);
    if (isRecursive) await list(fullPath, true, context, found);
  }
}

/** Reads a text file. */
export const fsRead = defineAction({
  id: "fs:read",
  description: "Reads a text file of the workspace; its output is `content`.",
  input: z.object({ path: z.string() }),
  supportsDryRun: true,
  async run(input, context) {
    const content = await context.files.read(input.path);
    return { content: content.toString("utf8") };
  },
});

function missing(path: string): NotFoundError {
  return new NotFoundError("file-not-found", `There is no “${path}” in the workspace.`, {
    hint: "look at the step before: it may have written elsewhere or left the file out",
  });
}
