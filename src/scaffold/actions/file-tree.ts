import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";

import { codeOf, InputError, NotFoundError, toError } from "../../base/errors.ts";
import { createPause } from "../../base/pause.ts";
import type { ListedFile, TreeFile } from "../workspace-files.ts";

/** Bounds for what one step may read or write. */
export const treeLimits = {
  files: 2_000,
  fileBytes: 10 * 1024 * 1024,
  totalBytes: 50 * 1024 * 1024,
  depth: 64,
};

/** A file that has been found but not read. */
interface FoundFile extends ListedFile {
  absolute: string;
}

/**
 * Lists all files below a folder, sorted by path. Symbolic links, devices and pipes are refused, `.git` is passed over.
 * @throws InputError `tree-not-allowed`, `tree-too-large`.
 */
export async function listTree(folder: string, signal: AbortSignal): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  let totalBytes = 0;
  const pause = createPause();
  const walk = async (absolute: string, relative: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    if (depth > treeLimits.depth) throw tooLarge(`folders deeper than ${treeLimits.depth}`);
    const names = readdirSync(absolute).filter((name) => name !== ".git");
    for (const name of names.toSorted()) {
      await pause();
      const path = relative === "" ? name : `${relative}/${name}`;
      const child = join(absolute, name);
      const stats = lstatSync(child);
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
  const files: TreeFile[] = [];
  const pause = createPause();
  for (const { path, absolute, isExecutable } of await listTree(folder, signal)) {
    await pause();
    files.push({ path, content: readFileNow(absolute, path), isExecutable });
  }
  return files;
}

/**
 * Reads one file without following a link. @throws InputError `tree-not-allowed`, `tree-too-large`, NotFoundError `file-not-found`.
 */
export async function readRegularFile(absolute: string, shownAs: string): Promise<Buffer> {
  return readFileNow(absolute, shownAs);
}

/**
 * Files of a skeleton are small and many: handing each call to a thread costs twenty times as much as the call. Whoever reads many
 * lets others have their turn in between.
 */
function readFileNow(absolute: string, shownAs: string): Buffer {
  const file = openNow(absolute, shownAs);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw notAllowed(shownAs, false);
    if (stats.size > treeLimits.fileBytes)
      throw tooLarge(`“${shownAs}”, which is larger than 10 MB`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function openNow(absolute: string, shownAs: string): number {
  // NONBLOCK: opening a pipe must not wait for a writer
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return openSync(absolute, flags);
  } catch (thrown) {
    throw openError(thrown, shownAs);
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

/** The same bounds for files that are in memory. @throws InputError `tree-too-large`. */
export function assertInTreeLimits(files: readonly { path: string; sizeBytes: number }[]): void {
  if (files.length > treeLimits.files) throw tooLarge("more than 2,000 files");
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (totalBytes > treeLimits.totalBytes) throw tooLarge("more than 50 MB");
  if (files.some(({ path }) => path.split("/").length - 1 > treeLimits.depth))
    throw tooLarge(`folders deeper than ${treeLimits.depth}`);
}

function tooLarge(what: string): InputError {
  return new InputError("tree-too-large", `The folder has ${what}.`, {
    hint: "at most 2,000 files, 10 MB each and 50 MB together are handled",
  });
}
