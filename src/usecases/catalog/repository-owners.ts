import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { createPause } from "../../base/pause.ts";
import type { CodeownersDialect } from "../../catalog/codeowners-match.ts";
import {
  type Codeowners,
  codeownersPaths,
  dialectOf,
  parseCodeowners,
} from "../../catalog/codeowners.ts";
import type { Catalog } from "../../catalog/model.ts";
import { createWellKnown, type WellKnown } from "../../catalog/well-known.ts";

/** The CODEOWNERS file of one repository. */
export interface RepositoryOwners {
  /** Absolute folder of the repository, or its URL. */
  folder: string;
  /** `owner/name`, in lower case, of every entity that stands in it. */
  slugs: ReadonlySet<string>;
  codeowners: Codeowners;
  readAtMs: number;
}

/** Repositories further up than this are not those of the entity. */
const maxParents = 12;
/** How many folders are looked at at the same time. */
const parallelLooks = 16;

/**
 * Reads the CODEOWNERS files of the repositories in which entities stand on this machine: the nearest folder above each
 * entity's file that holds `.git` or a CODEOWNERS file. Never throws for a bad file.
 */
export async function loadRepositoryOwners(options: {
  catalog: Catalog;
  /** How a person knows an absolute path. */
  showPath: (path: string) => string;
  wellKnown?: WellKnown;
  /** Knows folders from before; absent: all are looked at. */
  findRepository?: RepositoryFinder;
  nowMs: number;
}): Promise<{ repositories: RepositoryOwners[]; diagnostics: Diagnostic[] }> {
  const wellKnown = options.wellKnown ?? createWellKnown();
  const slugsOf = new Map<string, Set<string>>();
  const rootOf = new Map<string, string | undefined>();
  const repositoryAbove = options.findRepository ?? createRepositoryFinder();
  const pause = createPause();
  const entities = [...options.catalog.entities.values()].filter(({ origin }) =>
    isAbsolute(origin.base),
  );
  const folders = [...new Set(entities.map(({ origin }) => dirname(origin.base)))];
  for (let start = 0; start < folders.length; start += parallelLooks) {
    // what is known already needs no disk, whose answers would let others work
    await pause();
    const batch = folders.slice(start, start + parallelLooks);
    const roots = await Promise.all(batch.map((folder) => repositoryAbove(folder)));
    for (const [at, folder] of batch.entries()) rootOf.set(folder, roots[at]);
  }
  for (const entity of entities) {
    await pause();
    const root = rootOf.get(dirname(entity.origin.base));
    if (root === undefined) continue;
    const slugs = slugsOf.get(root) ?? new Set<string>();
    slugsOf.set(root, slugs);
    const slug = wellKnown.repository(entity)?.slug;
    if (slug !== undefined) slugs.add(slug.toLowerCase());
  }
  const diagnostics: Diagnostic[] = [];
  const repositories: RepositoryOwners[] = [];
  for (const [folder, slugs] of slugsOf) {
    const found = await readCodeowners(folder, options.showPath);
    if (found === undefined) continue;
    diagnostics.push(...found.diagnostics);
    repositories.push({ folder, slugs, codeowners: found.codeowners, readAtMs: options.nowMs });
  }
  return { repositories, diagnostics };
}

/** Both hosts look at the root before `docs`; each has a folder of its own beside. */
const places = [...new Set([...codeownersPaths.github, ...codeownersPaths.gitlab])];

/** Finds the repository above a folder. */
export type RepositoryFinder = (folder: string) => Promise<string | undefined>;

/** Creates a finder; each folder is looked at once, however many entities stand below it. */
export function createRepositoryFinder(): RepositoryFinder {
  const known = new Map<string, Promise<boolean>>();
  const isRepository = (folder: string): Promise<boolean> => {
    const found = known.get(folder) ?? hasMark(folder);
    known.set(folder, found);
    return found;
  };
  const roots = new Map<string, Promise<string | undefined>>();
  const rootOf = async (folder: string): Promise<string | undefined> => {
    let current = folder;
    for (let step = 0; step < maxParents; step += 1) {
      if (await isRepository(current)) return current;
      const parent = dirname(current);
      if (parent === current) return undefined;
      current = parent;
    }
    return undefined;
  };
  return (folder) => {
    const found = roots.get(folder) ?? rootOf(folder);
    roots.set(folder, found);
    return found;
  };
}

/** One listing tells of marks in the folder itself; only those in a folder below it need another look. */
async function hasMark(folder: string): Promise<boolean> {
  const names = new Set(await readdir(folder).catch(() => []));
  for (const mark of [".git", ...places]) {
    const [top = "", ...below] = mark.split("/");
    if (names.has(top) && (below.length === 0 || (await exists(join(folder, mark))))) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The first file that exists counts, as on the hosts. */
async function readCodeowners(
  folder: string,
  showPath: (path: string) => string,
): Promise<ReturnType<typeof parseCodeowners> | undefined> {
  for (const path of places) {
    const text = await readFile(join(folder, path), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const dialect = await dialectIn(folder, path, text);
    return parseCodeowners(text, showPath(join(folder, path)), dialect);
  }
  return undefined;
}

/** A repository on this machine does not say which host it is on; what lies in it does. */
async function dialectIn(folder: string, path: string, text: string): Promise<CodeownersDialect> {
  if (path.startsWith(".github/")) return "github";
  if (path.startsWith(".gitlab/") || dialectOf(text) === "gitlab") return "gitlab";
  const names = new Set(await readdir(folder).catch(() => []));
  return names.has(".gitlab-ci.yml") && !names.has(".github") ? "gitlab" : "github";
}

/** The repository that a path lies in, and the path inside it; by slug, or by the folder of an absolute path. */
export function repositoryOfPath(
  repositories: readonly RepositoryOwners[],
  path: string,
  slug?: string,
): { repository: RepositoryOwners; path: string } | undefined {
  if (slug !== undefined) {
    const repository = repositories.find(({ slugs }) => slugs.has(slug.toLowerCase()));
    return repository === undefined ? undefined : { repository, path };
  }
  // a path of this machine may have lost its first slash among other words
  const absolute = isAbsolute(path) ? path : `/${path}`;
  for (const repository of repositories) {
    const way = isAbsolute(repository.folder) ? relative(repository.folder, absolute) : "..";
    if (way !== "" && !way.startsWith("..")) return { repository, path: way.split(sep).join("/") };
  }
  // a relative path without a repository is meant for the only one there is
  const [only] = repositories;
  return repositories.length === 1 && only !== undefined ? { repository: only, path } : undefined;
}
