import { closeSync, constants, fchmodSync, open as openWithCallback, writeFileSync } from "node:fs";
import { lstat, mkdir, readdir } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { promisify } from "node:util";

import { codeOf, InputError, toError } from "../../base/errors.ts";
import { checkRelativePath } from "../file-path.ts";
import { mapInChunks } from "../in-chunks.ts";
import type { NewFile, WorkspaceFiles } from "../workspace-files.ts";
import { listTree, readRegularFile, readTree, treeLimits } from "./file-tree.ts";

/**
 * The absolute path of something inside the workspace. No part of it is a link, so it cannot lead out.
 * @throws InputError `path-not-allowed`.
 */
export async function resolveInside(workspace: string, path: string): Promise<string> {
  const checked = checkRelativePath(path);
  let absolute = workspace;
  for (const part of checked === "" ? [] : checked.split("/")) {
    absolute = join(absolute, part);
    const stats = await lstat(absolute).catch(() => undefined);
    if (stats === undefined) continue;
    if (stats.isSymbolicLink()) {
      throw new InputError(
        "path-not-allowed",
        `The path “${path}” is not allowed: it leads through a symbolic link.`,
      );
    }
  }
  return absolute;
}

/** As {@link resolveInside}, but the workspace itself is refused. */
export async function resolveFileInside(workspace: string, path: string): Promise<string> {
  if (checkRelativePath(path) === "") {
    throw new InputError(
      "path-not-allowed",
      `The path “${path}” is the workspace itself, not a file in it.`,
    );
  }
  return resolveInside(workspace, path);
}

/** The files of a workspace that is a folder on this machine. */
export function filesOnDisk(workspace: string): WorkspaceFiles {
  return {
    kind: (path) => kindInside(workspace, path),
    paths: () => filesInside(workspace),
    write: (files) => writeAllInside(workspace, files),
    list: async (folder, signal) => {
      const found = await listTree(await resolveInside(workspace, folder), signal);
      return found.map(({ path, sizeBytes, isExecutable }) => ({ path, sizeBytes, isExecutable }));
    },
    tree: async (folder, signal) => readTree(await resolveInside(workspace, folder), signal),
    read: async (path) => readRegularFile(await resolveFileInside(workspace, path), path),
  };
}

/** What stands at a path inside the workspace; undefined when nothing does. */
export async function kindInside(
  workspace: string,
  path: string,
): Promise<"file" | "folder" | undefined> {
  const stats = await lstat(await resolveInside(workspace, path)).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? "folder" : "file";
}

/** Paths of all files that are in the workspace now. */
async function filesInside(workspace: string): Promise<Set<string>> {
  const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map((entry) =>
      relative(workspace, join(entry.parentPath, entry.name)).split(sep).join("/"),
    ),
  );
}

/** Writes files inside the workspace, several at a time. @throws InputError `path-not-allowed`, `tree-too-large`. */
async function writeAllInside(workspace: string, files: readonly NewFile[]): Promise<void> {
  const folders = new Map<string, string>();
  for (const { path, content } of files) {
    if (Buffer.byteLength(content) > treeLimits.fileBytes) {
      throw new InputError("tree-too-large", `“${path}” would be larger than 10 MB.`);
    }
    if (checkRelativePath(path) === "") await resolveFileInside(workspace, path);
    const folder = posix.dirname(checkRelativePath(path));
    if (!folders.has(folder)) folders.set(folder, await makeFolder(workspace, folder, path));
  }
  await mapInChunks(files, async (file) => {
    const path = checkRelativePath(file.path);
    const folder = folders.get(posix.dirname(path)) ?? workspace;
    await writeOne(join(folder, posix.basename(path)), file);
  });
}

async function makeFolder(workspace: string, folder: string, path: string): Promise<string> {
  const absolute = await resolveInside(workspace, folder);
  await mkdir(absolute, { recursive: true }).catch((thrown: unknown) => {
    throw new InputError(
      "path-not-allowed",
      `“${path}” cannot be written: a file stands where a folder is needed.`,
      { cause: thrown },
    );
  });
  return absolute;
}

const open = promisify(openWithCallback);

/**
 * The folder is known to be inside; the file itself must not be a link, nor a folder. Making a file waits for the disk, so a thread
 * does it; what follows only fills memory, and is done sooner than handed to a thread.
 */
async function writeOne(absolute: string, { path, content, isExecutable }: NewFile): Promise<void> {
  const mode = isExecutable ? 0o755 : 0o644;
  const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
  const file = await open(absolute, flags, mode).catch((thrown: unknown) => {
    throw writeError(thrown, path);
  });
  try {
    writeFileSync(file, content);
    // the mode given above counts for new files only, and is cut by the process's mask
    fchmodSync(file, mode);
  } finally {
    closeSync(file);
  }
}

function writeError(thrown: unknown, path: string): Error {
  const code = codeOf(thrown);
  if (code === "EISDIR") {
    return new InputError(
      "path-not-allowed",
      `“${path}” is a folder; a file cannot take its place.`,
    );
  }
  if (code === "ELOOP") {
    return new InputError(
      "path-not-allowed",
      `The path “${path}” is not allowed: it leads through a symbolic link.`,
    );
  }
  return toError(thrown);
}
