import fs from "node:fs";
import path from "node:path";

import * as git from "isomorphic-git";

/** A person and moment in a commit, as GitHub's API writes them. */
export interface Signature {
  name: string;
  email: string;
  /** ISO 8601, UTC. */
  date: string;
}

export interface StoredCommit {
  sha: string;
  tree: string;
  parents: string[];
  message: string;
  author: Signature;
  committer: Signature;
}

export interface TreeFile {
  mode: string;
  sha: string;
}

/** A bare git repository on disk, with real objects: it can be cloned by its path. */
export interface GitStore {
  gitdir: string;
  isEmpty(): Promise<boolean>;
  branches(): Promise<string[]>;
  resolve(ref: string): Promise<string | undefined>;
  writeBlob(content: Buffer): Promise<string>;
  readBlob(sha: string): Promise<Buffer | undefined>;
  /** Paths and their blobs, below a tree or commit; undefined when there is no such tree. */
  readFiles(sha: string): Promise<Map<string, TreeFile> | undefined>;
  /** The id of a folder in a tree. */
  folder(tree: string, name: string): Promise<string | undefined>;
  writeFiles(files: Map<string, TreeFile>): Promise<string>;
  writeCommit(commit: Omit<StoredCommit, "sha">): Promise<string>;
  readCommit(sha: string): Promise<StoredCommit | undefined>;
  log(ref: string, limit: number): Promise<StoredCommit[]>;
  setRef(ref: string, sha: string): Promise<void>;
  deleteRef(ref: string): Promise<void>;
  setHead(branch: string): Promise<void>;
  isAncestor(ancestor: string, sha: string): Promise<boolean>;
}

/** Creates a bare repository in `gitdir`. */
export async function createGitStore(gitdir: string, defaultBranch: string): Promise<GitStore> {
  fs.mkdirSync(gitdir, { recursive: true });
  const at = { fs, gitdir };
  await git.init({ ...at, bare: true, defaultBranch });
  const readCommit = async (sha: string): Promise<StoredCommit | undefined> => {
    try {
      const { commit } = await git.readCommit({ ...at, oid: sha });
      return {
        sha,
        tree: commit.tree,
        parents: commit.parent,
        message: commit.message,
        author: fromGit(commit.author),
        committer: fromGit(commit.committer),
      };
    } catch {
      return undefined;
    }
  };
  return {
    gitdir,
    isEmpty: async () => (await git.listBranches(at)).length === 0,
    branches: () => git.listBranches(at),
    async resolve(ref) {
      try {
        return await git.resolveRef({ ...at, ref });
      } catch {
        return undefined;
      }
    },
    writeBlob: (content) => git.writeBlob({ ...at, blob: content }),
    async readBlob(sha) {
      try {
        return Buffer.from((await git.readBlob({ ...at, oid: sha })).blob);
      } catch {
        return undefined;
      }
    },
    async readFiles(sha) {
      try {
        const files = new Map<string, TreeFile>();
        await collect(at, sha, "", files);
        return files;
      } catch {
        return undefined;
      }
    },
    async folder(tree, name) {
      try {
        const { oid, type } = await git.readObject({ ...at, oid: tree, filepath: name });
        return type === "tree" ? oid : undefined;
      } catch {
        return undefined;
      }
    },
    writeFiles: (files) => writeFolder(at, [...files]),
    writeCommit: (commit) =>
      git.writeCommit({
        ...at,
        commit: {
          tree: commit.tree,
          parent: commit.parents,
          message: commit.message,
          author: toGit(commit.author),
          committer: toGit(commit.committer),
        },
      }),
    readCommit,
    async log(ref, limit) {
      const entries = await git.log({ ...at, ref, depth: limit });
      const commits = await Promise.all(entries.map(({ oid }) => readCommit(oid)));
      return commits.filter((commit) => commit !== undefined);
    },
    setRef: (ref, sha) => git.writeRef({ ...at, ref, value: sha, force: true }),
    async deleteRef(ref) {
      await git.deleteRef({ ...at, ref });
    },
    setHead: (branch) =>
      git.writeRef({
        ...at,
        ref: "HEAD",
        value: `refs/heads/${branch}`,
        symbolic: true,
        force: true,
      }),
    isAncestor: async (ancestor, sha) =>
      ancestor === sha || git.isDescendent({ ...at, oid: sha, ancestor }),
  };
}

interface Repository {
  fs: typeof fs;
  gitdir: string;
}

async function collect(
  at: Repository,
  sha: string,
  prefix: string,
  files: Map<string, TreeFile>,
): Promise<void> {
  const { tree } = await git.readTree({ ...at, oid: sha });
  for (const entry of tree) {
    const name = path.posix.join(prefix, entry.path);
    if (entry.type === "tree") await collect(at, entry.oid, name, files);
    else files.set(name, { mode: entry.mode, sha: entry.oid });
  }
}

async function writeFolder(at: Repository, files: [string, TreeFile][]): Promise<string> {
  const folders = new Map<string, [string, TreeFile][]>();
  const tree = [];
  for (const [name, file] of files) {
    const slash = name.indexOf("/");
    if (slash < 0) {
      tree.push({ path: name, mode: file.mode, oid: file.sha, type: "blob" as const });
      continue;
    }
    const folder = name.slice(0, slash);
    const inside = folders.get(folder) ?? [];
    inside.push([name.slice(slash + 1), file]);
    folders.set(folder, inside);
  }
  for (const [folder, inside] of folders) {
    const oid = await writeFolder(at, inside);
    tree.push({ path: folder, mode: "040000", oid, type: "tree" as const });
  }
  return git.writeTree({ ...at, tree });
}

interface GitPerson {
  name: string;
  email: string;
  timestamp: number;
  timezoneOffset: number;
}

function toGit(person: Signature): GitPerson {
  const timestamp = Math.floor(Date.parse(person.date) / 1000);
  return { name: person.name, email: person.email, timestamp, timezoneOffset: 0 };
}

function fromGit(person: GitPerson): Signature {
  const date = new Date(person.timestamp * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  return { name: person.name, email: person.email, date };
}
