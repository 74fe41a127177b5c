import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as git from "isomorphic-git";

import { codeOf, ConflictError, InputError, toError, UpstreamError } from "../../../base/errors.ts";
import { assertRepoNames } from "../../repo-url.ts";
import type { PublishContext, Publisher, PublishRequest, PublishResult } from "../contract.ts";
import { packFirstCommit } from "./first-commit.ts";
import { branchHead, branchNames } from "./git.ts";
import { openLocalIssue } from "./issue.ts";
import { storePack } from "./pack.ts";
import { openLocalPullRequest } from "./pull-request.ts";
import { closeFile, closeLocalPullRequest, deleteLocalRepository } from "./undo.ts";

export interface LocalPublisherOptions {
  /** Repositories stand in `<dataDir>/git/<owner>/<repo>.git`. */
  dataDir: string;
  /** Suggested beside the owners that have repositories already. */
  owners?: string[];
}

/** Where a repository stands: names as they are on the disk. */
interface Place {
  owner: string;
  repo: string;
  gitdir: string;
}

/**
 * Publishes to bare git repositories in the data folder, for everybody without GitHub. `git clone <remoteUrl>` works; a pull request
 * is a branch and a Markdown file in `pull-requests/` of the bare repository. Settings of GitHub have no counterpart here.
 * A repository is built beside its place and moved there in one step, so a killed process leaves nothing half-made.
 */
export function localPublisher(options: LocalPublisherOptions): Publisher {
  const root = join(options.dataDir, "git");
  const inTurn = createTurns();
  return {
    id: "local",
    async createRepository(request, context) {
      assertRepoNames(request.owner, request.repo);
      return inTurn(request.owner, request.repo, () => create(root, request, context));
    },
    async openPullRequest(request, context) {
      assertRepoNames(request.owner, request.repo);
      return inTurn(request.owner, request.repo, async () => {
        const place = await find(root, request.owner, request.repo);
        if (place === undefined) throw unknownRepository(request);
        return openLocalPullRequest(place.gitdir, request, context);
      });
    },
    async openIssue(request, context) {
      assertRepoNames(request.owner, request.repo);
      return openLocalIssue(options.dataDir, request, context);
    },
    undo: {
      async deleteRepository(target, context) {
        const place = await find(root, target.owner, target.repo);
        if (place === undefined) return false;
        const paths = { gitdir: place.gitdir, markerKey, trash: join(root, ".tmp") };
        return inTurn(target.owner, target.repo, () =>
          deleteLocalRepository(paths, target, context),
        );
      },
      async closePullRequest(target, context) {
        const place = await find(root, target.owner, target.repo);
        if (place === undefined) return false;
        return inTurn(target.owner, target.repo, () =>
          closeLocalPullRequest(place.gitdir, target, context),
        );
      },
      closeIssue: ({ owner, repo, number }) =>
        closeFile(
          join(options.dataDir, "issues", owner.toLowerCase(), repo.toLowerCase(), `${number}.md`),
        ),
    },
    exists: async (owner, repo) => (await find(root, owner, repo)) !== undefined,
    async branches(owner, repo, _signal, beginning = "") {
      const place = await find(root, owner, repo);
      const names = place === undefined ? [] : await branchNames(place.gitdir);
      return names.filter((name) => name.startsWith(beginning));
    },
    async owners() {
      const present = await folders(root);
      return [...new Set([...(options.owners ?? []), ...present])];
    },
    readFile: (url) => readFile(root, url),
  };
}

/** Lets one at a time work on a name, whatever its case. */
function createTurns() {
  const turns = new Map<string, Promise<unknown>>();
  return <T>(owner: string, repo: string, work: () => Promise<T>): Promise<T> => {
    const key = `${owner}/${repo}`.toLowerCase();
    const mine = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, mine);
    const forget = (): void => {
      if (turns.get(key) === mine) turns.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  };
}

async function create(
  root: string,
  request: PublishRequest,
  context: PublishContext,
): Promise<PublishResult> {
  if (request.files.length === 0) throw nothingToPublish(request);
  const there = await find(root, request.owner, request.repo);
  if (there !== undefined) return resume(there, request);
  const owner = (await sameName(root, request.owner)) ?? request.owner;
  const place = { owner, repo: request.repo, gitdir: join(root, owner, `${request.repo}.git`) };
  const draft = join(root, ".tmp", `${request.runId}-${randomUUID()}`);
  try {
    await mkdir(join(root, owner), { recursive: true });
    const commitHash = await build(draft, request);
    context.signal.throwIfAborted();
    await context.assertCurrent();
    // Fails when something stands there, so of two processes one wins.
    await rename(draft, place.gitdir);
    context.log(`created ${owner}/${request.repo} with ${request.files.length} files`);
    return resultOf(place, request, commitHash);
  } catch (thrown) {
    throw explained(thrown, request);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A repository that stands there already: ours from before a crash, or somebody else's. */
async function resume(place: Place, request: PublishRequest): Promise<PublishResult> {
  const marker: unknown = await git.getConfig({ fs, gitdir: place.gitdir, path: markerKey });
  const commitHash = await branchHead(place.gitdir, request.defaultBranch);
  if (marker === request.runId && commitHash !== undefined) {
    return resultOf(place, request, commitHash);
  }
  throw new ConflictError(
    "repo-exists",
    `A repository named ${place.owner}/${place.repo} exists already; it was left untouched.`,
    { hint: "Choose another name, or ask its owner." },
  );
}

/** In the repository's own configuration: which run made it. */
const markerKey = "callboard.runid";

async function build(gitdir: string, request: PublishRequest): Promise<string> {
  const { runId, defaultBranch, description } = request;
  const { commit, pack } = await packFirstCommit({ ...request, message: request.commitMessage });
  await mkdir(join(gitdir, "refs", "heads"), { recursive: true });
  await storePack(gitdir, pack);
  // it refuses what is no name of a branch, such as a way out of the folder
  await git.writeRef({ fs, gitdir, ref: `refs/heads/${defaultBranch}`, value: commit });
  await writeFile(join(gitdir, "HEAD"), `ref: refs/heads/${defaultBranch}\n`);
  await writeFile(join(gitdir, "config"), configOf(runId));
  await writeFile(join(gitdir, "description"), `${description}\n`);
  return commit;
}

/** As `git init --bare` writes it, with the marker. */
function configOf(runId: string): string {
  const core = ["repositoryformatversion = 0", "filemode = true", "bare = true"];
  const lines = ["[core]", ...core.map((line) => `\t${line}`), "[callboard]", `\trunid = ${runId}`];
  return `${lines.join("\n")}\n`;
}

function resultOf(place: Place, request: PublishRequest, commitHash: string): PublishResult {
  const remoteUrl = pathToFileURL(place.gitdir).href;
  return {
    remoteUrl,
    repoContentsUrl: `${remoteUrl}/blob/${request.defaultBranch}`,
    commitHash,
    warnings: ignoredSettings(request),
  };
}

/** What a person would miss most when they believe it was set. */
const missedSettings = [
  "topics",
  "collaborators",
  "access",
  "repoVariables",
  "secrets",
  "protectDefaultBranch",
];

function ignoredSettings(request: PublishRequest): string[] {
  const given = missedSettings.filter((name) => {
    const value = request.settings[name];
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  if (given.length === 0) return [];
  return [`${given.join(", ")}: a local repository has no such settings; they were not applied`];
}

/** Names are one whatever their case, as on GitHub. */
async function find(root: string, owner: string, repo: string): Promise<Place | undefined> {
  const ownerName = await sameName(root, owner);
  if (ownerName === undefined) return undefined;
  const folder = await sameName(join(root, ownerName), `${repo}.git`);
  if (folder === undefined) return undefined;
  return {
    owner: ownerName,
    repo: folder.slice(0, -".git".length),
    gitdir: join(root, ownerName, folder),
  };
}

async function sameName(folder: string, name: string): Promise<string | undefined> {
  const lower = name.toLowerCase();
  return (await folders(folder)).find((one) => one.toLowerCase() === lower);
}

async function folders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.filter((name) => !name.startsWith(".")).toSorted();
}

async function readFile(root: string, url: string): Promise<string | undefined> {
  const wanted = parseFileUrl(root, url);
  if (wanted === undefined) return undefined;
  const place = await find(root, wanted.owner, wanted.repo);
  if (place === undefined) return undefined;
  const parts = wanted.rest.split("/");
  // A branch may hold slashes: the shortest that exists is meant.
  for (let length = 1; length < parts.length; length += 1) {
    const oid = await branchHead(place.gitdir, parts.slice(0, length).join("/"));
    if (oid === undefined) continue;
    const filepath = parts.slice(length).join("/");
    const blob = await git
      .readBlob({ fs, gitdir: place.gitdir, oid, filepath })
      .catch(() => undefined);
    return blob === undefined ? undefined : Buffer.from(blob.blob).toString("utf8");
  }
  return undefined;
}

/** Reads `file:…/<owner>/<repo>.git/blob/<branch>/<path>`, and what a template may have written for GitHub. */
function parseFileUrl(
  root: string,
  url: string,
): { owner: string; repo: string; rest: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const path = url.startsWith("file:") ? localPath(root, url) : decodePath(new URL(url).pathname);
  // owner, repository with or without .git, "blob" or "tree", branch and path
  const match = /^\/?([^/]+)\/([^/]+?)(?:\.git)?\/(?:-\/)?(?:blob|tree)\/(.+)$/.exec(path ?? "");
  const [, owner, repo, rest] = match ?? [];
  return owner === undefined || repo === undefined || rest === undefined
    ? undefined
    : { owner, repo, rest };
}

function localPath(root: string, url: string): string | undefined {
  try {
    const path = relative(root, fileURLToPath(url));
    return path.startsWith("..") ? undefined : path.split(sep).join("/");
  } catch {
    return undefined;
  }
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function explained(thrown: unknown, request: PublishRequest): Error {
  const code = codeOf(thrown);
  const error = toError(thrown);
  if (code === "ENOTEMPTY" || code === "EEXIST") {
    return new ConflictError(
      "repo-exists",
      `A repository named ${request.owner}/${request.repo} exists already; it was left untouched.`,
      { hint: "Choose another name, or ask its owner." },
    );
  }
  if (code === "ENOSPC" || code === "EACCES" || code === "EROFS") {
    return new UpstreamError("disk-failed", `The repository cannot be written: ${error.message}`, {
      isRetryable: false,
      hint: "free space in the data folder, or mend its permissions, then retry",
      cause: error,
    });
  }
  return error;
}

function nothingToPublish(request: PublishRequest): InputError {
  return new InputError(
    "publish-no-files",
    `There are no files to publish to ${request.owner}/${request.repo}.`,
    {
      hint: "a fetch step must come before, and sourcePath must name the folder it wrote to",
    },
  );
}

function unknownRepository(request: { owner: string; repo: string }): InputError {
  return new InputError(
    "repo-unknown",
    `There is no local repository ${request.owner}/${request.repo}.`,
    {
      hint: "create it first, or connect Callboard to GitHub",
    },
  );
}
