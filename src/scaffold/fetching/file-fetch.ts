import { existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, parse, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import type { Fetched, FetchSource } from "./contract.ts";

export interface FileFetchOptions {
  /** Folders that templates on this machine may copy from, beside their own repository: those of the catalog's file sources. */
  roots?: string[];
  /**
   * How far a template reaches that stands in no repository: to its own folder (the default), or `nearby`: some folders up,
   * for people who run a file of their own by hand.
   */
  reach?: "own-folder" | "nearby";
  /** Takes over for URLs. Absent: URLs are refused with a hint. */
  remote?: FetchSource;
}

/** Copies from this machine: paths relative to the template's file, as Backstage resolves them. */
export function createFileFetch(options: FileFetchOptions = {}): FetchSource {
  return {
    async fetch(url, base, signal): Promise<Fetched> {
      const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(url) && !url.startsWith("file:");
      if (isUrl || /^https?:/i.test(base)) return fetchRemote(url, base, signal, options);
      const wanted = url.startsWith("file:") ? filePath(url) : resolve(dirname(base), url);
      const own = repositoryOf(base);
      const nearest = options.reach === "nearby" ? nearbyFolder(base) : dirname(base);
      return fetchLocal(url, wanted, [own ?? nearest, ...(options.roots ?? [])]);
    },
  };
}

async function fetchRemote(
  url: string,
  base: string,
  signal: AbortSignal,
  options: FileFetchOptions,
): Promise<Fetched> {
  if (options.remote !== undefined) return options.remote.fetch(url, base, signal);
  throw new InputError(
    "fetch-url-unsupported",
    `“${url}” (from ${base}) cannot be fetched: there is no connection to it.`,
    {
      hint: "give Callboard access to GitHub, or keep the skeleton beside the template and use a relative path",
    },
  );
}

async function fetchLocal(url: string, wanted: string, roots: string[]): Promise<Fetched> {
  // Allowed or not is decided first, so that the answer tells nothing about files elsewhere.
  await assertInside(url, wanted, roots);
  const path = await realpath(wanted).catch(() => undefined);
  if (path === undefined) {
    throw new NotFoundError("fetch-not-found", `There is nothing at “${url}” (${wanted}).`, {
      hint: "the path is relative to the template's file",
    });
  }
  // Again, because a link may have led out.
  await assertInside(url, path, roots);
  return { path, isFolder: (await stat(path)).isDirectory() };
}

async function assertInside(url: string, path: string, roots: string[]): Promise<void> {
  for (const root of roots) {
    const real = await realpath(root).catch(() => root);
    if (isInside(path, real) || isInside(path, resolve(root))) return;
  }
  throw new ForbiddenError(
    "fetch-not-allowed",
    `“${url}” lies outside of what templates may copy from.`,
    {
      hint: "keep skeletons in the repository of the template, or in a folder that is a catalog source",
    },
  );
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || way.startsWith(sep));
}

/** The folder with `.git` above the template; undefined where there is none. */
function repositoryOf(base: string): string | undefined {
  for (let folder = dirname(base); ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Collections keep shared skeletons beside their templates; this many folders up is where they are found. */
const nearbyLevels = 4;

/** Some folders above the template, but never the home folder, a folder that holds one, or a top-level folder. */
function nearbyFolder(base: string): string {
  let folder = dirname(base);
  for (let level = 0; level < nearbyLevels; level += 1) {
    const above = dirname(folder);
    const isTopLevel = dirname(above) === parse(above).root;
    if (isTopLevel || above === parse(above).root || isInside(homedir(), above)) break;
    folder = above;
  }
  return folder;
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new InputError("fetch-url-unsupported", `“${url}” is not a file on this machine.`);
  }
}
