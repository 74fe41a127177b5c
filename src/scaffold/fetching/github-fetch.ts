import { createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import { treeLimits } from "../actions/file-tree.ts";
import { checkRelativePath } from "../file-path.ts";
import { mapInChunks } from "../in-chunks.ts";
import type { GithubClient } from "../publishers/github/client.ts";
import { githubError, isMissing } from "../publishers/github/errors.ts";
import type { Fetched, FetchSource } from "./contract.ts";
import { githubPlaceOf, type GithubPlace } from "./github-place.ts";

export interface GithubFetchOptions {
  client: GithubClient;
  /** Where what was fetched is kept, by its content; it may be removed at any time. */
  cacheDir: string;
  /** Repositories that every template may copy from although they are private: `owner/name` or `owner/*`. */
  allowed?: readonly string[];
}

type Octokit = GithubClient["root"];

/** A file of a repository as its listing names it. */
interface ListedFile {
  /** Below what was asked for; empty for that file itself. */
  path: string;
  sha: string;
  sizeBytes: number;
  isExecutable: boolean;
}

/**
 * Copies from GitHub: from the repository of the template, from public ones, and from those that the operator allows. What only
 * Callboard's own credentials can read is no one's to copy, wherever a template or a person points.
 */
export function createGithubFetch(options: GithubFetchOptions): FetchSource {
  return {
    async fetch(url, base, signal): Promise<Fetched> {
      const place = githubPlaceOf(url, base, options.client.host);
      const octokit = await options.client.forOwner(place.owner, signal);
      const doing = `fetching ${url.slice(0, 200)}`;
      try {
        await assertAllowed(place, base, octokit, signal, options);
        for (const reading of place.readings) {
          const files = await list(octokit, place, reading, signal);
          if (files !== undefined) return await bring(octokit, place, files, signal, options);
        }
      } catch (thrown) {
        if (!isMissing(thrown)) throw githubError(thrown, doing, signal);
      }
      throw new NotFoundError("fetch-not-found", `There is nothing at “${url}” (from ${base}).`, {
        hint: "the path is relative to the template's file; look at the branch, too",
      });
    },
  };
}

async function assertAllowed(
  { owner, repo }: GithubPlace,
  base: string,
  octokit: Octokit,
  signal: AbortSignal,
  { client, allowed = [] }: GithubFetchOptions,
): Promise<void> {
  const name = `${owner}/${repo}`.toLowerCase();
  const own = /^https:/i.test(base) ? githubPlaceOf(base, base, client.host) : undefined;
  if (own !== undefined && `${own.owner}/${own.repo}`.toLowerCase() === name) return;
  const names = allowed.map((one) => one.toLowerCase());
  if (names.includes(name) || names.includes(`${owner.toLowerCase()}/*`)) return;
  const { data } = await octokit.rest.repos.get({ owner, repo, request: { signal } });
  if (!data.private && data.visibility !== "internal") return;
  throw new ForbiddenError(
    "fetch-not-allowed",
    `${owner}/${repo} is private: templates of other repositories may not copy from it.`,
    { hint: "whoever runs Callboard can allow it under scaffolder.fetch.repositories" },
  );
}

/** The files at one reading of the address; undefined when there is no such branch, folder or file. */
async function list(
  octokit: Octokit,
  { owner, repo }: GithubPlace,
  { ref, path }: { ref: string; path: string },
  signal: AbortSignal,
): Promise<ListedFile[] | undefined> {
  const { data } = await octokit.rest.git
    .getTree({ owner, repo, tree_sha: ref, recursive: "1", request: { signal } })
    .catch((thrown: unknown) => {
      if (isMissing(thrown)) return { data: undefined };
      throw thrown;
    });
  if (data === undefined) return undefined;
  const prefix = path === "" ? "" : `${path}/`;
  const wanted = data.tree.filter((entry) => entry.path === path || entry.path.startsWith(prefix));
  const files = wanted.flatMap((entry): ListedFile[] => {
    const below = entry.path === path ? "" : entry.path.slice(prefix.length);
    if (entry.type === "tree") return [];
    if (entry.type !== "blob" || entry.mode === "120000") throw notAllowed(entry.path, entry.mode);
    const sizeBytes = entry.size ?? 0;
    const isExecutable = entry.mode === "100755";
    return [{ path: below, sha: entry.sha, sizeBytes, isExecutable }];
  });
  if (data.truncated) throw tooLarge(`${owner}/${repo} has more files than GitHub lists`);
  assertSize(files);
  return files.length === 0 ? undefined : files;
}

function assertSize(files: readonly ListedFile[]): void {
  if (files.length > treeLimits.files) throw tooLarge("more than 2,000 files");
  const big = files.find((file) => file.sizeBytes > treeLimits.fileBytes);
  if (big !== undefined) throw tooLarge(`“${big.path}”, which is larger than 10 MB`);
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (totalBytes > treeLimits.totalBytes) throw tooLarge("more than 50 MB");
}

/** Writes the files below the cache, once for each content. */
async function bring(
  octokit: Octokit,
  place: GithubPlace,
  files: ListedFile[],
  signal: AbortSignal,
  { cacheDir }: GithubFetchOptions,
): Promise<Fetched> {
  const [only] = files;
  const isFolder = only?.path !== "";
  const listing = files.map(({ path, sha, isExecutable }) => [path, sha, isExecutable]);
  const key = createHash("sha256")
    .update(JSON.stringify([place.owner, place.repo, listing]))
    .digest("hex");
  const folder = join(cacheDir, key);
  const path = isFolder ? folder : join(folder, "file");
  if (await isThere(folder)) {
    const now = new Date();
    await utimes(folder, now, now);
    return { path, isFolder };
  }
  const draft = join(cacheDir, `.${key}-${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true });
    await mapInChunks(files, async (file) => {
      const { data } = await octokit.rest.git.getBlob({
        owner: place.owner,
        repo: place.repo,
        file_sha: file.sha,
        request: { signal },
      });
      const name = file.path === "" ? "file" : checkRelativePath(file.path);
      const target = join(draft, name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, Buffer.from(data.content, "base64"), { flag: "wx" });
      if (file.isExecutable) await chmod(target, 0o755);
    });
    await rename(draft, folder).catch(async (thrown: unknown) => {
      // another run was faster, with the same content
      if (!(await isThere(folder))) throw thrown;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await prune(cacheDir);
  return { path, isFolder };
}

const keptFolders = 100;
/** What a step may still be reading is left alone. */
const untouchedMs = 3_600_000;

async function prune(cacheDir: string): Promise<void> {
  const names = await readdir(cacheDir);
  if (names.length <= keptFolders) return;
  const dated = await mapInChunks(names, async (name) => {
    const stats = await stat(join(cacheDir, name)).catch(() => undefined);
    return { name, usedAtMs: stats?.mtimeMs ?? 0 };
  });
  const newest = Math.max(...dated.map(({ usedAtMs }) => usedAtMs));
  const old = dated
    .toSorted((a, b) => b.usedAtMs - a.usedAtMs)
    .slice(keptFolders)
    .filter(({ usedAtMs }) => newest - usedAtMs > untouchedMs);
  for (const { name } of old) await rm(join(cacheDir, name), { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function notAllowed(path: string, mode: string): InputError {
  const what = mode === "120000" ? "a symbolic link" : "a submodule";
  return new InputError("tree-not-allowed", `“${path}” is ${what}, which is not copied.`, {
    hint: "put the file itself there",
  });
}

function tooLarge(what: string): InputError {
  return new InputError("tree-too-large", `What is fetched has ${what}.`, {
    hint: "templates copy at most 2,000 files, 10 MB each and 50 MB in all",
  });
}
