import { createHash } from "node:crypto";

import type { GitStore, StoredCommit, TreeFile } from "./git-store.ts";

/**
 * A repository in memory, for organisations of thousands: ids of files are git's own, those of folders and commits are not,
 * and nothing can be cloned.
 */
export function createMemoryGit(): GitStore {
  const blobs = new Map<string, Buffer>();
  const trees = new Map<string, Map<string, TreeFile>>();
  const commits = new Map<string, StoredCommit>();
  const refs = new Map<string, string>();
  const treeOf = (sha: string) => trees.get(commits.get(sha)?.tree ?? sha);
  const put = (files: Map<string, TreeFile>): string => {
    const sha = digest(JSON.stringify([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    trees.set(sha, files);
    return sha;
  };
  return {
    gitdir: "memory",
    isEmpty: async () => refs.size === 0,
    branches: async () => [...refs.keys()].map((ref) => ref.replace("refs/heads/", "")),
    resolve: async (ref) => refs.get(ref),
    async writeBlob(content) {
      const sha = digest(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]));
      blobs.set(sha, content);
      return sha;
    },
    readBlob: async (sha) => blobs.get(sha),
    readFiles: async (sha) => {
      const files = treeOf(sha);
      return files === undefined ? undefined : new Map(files);
    },
    async folder(tree, name) {
      const inside = [...(treeOf(tree) ?? [])].filter(([path]) => path.startsWith(`${name}/`));
      if (inside.length === 0) return undefined;
      return put(new Map(inside.map(([path, file]) => [path.slice(name.length + 1), file])));
    },
    writeFiles: async (files) => put(files),
    async writeCommit(commit) {
      const sha = digest(JSON.stringify(commit) + commits.size);
      commits.set(sha, { ...commit, sha });
      return sha;
    },
    readCommit: async (sha) => commits.get(sha),
    async log(ref, limit) {
      const found: StoredCommit[] = [];
      let at = commits.get(refs.get(`refs/heads/${ref}`) ?? ref);
      while (at !== undefined && found.length < limit) {
        found.push(at);
        at = commits.get(at.parents[0] ?? "");
      }
      return found;
    },
    setRef: async (ref, sha) => void refs.set(ref, sha),
    deleteRef: async (ref) => void refs.delete(ref),
    setHead: async () => undefined,
    isAncestor: async (ancestor, sha) => ancestor === sha,
  };
}

function digest(content: string | Buffer): string {
  return createHash("sha1").update(content).digest("hex");
}
