import { mkdir, rm } from "node:fs/promises";
import { posix } from "node:path";

import { InputError, NotFoundError } from "../../base/errors.ts";
import { checkRelativePath } from "../file-path.ts";
import type { NewFile, TreeFile, WorkspaceFiles } from "../workspace-files.ts";
import { assertInTreeLimits, treeLimits } from "./file-tree.ts";
import { filesOnDisk } from "./workspace.ts";

/** The workspace of one claim of a run. */
export interface HeldWorkspace {
  files: WorkspaceFiles;
  /** Puts everything on disk, where it stays from then on; resolves with the folder. */
  toFolder: () => Promise<string>;
  /** Takes the folder away, if there is one. */
  remove: () => Promise<void>;
}

/** More than this is better kept on disk: several runs are at work at the same time. */
const mostHeldBytes = 8 * 1024 * 1024;

interface Held {
  files: Map<string, TreeFile>;
  /** The empty path is the workspace itself. */
  folders: Set<string>;
}

/**
 * A workspace that is a folder only once somebody needs one. Most runs render files and publish them: making, reading and deleting
 * each of them on disk costs more than all else that such a run does.
 */
export function createHeldWorkspace(folder: string): HeldWorkspace {
  let held: Held | undefined = { files: new Map(), folders: new Set([""]) };
  const disk = filesOnDisk(folder);

  async function toFolder(): Promise<string> {
    if (held === undefined) return folder;
    const { files, folders } = held;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const each of folders) await mkdir(posix.join(folder, each), { recursive: true });
    await disk.write([...files.values()]);
    held = undefined;
    return folder;
  }

  const files: WorkspaceFiles = {
    kind: async (path) => (held === undefined ? await disk.kind(path) : kindOf(path, held)),
    paths: async () => (held === undefined ? await disk.paths() : new Set(held.files.keys())),
    async write(given) {
      if (held === undefined) return await disk.write(given);
      hold(given, held);
      if (sizeOf(held) > mostHeldBytes) await toFolder();
    },
    async list(path, signal) {
      if (held === undefined) return await disk.list(path, signal);
      return below(path, held).map(({ content, ...file }) => ({
        ...file,
        sizeBytes: content.length,
      }));
    },
    tree: async (path, signal) =>
      held === undefined ? await disk.tree(path, signal) : below(path, held),
    async read(path) {
      if (held === undefined) return await disk.read(path);
      const file = held.files.get(checkRelativePath(path));
      if (file !== undefined) return file.content;
      if (kindOf(path, held) === "folder") throw notAFile(path);
      throw new NotFoundError("file-not-found", `There is no file “${path}”.`);
    },
  };
  return {
    files,
    toFolder,
    remove: async () => {
      if (held === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function kindOf(path: string, { files, folders }: Held): "file" | "folder" | undefined {
  const checked = checkRelativePath(path);
  if (folders.has(checked)) return "folder";
  return files.has(checked) ? "file" : undefined;
}

/** All or nothing: what cannot be written is found before anything is. */
function hold(given: readonly NewFile[], held: Held): void {
  const added = new Map<string, TreeFile>();
  const folders = new Set(held.folders);
  for (const { path, content, isExecutable } of given) {
    const checked = checkRelativePath(path);
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    if (bytes.length > treeLimits.fileBytes)
      throw new InputError("tree-too-large", `“${path}” would be larger than 10 MB.`);
    if (checked === "") {
      throw new InputError(
        "path-not-allowed",
        `The path “${path}” is the workspace itself, not a file in it.`,
      );
    }
    for (const folder of foldersOf(checked)) {
      if (held.files.has(folder) || added.has(folder)) throw fileInTheWay(path);
      folders.add(folder);
    }
    added.set(checked, { path: checked, content: bytes, isExecutable });
  }
  for (const path of added.keys()) {
    if (folders.has(path)) {
      throw new InputError(
        "path-not-allowed",
        `“${path}” is a folder; a file cannot take its place.`,
      );
    }
  }
  for (const folder of folders) held.folders.add(folder);
  for (const [path, file] of added) held.files.set(path, file);
}

function fileInTheWay(path: string): InputError {
  return new InputError(
    "path-not-allowed",
    `“${path}” cannot be written: a file stands where a folder is needed.`,
  );
}

/** `a/b/c` lies in `a/b`, which lies in `a`. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder))
    folders.push(folder);
  return folders;
}

function sizeOf({ files }: Held): number {
  return [...files.values()].reduce((sum, { content }) => sum + content.length, 0);
}

/** In the order in which a folder is walked: by name, part by part. */
function below(path: string, { files }: Held): TreeFile[] {
  const checked = checkRelativePath(path);
  const prefix = checked === "" ? "" : `${checked}/`;
  const found = [...files.values()].filter((file) => file.path.startsWith(prefix));
  const relative = found.map((file) => ({ ...file, path: file.path.slice(prefix.length) }));
  assertInTreeLimits(
    relative.map(({ path: each, content }) => ({ path: each, sizeBytes: content.length })),
  );
  return relative.toSorted((a, b) => compareParts(a.path, b.path));
}

function compareParts(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

function notAFile(path: string): InputError {
  return new InputError("tree-not-allowed", `“${path}” is a folder, not a file.`, {
    hint: "name a file in it",
  });
}
