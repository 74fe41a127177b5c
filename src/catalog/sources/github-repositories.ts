import picomatch from "picomatch";

import { isRecord, type JsonValue, toJsonObject } from "../../base/json.ts";
import { createPause } from "../../base/pause.ts";
import { codeownersPaths } from "../codeowners.ts";
import type { GithubListing, ListedRepository } from "./github-listing.ts";
import {
  type GitObject,
  readObjects,
  repositoriesPerQuery,
  type RepositoryObjects,
} from "./github-objects.ts";
import type { GithubReader } from "./github-reader.ts";
import { parseTreePattern, readTree, type TreeFile } from "./github-tree.ts";

/** Which repositories of an organisation are read. */
export interface GithubFilters {
  /** One of these topics; empty: any. */
  topic: readonly string[];
  excludeTopic: readonly string[];
  /** Names with `*`; empty: any. */
  name: readonly string[];
  exclude: readonly string[];
  archived: boolean;
  forks: boolean;
}

/** What we know of a repository. */
export interface RepositoryState {
  listed: ListedRepository;
  /** Changes whenever something may have been pushed. */
  stamp: string;
  /** False when it was looked at so soon after a push that GitHub may have answered from before it. */
  isSettled: boolean;
  headOid: string | undefined;
  /** The folder that a pattern looks into; the same id, the same files. */
  folderOid?: string | undefined;
  /** Catalog files. */
  files: TreeFile[];
  codeowners?: TreeFile | undefined;
  /** Changes with the folders of documents and with their navigation; absent where there are no such folders. */
  documentsOid?: string | undefined;
  /** `mkdocs.yml` */
  navigation?: TreeFile | undefined;
  /** False when GitHub listed only a part of the files. */
  isWhole: boolean;
}

export interface RepositoriesOptions {
  reader: GithubReader;
  listing: GithubListing;
  org: string;
  /** From the top of each repository, without a leading slash; may have wildcards. */
  path: string;
  /** Absent: the default branch of each. */
  branch?: string | undefined;
  filters: GithubFilters;
  clock: () => number;
  /** How long a listing is good enough when only single repositories are known to have changed. */
  listEveryMs: number;
}

/** Something that a webhook said. */
export interface RepositoryChange {
  nodeId: string;
  /** The commit that was pushed. */
  headOid?: string;
}

/** The repositories of an organisation and the catalog files in them. */
export interface GithubRepositories {
  /**
   * Finds out what changed. Only the repositories that `change` named, if there are any and the listing is not too old.
   * @returns when it is worth asking again, if that is soon
   */
  update(signal: AbortSignal): Promise<number | undefined>;
  change(change: RepositoryChange): void;
  /** True when something is known to have changed since the last update. */
  hasChanges(): boolean;
  /** By the address of their pages. */
  states(): RepositoryState[];
  remember(): Iterable<[string, JsonValue]>;
  recall(memory: ReadonlyMap<string, JsonValue>): Promise<void>;
}

/** Folders whose Markdown is read; where there is too much of it, the first folder is read first. */
export const documentFolders = ["runbooks", "docs"] as const;
const navigationPath = "mkdocs.yml";
/** So long after a push GitHub may still answer from before it. */
const settleMs = 120_000;
/** How often, and for how long, a push that GitHub told of is looked for. */
const lagRetryMs = 1_000;
const lagLimitMs = 60_000;

/** Creates the state of an organisation of which nothing is known. */
export function createGithubRepositories(options: RepositoriesOptions): GithubRepositories {
  const { listing, clock } = options;
  const states = new Map<string, RepositoryState>();
  const changes = new Map<string, RepositoryChange & { sinceMs: number }>();
  const look = createLook(options);
  const isWanted = createFilter(options.filters);
  let listedAtMs: number | undefined;

  const listStale = async (signal: AbortSignal): Promise<string[]> =>
    staleOf((await listing.read(signal)).filter(isWanted), states);

  async function take(nodeId: string, found: RepositoryObjects | undefined, signal: AbortSignal) {
    const before = states.get(nodeId);
    const isOurs = found?.owner.toLowerCase() === options.org.toLowerCase();
    if (found === undefined || !isOurs || !isWanted(found.listed)) {
      states.delete(nodeId);
      changes.delete(nodeId);
      return;
    }
    const change = changes.get(nodeId);
    const isSeen = isPushSeen(change, found, before);
    const state = await look.inside(found, before, signal);
    const isAnnounced = change?.headOid !== undefined;
    const isSettled = (isAnnounced && isSeen) || isQuiet(found.listed, clock());
    states.set(nodeId, { ...state, isSettled });
    if (isSeen || clock() - (change?.sinceMs ?? 0) > lagLimitMs) changes.delete(nodeId);
  }

  return {
    async update(signal) {
      const isListed = listedAtMs !== undefined;
      const isHasty = isListed && changes.size > 0;
      const named = [...changes.keys()];
      const ids = isHasty ? named : [...new Set([...(await listStale(signal)), ...named])];
      if (!isHasty) listedAtMs = clock();
      for (let start = 0; start < ids.length; start += repositoriesPerQuery) {
        const batch = ids.slice(start, start + repositoriesPerQuery);
        const found = await look.at(batch, signal);
        for (const id of batch) await take(id, found.get(id), signal);
      }
      if (changes.size > 0) return lagRetryMs;
      const isListingOld = clock() - (listedAtMs ?? 0) >= options.listEveryMs;
      return isHasty && isListingOld ? 0 : undefined;
    },
    change: (change) => void changes.set(change.nodeId, { ...change, sinceMs: clock() }),
    hasChanges: () => changes.size > 0,
    states: () => [...states.values()].toSorted((a, b) => (a.listed.url < b.listed.url ? -1 : 1)),
    *remember() {
      yield* listing.remember();
      // what GitHub lists is in the listing already
      for (const [nodeId, { listed: _listed, ...state }] of states) {
        yield [`repository ${nodeId}`, toJsonObject(state)];
      }
    },
    async recall(memory) {
      listing.recall(memory);
      await recallStates(memory, listing.repositories(), states);
    },
  };
}

async function recallStates(
  memory: ReadonlyMap<string, JsonValue>,
  repositories: readonly ListedRepository[],
  states: Map<string, RepositoryState>,
): Promise<void> {
  states.clear();
  const pause = createPause();
  for (const listed of repositories) {
    await pause();
    const state: unknown = memory.get(`repository ${listed.nodeId}`);
    if (isState(state)) states.set(listed.nodeId, { ...state, listed });
  }
}

/** Repositories whose state is not that of the listing, with those that vanished from it. */
function staleOf(
  wanted: readonly ListedRepository[],
  states: ReadonlyMap<string, RepositoryState>,
): string[] {
  const present = new Set(wanted.map(({ nodeId }) => nodeId));
  // what went while we were turning the pages may be there all the same
  const vanished = [...states.keys()].filter((nodeId) => !present.has(nodeId));
  const changed = wanted.filter((listed) => {
    const state = states.get(listed.nodeId);
    const isKnown = state?.isSettled === true && state.stamp === stampOf(listed);
    if (isKnown) state.listed = listed;
    return !isKnown;
  });
  return [...changed.map(({ nodeId }) => nodeId), ...vanished];
}

/** False while GitHub still answers from before the push that it told of. */
function isPushSeen(
  change: RepositoryChange | undefined,
  found: RepositoryObjects,
  before: RepositoryState | undefined,
): boolean {
  if (change?.headOid === undefined || found.headOid === change.headOid) return true;
  // another commit than before: somebody pushed again
  return found.headOid !== before?.headOid;
}

/** True when the last push is so long ago that GitHub answers from after it. */
function isQuiet({ pushedAt }: ListedRepository, nowMs: number): boolean {
  return pushedAt === "" || nowMs - Date.parse(pushedAt) > settleMs;
}

/** Changes with each push and when another branch becomes the default. */
function stampOf({ pushedAt, branch }: ListedRepository): string {
  return `${pushedAt} ${branch}`;
}

/**
 * When something was last pushed, in milliseconds since the epoch. The listing may be older than what a webhook told of, the
 * stamp is not.
 */
export function lastPushMs({ stamp }: RepositoryState): number | undefined {
  const atMs = Date.parse(stamp.slice(0, stamp.indexOf(" ")));
  return Number.isNaN(atMs) ? undefined : atMs;
}

function isState(value: unknown): value is Omit<RepositoryState, "listed"> {
  if (!isRecord(value) || typeof value["stamp"] !== "string") return false;
  const { files, isWhole } = value;
  return typeof isWhole === "boolean" && Array.isArray(files) && files.every(isTreeFile);
}

function isTreeFile(value: unknown): value is TreeFile {
  if (!isRecord(value)) return false;
  return typeof value["path"] === "string" && typeof value["oid"] === "string";
}

function createFilter(filters: GithubFilters): (repository: ListedRepository) => boolean {
  const { topic, excludeTopic, name, exclude, archived, forks } = filters;
  const isNamed = picomatch([...name], { nocase: true });
  const isExcluded = picomatch([...exclude], { nocase: true });
  return (repository) =>
    (archived || !repository.isArchived) &&
    (forks || !repository.isFork) &&
    (topic.length === 0 || topic.some((each) => repository.topics.includes(each))) &&
    !excludeTopic.some((each) => repository.topics.includes(each)) &&
    (name.length === 0 || isNamed(repository.name)) &&
    (exclude.length === 0 || !isExcluded(repository.name));
}

/** Looks for catalog files and CODEOWNERS in repositories. */
function createLook({ reader, org, path, branch }: RepositoriesOptions) {
  const pattern = parseTreePattern(path);
  const paths = [
    pattern === undefined ? path : pattern.folder,
    ...documentFolders,
    navigationPath,
    ...codeownersPaths.github,
  ];
  return {
    at: (nodeIds: readonly string[], signal: AbortSignal) =>
      readObjects(reader, org, nodeIds, { ref: branch ?? "HEAD", paths }, signal),
    async inside(
      { listed, headOid, objects }: RepositoryObjects,
      before: RepositoryState | undefined,
      signal: AbortSignal,
    ): Promise<Omit<RepositoryState, "isSettled">> {
      const [found, ...others] = objects;
      const documents = documentsIn(others.splice(0, documentFolders.length + 1));
      const owners = others;
      const codeowners = owners
        .map((each, at) => ({ path: codeownersPaths.github[at] ?? "", object: each }))
        .flatMap(({ path: at, object }) => (object === undefined ? [] : [{ path: at, ...object }]))
        .find(({ isFolder }) => !isFolder);
      const state = { listed, stamp: stampOf(listed), headOid, codeowners, ...documents };
      if (pattern === undefined) {
        const files = found === undefined || found.isFolder ? [] : [{ path, ...found }];
        return { ...state, files, isWhole: true };
      }
      if (found === undefined || !found.isFolder) return { ...state, files: [], isWhole: true };
      const folderOid = found.oid;
      if (before?.folderOid === folderOid) {
        return { ...state, folderOid, files: before.files, isWhole: before.isWhole };
      }
      const place = { owner: org, repository: listed.name, oid: folderOid, folder: pattern.folder };
      const tree = await readTree(reader, place, signal);
      const files = tree.files.filter((file) => pattern.isMatch(file.path));
      return { ...state, folderOid, files, isWhole: tree.isWhole };
    },
  };
}

/** What stands at the folders of documents and at their navigation. */
function documentsIn(
  objects: readonly (GitObject | undefined)[],
): Pick<RepositoryState, "documentsOid" | "navigation"> {
  const folders = objects.slice(0, documentFolders.length);
  if (!folders.some((folder) => folder?.isFolder === true)) return {};
  const file = objects[documentFolders.length];
  const documentsOid = objects.map((each) => each?.oid ?? "").join(" ");
  if (file === undefined || file.isFolder) return { documentsOid };
  return { documentsOid, navigation: { path: navigationPath, ...file } };
}
