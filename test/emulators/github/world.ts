import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { createGitStore, type GitStore } from "./git-store.ts";
import { notFound } from "./replies.ts";

export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization";
  /** As shown; absent: the login. */
  name?: string;
  /** As shown to everybody. */
  email?: string;
  /** In domains that the organisation has verified. */
  verifiedEmails?: string[];
}

export interface Team {
  id: number;
  slug: string;
  org: Account;
  name?: string;
  description?: string;
  /** Logins. */
  members?: string[];
  /** Slug of the team above. */
  parent?: string;
}

export interface Pull {
  id: number;
  number: number;
  title: string;
  body: string | null;
  head: string;
  base: string;
  isDraft: boolean;
  state: "open" | "closed";
  /** Set when it was merged. */
  mergedAt?: string;
  author: Account;
  reviewers: string[];
  teamReviewers: string[];
  assignees: string[];
  labels: string[];
  createdAt: string;
}

export interface Issue {
  /** Absent: open. */
  state?: "open" | "closed";
  id: number;
  number: number;
  title: string;
  body: string | null;
  labels: string[];
  assignees: string[];
  milestone: unknown;
  author: Account;
  createdAt: string;
}

export interface CheckRun {
  id: number;
  name: string;
  headSha: string;
  conclusion: string | null;
  title: string | null;
  annotations: Record<string, unknown>[];
}

export interface Repository {
  id: number;
  owner: Account;
  name: string;
  description: string | null;
  homepage: string | null;
  visibility: string;
  defaultBranch: string;
  topics: string[];
  /** `has_wiki`, `allow_auto_merge` and the like, as last set. */
  flags: Record<string, unknown>;
  git: GitStore;
  /** That many requests still find nothing: GitHub's replicas lag behind. */
  blindReads: number;
  /** Exists, but this emulation's callers may not see it. */
  isHidden: boolean;
  /** Bodies as sent, by branch. */
  protection: Map<string, Record<string, unknown>>;
  signedBranches: Set<string>;
  collaborators: Map<string, string>;
  teams: Map<string, string>;
  pulls: Pull[];
  issues: Issue[];
  checkRuns: CheckRun[];
  labels: { name: string; color: string }[];
  hooks: Record<string, unknown>[];
  keys: Record<string, unknown>[];
  autolinks: Record<string, unknown>[];
  pages: Record<string, unknown> | undefined;
  environments: Map<string, Record<string, unknown>>;
  /** Variables and secrets, by `NAME` or `environment/NAME`. */
  variables: Map<string, string>;
  secrets: Map<string, string>;
  properties: Record<string, unknown>;
  dispatches: { workflow: string; ref: string; inputs: unknown; runId: number }[];
  /** Other PUTs, by the last parts of their path. */
  puts: Map<string, unknown>;
  createdAt: string;
  /** Absent until something is pushed. */
  pushedAt?: string;
}

/** Whose request it is. */
export type Actor =
  | { kind: "user"; account: Account }
  | { kind: "app" }
  | { kind: "installation"; account: Account };

export interface GithubApp {
  id: number;
  slug: string;
  publicKey: KeyObject;
  installations: { id: number; account: Account }[];
}

/** All that the emulated GitHub knows. */
export interface World {
  apiUrl: string;
  webUrl: string;
  folder: string;
  accounts: Map<string, Account>;
  teams: Team[];
  repositories: Repository[];
  /** Full names, lower-case, of repositories that are just being made. */
  reserved: Set<string>;
  /** Old full names, lower-case, of repositories that were renamed. */
  renames: Map<string, Repository>;
  tokens: Map<string, Actor>;
  app: GithubApp | undefined;
  /** The branch of GitHub's own first commit. */
  initialBranch: string;
  lagReads: number;
  /** What is left of the hourly limit of GraphQL. */
  graphqlLimit: { limit: number; remaining: number };
  nextId(): number;
  now(): string;
}

export function createWorld(options: {
  folder: string;
  webUrl: string;
  initialBranch: string;
  lagReads: number;
}): World {
  let lastId = 1000;
  return {
    ...options,
    apiUrl: "",
    accounts: new Map(),
    teams: [],
    repositories: [],
    reserved: new Set(),
    renames: new Map(),
    tokens: new Map(),
    app: undefined,
    graphqlLimit: { limit: 5_000, remaining: 5_000 },
    nextId: () => (lastId += 1),
    now: () => new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

export function addAccount(world: World, login: string, type: Account["type"]): Account {
  const account = { id: world.nextId(), login, type };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

export function accountOf(world: World, login: string): Account {
  const account = world.accounts.get(login.toLowerCase());
  if (account === undefined) throw notFound();
  return account;
}

export function findRepository(world: World, owner: string, name: string): Repository | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  return world.repositories.find((candidate) => fullName(candidate).toLowerCase() === wanted);
}

export function fullName(repository: { owner: Account; name: string }): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** True when the name belongs to a repository, or will in a moment. */
export function isTaken(world: World, owner: string, name: string): boolean {
  const isReserved = world.reserved.has(`${owner}/${name}`.toLowerCase());
  return isReserved || findRepository(world, owner, name) !== undefined;
}

/** A repository as a caller sees it: 404 while it is hidden or the replicas lag. */
export function visibleRepository(world: World, owner: string, name: string): Repository {
  const repository = findRepository(world, owner, name);
  if (repository === undefined || repository.isHidden) throw notFound();
  if (repository.blindReads > 0) {
    repository.blindReads -= 1;
    throw notFound();
  }
  return repository;
}

export async function addRepository(
  world: World,
  given: Partial<Repository> & { owner: Account; name: string },
): Promise<Repository> {
  const id = world.nextId();
  const key = fullName(given).toLowerCase();
  world.reserved.add(key);
  const defaultBranch = given.defaultBranch ?? world.initialBranch;
  const usual = path.join(world.folder, given.owner.login, `${given.name}.git`);
  // A renamed repository keeps its folder.
  const gitdir = fs.existsSync(usual) ? usual.replace(/\.git$/, `-${id}.git`) : usual;
  const repository: Repository = {
    id,
    description: null,
    homepage: null,
    visibility: "private",
    topics: [],
    flags: {},
    git: given.git ?? (await createGitStore(gitdir, defaultBranch)),
    blindReads: 0,
    isHidden: false,
    protection: new Map(),
    signedBranches: new Set(),
    collaborators: new Map(),
    teams: new Map(),
    pulls: [],
    issues: [],
    checkRuns: [],
    labels: [],
    hooks: [],
    keys: [],
    autolinks: [],
    pages: undefined,
    environments: new Map(),
    variables: new Map(),
    secrets: new Map(),
    properties: {},
    dispatches: [],
    puts: new Map(),
    createdAt: world.now(),
    ...given,
    defaultBranch,
  };
  const setRef = repository.git.setRef.bind(repository.git);
  repository.git.setRef = async (ref, sha) => {
    await setRef(ref, sha);
    repository.pushedAt = world.now();
  };
  world.repositories.push(repository);
  world.reserved.delete(key);
  return repository;
}

/** Commits files (undefined: removes them) on top of a branch (or as its first commit) and moves the branch; gives the commit's id. */
export async function commitFiles(
  world: World,
  repository: Repository,
  branch: string,
  files: Record<string, string | Buffer | undefined>,
  message: string,
): Promise<string> {
  const { git } = repository;
  const parent = await git.resolve(`refs/heads/${branch}`);
  const tree = (parent === undefined ? undefined : await git.readFiles(parent)) ?? new Map();
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) tree.delete(name);
    else tree.set(name, { mode: "100644", sha: await git.writeBlob(Buffer.from(content)) });
  }
  const person = { name: "GitHub", email: "noreply@github.com", date: world.now() };
  const sha = await git.writeCommit({
    tree: await git.writeFiles(tree),
    parents: parent === undefined ? [] : [parent],
    message,
    author: person,
    committer: person,
  });
  await git.setRef(`refs/heads/${branch}`, sha);
  return sha;
}

/** Registers a GitHub App installed on the given accounts; gives its private key as GitHub hands it out (PKCS #1 PEM). */
export function addApp(world: World, logins: string[]): { appId: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const id = world.nextId();
  world.app = {
    id,
    slug: "callboard",
    publicKey,
    installations: logins.map((login) => ({
      id: world.nextId(),
      account: accountOf(world, login),
    })),
  };
  return {
    appId: String(id),
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  };
}
