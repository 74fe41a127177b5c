import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";

import { codeOf, InputError, NotFoundError, toError } from "../../base/errors.ts";
import { mapInChunks } from "../in-chunks.ts";

/** Bounds for what one step may read or write. */
export const treeLimits = {
  files: 2_000,
  fileBytes: 10 * 1024 * 1024,
  totalBytes: 50 * 1024 * 1024,
  depth: 64,
};

/** A file of a skeleton or a workspace, with its content in memory. */
export interface TreeFile {
  /** Relative, with forward slashes. */
  path: string;
  content: Buffer;
  isExecutable: boolean;
}

/** A file that has been found but not read. */
export interface FoundFile {
  path: string;
  absolute: string;
  sizeBytes: number;
  isExecutable: boolean;
}

/**
 * Lists all files below a folder, sorted by path. Symbolic links, devices and pipes are refused, `.git` is passed over.
 * @throws InputError `tree-not-allowed`, `tree-too-large`.
 */
export async function listTree(folder: string, signal: AbortSignal): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  let totalBytes = 0;
  const walk = async (absolute: string, relative: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    if (depth > treeLimits.depth) throw tooLarge(`folders deeper than ${treeLimits.depth}`);
    const names = (await readdir(absolute)).filter((name) => name !== ".git").toSorted();
    const all = await mapInChunks(names, (name) => lstat(join(absolute, name)));
    for (const [index, name] of names.entries()) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const child = join(absolute, name);
      const stats = all[index];
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        await walk(child, path, depth + 1);
        continue;
      }
      if (!stats.isFile()) throw notAllowed(path, stats.isSymbolicLink());
      totalBytes += stats.size;
      if (found.length >= treeLimits.files) throw tooLarge("more than 2,000 files");
      if (stats.size > treeLimits.fileBytes)
        throw tooLarge(`“${path}”, which is larger than 10 MB`);
      if (totalBytes > treeLimits.totalBytes) throw tooLarge("more than 50 MB");
      found.push({
        path,
        absolute: child,
        sizeBytes: stats.size,
        isExecutable: (stats.mode & 0o111) !== 0,
      });
    }
  };
  await walk(folder, "", 0);
  return found;
}

/** Reads a folder's files. @throws as {@link listTree}. */
export async function readTree(folder: string, signal: AbortSignal): Promise<TreeFile[]> {
  const found = await listTree(folder, signal);
  return mapInChunks(found, async ({ path, absolute, isExecutable }) => ({
    path,
    content: await readRegularFile(absolute, path),
    isExecutable,
  }));
}

/**
 * Reads one file without following a link. @throws InputError `tree-not-allowed`, `tree-too-large`, NotFoundError `file-not-found`.
 */
export async function readRegularFile(absolute: string, shownAs: string): Promise<Buffer> {
  // NONBLOCK: opening a pipe must not wait for a writer
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(absolute, flags).catch((thrown: unknown) => {
    throw openError(thrown, shownAs);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notAllowed(shownAs, false);
    if (stats.size > treeLimits.fileBytes)
      throw tooLarge(`“${shownAs}”, which is larger than 10 MB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function openError(thrown: unknown, path: string): Error {
  const code = codeOf(thrown);
  if (code === "ELOOP") return notAllowed(path, true);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new NotFoundError("file-not-found", `There is no file “${path}”.`, { cause: thrown });
  }
  return toError(thrown);
}

function notAllowed(path: string, isLink: boolean): InputError {
  const what = isLink ? "a symbolic link" : "not a plain file or folder";
  return new InputError(
    "tree-not-allowed",
    `“${path}” is ${what}; only files and folders are copied.`,
    {
      hint: "replace it by the file itself",
    },
  );
}

function tooLarge(what: string): InputError {
  return new InputError("tree-too-large", `The folder has ${what}.`, {
    hint: "at most 2,000 files, 10 MB each and 50 MB together are handled",
  });
}
