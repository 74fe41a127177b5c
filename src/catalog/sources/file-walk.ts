import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import picomatch from "picomatch";

import { skeletonFolders } from "../skeletons.ts";
import { isSystemError } from "./file-reader.ts";

/** Folders that never hold catalog files of their own. */
const skippedFolders = new Set(["node_modules", ".git"]);

/** More than any catalog has; a walk that meets more is on the wrong track, such as `/`. */
const maxFiles = 200_000;
/** How many folders are listed at the same time. */
const parallelLists = 16;

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

/** A file that a walk met. */
export interface WalkedFile {
  path: string;
  /** Without links, as far as folders go. */
  real: string;
  /** Set for a link, which may lead anywhere. */
  isLink: boolean;
}

/** What a walk met: files in order, and folders that may not be entered. */
export interface Walk {
  files: WalkedFile[];
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
  // Links may lead back up: a folder is entered once, by its shortest path.
  const entered = new Set<string>();
  let level: WalkedFolder[] = [{ path: folder, real: await realpath(folder) }];
  const isFull = (): boolean => walk.files.length >= maxFiles;
  while (level.length > 0 && !isFull()) {
    const below: WalkedFolder[] = [];
    for (let start = 0; start < level.length && !isFull(); start += parallelLists) {
      signal.throwIfAborted();
      const fresh = level
        .slice(start, start + parallelLists)
        .filter(({ real }) => !entered.has(real) && entered.add(real));
      const listed = await Promise.all(fresh.map((at) => listFolder(at, folder, walk)));
      for (const { path, real, name, isFolder, isLink } of listed.flat()) {
        if (isFolder && !isSkipped(name)) below.push({ path, real });
        else if (!isFolder && isWanted(path)) walk.files.push({ path, real, isLink });
      }
    }
    level = below;
  }
  walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return walk;
}

/** A folder by the path that led to it, and without links. */
interface WalkedFolder {
  path: string;
  real: string;
}

async function listFolder(at: WalkedFolder, top: string, walk: Walk) {
  try {
    const entries = await readdir(at.path, { withFileTypes: true });
    const found = entries.map((entry) => {
      const { name } = entry;
      const path = join(at.path, name);
      const real = at.path === at.real ? path : join(at.real, name);
      return { path, real, name, isFolder: entry.isDirectory(), isLink: entry.isSymbolicLink() };
    });
    for (const [index, each] of found.entries())
      if (each.isLink) found[index] = await followLink(each.path, each.name);
    return found;
  } catch (thrown) {
    if (at.path === top || !isSystemError(thrown)) throw thrown;
    // A folder that vanished meanwhile is no fault.
    if (thrown.code !== "ENOENT") walk.refused.push({ path: at.path, code: thrown.code });
    return [];
  }
}

async function followLink(path: string, name: string) {
  try {
    const isFolder = (await stat(path)).isDirectory();
    return { path, real: isFolder ? await realpath(path) : path, name, isFolder, isLink: true };
  } catch (thrown) {
    // A dangling link is no folder; reading it says what is wrong.
    if (isSystemError(thrown)) return { path, real: path, name, isFolder: false, isLink: true };
    throw thrown;
  }
}

/** `..data` and its like are how Kubernetes mounts files: the same files stand beside it as links. */
export function isSkipped(name: string): boolean {
  return skippedFolders.has(name) || name.startsWith("..");
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
