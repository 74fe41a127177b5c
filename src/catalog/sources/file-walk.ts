import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import picomatch from "picomatch";

import { skeletonFolders } from "../skeletons.ts";
import { isSystemError } from "./file-reader.ts";

/** Folders that never hold catalog files of their own. */
const skippedFolders = new Set(["node_modules", ".git"]);

/** More than any catalog has; a walk that meets more is on the wrong track, such as `/`. */
const maxFiles = 200_000;

/** True for paths with `*`, `?`, `[` or `{`. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** The folder in front of a glob's first wildcard. */
export function globFolder(glob: string): string {
  const parts = glob.split("/");
  const first = parts.findIndex(isGlob);
  return parts.slice(0, first).join("/") || "/";
}

/** True for files that a folder is searched for. */
export function isYamlName(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** What a walk met: files in order, and folders that may not be entered. */
export interface Walk {
  files: string[];
  refused: { path: string; code: string }[];
}

/**
 * All files below a folder whose absolute path passes, sorted; `node_modules` and `.git` are left out.
 * Throws what the operating system says about the folder itself; folders below are listed instead.
 */
export async function walkFolder(
  folder: string,
  isWanted: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Walk> {
  const walk: Walk = { files: [], refused: [] };
  const folders = [folder];
  // Links may lead back up: a folder is entered once.
  const entered = new Set<string>();
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    signal.throwIfAborted();
    for (const { path, name, isFolder } of await listFolder(at, folder, entered, walk)) {
      if (isFolder && !isSkipped(name)) folders.push(path);
      else if (!isFolder && isWanted(path)) walk.files.push(path);
    }
    if (walk.files.length >= maxFiles) break;
  }
  walk.files.sort();
  return walk;
}

async function listFolder(at: string, top: string, entered: Set<string>, walk: Walk) {
  try {
    const stats = await stat(at);
    const id = `${stats.dev}:${stats.ino}`;
    if (entered.has(id)) return [];
    entered.add(id);
    const entries = await readdir(at, { withFileTypes: true });
    return await Promise.all(
      entries.map(async (entry) => {
        const path = join(at, entry.name);
        const isFolder = entry.isSymbolicLink() ? await isLinkToFolder(path) : entry.isDirectory();
        return { path, name: entry.name, isFolder };
      }),
    );
  } catch (thrown) {
    if (at === top || !isSystemError(thrown)) throw thrown;
    // A folder that vanished meanwhile is no fault.
    if (thrown.code !== "ENOENT") walk.refused.push({ path: at, code: thrown.code });
    return [];
  }
}

/** `..data` and its like are how Kubernetes mounts files: the same files stand beside it as links. */
function isSkipped(name: string): boolean {
  return skippedFolders.has(name) || name.startsWith("..");
}

async function isLinkToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    // A dangling link is no folder; reading it says what is wrong.
    if (isSystemError(thrown)) return false;
    throw thrown;
  }
}

/** The files that an absolute glob matches, sorted. A missing folder in front of the wildcard matches nothing. */
export async function walkGlob(glob: string, signal: AbortSignal): Promise<Walk> {
  const pattern = glob.split(sep).join("/");
  const folder = globFolder(pattern);
  const isMatch = picomatch(pattern, { dot: true });
  try {
    return await walkFolder(folder, (path) => isMatch(path.split(sep).join("/")), signal);
  } catch (thrown) {
    if (isSystemError(thrown) && thrown.code === "ENOENT") return { files: [], refused: [] };
    throw thrown;
  }
}

/**
 * Leaves out what lies in the skeletons of software templates: the folders that a template fetches, and any folder
 * called `skeleton` beside a template file.
 */
export function withoutSkeletons<T extends { base: string; text: string }>(
  files: readonly T[],
): T[] {
  const skeletons = new Set<string>();
  for (const { base, text } of files) {
    const folder = dirname(base);
    for (const url of skeletonFolders(text)) {
      const skeleton = resolve(folder, url);
      // A template that fetches its own folder, or one above, does not make all of it a skeleton.
      if (!isBelow(folder, skeleton)) skeletons.add(skeleton);
    }
    if (/^template\.ya?ml$/i.test(basename(base))) skeletons.add(join(folder, "skeleton"));
  }
  if (skeletons.size === 0) return [...files];
  return files.filter(({ base }) => !hasParentIn(base, skeletons));
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..");
}

function hasParentIn(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (folders.has(at)) return true;
    if (at === dirname(at)) return false;
  }
}
